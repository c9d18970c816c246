"""The one database connection of a worker, kept between invocations."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable

from database.connection import Connection, verifying_context
from database.failures import CannotConnect
from functions.business.settings import BusinessSettings
from functions.hosting.secret_values import Login, Secret

SILENCE_SECONDS = 8.0
"""After so long without a word from the database a connection is given up; its statement time-out is shorter."""
PASSWORD_REFUSED = "28P01"  # noqa: S105 - an SQLSTATE


class Connections:
    """Opens a connection when there is none; `password` gives what to sign in with, newest first if asked."""

    def __init__(self, open_: Callable[[], Connection]) -> None:
        self._open = open_
        self._kept: Connection | None = None

    def get(self) -> tuple[Connection, bool]:
        """A connection, and whether it was kept from before: then the other side may have closed it unseen.

        Raises:
            CannotConnect: there is no way.
        """
        if self._kept is not None and not self._kept.closed:
            return self._kept, True
        self._kept = self._open()
        return self._kept, False

    @property
    def kept(self) -> Connection | None:
        """The connection that is open now, if one is."""
        return None if self._kept is None or self._kept.closed else self._kept

    def discard(self) -> None:
        """Never use the kept connection again."""
        if self._kept is not None:
            self._kept.abandon()
            self._kept = None


def opener(settings: BusinessSettings, login: Secret[Login]) -> Callable[[], Connection]:
    """How this function opens a connection: by password, or by IAM where no secret is named."""

    def open_with(password: str | Callable[[], str]) -> Connection:
        tls = verifying_context(settings.database_ca_file) if settings.database_tls != "off" else None
        return Connection.open(
            settings.database_host,
            settings.database_port,
            settings.database_name,
            settings.database_user,
            password,
            tls=tls,
            connect_timeout=settings.connect_timeout_seconds,
            timeout=SILENCE_SECONDS,
        )

    def open_() -> Connection:
        if not settings.database_secret:
            return open_with(lambda: _iam_password(settings))
        try:
            return open_with(login.value().password)
        except CannotConnect as error:
            if error.sqlstate != PASSWORD_REFUSED:
                raise
            return open_with(login.newest().password)

    return open_


def _iam_password(settings: BusinessSettings) -> str:
    from database.iam_token import Credentials, iam_token

    return iam_token(
        Credentials.from_environment(os.environ),
        region=os.environ["AWS_REGION"],
        host=settings.database_host,
        port=settings.database_port,
        user=settings.database_user,
        now=dt.datetime.now(dt.UTC),
    )
