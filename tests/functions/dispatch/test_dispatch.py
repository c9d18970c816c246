"""Sessions, releases and health, from a bucket in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from callscript.protocol import SESSION_HEADER
from callscript.session_token import Claims, mint, verify
from functions.dispatch.handler import Dispatch
from functions.dispatch.settings import DispatchSettings
from tests.functions.doubles import MemoryBucket, MemorySecrets, Replied, User, event

KEYS = {"current": "k2", "keys": {"k1": "11" * 32, "k2": "22" * 32}}
ROUTING = b"""<routing xmlns="urn:waihu:routing:1">
  <cell id="c1"><version name="live" weight="100"/></cell>
  <cell id="c2" draining="yes"><version name="live" weight="100"/></cell>
  <campaign id="csat" cell="c1" groups="service">
    <title lang="zh">\xe6\xbb\xa1\xe6\x84\x8f\xe5\xba\xa6</title>
  </campaign>
  <campaign id="reminder" cell="c2" groups="service clinic"><title lang="en">Reminder</title></campaign>
  <campaign id="secret" cell="c1" groups="others"/>
</routing>"""
LOCAL = b'<local xmlns="urn:waihu:local:1" campaign="csat" language="zh"><end id="done" outcome="1.1"/></local>'
SERVER = b'<server xmlns="urn:waihu:server:1" pack="csat"/>'
NOW = 1_790_000_000


class Door:
    """The access server, and the clock and surroundings of one test."""

    def __init__(self) -> None:
        self.bucket = MemoryBucket({"routing/routing.xml": ROUTING})
        self.csat = self.bucket.publish("csat", {"local.xml": LOCAL, "server.xml": SERVER})
        self.reminder = self.bucket.publish("reminder", {"local.xml": LOCAL})
        self.secrets = MemorySecrets({"session-keys": json.dumps(KEYS).encode()})
        settings = DispatchSettings(script_bucket="scripts", session_key_secret="session-keys", cache_seconds=0)
        self.dispatch = Dispatch(settings, self.bucket, self.secrets, now=lambda: NOW)

    def ask(
        self, method: str, path: str, user: User | None = None, headers: Mapping[str, str] | None = None
    ) -> Replied:
        return Replied(self.dispatch.handle(event(method, path, user=user, headers=headers)))

    def sign_in(self, *groups: str) -> Replied:
        return self.ask("POST", "/sessions", User("li", groups))


@pytest.fixture
def door() -> Door:
    return Door()


def test_a_session_names_campaigns_releases_and_cells(door: Door) -> None:
    reply = door.sign_in("agent", "service").json
    assert [(each["id"], each["release"], each["business_path"], each["available"]) for each in reply["campaigns"]] == [
        ("csat", door.csat, "/c1", True),
        ("reminder", door.reminder, "/c2", False),
    ]
    assert (reply["agent"], reply["roles"], reply["groups"], reply["expires_at"], reply["heartbeat_seconds"]) == (
        "li", ["agent"], ["service"], NOW + 8 * 3600, 20,
    )  # fmt: skip
    assert reply["campaigns"][0]["titles"] == {"zh": "满意度"}


def test_the_token_says_the_same_signed_with_the_current_key(door: Door) -> None:
    token = door.sign_in("agent", "supervisor", "service").json["token"]
    signed = verify(token, {"k2": bytes.fromhex("22" * 32)}, NOW)
    claims = signed.claims
    assert (claims.agent, claims.roles, claims.campaigns, claims.cells, claims.expires_at) == (
        "li", ["agent", "supervisor"], ["csat", "reminder"], ["c1", "c2"], NOW + 8 * 3600,
    )  # fmt: skip


def test_each_session_is_another(door: Door) -> None:
    assert door.sign_in("agent").json["token"] != door.sign_in("agent").json["token"]


def test_other_groups_other_campaigns(door: Door) -> None:
    seen = {groups: [each["id"] for each in door.sign_in("agent", *groups).json["campaigns"]]
            for groups in [("clinic",), ("others",), ("nobody",), ()]}  # fmt: skip
    assert seen == {("clinic",): ["reminder"], ("others",): [], ("nobody",): [], (): []}


def test_without_a_role_there_is_no_session(door: Door) -> None:
    assert door.sign_in("service").verdict == (403, "no_role")


@pytest.mark.parametrize(("method", "path"), [("POST", "/sessions"), ("GET", "/releases/csat/x")])
def test_without_a_user_there_is_nothing(door: Door, method: str, path: str) -> None:
    assert door.ask(method, path).verdict == (401, "not_signed_in")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/sessions"), ("POST", "/health"), ("GET", "/releases/csat")]
)
def test_unknown_routes(door: Door, method: str, path: str) -> None:
    assert door.ask(method, path, User()).verdict == (404, "unknown_route")


def test_a_release_holds_everything_but_sql(door: Door) -> None:
    reply = door.ask("GET", f"/releases/csat/{door.csat}", User("li", ("agent", "service"))).json
    assert (sorted(reply["files"]), reply["release"]) == (["interface.xml", "local.xml"], door.csat)
    assert reply["files"]["local.xml"] == LOCAL.decode()
    assert "server.xml" in json.loads(reply["manifest"])["files"]


@pytest.mark.parametrize(
    ("groups", "campaign", "verdict"),
    [
        (("agent", "clinic"), "csat", (403, "foreign_campaign")),
        (("agent", "service"), "secret", (403, "foreign_campaign")),
        (("agent", "service"), "nothing", (403, "foreign_campaign")),
    ],
)
def test_releases_of_others(door: Door, groups: tuple[str, ...], campaign: str, verdict: tuple[int, str]) -> None:
    assert door.ask("GET", f"/releases/{campaign}/{door.csat}", User("li", groups)).verdict == verdict


@pytest.mark.parametrize("release", ["0" * 64, "latest", "..%2f..", "A" * 64])
def test_releases_that_do_not_exist(door: Door, release: str) -> None:
    user = User("li", ("agent", "service"))
    assert door.ask("GET", f"/releases/csat/{release}", user).verdict == (404, "unknown_release")


@pytest.mark.parametrize("file", ["manifest.json", "local.xml"])
def test_a_release_that_was_tampered_with_is_not_handed_out(door: Door, file: str) -> None:
    door.bucket.objects[f"releases/csat/{door.csat}/{file}"] += b" "
    user = User("li", ("agent", "service"))
    assert door.ask("GET", f"/releases/csat/{door.csat}", user).verdict == (500, "broken_release")


def test_what_was_once_read_is_used_while_the_bucket_is_away(door: Door) -> None:
    user = User("li", ("agent", "service"))
    path = f"/releases/csat/{door.csat}"
    before = door.sign_in("agent", "service").json["campaigns"], door.ask("GET", path, user).json
    door.bucket.away = True
    assert before == (door.sign_in("agent", "service").json["campaigns"], door.ask("GET", path, user).json)


def test_a_bucket_that_was_never_there(door: Door) -> None:
    door.bucket.away = True
    replied = door.sign_in("agent", "service")
    assert (replied.verdict, replied.json["retryable"]) == ((503, "scripts_away"), True)


def test_a_broken_routing_leaves_the_last_good_one(door: Door) -> None:
    door.sign_in("agent", "service")
    door.bucket.objects["routing/routing.xml"] = b"<routing"
    assert len(door.sign_in("agent", "service").json["campaigns"]) == 2


def test_a_broken_routing_from_the_start(door: Door) -> None:
    door.bucket.objects["routing/routing.xml"] = b"<routing"
    assert door.sign_in("agent", "service").verdict == (503, "routing_broken")


def test_publishing_and_rolling_back_are_seen_at_the_next_session(door: Door) -> None:
    old = door.csat
    new = door.bucket.publish("csat", {"local.xml": LOCAL + b" "})
    assert door.sign_in("agent", "service").json["campaigns"][0]["release"] == new
    door.bucket.publish("csat", {"local.xml": LOCAL, "server.xml": SERVER})
    assert door.sign_in("agent", "service").json["campaigns"][0]["release"] == old


def test_a_campaign_that_was_never_published_is_not_offered(door: Door) -> None:
    del door.bucket.objects["pointers/csat.json"]
    assert [each["id"] for each in door.sign_in("agent", "service").json["campaigns"]] == ["reminder"]


def test_health(door: Door) -> None:
    assert door.ask("GET", "/health").json == {"status": "ok", "cells": {"c1": "up", "c2": "draining"}}
    door.bucket.objects["health/cells.json"] = b'{"c1": {"state": "away", "since": 1}, "c9": {}}'
    assert door.ask("GET", "/health").json["cells"] == {"c1": "away", "c2": "draining"}
    assert door.sign_in("agent", "service").json["campaigns"][0]["available"] is False


def test_secrets_that_are_away(door: Door) -> None:
    door.secrets.away = True
    assert door.sign_in("agent", "service").verdict == (503, "secrets_away")


def test_one_line_a_request_and_nobodys_name_in_it(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    door.ask("POST", "/sessions", User("li-xiaoming", ("agent", "service")), {"waihu-correlation-id": "corr-1234"})
    (text,) = capsys.readouterr().out.splitlines()
    line = json.loads(text)
    assert (line["action"], line["status"], line["correlation_id"], line["campaigns"]) == (
        "open_session", 200, "corr-1234", 2,
    )  # fmt: skip
    assert "li-xiaoming" not in text


def session_of(replied: Replied) -> str:
    return verify(replied.json["token"], {"k2": bytes.fromhex("22" * 32)}, NOW).claims.session


def renewed(door: Door, token: str, user: str = "li") -> Replied:
    return door.ask("POST", "/sessions", User(user, ("agent", "service", "clinic")), {SESSION_HEADER: token})


def test_a_renewed_session_keeps_its_id_and_takes_what_has_changed(door: Door) -> None:
    opened = door.sign_in("agent", "clinic")
    again = renewed(door, opened.json["token"])
    assert session_of(again) == session_of(opened)
    assert [each["id"] for each in again.json["campaigns"]] == ["csat", "reminder"]


@pytest.mark.parametrize("wrong", ["another's", "forged", "expired", "nonsense"])
def test_what_cannot_be_renewed_is_a_new_session(door: Door, wrong: str) -> None:
    opened = door.sign_in("agent")
    claims = Claims(session=session_of(opened), agent="li", roles=[], groups=[], campaigns=[], cells=[],
                    issued_at=NOW - 9, expires_at=NOW if wrong == "expired" else NOW + 9)  # fmt: skip
    token = {
        "another's": opened.json["token"],
        "forged": mint(claims, "k2", b"another key of thirty-two bytes!"),
        "expired": mint(claims, "k2", bytes.fromhex("22" * 32)),
        "nonsense": "a.b",
    }[wrong]
    again = renewed(door, token, "wang" if wrong == "another's" else "li")
    assert again.status == 200
    assert session_of(again) != session_of(opened)


TWO_VERSIONS = b"""<routing xmlns="urn:waihu:routing:1">
  <cell id="c1"><version name="live" weight="%d"/><version name="next" weight="%d"/></cell>
  <campaign id="csat" cell="c1" groups="service"/>
