"""Migrations: once, whole or not at all, by an owner who is no superuser, several at the same time."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from database.connection import Connection
from database.failures import CannotConnect
from database.migrate import (
    FOLDER,
    LOGIN_ROLES,
    MigrationFailure,
    apply,
    read_migrations,
    scram_verifier,
    set_password,
)
from local.postgres import EmbeddedPostgres, Endpoint
from tests.harness.fresh_database import FreshDatabase, superuser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server of this module's own: roles belong to the server, and here they must not be there yet."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("migrate") / "data", durable=False)
    with server:
        yield server
    server.destroy()


@pytest.fixture
def owner(server: EmbeddedPostgres) -> Iterator[Endpoint]:
    """An empty database of a master user as RDS gives one, by the name that it has there: CREATEROLE and CREATEDB, no
    superuser."""
    name = f"owned_{secrets.token_hex(4)}"
    with superuser(server) as connection:
        if connection.fetch("SELECT 1 FROM pg_roles WHERE rolname = 'waihu_root'") == []:
            connection.execute("CREATE ROLE waihu_root LOGIN CREATEROLE CREATEDB PASSWORD 'master-pw'")
        connection.execute(f"CREATE DATABASE {name} OWNER waihu_root")
    yield server.endpoint(name, "waihu_root", "master-pw")
    with superuser(server) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def connect(place: Endpoint, user: str = "", password: str = "") -> Connection:
    return Connection.open(place.host, place.port, place.database, user or place.user, password or place.password)


def test_a_master_without_superuser_migrates(owner: Endpoint) -> None:
    passwords = {role: f"pw of {role}" for role in LOGIN_ROLES}
    with connect(owner) as connection:
        first = apply(connection, passwords=passwords, partitions_ahead_days=1)
        again = apply(connection, partitions_ahead_days=1)
    total = len(read_migrations())
    assert (first.known, len(first.applied), first.partitions_made) == (0, total, 3)
    assert (again.known, again.applied, again.partitions_made) == (total, (), 0)
    for role, password in passwords.items():
        with connect(owner, role, password) as connection:
            assert connection.fetch("SELECT current_user::text, count(*) FROM outbound.cases") == [(role, 0)]


def test_the_master_cannot_pass_row_level_security_by_being_the_owner(owner: Endpoint) -> None:
    with connect(owner) as connection:
        apply(connection)
        forced = connection.fetch(
            "SELECT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class "
            "WHERE relnamespace = 'outbound'::regnamespace AND relkind = 'r'"
        )
    assert forced == [(True,)]


def test_what_a_login_changed_of_itself_is_taken_back(owner: Endpoint) -> None:
    with connect(owner) as connection:
        apply(connection, passwords={"waihu_business": "business-pw"}, partitions_ahead_days=0)
        with connect(owner, "waihu_business", "business-pw") as login:
            login.execute("ALTER ROLE waihu_business SET default_transaction_read_only = on")
            login.execute(f"ALTER ROLE waihu_business IN DATABASE {owner.database} SET timezone = 'Asia/Tokyo'")
        apply(connection, partitions_ahead_days=0)
    with connect(owner, "waihu_business", "business-pw") as login:
        found = login.fetch("SELECT current_setting('default_transaction_read_only'), current_setting('TimeZone')")
    assert found == [("off", "UTC")]


def test_two_at_once(owner: Endpoint) -> None:
    def migrate(_: int) -> int:
        with connect(owner) as connection:
            return len(apply(connection).applied)

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(migrate, range(3))) == [0, 0, len(read_migrations())]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_good.sql").write_text("CREATE TABLE public.good (a int);\n")
    return tmp_path


def test_a_broken_migration_leaves_nothing(owner: Endpoint, folder: Path) -> None:
    (folder / "0002_broken.sql").write_text(
        "CREATE TABLE public.half (a int);\n\n-- then\nCREATE TABLE public.other (\n  a int,\n  b nonsense\n);\n"
    )
    with connect(owner) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        with pytest.raises(MigrationFailure) as failure:
            apply(connection, folder=folder)
        assert (failure.value.place, failure.value.sqlstate) == ("0002_broken.sql:6", "42704")
        assert connection.fetch("SELECT to_regclass('public.good') IS NULL, to_regclass('public.half') IS NULL") == [
            (False, True)
        ]
        (folder / "0002_broken.sql").write_text("CREATE TABLE public.half (a int);")
        assert apply(connection, folder=folder).applied == ("broken",)


def test_an_error_without_a_position_names_the_statements_line(owner: Endpoint, folder: Path) -> None:
    (folder / "0001_good.sql").write_text("SELECT 1;\nSELECT 1/0;\n")
    with connect(owner) as connection, pytest.raises(MigrationFailure) as failure:
        apply(connection, folder=folder)
    assert failure.value.place == "0001_good.sql:2"


def test_a_changed_migration_is_refused(owner: Endpoint, folder: Path) -> None:
    with connect(owner) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        apply(connection, folder=folder)
        (folder / "0001_good.sql").write_text("CREATE TABLE public.good (a bigint);\n")
        with pytest.raises(MigrationFailure) as failure:
            apply(connection, folder=folder)
    assert failure.value.place == "0001_good.sql"


def test_an_older_program_refuses_a_newer_database(owner: Endpoint, folder: Path) -> None:
    (folder / "0002_more.sql").write_text("SELECT 1;")
    with connect(owner) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        apply(connection, folder=folder)
        (folder / "0002_more.sql").unlink()
        with pytest.raises(MigrationFailure) as failure:
            apply(connection, folder=folder)
    assert failure.value.place == "0002_*.sql"


@pytest.mark.parametrize("name", ["0003_gap.sql", "0001_double.sql", "2_short.sql", "0002_Upper.sql"])
def test_misnamed_files(folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1;")
    with pytest.raises(MigrationFailure):
        read_migrations(folder)


def test_our_own_files_are_numbered() -> None:
    assert [migration.number for migration in read_migrations()] == list(range(1, len(list(FOLDER.glob("*.sql"))) + 1))


def test_no_password_stands_in_sql() -> None:
    for path in (*FOLDER.glob("*.sql"), FOLDER.with_name("roles.sql")):
        assert "PASSWORD '" not in path.read_text()


def test_verifier_of_rfc_7677() -> None:
    """The RFC's example: user, pencil, its salt and 4096 rounds; the keys were computed from its proof."""
    import base64

    verifier = scram_verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    assert verifier == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_a_password_reaches_the_server_as_a_verifier_only(postgres: FreshDatabase) -> None:
    connection = postgres.connect()
    set_password(connection, "waihu_slow", "changed pw")
    (stored,) = connection.fetch("SELECT rolpassword FROM pg_authid WHERE rolname = 'waihu_slow'")[0]
    assert stored.startswith("SCRAM-SHA-256$")
    place = postgres.endpoint()
    Connection.open(place.host, place.port, place.database, "waihu_slow", "changed pw").close()
    set_password(connection, "waihu_slow", "slow-pw")
    with pytest.raises(CannotConnect):
        Connection.open(place.host, place.port, place.database, "waihu_slow", "changed pw")


@pytest.mark.parametrize(("role", "password"), [("postgres", "x"), ("waihu_owner", "x"), ("waihu_admin", "密码")])
def test_other_roles_and_odd_passwords_are_refused(postgres: FreshDatabase, role: str, password: str) -> None:
    with pytest.raises(ValueError, match=r"is none of|printable ASCII"):
        set_password(postgres.connect(), role, password)
