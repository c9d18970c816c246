"""begin_action and its kin: genuine claims, exactly once, also when two come at the same moment."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import pytest

from callscript.session_token import SignedClaims
from database.connection import Connection, Query
from database.failures import DatabaseFailure
from local.postgres import EmbeddedPostgres
from tests.harness.acting import Session, fresh_key
from tests.harness.fresh_database import FreshDatabase, clone, superuser

LI = Session("li")
JOURNAL = "SELECT agent, campaign, action, outcome, code, row_counts FROM platform.journal"


@pytest.fixture(scope="module")
def lasting(postgres_server: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    with clone(postgres_server) as database:
        yield database


@pytest.fixture
def postgres(lasting: FreshDatabase) -> FreshDatabase:
    """The module's database, with nothing done in it yet."""
    with superuser(lasting.server, lasting.name) as connection:
        connection.execute(
            "TRUNCATE platform.keys, platform.replies, platform.journal, platform.session_keys, "
            "platform.revoked_sessions, platform.blocked_agents, outbound.agents"
        )
    return lasting


def sqlstate(run: Callable[[], object]) -> str:
    try:
        run()
    except DatabaseFailure as failure:
        return failure.sqlstate
    return "accepted"


def begin_with(connection: Connection, signed: SignedClaims, campaign: str = "csat", key: str | None = None) -> str:
    query = Query(
        "SELECT platform.begin_action($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        (signed.text, signed.key_id, signed.mac, key or fresh_key(), b"f", campaign, "r", "n", "a", None, "c", []),
    )
    return sqlstate(lambda: connection.run_pipeline([Query("BEGIN"), query, Query("COMMIT")]))


def tampered(text: str = "", key_id: str = "", mac: bytes = b"") -> SignedClaims:
    signed = LI.signed
    return SignedClaims(signed.claims, text or signed.text, key_id or signed.key_id, mac or signed.mac)


@pytest.mark.parametrize(
    ("signed", "campaign", "expected"),
    [
        (LI.signed, "csat", "accepted"),
        (LI.signed, "reminder", "WH002"),
        (tampered(text=LI.signed.text.replace('"li"', '"wang"')), "csat", "WH002"),
        (tampered(text=LI.signed.text + " "), "csat", "WH002"),
        (tampered(text="{"), "csat", "WH002"),
        (tampered(mac=b"\0" * 32), "csat", "WH002"),
        (tampered(mac=LI.signed.mac[:16]), "csat", "WH002"),
        (tampered(key_id="k2"), "csat", "WH002"),
        (Session("li", seconds=-1).signed, "csat", "WH002"),
    ],
)  # fmt: skip
def test_claims(admin: Connection, business: Connection, signed: SignedClaims, campaign: str, expected: str) -> None:
    assert begin_with(business, signed, campaign) == expected
    assert len(admin.fetch(JOURNAL)) == (1 if expected == "accepted" else 0)


def test_null_mac_is_refused(admin: Connection, business: Connection) -> None:
    signed = LI.signed
    query = Query(
        "SELECT platform.begin_action($1, $2, NULL, $3, $4, 'csat', 'r', 'n', 'a', NULL, 'c', '{}')",
        (signed.text, "no such key", fresh_key(), b"f"),
    )
    assert sqlstate(lambda: business.run_pipeline([Query("BEGIN"), query, Query("COMMIT")])) == "WH002"


def test_a_retired_key_is_not_believed(admin: Connection, business: Connection) -> None:
    admin.fetch("SELECT platform.retire_session_key('k1', now())")
    assert begin_with(business, LI.signed) == "WH002"


@pytest.mark.parametrize(
    ("sql", "argument"),
    [
        ("INSERT INTO platform.revoked_sessions (session) VALUES ($1)", LI.id),
        ("INSERT INTO platform.blocked_agents (agent) VALUES ($1)", "li"),
    ],
    ids=["session", "agent"],
)
def test_revoked(admin: Connection, business: Connection, sql: str, argument: str) -> None:
    assert begin_with(business, LI.signed) == "accepted"
    admin.execute(sql, argument)
    assert begin_with(business, LI.signed) == "WH003"
    assert sqlstate(lambda: LI.read(business, "SELECT 1")) == "WH003"


