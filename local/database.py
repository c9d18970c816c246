"""The database of the cloud's one cell: PostgreSQL with our schema, and the pooler that functions reach it through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from database.connection import Connection
from database.migrate import apply
from local import keys as secret_names
from local.keys import Keys
from local.pooler import Pooler, PoolerConfig
from local.ports import HOST
from local.postgres import EmbeddedPostgres
from local.reaper import Reaper

NAME = "waihu"
LOGINS = {"waihu_business": secret_names.BUSINESS_LOGIN, "waihu_slow": secret_names.SLOW_LOGIN}
"""Logins that go through the pooler -> the secret with their password."""


class CellDatabase:
    """`start()`, `stop()`; both keep the ports, so that whoever was connected finds it again."""

    def __init__(
        self,
        folder: Path,
        keys: Keys,
        *,
        port: int,
        pooler_port: int,
        logs: Path,
        reaper: Reaper,
        durable: bool = True,
        pooler_kind: str | None = None,
        settings: Mapping[str, str] | None = None,
        on_exit: Callable[[str, int], None] | None = None,
    ) -> None:
        self._keys = keys
        self.postgres = EmbeddedPostgres(folder, port=port, durable=durable, settings=settings)
        self.pooler = Pooler(
            PoolerConfig(
                host=HOST,
                port=pooler_port,
                server_host=HOST,
                server_port=port,
                database=NAME,
                logins={user: keys.password(secret) for user, secret in LOGINS.items()},
            ),
            folder=folder.parent,
            log=logs / "pooler.log",
            reaper=reaper,
            kind=pooler_kind,
            on_exit=on_exit,
        )

    def start(self) -> None:
        """PostgreSQL runs, its schema is current, the pooler listens."""
        self.postgres.start()
        self._migrate()
        self.pooler.start()

    def stop(self) -> None:
        self.pooler.close()
        self.postgres.stop()

    def connect(self, user: str | None = None, password: str | None = None) -> Connection:
        """A connection past the pooler; as the superuser unless `user` is given."""
        end = self.postgres.endpoint(NAME)
        return Connection.open(end.host, end.port, NAME, user or end.user, password or end.password)

    def _migrate(self) -> None:
        self._create()
        passwords = {user: self._keys.password(secret) for user, secret in LOGINS.items()}
        passwords["waihu_admin"] = self._keys.password(secret_names.ADMIN_LOGIN)
        connection = self.connect()
        try:
            apply(connection, passwords=passwords)
            for name, secret in self._keys.session_keys().items():
                connection.fetch("SELECT platform.put_session_key($1, $2)", name, secret)
        finally:
            connection.close()

    def _create(self) -> None:
        end = self.postgres.endpoint()
        connection = Connection.open(end.host, end.port, end.database, end.user, end.password)
        try:
            if not connection.fetch("SELECT 1 FROM pg_database WHERE datname = $1", NAME):
                connection.execute(f"CREATE DATABASE {NAME}")
        finally:
            connection.close()
