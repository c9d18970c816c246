"""What the admin's pages ask: who may, what the checker says, who was first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from admin import publishing
from admin.deployed.scripts_room import ScriptsRoom
from admin.folders import CHECKOUT_SCRIPTS, collect, find_campaign
from admin.publishing import Occasion
from admin.script_bucket import ScriptBucket
from callscript.scripts_protocol import (
    MEANWHILE,
    REFUSED,
    VERBS,
    ListReply,
    OpenReply,
    PublishedReply,
    VerdictReply,
)

OCCASION = Occasion("chen", "2026-11-23T08:00:00.000000Z", "first")
CAMPAIGN = "reminder"


@pytest.fixture
def room(bucket: ScriptBucket) -> ScriptsRoom:
    folder = collect(find_campaign(CAMPAIGN, CHECKOUT_SCRIPTS), CHECKOUT_SCRIPTS)
    publishing.publish(folder.files, campaign=CAMPAIGN, bucket=bucket, occasion=OCCASION)
    return ScriptsRoom(bucket)


def ask(
    room: ScriptsRoom, verb: str, groups: str = "[admin clinic]", who: str = "zhao", **what: Any
) -> tuple[int, dict[str, Any]]:
    event = {
        "rawPath": f"/scripts/{verb}",
        "headers": {},
        "body": json.dumps({"language": "en", **what}),
        "requestContext": {
            "http": {"method": "POST"},
            "authorizer": {"jwt": {"claims": {"username": who, "cognito:groups": groups}}},
        },
    }
    answer = room.handle(event)
    return answer["statusCode"], json.loads(answer["body"])


def opened(room: ScriptsRoom) -> OpenReply:
    status, body = ask(room, "open", campaign=CAMPAIGN)
    assert status == 200
    return msgspec.convert(body, OpenReply)


def edited(files: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    assert old in files["local.xml"]
    return {**files, "local.xml": files["local.xml"].replace(old, new, 1)}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("groups", ["[agent clinic]", "[supervisor clinic]", "[]"])
def test_only_administrators_are_answered(room: ScriptsRoom, verb: str, groups: str) -> None:
    status, body = ask(room, verb, groups, campaign=CAMPAIGN)
    assert (status, body["code"]) == (403, "for_admins")


def test_what_is_in_force_is_listed_and_opened_without_what_is_made(room: ScriptsRoom) -> None:
    _, body = ask(room, "list")
    live = msgspec.convert(body, ListReply).campaigns
    assert [(one.campaign, one.published_by, one.comment) for one in live] == [(CAMPAIGN, "chen", "first")]
    reply = opened(room)
    assert reply.release == live[0].release
    assert "local.xml" in reply.files
    assert not [name for name in reply.files if name.endswith(("interface.xml", "manifest.json"))]


def test_a_mistake_is_told_with_its_line_and_publishes_nothing(room: ScriptsRoom, bucket: ScriptBucket) -> None:
    before = opened(room)
    broken = edited(before.files, "</local>", '<action id="x"><next action="nowhere"/></action></local>')
    line = (
        broken["local.xml"]
        .splitlines()
        .index(next(text for text in broken["local.xml"].splitlines() if "nowhere" in text))
    )
    _, body = ask(room, "check", campaign=CAMPAIGN, files=broken)
    verdict = msgspec.convert(body, VerdictReply)
    assert not verdict.ok
    assert ("local.xml", line + 1) in {(found.file, found.line) for found in verdict.findings if found.error}
    _, body = ask(room, "publish", campaign=CAMPAIGN, files=broken, seen=before.release, comment="oops")
    assert msgspec.convert(body, PublishedReply).refusal == REFUSED
    held = bucket.pointer(CAMPAIGN)
    assert held is not None
    assert held.pointer.release == before.release


def test_a_change_is_told_in_words_published_and_taken_back(room: ScriptsRoom, bucket: ScriptBucket) -> None:
    before = opened(room)
    files = edited(before.files, "<say>", "<say>您好！")
    _, body = ask(room, "check", campaign=CAMPAIGN, files=files)
    verdict = msgspec.convert(body, VerdictReply)
    assert verdict.ok
    assert "您好！" in verdict.changes[0]
    assert verdict.round_trips
    _, body = ask(room, "publish", campaign=CAMPAIGN, files=files, seen=before.release, comment="warmer")
    done = msgspec.convert(body, PublishedReply)
    assert (done.refusal, done.moved, done.previous) == ("", True, before.release)
    now = opened(room)
    assert [(one.published_by, one.comment) for one in now.history] == [("zhao", "warmer"), ("chen", "first")]
    _, body = ask(room, "roll-back", campaign=CAMPAIGN, release=before.release, seen=now.release, comment="no")
    assert msgspec.convert(body, PublishedReply).release == before.release
    assert opened(room).release == before.release


def test_of_two_who_publish_at_once_one_is_told(room: ScriptsRoom) -> None:
    before = opened(room)
    mine, theirs = (edited(before.files, "<say>", f"<say>{word}") for word in ("甲", "乙"))
    _, first = ask(room, "publish", campaign=CAMPAIGN, files=mine, seen=before.release, comment="mine")
    late: tuple[tuple[str, dict[str, Any]], ...] = (("publish", {"files": theirs}), ("roll-back", {}))
    for verb, what in late:
        _, body = ask(room, verb, campaign=CAMPAIGN, seen=before.release, comment="theirs", **what)
        second = msgspec.convert(body, PublishedReply)
        assert second.refusal == MEANWHILE
        assert second.live is not None
        assert (second.live.release, second.live.comment) == (first["release"], "mine")


def test_a_draft_is_kept_for_the_one_who_wrote_it_until_it_is_given_up(room: ScriptsRoom, bucket: ScriptBucket) -> None:
    before = opened(room)
    assert before.draft is None
    changed = {"local.xml": edited(before.files, "<say>", "<say>早")["local.xml"]}
    status, body = ask(room, "keep", campaign=CAMPAIGN, files=changed, release=before.release)
    assert (status, body["campaign"]) == (200, CAMPAIGN)
    # Another process, after a restart: it lies in the bucket.
    again = opened(ScriptsRoom(bucket))
    assert again.draft is not None
    assert (again.draft.base, again.draft.files, again.draft.kept_at) == (before.release, changed, body["kept_at"])
    # What is in force is what it was, and somebody else has no draft.
    assert again.files == before.files
    _, other = ask(room, "open", campaign=CAMPAIGN, who="sun")
    assert other["draft"] is None
    ask(room, "keep", campaign=CAMPAIGN, files={}, release=before.release)
    assert opened(room).draft is None
    ask(room, "keep", campaign=CAMPAIGN, files=changed, release=before.release)
    whole = {**before.files, **changed}
    _, body = ask(room, "publish", campaign=CAMPAIGN, files=whole, seen=before.release, comment="done")
    assert (body["moved"], opened(room).draft) == (True, None)


def test_a_draft_that_cannot_be_read_is_none(room: ScriptsRoom, bucket: ScriptBucket) -> None:
    bucket.put_draft(f"zhao/{CAMPAIGN}", b"of another program")
    assert opened(room).draft is None


@pytest.mark.parametrize(
    ("verb", "what", "code"),
    [
        ("open", {"campaign": "nobody"}, "unknown_release"),
        ("open", {"campaign": CAMPAIGN, "release": "ab" * 32}, "unknown_release"),
        ("check", {"campaign": CAMPAIGN, "files": {"../x.xml": ""}}, "unfit_files"),
        ("check", {"campaign": CAMPAIGN, "files": {}}, "unfit_files"),
        ("keep", {"campaign": CAMPAIGN, "files": {"../x.xml": ""}}, "unfit_files"),
        ("keep", {"campaign": "nobody", "files": {"local.xml": ""}}, "unknown_release"),
        ("publish", {"campaign": CAMPAIGN, "files": {"local.xml": 1}}, "bad_request"),
        ("publish", {"secret": 1}, "bad_request"),
        ("nothing", {}, "unknown_route"),
    ],
)
def test_odd_questions_are_refused(room: ScriptsRoom, verb: str, what: dict[str, Any], code: str) -> None:
    assert ask(room, verb, **what)[1]["code"] == code


def test_sources_that_are_no_xml_are_told_not_raised(room: ScriptsRoom) -> None:
    files = {**opened(room).files, "local.xml": "\x00 <"}
    _, body = ask(room, "check", campaign=CAMPAIGN, files=files)
    verdict = msgspec.convert(body, VerdictReply)
    assert not verdict.ok
    assert verdict.findings