def test_signing_out_ends_this_session_only(admin: Connection, business: Connection) -> None:
    other = Session("li")
    business.fetch("SELECT platform.sign_out($1, $2, $3)", *LI.credentials)
    assert begin_with(business, LI.signed) == "WH003"
    assert begin_with(business, other.signed) == "accepted"


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        # Made when the test runs: collected long before, they would have aged.
        (fresh_key, "accepted"),
        (lambda: fresh_key(7 * 86400 - 60), "accepted"),
        (lambda: fresh_key(7 * 86400 + 60), "WH004"),
        (lambda: fresh_key(-86400 + 60), "accepted"),
        (lambda: fresh_key(-86400 - 60), "WH004"),
        (lambda: "ffffffff-" + "0" * 32, "WH004"),
        (lambda: "no key", "WH004"),
        (lambda: fresh_key() + "\n", "WH004"),
        (lambda: fresh_key().upper() + "X", "WH004"),
    ],
    ids=["now", "nearly-old", "old", "nearly-ahead", "ahead", "far-ahead", "no-key", "line-end", "upper-case"],
)
def test_keys(admin: Connection, business: Connection, make: Callable[[], str], expected: str) -> None:
    assert begin_with(business, LI.signed, key=make()) == expected


def test_an_action_leaves_one_row_and_its_reply(admin: Connection, business: Connection) -> None:
    key = fresh_key()
    LI.act(
        business,
        Query("SELECT platform.store_reply($1)", ('{"b": 1,  "a":2}',)),
        Query("SELECT platform.end_action('done', $1)", ({"statement": 3},)),
        key=key,
    )
    assert admin.fetch(JOURNAL) == [("li", "csat", "outbound.test", "done", None, {"statement": 3})]
    assert stored(business, key) == (True, True, '{"b": 1,  "a":2}', "correlation")


def stored(business: Connection, key: str, session: Session = LI, parameters: bytes = b"{}") -> tuple[object, ...]:
    fingerprint = hashlib.sha256(parameters).digest()
    rows = business.fetch(
        "SELECT known, same, reply, correlation FROM platform.stored_reply($1, $2, $3, $4, $5)",
        *session.credentials,
        key,
        fingerprint,
    )
    assert len(rows) == 1
    return rows[0]


def test_a_known_key_runs_nothing(admin: Connection, business: Connection) -> None:
    key = fresh_key()
    LI.act(business, "SELECT 1", key=key)
    assert sqlstate(lambda: LI.act(business, "SELECT 1", key=key)) == "WH001"
    assert len(admin.fetch(JOURNAL)) == 1
    assert stored(business, key) == (True, True, None, "correlation")


def test_other_parameters_do_not_get_the_reply(admin: Connection, business: Connection) -> None:
    key = fresh_key()
    LI.act(business, Query("SELECT platform.store_reply('kept')"), key=key)
    assert stored(business, key, parameters=b"other") == (True, False, None, "correlation")


def test_a_key_is_its_agents_own(admin: Connection, business: Connection) -> None:
    key = fresh_key()
    LI.act(business, Query("SELECT platform.store_reply('of li')"), key=key)
    wang = Session("wang")
    assert stored(business, key, wang) == (False, False, None, None)
    wang.act(business, Query("SELECT platform.store_reply('of wang')"), key=key)
    assert stored(business, key)[2] == "of li"


def test_a_failed_action_leaves_its_key_free(admin: Connection, business: Connection) -> None:
    key = fresh_key()
    assert sqlstate(lambda: LI.act(business, "SELECT 1/0", key=key)) == "22012"
    assert admin.fetch(JOURNAL) == []
    LI.act(business, "SELECT 1", key=key)
    assert len(admin.fetch(JOURNAL)) == 1


