"""The database away, a connection cut, scripts or secrets that cannot be read: told plainly, harmless, retryable."""

from __future__ import annotations

import dataclasses
import json
import socket

import pytest

from database.connection import Connection, Query
from database.failures import ConnectionLost
from database.wire import Result
from functions.business.connections import Connections
from functions.business.handler import Business
from tests.functions.business.desks import SETTINGS, Desk, log_lines
from tests.harness.acting import fresh_key
from tests.harness.fresh_database import FreshDatabase


def test_a_database_that_is_away(door: Desk) -> None:
    replied = door.call("add", {"id": 1, "name": "x"})
    assert (replied.verdict, replied.json["retryable"]) == ((503, "database_away"), True)
    assert replied.headers["retry-after"] == "1"


def test_a_kept_connection_that_was_cut_is_replaced_unseen(desk: Desk, postgres: FreshDatabase) -> None:
    desk.call("list")
    postgres.connect().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'waihu_business' AND datname = $1",
        postgres.name,
    )
    assert desk.call("add", {"id": 1, "name": "x"}).status == 200
    assert desk.things() == [(1, "x")]


class LosesReply(Connection):
    """Does what it is told and then breaks, as a proxy that dies at the wrong moment; once."""

    losing = True

    def run_pipeline(self, queries: list[Query]) -> list[Result]:  # type: ignore[override]
        results = super().run_pipeline(queries)
        if self.losing and any(query.sql == "COMMIT" for query in queries):
            self.abandon()
            raise ConnectionLost("the connection broke")
        return results


@pytest.mark.parametrize("action", ["add", "add_and_tell"])
def test_a_reply_lost_after_commit_is_found_by_its_key(desk: Desk, postgres: FreshDatabase, action: str) -> None:
    """On a new connection nobody tries again by himself: the client does, with its key."""
    place = postgres.endpoint("waihu_business")

    def losing() -> Connection:
        return LosesReply.open(place.host, place.port, place.database, place.user, place.password or "")

    connections = Connections(losing)
    desk.business = Business(SETTINGS, desk.bucket, desk.secrets, connections)
    key, parameters = fresh_key(), {"id": 1, "name": "x"}
    lost = desk.call(action, parameters, key=key)
    assert (lost.verdict, lost.json["retryable"]) == ((503, "outcome_unknown"), True)
    LosesReply.losing = False
    try:
        again = desk.call(action, parameters, key=key)
    finally:
        LosesReply.losing = True
        connections.discard()
    assert (again.status, again.headers.get("idempotent-replay")) == (200, "true")
    assert desk.things() == [(1, "x")]


def test_a_reply_lost_on_a_kept_connection_is_found_at_once(desk: Desk) -> None:
    desk.call("list")
    connection, _ = desk.connections.get()
    send, lost = connection.run_pipeline, list[str]()

    def losing(queries: list[Query]) -> list[Result]:
        results = send(queries)
        lost.append("once")
        connection.abandon()
        raise ConnectionLost("the connection broke") from ValueError(str(len(results)))

    connection.run_pipeline = losing  # type: ignore[method-assign, assignment]
    replied = desk.call("add", {"id": 1, "name": "x"})
    assert (replied.status, replied.headers.get("idempotent-replay"), lost) == (200, "true", ["once"])
    assert desk.things() == [(1, "x")]


def test_a_statement_that_takes_too_long(desk: Desk, postgres: FreshDatabase) -> None:
    postgres.connect().execute("ALTER ROLE waihu_business SET statement_timeout = '200ms'")
    try:
        replied = desk.call("slow")
    finally:
        postgres.connect().execute("ALTER ROLE waihu_business SET statement_timeout = '5s'")
    assert (replied.verdict, replied.json["statement"]) == ((503, "busy"), "slept")
    assert desk.call("list").status == 200


