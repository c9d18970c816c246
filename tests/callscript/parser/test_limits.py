"""Limits of dates and times may be written as people write them."""

from __future__ import annotations

import pytest

from callscript.checker import check_files
from callscript.engine import advance, begin, prepare
from callscript.engine.events import Answered, Begun
from callscript.engine.steps import Ask, Ended, FieldView
from callscript.parser import load_campaign
from tests.callscript.scripts import codes, local


def asking(kind: str, least: str) -> dict[str, bytes]:
    field = f'<field name="d" type="{kind}" min="{least}" required="yes" label="?"/>'
    return {"local.xml": local(f'<action id="a"><data>{field}</data></action><end id="e" outcome="1.1"/>')}


@pytest.mark.parametrize(
    ("kind", "least", "early", "on_time"),
    [
        ("date", "2024-05-01", "2024-04-30", "2024-05-01"),
        ("date", "date('2024-05-01')", "2024-04-30", "2024-05-01"),
        ("time", "09:00", "08:59", "09:00"),
        ("datetime", "2024-05-01T09:00", "2024-05-01T08:59", "2024-05-01T09:00"),
    ],
)
def test_a_plain_moment_is_a_limit(kind: str, least: str, early: str, on_time: str) -> None:
    program = prepare(load_campaign(asking(kind, least)).usable)
    state, step = begin(program, Begun(at=1, interview="i", seed=1, agent="a", language="zh", release="r"))
    assert isinstance(step.view, Ask)
    [field] = step.view.screen.items
    assert isinstance(field, FieldView)
    assert field.minimum is not None

    _, refused = advance(program, state, Answered(at=2, values={"d": early}))
    _, accepted = advance(program, state, Answered(at=2, values={"d": on_time}))
    assert isinstance(refused.view, Ask)
    assert [complaint.code for complaint in refused.view.screen.complaints] == ["too-early"]
    assert isinstance(accepted.view, Ended)


@pytest.mark.parametrize(
    ("kind", "least"), [("date", "2024-13-01"), ("datetime", "2024-05-01"), ("integer", "'a'"), ("date", "9")]
)
def test_what_is_none_is_refused(kind: str, least: str) -> None:
    assert "wrong-type" in codes(check_files(asking(kind, least)).problems)