def test_a_failure_is_noted(admin: Connection, business: Connection) -> None:
    business.fetch(
        "SELECT platform.note_failure($1, $2, $3, $4, 'csat', 'r', 'n', 'outbound.finish', $5, 'c', $6, "
        "'unknown_outcome', 'ended', '23503')",
        *LI.credentials,
        fresh_key(),
        uuid4(),
        ["saved", "ended"],
    )
    assert admin.fetch(JOURNAL) == [("li", "csat", "outbound.finish", "failed", "unknown_outcome", None)]


def test_a_failure_is_not_noted_for_a_stranger(admin: Connection, business: Connection) -> None:
    signed = tampered(mac=b"\0" * 32)
    note = Query(
        "SELECT platform.note_failure($1, $2, $3, 'k', 'csat', 'r', 'n', 'a', NULL, 'c', '{}', 'x', 'y', 'z')",
        (signed.text, signed.key_id, signed.mac),
    )
    assert sqlstate(lambda: business.run_pipeline([note])) == "WH002"
    assert admin.fetch(JOURNAL) == []


@pytest.mark.parametrize("call", ["platform.store_reply('x')", "platform.end_action('done', NULL)"])
def test_no_action_is_running(business: Connection, call: str) -> None:
    assert sqlstate(lambda: business.fetch(f"SELECT {call}")) == "WH005"


def test_a_script_that_ends_the_action_itself_fails_it(admin: Connection, business: Connection) -> None:
    end = "SELECT platform.end_action('done', '{\"forged\": 1}')"
    assert sqlstate(lambda: LI.act(business, end, end)) == "WH005"
    assert admin.fetch(JOURNAL) == []


def test_two_actions_in_one_transaction_are_refused(admin: Connection, business: Connection) -> None:
    assert sqlstate(lambda: LI.act(business, Session("wang").begin())) == "23505"


def test_reads_leave_nothing(admin: Connection, business: Connection) -> None:
    assert LI.read(business, "SELECT platform.current_agent(), platform.current_campaign()")[0].rows == [("li", "csat")]
    assert admin.fetch(JOURNAL) == []
    assert business.fetch("SELECT platform.current_agent()") == [(None,)]


def test_begin_read_does_not_open_a_writing_transaction(admin: Connection, business: Connection) -> None:
    query = Query("SELECT platform.begin_read($1, $2, $3, 'csat')", LI.credentials)
    assert sqlstate(lambda: business.run_pipeline([Query("BEGIN"), query, Query("COMMIT")])) == "WH005"
    turn = "SET TRANSACTION READ WRITE"
    assert sqlstate(lambda: LI.read(business, turn)) == "25001"


def test_a_read_identity_does_not_outlive_its_transaction(admin: Connection, business: Connection) -> None:
    kept = LI.read(business, "SELECT current_setting('waihu.reader')")[0].rows[0][0]
    again = [
        Query("BEGIN READ ONLY"),
        Query("SELECT set_config('waihu.reader', $1, true)", (kept,)),
        Query("SELECT platform.current_agent()"),
        Query("COMMIT"),
    ]
    assert business.run_pipeline(again)[2].rows == [(None,)]


def test_a_read_identity_cannot_be_altered(admin: Connection, business: Connection) -> None:
    alter = "SELECT set_config('waihu.reader', replace(current_setting('waihu.reader'), '\"li\"', '\"wang\"'), true)"
    assert LI.read(business, alter, "SELECT platform.current_agent()")[1].rows == [(None,)]


def test_a_plain_transaction_does_not_believe_a_setting(admin: Connection, business: Connection) -> None:
    forge = "SELECT set_config('waihu.reader', repeat('0', 64) || '{\"agent\":\"wang\"}', true)"
    pipeline = [Query("BEGIN"), Query(forge), Query("SELECT platform.current_agent()"), Query("COMMIT")]
    assert business.run_pipeline(pipeline)[2].rows == [(None,)]


