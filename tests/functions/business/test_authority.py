"""Who may do what: tokens, cells, campaigns, roles; and that the database decides again."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
import pytest

from callscript.session_token import TokenRefused
from functions.business.authority import KnownTokens
from functions.business.handler import Business
from functions.hosting.secret_values import LIFETIME_SECONDS, Secret, SessionKeys
from tests.functions.business.desks import SETTINGS, Desk, log_lines
from tests.functions.doubles import Replied, User, event
from tests.harness.acting import KEY_ID, SECRET, fresh_key

OTHER_KEY = b"another key of thirty-two bytes!"


def refused_by(desk: Desk, **call: object) -> tuple[int, str]:
    return desk.call("list", **call).verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("token", "verdict"),
    [
        (lambda desk: "nonsense", (401, "bad_session")),
        (lambda desk: desk.token()[:-4] + "AAAA", (401, "bad_session")),
        (lambda desk: desk.token(key=OTHER_KEY), (401, "bad_session")),
        (lambda desk: desk.token(key_id="k9"), (401, "bad_session")),
        (lambda desk: desk.token(seconds=-1), (401, "session_expired")),
        (lambda desk: desk.token(agent="wang"), (403, "foreign_session")),
    ],
)
def test_tokens(door: Desk, token: Callable[[Desk], str], verdict: tuple[int, str]) -> None:
    assert refused_by(door, token=token(door)) == verdict
    assert door.connections.kept is None


def test_a_token_that_was_believed_is_not_believed_for_ever(desk: Desk) -> None:
    now, clock = int(time.time()), [0.0]
    keys = Secret(desk.secrets, SETTINGS.session_key_secret, msgspec.json.Decoder(SessionKeys).decode, lambda: clock[0])
    known, token = KnownTokens(keys), desk.token(seconds=100)
    assert known.verified(token, now) is known.verified(token, now)
    with pytest.raises(TokenRefused, match="expired"):
        known.verified(token, now + 101)
    stored = desk.secrets.values[SETTINGS.session_key_secret]
    desk.secrets.values[SETTINGS.session_key_secret] = stored.replace(SECRET.hex().encode(), OTHER_KEY.hex().encode())
    clock[0] += LIFETIME_SECONDS
    with pytest.raises(TokenRefused, match="forged"):
        known.verified(token, now)


def test_no_token(door: Desk) -> None:
    assert refused_by(door, headers={"waihu-session": ""}) == (401, "not_signed_in")


def test_without_a_user_nothing_is_done(door: Desk) -> None:
    made = event("POST", "/c1/actions/csat.list", headers={"waihu-session": door.token()}, body={})
    assert Replied(door.business.handle(made)).verdict == (401, "not_signed_in")


def test_another_campaign(door: Desk) -> None:
    assert refused_by(door, campaign="reminder") == (403, "foreign_campaign")


def test_another_cell(door: Desk) -> None:
    assert refused_by(door, path="/c2/actions/csat.list") == (403, "foreign_cell")
    door.cells = ("c2",)
    assert refused_by(door) == (403, "foreign_cell")


def test_another_role(desk: Desk) -> None:
    assert desk.call("for_supervisors").verdict == (403, "foreign_role")
    desk.roles = ("supervisor",)
    assert [desk.call("for_supervisors").status, desk.call("add", {"id": 1, "name": "x"}).status] == [200, 403]


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("/c1/actions/csat.no_such", (404, "unknown_action")),
        ("/c1/actions/nopack.list", (404, "unknown_action")),
        ("/c1/actions/csat", (404, "unknown_route")),
        ("/c1/actions/../../x.y", (404, "unknown_route")),
        ("/", (404, "unknown_route")),
    ],
)
def test_unknown_actions_and_routes(door: Desk, path: str, verdict: tuple[int, str]) -> None:
    assert refused_by(door, path=path) == verdict


@pytest.mark.parametrize("release", ["0" * 64, "../../secret", "", "A" * 64])
def test_unknown_releases(door: Desk, release: str) -> None:
    assert refused_by(door, release=release) == (404, "unknown_release")


def test_a_session_that_the_database_does_not_believe(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A function whose keys were stolen or changed: Python believes the claim, PostgreSQL does not."""
    keys = SessionKeys(KEY_ID, {KEY_ID: OTHER_KEY.hex()})
    desk.secrets.values["session-keys"] = (
        f'{{"current":"{keys.current}","keys":{{"{KEY_ID}":"{OTHER_KEY.hex()}"}}}}'.encode()
    )
    forging = Business(SETTINGS, desk.bucket, desk.secrets, desk.connections)
    desk.business = forging
    forged = desk.token(key=OTHER_KEY)
    assert [
        desk.call("add", {"id": 1, "name": "x"}, token=forged).verdict,
        desk.call("list", token=forged).verdict,
    ] == [
        (401, "bad_session"),
        (401, "bad_session"),
    ]
    assert (desk.things(), desk.journal()) == ([], [])
    assert [line["outcome"] for line in log_lines(capsys)] == ["refused", "refused"]


def test_a_revoked_session(desk: Desk) -> None:
    assert desk.call("list").status == 200
    desk.admin.execute("INSERT INTO platform.revoked_sessions (session) VALUES ('s-li')")
    assert [desk.call("list").verdict, desk.call("add", {"id": 1, "name": "x"}).verdict] == [
        (401, "session_revoked")
    ] * 2


def test_a_blocked_agent(desk: Desk) -> None:
    desk.admin.execute("INSERT INTO platform.blocked_agents (agent) VALUES ('li')")
    assert desk.call("add", {"id": 1, "name": "x"}).verdict == (401, "session_revoked")


def test_keys_are_exchanged_without_a_restart(door: Desk) -> None:
    """A token signed with a key that the function has not seen makes it look for newer keys, once."""
    door.call("list")
    door.secrets.values["session-keys"] = door.secrets.values["session-keys"].replace(b'"k1"', b'"k2"')
    reads = door.secrets.reads
    for _ in range(3):
        assert refused_by(door, token=door.token(key_id="k9")) == (401, "bad_session")
    assert door.secrets.reads - reads <= 1


def test_the_same_key_of_another_agent_is_another_key(desk: Desk) -> None:
    key = fresh_key()
    assert desk.call("add", {"id": 1, "name": "li"}, key=key).status == 200
    desk.user = User("wang")
    assert desk.call("add", {"id": 2, "name": "wang"}, key=key).status == 200
    assert desk.things() == [(1, "li"), (2, "wang")]
