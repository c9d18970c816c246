"""What an adversary's statement sets in a pooled session, past the gate and committed, meets no later action in it.

The pooler ties a session to its client where it sees what was set; where the text hid it, the action's beginning takes
it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from database.connection import Connection, Query
from database.failures import DatabaseTrouble
from local.pooler import Pooler, PoolerConfig
from local.ports import HOST, free_port
from local.postgres import EmbeddedPostgres
from local.reaper import Reaper
from tests.callscript.sql.adversary import REFUSED
from tests.harness.acting import Session, fresh_key, trust_test_key
from tests.harness.fresh_database import PASSWORDS, clone

USER = "waihu_business"
LEFT = """
SELECT s.name || ' = ' || s.setting FROM pg_settings s WHERE s.source = 'session' AND s.name !~ '^transaction_'
UNION ALL SELECT 'role ' || current_user WHERE current_user <> session_user OR session_user <> 'waihu_business'
UNION ALL SELECT 'prepared ' || name FROM pg_prepared_statements WHERE name <> ''
UNION ALL SELECT 'cursor ' || name FROM pg_cursors WHERE is_holdable
UNION ALL SELECT 'listens to ' || c FROM pg_listening_channels() c
UNION ALL SELECT 'advisory lock' FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
UNION ALL SELECT 'temporary ' || relname FROM pg_class WHERE relpersistence = 't'
"""
MALLORY, HONEST = Session("mallory", campaigns=("alpha",)), Session("li", campaigns=("beta",))
KINDS = ("roles and settings", "session", "transactions", "several", "objects")
SPELT_OTHERWISE = (
    "SELECT pg_catalog . \"set_config\" /* ( */ ('timezone', 'Asia/Tokyo', false)",
    "SELECT U&\"set\\005fconfig\"('timezone', 'Asia/Tokyo', false)",
    "DO $$ BEGIN EXECUTE 'SE' || 'T timezone = ''Asia/Tokyo'''; END $$",
    "SELECT query_to_xml('SELECT set_' || 'config(''timezone'', ''Asia/Tokyo'', false)', true, false, '')",
)
REFUSED_TO_ALL = ("ALTER ROLE", "ALTER USER")  # of oneself: see docs/security.md


@pytest.fixture(scope="module")
def pooled(postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Name of the database, and the port of a pooler with one session of the functions' login."""
    folder = tmp_path_factory.mktemp("pooler")
    with clone(postgres_server) as database, closing(Reaper()) as reaper:
        trust_test_key(database.connect("waihu_admin"))
        place = database.endpoint()
        config = PoolerConfig(
            host=HOST, port=free_port(), server_host=place.host, server_port=place.port, database=place.database,
            logins={USER: PASSWORDS[USER]}, most_backends=1, borrow_seconds=30,
        )  # fmt: skip
        pooler = Pooler(config, folder=folder, log=folder / "log", reaper=reaper, kind="built-in")
        pooler.start()
        yield database.name, config.port
        pooler.close()


def client(pooled: tuple[str, int]) -> Connection:
    name, port = pooled
    return Connection.open(HOST, port, name, USER, PASSWORDS[USER], connect_timeout=60, timeout=60)


@pytest.mark.parametrize("kind", [*KINDS, "spelt otherwise"])
def test_nothing_is_left_to_the_next_client(pooled: tuple[str, int], kind: str) -> None:
    texts = [sql for _, sql in REFUSED[kind]] if kind in KINDS else [*SPELT_OTHERWISE]
    left = []
    for sql in texts:
        if "sleep" in sql or sql.startswith(REFUSED_TO_ALL):
            continue
        text = sql.replace(":session.agent", "'mallory'")
        with client(pooled) as adversary, suppress(DatabaseTrouble):
            adversary.run_pipeline([Query("BEGIN"), MALLORY.begin(key=fresh_key()), Query(text), Query("COMMIT")])
        with client(pooled) as honest:
            left += [(sql, found) for (found,) in HONEST.act(honest, LEFT)[0].rows]
            left += [(sql, found) for (found,) in HONEST.read(honest, LEFT)[0].rows if "waihu.reader" not in found]
    assert left == []


def test_what_is_left_would_be_seen(pooled: tuple[str, int]) -> None:
    with client(pooled) as honest:
        honest.execute("SET timezone = 'Asia/Tokyo'")
        assert honest.fetch(LEFT) == [("TimeZone = Asia/Tokyo",)]
        assert HONEST.act(honest, LEFT)[0].rows == []
        assert honest.fetch(LEFT) == []
