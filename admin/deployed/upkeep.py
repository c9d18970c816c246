"""What a cell is asked for: the daily upkeep of `waihu upkeep`, figures for dashboards every minute, and
analysts' views whenever a campaign's pointer has moved, whoever moved it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from admin.analysis import campaign_of, follow_all, follow_pointer
from admin.cloud import Cloud
from admin.database import connected
from admin.deployed.figures import figures
from admin.deployed.settings import DatabaseSettings
from admin.errors import ViewsInUse
from admin.script_bucket import ScriptBucket
from admin.sealing import seal_closed_days
from database.connection import Connection
from functions.hosting import logbook
from functions.hosting.logbook import Metric
from monitoring.metrics import DIMENSIONS, UPKEEP

PARTITIONS_AHEAD_DAYS = 14


class UnknownTask(Exception):
    """The clock asked for something that this program does not know."""


def keep_up(connection: Connection, cloud: Cloud) -> dict[str, Any]:
    """Partitions, old keys, seals, views that were missed: see `waihu upkeep`."""
    made = connection.fetch("SELECT platform.ensure_partitions($1)", PARTITIONS_AHEAD_DAYS)[0][0]
    forgotten = connection.fetch("SELECT platform.forget_old_keys()")[0][0]
    sealed = seal_closed_days(connection, cloud.bucket)
    views = 0
    for campaign, trouble in follow_all(connection, cloud.bucket):
        views += trouble is None
        if trouble is not None:
            _tell(campaign, trouble)
    return {"partitions": made, "forgotten": forgotten, "sealed": len(sealed), "views": views}


def renew_views(connection: Connection, bucket: ScriptBucket, key: str) -> dict[str, Any]:
    """Analysts' views of the campaign whose pointer is object `key`.

    A view that somebody built upon stays as it was, which is logged; whatever else is in the way is raised, for the
    event to come again.
    """
    campaign = campaign_of(key)
    if not campaign:
        return {"campaign": ""}
    try:
        release = follow_pointer(connection, bucket, campaign)
    except ViewsInUse as error:
        _tell(campaign, error)
        return {"campaign": campaign, "outcome": error.code}
    logbook.write("INFO", "views", {"campaign": campaign, "release": release, "outcome": "done"})
    return {"campaign": campaign, "release": release, "outcome": "done"}


def _tell(campaign: str, error: ViewsInUse) -> None:
    logbook.write("WARNING", "views", {"campaign": campaign, "outcome": error.code, "reason": str(error)})


def handle(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point; `task` is `upkeep`, `figures`, or `views` with the `key` of a pointer."""
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
        elif task == "views":
            done = renew_views(connection, cloud.bucket, str(event.get("key", "")))
        else:
            raise UnknownTask(str(task))
    return done


def _write_upkeep(settings: DatabaseSettings, done: Mapping[str, Any]) -> None:
    fields = {**done, "cell": settings.cell, "outcome": "done"}
    metric = Metric(UPKEEP, "Count", 1, DIMENSIONS[UPKEEP])
    logbook.write(
        "INFO", "upkeep", fields | logbook.measured(settings.metrics_namespace, [metric], time.time(), fields)
    )
