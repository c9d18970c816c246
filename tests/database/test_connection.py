"""The connection: one round trip a pipeline, nothing half sent, sound after a refusal, dead after anything else."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.connection import Connection, Query, verifying_context
from database.failures import CannotConnect, ConnectionLost, DatabaseFailure, ReplyTooLong, Unencodable
from local.postgres import EmbeddedPostgres
from tests.harness.acting import Session, trust_test_key
from tests.harness.fresh_database import FreshDatabase, clone
from tests.harness.wire import CountingProxy


@pytest.fixture(scope="module")
def postgres(postgres_server: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    """One for all: what these tests make is temporary."""
    with clone(postgres_server) as database:
        yield database


@pytest.fixture
def proxy(postgres: FreshDatabase) -> Iterator[CountingProxy]:
    place = postgres.endpoint()
    with CountingProxy(place.host, place.port) as proxy:
        yield proxy


@pytest.fixture
def connection(postgres: FreshDatabase, proxy: CountingProxy) -> Connection:
    connection = postgres.connect(port=proxy.port)
    proxy.reset()
    return connection


@pytest.mark.parametrize("statements", [1, 3, 50])
def test_a_pipeline_is_one_round_trip(connection: Connection, proxy: CountingProxy, statements: int) -> None:
    results = connection.run_pipeline([Query("SELECT $1::int", (number,)) for number in range(statements)])
    assert [result.rows for result in results] == [[(number,)] for number in range(statements)]
    assert (proxy.round_trips, connection.round_trips) == (1, 1)
    assert (proxy.sent, proxy.received) == (connection.bytes_sent, connection.bytes_received)


def test_a_saved_answer_is_one_round_trip_and_five_statements(
    connection: Connection, proxy: CountingProxy, postgres: FreshDatabase
) -> None:
    trust_test_key(postgres.connect("waihu_admin"))
    pipeline = [
        Query("BEGIN"),
        Session("li").begin(),
        Query("SELECT 1 AS saved"),
        Query("SELECT platform.end_action('done', NULL)"),
        Query("COMMIT"),
    ]
    connection.run_pipeline(pipeline)
    assert (len(pipeline), proxy.round_trips) == (5, 1)


def test_a_refusal_rolls_back_and_names_the_statement(connection: Connection, proxy: CountingProxy) -> None:
    connection.execute("CREATE TEMP TABLE t (a int CONSTRAINT small CHECK (a < 5))")
    proxy.reset()
    pipeline = [
        Query("BEGIN"),
        Query("INSERT INTO t VALUES (1)", name="first"),
        Query("INSERT INTO t VALUES ($1)", (9,), name="second"),
        Query("COMMIT"),
    ]
    with pytest.raises(DatabaseFailure) as refused:
        connection.run_pipeline(pipeline)
    failure = refused.value
    assert (failure.sqlstate, failure.constraint, failure.query_index, failure.query_name) == (
        "23514",
        "small",
        2,
        "second",
    )
    assert proxy.round_trips == 2  # the pipeline, and ROLLBACK
    assert not connection.in_transaction
    assert connection.fetch("SELECT count(*) FROM t") == [(0,)]


def test_a_refusal_outside_a_transaction_needs_no_rollback(connection: Connection, proxy: CountingProxy) -> None:
    with pytest.raises(DatabaseFailure):
        connection.fetch("SELECT 1/0")
    assert proxy.round_trips == 1


def test_a_failure_does_not_say_what_the_customer_said(connection: Connection) -> None:
    with pytest.raises(DatabaseFailure) as refused:
        connection.fetch("SELECT $1::int", "13800138000")
    assert "13800138000" in refused.value.message
    assert "13800138000" not in str(refused.value)


@pytest.mark.parametrize("value", [object(), "a\0b", "\ud800", {"a": object()}, ["a\0"], {"k": "\0"}, {1, 2}])
def test_what_cannot_be_sent_sends_nothing(connection: Connection, proxy: CountingProxy, value: object) -> None:
    pipeline = [Query("BEGIN"), Query("SELECT $1::text", (value,), name="odd")]
    with pytest.raises(Unencodable, match=r"^statement odd: parameter \$1: "):
        connection.run_pipeline(pipeline)
    assert proxy.sent == 0
    assert connection.fetch("SELECT 1") == [(1,)]


def test_rows_and_counts(connection: Connection) -> None:
    connection.execute("CREATE TEMP TABLE t (a int, b text)")
    inserted, updated, deleted, seen = connection.run_pipeline(
        [
            Query("INSERT INTO t VALUES (1, 'x'), (2, NULL) RETURNING a"),
            Query("UPDATE t SET b = 'y'"),
            Query("DELETE FROM t WHERE a = 1"),
            Query("SELECT a, b FROM t"),
        ]
    )
    assert (inserted.rows, inserted.count, updated.count, deleted.count) == ([(1,), (2,)], 2, 2, 1)
    assert (seen.columns, seen.dicts(), seen.count) == (("a", "b"), [{"a": 2, "b": "y"}], 1)


def test_an_empty_statement(connection: Connection) -> None:
    assert connection.run_pipeline([Query(""), Query("SELECT 1")])[1].rows == [(1,)]


def test_transaction_of_a_tool(connection: Connection) -> None:
    with connection.transaction():
        connection.execute("CREATE TEMP TABLE t (a int)")

    def fail_halfway() -> None:
        with connection.transaction():
            connection.execute("INSERT INTO t VALUES (1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert connection.fetch("SELECT count(*) FROM t") == [(0,)]
    assert not connection.in_transaction


def test_a_transaction_stays_open_between_pipelines(connection: Connection, proxy: CountingProxy) -> None:
    (_, first) = connection.run_pipeline([Query("BEGIN"), Query("SELECT pg_current_xact_id()")])
    assert connection.in_transaction
    (second, _) = connection.run_pipeline([Query("SELECT pg_current_xact_id()"), Query("COMMIT")])
    assert first.rows == second.rows
    assert proxy.round_trips == 2


def test_large_pipelines_do_not_deadlock(postgres: FreshDatabase) -> None:
    """More goes in and comes out than all the buffers between can hold."""
    connection = postgres.connect()
    text = "x" * 400_000
    results = connection.run_pipeline([Query("SELECT $1::text || repeat('y', 400000)", (text,)) for _ in range(40)])
    assert {len(result.rows[0][0]) for result in results} == {800_000}


def test_no_statement_stays_prepared(connection: Connection) -> None:
    connection.run_pipeline([Query("SELECT $1::int", (1,))] * 3)
    assert connection.fetch("SELECT count(*) FROM pg_prepared_statements") == [(0,)]


@pytest.mark.parametrize("cut_after", [0, 1, 4, 5, 20, 60])
def test_a_cut_connection_is_lost(connection: Connection, proxy: CountingProxy, cut_after: int) -> None:
    proxy.cut_after = cut_after
    with pytest.raises(ConnectionLost) as lost:
        connection.fetch("SELECT repeat('x', 100)")
    assert lost.value.sent
    assert connection.closed
    with pytest.raises(ConnectionLost) as later:
        connection.fetch("SELECT 1")
    assert not later.value.sent


def test_a_terminated_session_is_lost(connection: Connection, postgres: FreshDatabase) -> None:
    ((pid,),) = connection.fetch("SELECT pg_backend_pid()")
    postgres.connect().fetch("SELECT pg_terminate_backend($1, 5000)", pid)
    with pytest.raises(ConnectionLost) as lost:
        connection.fetch("SELECT 1")
    assert not lost.value.sent  # seen before anything was sent: safe to try on a new connection
    assert connection.closed


def test_a_session_terminated_in_mid_statement_may_have_done_its_work(
    connection: Connection, postgres: FreshDatabase
) -> None:
    with pytest.raises(ConnectionLost) as lost:
        connection.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
    assert lost.value.sent


def test_a_notice_in_idleness_is_no_end(connection: Connection, postgres: FreshDatabase) -> None:
    connection.execute("LISTEN news")
    postgres.connect().execute("NOTIFY news, 'x'")
    assert connection.fetch("SELECT 1") == [(1,)]
    assert connection.fetch("SELECT 2") == [(2,)]


def test_silence_is_given_up(postgres: FreshDatabase, proxy: CountingProxy) -> None:
    impatient = postgres.connect(port=proxy.port, timeout=0.05)
    proxy.deaf = True
    with pytest.raises(ConnectionLost, match="TimeoutError"):
        impatient.fetch("SELECT 1")
    assert impatient.closed


def test_an_interrupted_reader_leaves_no_answer_behind(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Connection, "_receive", interrupt)
    with pytest.raises(KeyboardInterrupt):
        connection.fetch("SELECT 1")
    monkeypatch.undo()
    assert connection.closed


def test_statement_timeout_of_the_role_is_a_refusal(postgres: FreshDatabase) -> None:
    business = postgres.connect("waihu_business")
    with pytest.raises(DatabaseFailure) as refused:
        business.run_pipeline([Query("SET statement_timeout = '20ms'"), Query("SELECT pg_sleep(5)")])
    assert refused.value.sqlstate == "57014"
    assert business.fetch("SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("user", "password", "sqlstate"), [("waihu_business", "wrong", "28P01"), ("nobody_here", "x", "28P01")]
)
def test_sign_in_refused(postgres: FreshDatabase, user: str, password: str, sqlstate: str) -> None:
    place = postgres.endpoint()
    with pytest.raises(CannotConnect) as refused:
        Connection.open(place.host, place.port, place.database, user, password)
    assert refused.value.sqlstate == sqlstate
    assert password not in str(refused.value)


def test_nobody_there() -> None:
    with pytest.raises(CannotConnect) as refused:
        Connection.open("127.0.0.1", 1, "d", "u", "p", connect_timeout=1)
    assert (refused.value.sqlstate, refused.value.sent) == ("", False)


def test_a_password_is_asked_for_at_each_opening(postgres: FreshDatabase) -> None:
    place, asked = postgres.endpoint(), []

    def password() -> str:
        asked.append(1)
        return place.password

    for _ in range(2):
        Connection.open(place.host, place.port, place.database, place.user, password).close()
    assert len(asked) == 2


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("tls") / "data", durable=False, tls=True)
    with server:
        yield server
    server.destroy()


def test_tls_is_verified(tls_server: EmbeddedPostgres) -> None:
    place = tls_server.endpoint()
    context = verifying_context(str(tls_server.ca_file))
    with Connection.open(place.host, place.port, place.database, place.user, place.password, tls=context) as connection:
        assert connection.fetch("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [(True,)]
        rows = connection.run_pipeline([Query("SELECT $1::text || repeat('y', 300000)", ("x" * 300_000,))] * 10)
        assert {len(result.rows[0][0]) for result in rows} == {600_000}


def test_tls_with_a_stranger_is_refused(tls_server: EmbeddedPostgres) -> None:
    place = tls_server.endpoint()
    with pytest.raises(CannotConnect, match="SSLCertVerificationError"):
        Connection.open(place.host, place.port, "postgres", "postgres", place.password, tls=verifying_context())


def test_tls_where_there_is_none_is_refused(postgres: FreshDatabase, tls_server: EmbeddedPostgres) -> None:
    place = postgres.endpoint()
    context = verifying_context(str(tls_server.ca_file))
    with pytest.raises(CannotConnect):
        Connection.open(place.host, place.port, place.database, place.user, place.password, tls=context)


def test_only_the_connection_imports_the_driver() -> None:
    root = Path(__file__).parents[2]
    rooms = ("admin", "agent_app", "callscript", "database", "functions", "infra", "local")
    importers = {
        str(path.relative_to(root))
        for room in rooms
        for path in (root / room).rglob("*.py")
        if any(line.startswith(("import pg8000", "from pg8000")) for line in path.read_text().splitlines())
    }
    # The bench measures the stock driver as a peer.
    assert importers == {"database/connection.py", "local/bench/transactions.py"}


def test_a_process_with_many_open_files(postgres: FreshDatabase) -> None:
    """The connection's socket is numbered above 1023, which `select` would refuse."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2048:
        pytest.skip("this machine allows no more open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    with contextlib.ExitStack() as files:
        for _ in range(1100):
            files.enter_context(Path(os.devnull).open("rb"))
        with postgres.connect() as connection:
            assert connection.fetch("SELECT 1") == [(1,)]
            assert connection.fetch("SELECT length($1)", "x" * 200_000) == [(200_000,)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_reply_beyond_what_its_reader_holds_is_not_waited_for(connection: Connection) -> None:
    connection.most_bytes = 100_000
    assert connection.fetch("SELECT length(repeat('x', 1000000))") == [(1_000_000,)]
    with pytest.raises(ReplyTooLong):
        connection.fetch("SELECT repeat('x', 100000000)")
    assert connection.closed
    assert connection.bytes_received < 1_000_000