@pytest.mark.parametrize(("ending", "expected"), [("COMMIT", "WH001"), ("ROLLBACK", "accepted")])
def test_the_same_key_at_the_same_moment(
    admin: Connection, business: Connection, postgres: FreshDatabase, ending: str, expected: str
) -> None:
    key = fresh_key()
    second = postgres.connect("waihu_business")
    business.run_pipeline([Query("BEGIN"), LI.begin(key=key)])
    with ThreadPoolExecutor(1) as pool:
        waiting: Future[str] = pool.submit(sqlstate, lambda: LI.act(second, "SELECT 1", key=key))
        wait_until_blocked(admin, postgres)
        assert not waiting.done()
        business.execute(ending)
        assert waiting.result(timeout=10) == expected
    assert len(admin.fetch(JOURNAL)) == 1


def wait_until_blocked(admin: Connection, postgres: FreshDatabase) -> None:
    owner = postgres.connect()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        rows = owner.fetch(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        if rows == [(1,)]:
            return
    raise AssertionError("the second action did not wait for the first")


def test_many_with_the_same_keys(admin: Connection, postgres: FreshDatabase) -> None:
    """Eight connections send the same forty actions: each runs once."""
    admin.execute("INSERT INTO agents (id) VALUES ('li')")
    keys = [fresh_key() for _ in range(40)]
    add = Query("UPDATE agents SET skills = skills || 'x'::text WHERE id = 'li'")
    start = threading.Barrier(8)

    def work(connection: Connection) -> list[str]:
        start.wait()
        return [sqlstate(lambda key=key: LI.act(connection, add, key=key)) for key in keys]  # type: ignore[misc]

    connections = [postgres.connect("waihu_business") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(work, connections))
    for per_key in zip(*outcomes, strict=True):
        assert sorted(per_key) == ["WH001"] * 7 + ["accepted"]
    assert admin.fetch("SELECT cardinality(skills) FROM agents") == [(40,)]
    assert len(admin.fetch(JOURNAL)) == 40


def test_old_keys_are_forgotten_with_their_replies(
    admin: Connection, business: Connection, postgres: FreshDatabase
) -> None:
    old, new = fresh_key(), fresh_key()
    for key in (old, new):
        LI.act(business, Query("SELECT platform.store_reply('x')"), key=key)
    owner = postgres.connect()
    owner.execute("UPDATE platform.keys SET at = now() - interval '9 days' WHERE key = $1", old)
    assert admin.fetch("SELECT platform.forget_old_keys()") == [(1,)]
    assert [stored(business, key)[:3] for key in (old, new)] == [(False, False, None), (True, True, "x")]


def test_journal_rows_go_to_their_day(admin: Connection, business: Connection, postgres: FreshDatabase) -> None:
    LI.act(business, "SELECT platform.end_action('done', NULL)")
    owner = postgres.connect()
    day = owner.fetch("SELECT 'platform.journal_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')")[0][0]
    assert owner.fetch("SELECT tableoid::regclass::text FROM platform.journal") == [(day,)]


def test_rows_of_a_day_without_a_partition_move_into_it(
    admin: Connection, business: Connection, postgres: FreshDatabase
) -> None:
    owner = postgres.connect()
    owner.execute(
        "DROP TABLE platform.journal_" + owner.fetch("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')")[0][0]
    )
    LI.act(business, "SELECT platform.end_action('done', '{\"a\": 1}')")
    assert owner.fetch("SELECT count(*) FROM platform.journal_other") == [(1,)]
    assert admin.fetch("SELECT platform.ensure_partitions(2)") == [(1,)]
    assert owner.fetch("SELECT count(*) FROM platform.journal_other") == [(0,)]
    assert len(admin.fetch(JOURNAL)) == 1
    LI.act(business, "SELECT 1")
    assert owner.fetch("SELECT count(*) FROM platform.journal_other") == [(0,)]
