"""Brings a database to the schema of this program: numbered files of plain SQL, each once, each in one transaction.

Needs CREATEROLE and the ownership of the database, no superuser. Several at once wait for one another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from database.connection import Connection
from database.failures import DatabaseFailure, DatabaseTrouble
from database.statements import split_statements

FOLDER = Path(__file__).with_name("migrations")
ROLES_FILE = Path(__file__).with_name("roles.sql")
LOGIN_ROLES = ("waihu_business", "waihu_slow", "waihu_admin")
PARTITIONS_AHEAD_DAYS = 35

_LOCK = 0x7761696875  # "waihu"
_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_RECORD_TABLE = """
    CREATE TABLE IF NOT EXISTS public.schema_migrations (
      number     integer PRIMARY KEY,
      name       text NOT NULL,
      sha256     text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now(),
      applied_by text NOT NULL DEFAULT session_user
    )"""


class MigrationFailure(DatabaseTrouble):
    """A migration cannot be applied; nothing of it stays. `place` is file:line."""

    def __init__(self, place: str, what: str, sqlstate: str = "") -> None:
        self.place = place
        self.what = what
        self.sqlstate = sqlstate
        super().__init__(f"{place}: {what}" + (f" (SQLSTATE {sqlstate})" if sqlstate else ""))


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    file: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply` did. `known`: how many were there before; `applied`: names of the new ones."""

    known: int
    applied: tuple[str, ...]
    partitions_made: int


def read_migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """The migrations of `folder` in order.

    Raises:
        MigrationFailure: a file's name is not `NNNN_name.sql`, or the numbers have a gap or a double.
    """
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = _FILE.fullmatch(path.name)
        if not match:
            raise MigrationFailure(path.name, "a migration is named NNNN_what_it_does.sql")
        found.append(Migration(int(match[1]), match[2], path.name, path.read_text(encoding="utf-8")))
    for expected, migration in enumerate(found, 1):
        if migration.number != expected:
            raise MigrationFailure(migration.file, f"number {expected:04} was expected here")
    return tuple(found)


def apply(
    connection: Connection,
    *,
    passwords: Mapping[str, str] | None = None,
    folder: Path = FOLDER,
    partitions_ahead_days: int = PARTITIONS_AHEAD_DAYS,
    progress: Callable[[str], None] = lambda _: None,
) -> Applied:
    """Applies what is missing; running it again changes nothing.

    Args:
        connection: as the database's owner with CREATEROLE; direct, not through a transaction pooler.
        passwords: login role -> password, set each time; roles that are not named keep theirs.
        progress: is told the name of each migration before it is applied.

    Raises:
        MigrationFailure: a file was refused, or one that was applied before has changed since.
    """
    migrations = read_migrations(folder)
    connection.fetch("SELECT pg_advisory_lock($1::bigint)", _LOCK)
    try:
        _run_file(connection, ROLES_FILE.name, ROLES_FILE.read_text(encoding="utf-8"))
        for role, password in (passwords or {}).items():
            set_password(connection, role, password)
        connection.execute(_RECORD_TABLE)
        known: dict[int, str] = dict(connection.fetch("SELECT number, sha256 FROM public.schema_migrations"))
        _refuse_changed(migrations, known)
        new = [migration for migration in migrations if migration.number not in known]
        for migration in new:
            progress(migration.file)
            _apply_one(connection, migration)
        made = _make_partitions(connection, partitions_ahead_days)
    finally:
        if not connection.closed:
            connection.fetch("SELECT pg_advisory_unlock($1::bigint)", _LOCK)
    return Applied(len(known), tuple(migration.name for migration in new), made)


def set_password(connection: Connection, role: str, password: str) -> None:
    """Gives a login role its password, as a SCRAM verifier: the password itself reaches no server and no log.

    Raises:
        ValueError: not one of `LOGIN_ROLES`.
    """
    if role not in LOGIN_ROLES:
        raise ValueError(f"{role} is none of {', '.join(LOGIN_ROLES)}")
    connection.execute(f"ALTER ROLE {role} PASSWORD '{scram_verifier(password)}'")


def scram_verifier(password: str, salt: bytes | None = None, iterations: int = 4096) -> str:
    """What PostgreSQL keeps of a password (RFC 5802, RFC 7677).

    Raises:
        ValueError: outside printable ASCII, where SASLprep would have to be followed.
    """
    if not password or not (password.isascii() and password.isprintable()):
        raise ValueError("a password is made of printable ASCII characters")
    salt = secrets.token_bytes(16) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    salt_text, stored_text, server_text = (base64.b64encode(part).decode() for part in (salt, stored_key, server_key))
    return f"SCRAM-SHA-256${iterations}:{salt_text}${stored_text}:{server_text}"


def _refuse_changed(migrations: tuple[Migration, ...], known: Mapping[int, str]) -> None:
    for migration in migrations:
        if known.get(migration.number, migration.sha256) != migration.sha256:
            raise MigrationFailure(migration.file, "it was applied before and has changed since; write a new migration")
    unknown = [number for number in known if number > len(migrations)]
    if unknown:
        raise MigrationFailure(
            f"{min(unknown):04}_*.sql",
            "the database has this migration and this program lacks it; use the newer program",
        )


def _apply_one(connection: Connection, migration: Migration) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL ROLE waihu_owner")
        _run_statements(connection, migration.file, migration.text)
        connection.execute("RESET ROLE")
        connection.execute(
            "INSERT INTO public.schema_migrations (number, name, sha256) VALUES ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.sha256,
        )


def _run_file(connection: Connection, file: str, text: str) -> None:
    with connection.transaction():
        _run_statements(connection, file, text)


def _run_statements(connection: Connection, file: str, text: str) -> None:
    for statement in split_statements(text):
        try:
            connection.execute(statement.text)
        except DatabaseFailure as error:
            before = statement.text[: (error.position or 1) - 1]
            place = f"{file}:{statement.line + before.count(chr(10))}"
            raise MigrationFailure(place, error.message, error.sqlstate) from error


def _make_partitions(connection: Connection, days: int) -> int:
    found = connection.fetch("SELECT to_regprocedure('platform.ensure_partitions(integer)') IS NOT NULL")
    if not found[0][0]:
        return 0
    return int(connection.fetch("SELECT platform.ensure_partitions($1)", days)[0][0])