</routing>"""


def paths(door: Door, weights: tuple[int, int], sessions: int = 1) -> list[str]:
    door.bucket.objects["routing/routing.xml"] = TWO_VERSIONS % weights
    return [door.sign_in("agent", "service").json["campaigns"][0]["business_path"] for _ in range(sessions)]


def test_new_sessions_are_spread_over_versions_by_weight(door: Door) -> None:
    found = paths(door, (75, 25), 400)
    assert set(found) == {"/c1", "/c1/next"}
    assert 50 <= found.count("/c1/next") <= 150
    assert set(paths(door, (100, 0), 30)) == {"/c1"}
    assert set(paths(door, (0, 1), 30)) == {"/c1/next"}


def test_a_renewed_session_keeps_its_version_until_that_is_gone(door: Door) -> None:
    door.bucket.objects["routing/routing.xml"] = TWO_VERSIONS % (0, 1)
    token = door.sign_in("agent", "service").json["token"]
    door.bucket.objects["routing/routing.xml"] = TWO_VERSIONS % (1, 0)
    kept = renewed(door, token).json
    assert kept["campaigns"][0]["business_path"] == "/c1/next"
    door.bucket.objects["routing/routing.xml"] = ROUTING
    assert renewed(door, kept["token"]).json["campaigns"][0]["business_path"] == "/c1"


def test_a_drained_cell_still_takes_what_is_left_to_send(door: Door) -> None:
    drained = TWO_VERSIONS.replace(b'id="c1">', b'id="c1" draining="yes">') % (0, 0)
    door.bucket.objects["routing/routing.xml"] = drained
    (campaign,) = door.sign_in("agent", "service").json["campaigns"]
    assert (campaign["business_path"], campaign["available"]) == ("/c1", False)
