"""A database of its own for each test: cloned in some 30 ms from one that was migrated once."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from database.connection import Connection
from database.migrate import ROLES_FILE, apply
from database.statements import split_statements
from local.postgres import EmbeddedPostgres, Endpoint

PASSWORDS = {"waihu_business": "business-pw", "waihu_slow": "slow-pw", "waihu_admin": "admin-pw"}
TEMPLATE = "waihu_template"


class FreshDatabase:
    """`connect("waihu_business")` and so on; every connection is closed at the end of the test."""

    def __init__(self, server: EmbeddedPostgres, name: str) -> None:
        self.server = server
        self.name = name
        self._open: list[Connection] = []

    def endpoint(self, user: str = "postgres") -> Endpoint:
        return self.server.endpoint(self.name, user, PASSWORDS.get(user))

    def connect(self, user: str = "postgres", *, port: int | None = None, timeout: float | None = 30) -> Connection:
        """`port`: that of a proxy that stands before the server."""
        place = self.endpoint(user)
        connection = Connection.open(
            place.host, port or place.port, place.database, place.user, place.password, timeout=timeout
        )
        self._open.append(connection)
        return connection

    def psql(self, sql: str, user: str = "postgres") -> str:
        """What `psql` prints: for statements that should run as a stranger's tool would send them."""
        place = self.endpoint(user)
        command = [str(self.server.tool("psql")), "-XAtq", "-h", place.host, "-p", str(place.port), "-U", place.user]
        return subprocess.run(
            [*command, "-c", sql, place.database],
            env={"PGPASSWORD": place.password},
            capture_output=True,
            text=True,
            check=False,
        ).stdout

    def close(self) -> None:
        for connection in self._open:
            connection.close()


@contextmanager
def running_server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server, not durable, with the migrated template in it."""
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    try:
        with superuser(server) as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
        with superuser(server, TEMPLATE) as connection:
            apply(connection, passwords=PASSWORDS, partitions_ahead_days=2)
        yield server
    finally:
        server.destroy()


@contextmanager
def clone(server: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    name = f"test_{secrets.token_hex(6)}"
    with superuser(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    with superuser(server, name) as connection:
        # A clone does not inherit what may be done with the database as a whole.
        for statement in split_statements(ROLES_FILE.read_text()):
            if "ON DATABASE" in statement.text:
                connection.execute(statement.text)
    database = FreshDatabase(server, name)
    try:
        yield database
    finally:
        database.close()
        with superuser(server) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def superuser(server: EmbeddedPostgres, database: str = "postgres") -> Connection:
    place = server.endpoint(database)
    return Connection.open(place.host, place.port, place.database, place.user, place.password)
