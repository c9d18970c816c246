"""The one database connection of a worker, kept between invocations."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable

from database.connection import Connection, verifying_context
from database.failures import CannotConnect
from functions.business.settings import BusinessSettings
from functions.hosting.secret_values import Login, Secret

LONGEST_SHUT_SECONDS = 2.0
MOST_REPLY_BYTES = 32 * 1024 * 1024
"""From the database for one round trip. A caller gets at most 6 MB of it: Lambda sends no more."""
PASSWORD_REFUSED = "28P01"  # noqa: S105 - an SQLSTATE


class Connections:
    """Opens a connection when there is none.

    After an attempt that took long to fail nobody is kept waiting for another for as long again: callers that come
    meanwhile are told at once, instead of one after the other finding out by waiting.
    """

    def __init__(
        self,
        open_: Callable[[], Connection],
        *,
        within: Callable[[float], Connection] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`within` opens one, too, and is told how many seconds each step of it may take."""
        self._open = open_
        self._within = within
        self._clock = clock
        self._kept: Connection | None = None
        self._shut_until = float("-inf")

    def get(self, seconds: float | None = None) -> tuple[Connection, bool]:
        """A connection, and whether it was kept from before: then the other side may have closed it unseen.

        Args:
            seconds: how long each step of signing in may take at most, if less than usual.

        Raises:
            CannotConnect: there is no way.
        """
        if self._kept is not None and not self._kept.closed:
            return self._kept, True
        begun = self._clock()
        if begun < self._shut_until:
            raise CannotConnect("there was no way a moment ago")
        try:
            self._kept = self._opened(seconds)
        except CannotConnect:
            now = self._clock()
            self._shut_until = now + min(now - begun, LONGEST_SHUT_SECONDS)
            raise
        return self._kept, False

    def _opened(self, seconds: float | None) -> Connection:
        return self._open() if seconds is None or self._within is None else self._within(seconds)

    @property
    def kept(self) -> Connection | None:
        """The connection that is open now, if one is."""
        return None if self._kept is None or self._kept.closed else self._kept

    def discard(self) -> None:
        """Never use the kept connection again."""
        if self._kept is not None:
            self._kept.abandon()
            self._kept = None


def connections_of(settings: BusinessSettings, login: Secret[Login]) -> Connections:
    """How this function opens its connection: by password, or by IAM where no secret is named."""

    def open_with(password: str | Callable[[], str], seconds: float) -> Connection:
        tls = verifying_context(settings.database_ca_file) if settings.database_tls != "off" else None
        connection = Connection.open(
            settings.database_host,
            settings.database_port,
            settings.database_name,
            settings.database_user,
            password,
            tls=tls,
            connect_timeout=min(seconds, settings.connect_timeout_seconds),
            timeout=settings.silence_seconds,
        )
        connection.most_bytes = MOST_REPLY_BYTES
        return connection

    def within(seconds: float) -> Connection:
        if not settings.database_secret:
            return open_with(lambda: _iam_password(settings), seconds)
        try:
            return open_with(login.value().password, seconds)
        except CannotConnect as error:
            if error.sqlstate != PASSWORD_REFUSED:
                raise
            return open_with(login.newest().password, seconds)

    return Connections(lambda: within(settings.connect_timeout_seconds), within=within)


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