def test_a_lock_held_by_another(desk: Desk, postgres: FreshDatabase) -> None:
    desk.call("add", {"id": 1, "name": "x"})
    postgres.connect().execute("ALTER ROLE waihu_business SET lock_timeout = '100ms'")
    desk.connections.discard()
    with desk.admin.transaction():
        desk.admin.execute("UPDATE outbound.things SET name = 'mine'")
        try:
            verdict = desk.call("rename", {"id": 1, "name": "theirs"}).verdict
        finally:
            postgres.connect().execute("ALTER ROLE waihu_business SET lock_timeout = '3s'")
    assert verdict == (503, "busy")
    assert desk.call("rename", {"id": 1, "name": "theirs"}).status == 200


def test_a_server_that_is_no_longer_the_primary(desk: Desk, postgres: FreshDatabase) -> None:
    owner = postgres.connect()
    owner.execute(f"ALTER DATABASE {postgres.name} SET default_transaction_read_only = on")
    replied = desk.call("add", {"id": 1, "name": "x"})
    assert (replied.verdict, replied.json["retryable"]) == ((503, "database_away"), True)
    owner.execute(f"ALTER DATABASE {postgres.name} RESET default_transaction_read_only")
    assert desk.call("add", {"id": 1, "name": "x"}).status == 200


def test_scripts_that_cannot_be_read(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.bucket.away = True
    replied = desk.call("list")
    assert (replied.verdict, replied.json["retryable"]) == ((503, "scripts_away"), True)
    assert [(line["code"], line["action"]) for line in log_lines(capsys)] == [("scripts_away", "csat.list")]
    assert desk.call("list13800138000").verdict == (503, "scripts_away")
    assert [line["action"] for line in log_lines(capsys)] == ["unknown"]
    desk.bucket.away = False
    assert desk.call("list").status == 200
    desk.bucket.away = True
    assert desk.call("list").status == 200


def test_secrets_that_cannot_be_read(door: Desk) -> None:
    door.secrets.away = True
    assert door.call("list").verdict == (503, "secrets_away")


@pytest.mark.parametrize("file", ["manifest.json", "server.xml"])
def test_a_release_that_was_tampered_with_is_not_run(door: Desk, file: str) -> None:
    key = f"releases/csat/{door.release}/{file}"
    door.bucket.objects[key] = door.bucket.objects[key].replace(b"csat", b"cs_t", 1) + b" "
    assert door.call("list").verdict == (500, "broken_release")
    assert door.connections.kept is None


def test_a_release_of_another_campaign_under_this_ones_name(door: Desk) -> None:
    other = door.bucket.publish("other", {"server.xml": b'<server xmlns="urn:waihu:server:1" pack="other"/>'})
    for key, data in list(door.bucket.objects.items()):
        if key.startswith(f"releases/other/{other}/"):
            door.bucket.objects[key.replace("releases/other/", "releases/csat/")] = data
    assert door.call("list", release=other).verdict == (500, "broken_release")


def test_a_release_is_read_once(desk: Desk) -> None:
    for _ in range(3):
        desk.call("list")
    assert len(desk.bucket.reads) == 2


def test_an_unforeseen_mistake_is_logged_by_place_and_told_to_nobody(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    def boom() -> Connection:
        raise RuntimeError("the number +8613800009999 is secret")

    desk.business = Business(SETTINGS, desk.bucket, desk.secrets, Connections(boom))
    replied = desk.call("add", {"id": 1, "name": "x"})
    (line,) = log_lines(capsys)
    assert (replied.verdict, line["error"], line["level"]) == ((500, "internal_error"), ["RuntimeError"], "ERROR")
    assert "13800009999" not in json.dumps(line) + replied.body
    assert any("test_outages" in place for place in line["where"])


def test_a_port_where_nobody_listens(door: Desk) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = dataclasses.replace(SETTINGS, database_port=port)
    door.secrets.values["login"] = b'{"password": "x"}'
    door.business = Business(settings, door.bucket, door.secrets)
    assert door.call("list").verdict == (503, "database_away")
