"""Brings a cell's database to this program's schema while it is being deployed; a failure stops the deployment."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from admin.cloud import Cloud
from admin.database import connected
from admin.deployed.deployment_calls import Event, answered
from admin.deployed.settings import DatabaseSettings
from admin.errors import SurroundingsAway
from admin.session_keys import load_session_keys
from database.connection import Connection
from database.failures import CannotConnect
from database.migrate import apply
from functions.hosting import logbook

PATIENCE_SECONDS, PAUSE_SECONDS = 240.0, 5.0
"""A proxy that has just been made says for some minutes that its database is not there yet."""


def wait_for_database(
    connect: Callable[[], AbstractContextManager[Connection]], clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:  # fmt: skip
    """Returns when `connect` finds a way.

    Raises:
        SurroundingsAway: there is none for as long as we are patient, or it fails for another reason.
    """
    until = clock() + PATIENCE_SECONDS
    while True:
        try:
            with connect():
                return
        except SurroundingsAway as error:
            if not isinstance(error.__cause__, CannotConnect) or clock() > until:
                raise
            logbook.write("INFO", "database not there yet", {"reason": type(error.__cause__).__name__})
        pause(PAUSE_SECONDS)


def migrate(cloud: Cloud, logins: Mapping[str, str]) -> dict[str, Any]:
    """Applies what is missing, gives each login role of `logins` (role -> secret) its password, loads session keys.

    Raises:
        MigrationFailure: a file was refused; nothing of it stays.
        SurroundingsAway: database or secrets cannot be reached.
    """
    passwords = {role: str(cloud.secret(name)["password"]) for role, name in logins.items()}
    with connected(cloud, migrating=True) as connection:
        done = apply(connection, passwords=passwords)
        keys = load_session_keys(cloud.secret(cloud.settings.session_key_secret), connection)
    logbook.write("INFO", "migrated", {"applied": list(done.applied), "known": done.known, "keys": len(keys)})
    return {"Applied": len(done.applied), "Known": done.known}


def handle(event: Event, _context: object) -> None:
    """Lambda's entry point: called by CloudFormation."""
    settings = DatabaseSettings.from_environment(os.environ)
    logins = {
        "waihu_business": settings.business_login_secret,
        "waihu_slow": settings.slow_login_secret,
        "waihu_admin": settings.admin_login_secret,
    }
    cloud = Cloud(settings, os.environ)

    def work() -> dict[str, Any]:
        wait_for_database(lambda: connected(cloud, migrating=True))
        return migrate(cloud, logins)

    answered(event, work)
