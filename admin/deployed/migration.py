"""Brings a cell's database to this program's schema while it is being deployed; a failure stops the deployment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from admin.cloud import Cloud
from admin.database import connected
from admin.deployed.deployment_calls import Event, answered
from admin.deployed.settings import DatabaseSettings
from admin.session_keys import load_session_keys
from database.migrate import apply
from functions.hosting import logbook


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
    answered(event, lambda: migrate(Cloud(settings, os.environ), logins))
