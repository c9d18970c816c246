"""Which cells are away: decided after several answers, written by condition, read by dispatch as it stands."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from admin.deployed.cell_watch import AWAY, UP, CellState, CellWatch, after, asker
from admin.script_bucket import ScriptBucket
from callscript.bucket_layout import HEALTH_KEY
from functions.dispatch.directory import CellHealth

UP_NOW = CellState(state=UP, since=10)
AWAY_NOW = CellState(state=AWAY, since=10)


def told(held: CellState, *answers: bool | None) -> list[str]:
    """The states after each answer."""
    states = []
    for number, alive in enumerate(answers):
        held = after(held, alive, 100 + number)
        states.append(held.state)
    return states


@pytest.mark.parametrize(
    ("held", "answers", "states"),
    [
        (UP_NOW, (False, False, True, False, False), [UP] * 5),
        (UP_NOW, (False, False, False), [UP, UP, AWAY]),
        (UP_NOW, (False, None, False, None, False), [UP, UP, UP, UP, AWAY]),
        (AWAY_NOW, (True, False, True, True), [AWAY, AWAY, AWAY, UP]),
        (AWAY_NOW, (None, None, None), [AWAY] * 3),
    ],
)
def test_a_cell_changes_only_after_several_answers_in_a_row(
    held: CellState, answers: tuple[bool | None, ...], states: list[str]
) -> None:
    assert told(held, *answers) == states


def test_since_is_when_it_changed() -> None:
    held = UP_NOW
    for now in (100, 160, 220, 280):
        held = after(held, alive=False, now=now)
    assert held == CellState(state=AWAY, since=220)


def watch(bucket: ScriptBucket, alive: dict[str, bool | None]) -> CellWatch:
    return CellWatch({cell: cell for cell in alive}, bucket, alive.__getitem__, "Waihu", now=lambda: 1_000.0)


def written(bucket: ScriptBucket) -> dict[str, Any]:
    found = bucket.cell_health()
    assert found is not None
    said: dict[str, Any] = json.loads(found[0])
    return said


def test_what_is_written_is_what_dispatch_reads(bucket: ScriptBucket) -> None:
    import msgspec

    for _ in range(3):
        watch(bucket, {"c1": True, "c2": False}).look()

    assert {cell: state["state"] for cell, state in written(bucket).items()} == {"c1": UP, "c2": AWAY}
    body = bucket._client.get_object(Bucket=bucket.name, Key=HEALTH_KEY)["Body"].read()
    read = msgspec.json.decode(body, type=dict[str, CellHealth])
    assert {cell: health.state for cell, health in read.items()} == {"c1": UP, "c2": AWAY}


def test_nothing_is_written_while_nothing_changes(bucket: ScriptBucket) -> None:
    watch(bucket, {"c1": True}).look()
    before = bucket.cell_health()
    bucket._client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    watch(bucket, {"c1": True}).look()

    assert bucket.cell_health() == before
    assert len(bucket._client.list_object_versions(Bucket=bucket.name, Prefix=HEALTH_KEY)["Versions"]) == 1


def test_who_was_overtaken_leaves_what_the_other_wrote(
    bucket: ScriptBucket, capsys: pytest.CaptureFixture[str]
) -> None:
    watch(bucket, {"c1": True}).look()
    theirs = b'{"c1": {"state": "away", "since": 5, "against": 0}}'

    def meanwhile(_: str) -> bool:
        bucket._client.put_object(Bucket=bucket.name, Key=HEALTH_KEY, Body=theirs)
        return False

    CellWatch({"c1": "f"}, bucket, meanwhile, "Waihu").look()
    assert written(bucket) == json.loads(theirs)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["written"] is False


def test_a_body_that_cannot_be_read_is_made_anew_and_a_cell_that_is_gone_is_forgotten(bucket: ScriptBucket) -> None:
    bucket.put_cell_health(b"no json", None)
    watch(bucket, {"c1": True, "c2": True}).look()
    assert set(written(bucket)) == {"c1", "c2"}
    watch(bucket, {"c1": True}).look()
    assert set(written(bucket)) == {"c1"}


def test_each_look_leaves_a_line_and_a_metric_a_cell(bucket: ScriptBucket, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        watch(bucket, {"c1": False}).look()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert [(line["CellAway"], line["cell"], line["changed"]) for line in lines] == [
        (0.0, "c1", False), (0.0, "c1", False), (1.0, "c1", True),
    ]  # fmt: skip


class Lambda:
    """Stands for the service's answers, of which an emulator knows but one."""

    def __init__(self, answer: Callable[[], dict[str, Any]]) -> None:
        self._answer = answer

    def invoke(self, **_: Any) -> dict[str, Any]:
        return self._answer()


def replied(body: bytes, **more: str) -> Callable[[], dict[str, Any]]:
    return lambda: {"Payload": io.BytesIO(body), **more}


def throttled() -> dict[str, Any]:
    raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")


@pytest.mark.parametrize(
    ("answer", "alive"),
    [
        (replied(b'{"alive": true}'), True),
        (replied(b'{"alive": false}'), False),
        (replied(b'{"alive": null}'), None),
        (replied(b'{"errorMessage": "x"}', FunctionError="Unhandled"), False),
        (replied(b"null"), False),
        (throttled, None),
    ],
)
def test_who_fails_is_not_alive_and_who_is_busy_is_neither(
    answer: Callable[[], dict[str, Any]], alive: bool | None
) -> None:
    assert asker(Lambda(answer))("function") is alive
