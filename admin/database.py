"""Connections of the administrator's tools, by role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from admin.cloud import Cloud
from admin.errors import SurroundingsAway
from admin.language import say
from database.connection import Connection, verifying_context
from database.failures import CannotConnect, ConnectionLost, DatabaseFailure
from database.numbers import NumberKeys


@contextmanager
def signed_in_as(cloud: Cloud, user: str) -> Iterator[Connection]:
    """A connection as login `user`, by a token of IAM; closed at the end.

    Raises:
        CannotConnect: there is no way, or the login is refused.
    """
    settings = cloud.settings
    connection = _open(cloud, settings.database_host, settings.database_port, user, "")
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def connected(cloud: Cloud, *, migrating: bool = False) -> Iterator[Connection]:
    """A connection as `waihu_admin`, or as whoever may migrate; closed at the end.

    Raises:
        SurroundingsAway: the database cannot be reached, was lost, or refused a statement.
    """
    try:
        connection = _migrator(cloud) if migrating else _admin(cloud)
    except CannotConnect as error:
        raise SurroundingsAway(
            say(f"The database cannot be reached: {error}.", f"数据库连不上：{error}。"),
            say("Is it running (./run)?", "它在运行吗（./run）？"),
        ) from error
    try:
        yield connection
    except (ConnectionLost, DatabaseFailure) as error:
        detail = error.message if isinstance(error, DatabaseFailure) else str(error)
        raise SurroundingsAway(
            say(f"The database refused or was lost: {detail}", f"数据库拒绝或中断：{detail}"),
            say("Is its schema current (waihu migrate)?", "数据库结构是最新的吗（waihu migrate）？"),
        ) from error
    finally:
        connection.close()


def _admin(cloud: Cloud) -> Connection:
    settings = cloud.settings
    return _open(
        cloud, settings.database_host, settings.database_port, settings.database_user, settings.database_secret
    )


def _migrator(cloud: Cloud) -> Connection:
    settings = cloud.settings
    host = settings.migration_host or settings.database_host
    port = settings.migration_port or settings.database_port
    return _open(cloud, host, port, settings.migration_user, settings.migration_secret)


def _open(cloud: Cloud, host: str, port: int, user: str, secret: str) -> Connection:
    settings = cloud.settings
    return Connection.open(
        host,
        port,
        settings.database_name,
        user,
        str(cloud.secret(secret)["password"]) if secret else lambda: cloud.database_token(host, port, user),
        tls=None if settings.database_tls == "off" else verifying_context(settings.database_ca_file),
        connect_timeout=settings.connect_timeout_seconds,
    )


def number_keys(cloud: Cloud) -> NumberKeys:
    """The keys that encrypt and index phone numbers.

    Raises:
        SurroundingsAway: their secret cannot be read.
    """
    try:
        return NumberKeys.from_secret(json.dumps(cloud.secret(cloud.settings.number_key_secret)))
    except ValueError as error:
        raise SurroundingsAway(str(error)) from error
