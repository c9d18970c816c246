"""What the clock asks for: once a day the upkeep that `waihu upkeep` does, every minute the figures for dashboards."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from admin.cloud import Cloud
from admin.database import connected
from admin.deployed.figures import figures
from admin.deployed.settings import DatabaseSettings
from admin.sealing import seal_closed_days
from database.connection import Connection
from functions.hosting import logbook
from functions.hosting.logbook import Metric
from monitoring.metrics import DIMENSIONS, UPKEEP

PARTITIONS_AHEAD_DAYS = 14


class UnknownTask(Exception):
    """The clock asked for something that this program does not know."""


def keep_up(connection: Connection, cloud: Cloud) -> dict[str, Any]:
    """Partitions, old keys, seals: see `waihu upkeep`."""
    made = connection.fetch("SELECT platform.ensure_partitions($1)", PARTITIONS_AHEAD_DAYS)[0][0]
    forgotten = connection.fetch("SELECT platform.forget_old_keys()")[0][0]
    sealed = seal_closed_days(connection, cloud.bucket)
    return {"partitions": made, "forgotten": forgotten, "sealed": len(sealed)}


def handle(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point: `{"task": "upkeep"}` or `{"task": "figures"}`."""
    settings = DatabaseSettings.from_environment(os.environ)
    cloud = Cloud(settings, os.environ)
    task = event.get("task")
    done: dict[str, Any] = {}
    with connected(cloud) as connection:
        if task == "upkeep":
            done = keep_up(connection, cloud)
            _write_upkeep(settings, done)
        elif task == "figures":
            for fields, metrics in figures(connection):
                line = {**fields, "cell": settings.cell}
                measured = logbook.measured(settings.metrics_namespace, metrics, time.time(), line)
                logbook.write("INFO", "figures", line | measured)
                done[fields["campaign"]] = len(metrics)
        else:
            raise UnknownTask(str(task))
    return done


def _write_upkeep(settings: DatabaseSettings, done: Mapping[str, Any]) -> None:
    fields = {**done, "cell": settings.cell, "outcome": "done"}
    metric = Metric(UPKEEP, "Count", 1, DIMENSIONS[UPKEEP])
    logbook.write(
        "INFO", "upkeep", fields | logbook.measured(settings.metrics_namespace, [metric], time.time(), fields)
    )
