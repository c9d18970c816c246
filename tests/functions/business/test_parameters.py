"""What the client gives: each type takes what it should and names what it should not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callscript.model.server import Parameter, ServerAction
from callscript.model.values import ValueType
from callscript.places import NOWHERE
from database.numbers import NumberKeys
from functions.business.parameters import convert
from functions.hosting.errors import Refused
from tests.functions.business.desks import Desk, log_lines
from tests.functions.doubles import Replied, event
from tests.harness.acting import fresh_key

UUID = "6f1b1c64-5a4e-4c3c-9d0e-3d6f9a8b7c6d"
ANSWER = {"field": "nps", "value": 9, "node": "score", "step": 3, "at": 1}


ROUND_TRIPS: list[tuple[str, object, object]] = [
    ("text", "三'--; DROP", "三'--; DROP"),
    ("text", "", ""),
    ("integer", 9223372036854775807, 9223372036854775807),
    ("integer", 3.0, 3),
    ("decimal", 1.5, "1.5"),
    ("decimal", "0.10", "0.10"),
    ("boolean", False, False),
    ("date", "2026-02-28", "2026-02-28"),
    ("time", "23:59:30", "23:59:30"),
    ("datetime", "2026-01-02T03:04:05.500+08:00", "2026-01-01T19:04:05.500000+00:00"),
    ("choice", "yes", "yes"),
    ("choices", ["a,b", 'c"d', "\\", ""], ["a,b", 'c"d', "\\", ""]),
    ("choices", [], []),
    ("email", "a@b.example", "a@b.example"),
    ("uuid", UUID, UUID),
    ("json", [1, {"a": None}], [1, {"a": None}]),
    ("json", "text", "text"),
    ("phone", "+8613800001234", "138****1234"),
    ("integer", None, None),
    ("date", "", None),
    ("defaulted", None, 7),
    ("defaulted", 8, 8),
]
"""Parameter, what is sent, what comes back."""


def test_values_arrive_as_they_were_given(desk: Desk) -> None:
    replies = [
        (name, sent, desk.call("types", {name: sent}).json.get("echo", {}).get(name)) for name, sent, _ in ROUND_TRIPS
    ]
    assert replies == ROUND_TRIPS


def test_answers_arrive_whole(desk: Desk) -> None:
    whole = {"round": "", "special": None, "on_path": True, **ANSWER}
    assert desk.call("types", {"answers": [ANSWER]}).json["echo"]["answers"] == [whole]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("text", 1),
        ("text", "a\0b"),
        ("text", "x" * 100_001),
        ("integer", "x"),
        ("integer", True),
        ("integer", 1.5),
        ("integer", 2**63),
        ("decimal", "NaN"),
        ("decimal", "1e999"),
        ("decimal", [1]),
        ("boolean", 1),
        ("boolean", "yes"),
        ("date", "2026-02-30"),
        ("date", "20260228"),
        ("date", "2026-02-28T00:00:00"),
        ("time", "25:00"),
        ("time", "1:00"),
        ("datetime", "2026-01-02T03:04:05"),
        ("datetime", "yesterday"),
        ("choices", "a"),
        ("choices", [1]),
        ("email", "a@b"),
        ("email", "a b@c.d"),
        ("uuid", "x"),
        ("uuid", UUID.replace("-", "")),
        ("json", {"a": "\0"}),
        ("answers", [{"value": 1}]),
        ("answers", {"field": "x"}),
        ("phone", "13800001234"),
        ("phone", 13800001234),
    ],
)
def test_wrong_values_name_the_parameter(
    door: Desk, name: str, sent: object, capsys: pytest.CaptureFixture[str]
) -> None:
    replied = door.call("types", {name: sent})
    assert (replied.verdict, replied.json["parameter"]) == ((422, "parameter_wrong"), name)
    assert [line["parameter"] for line in log_lines(capsys)] == [name]


def test_a_missing_and_an_unknown_parameter(door: Desk) -> None:
    missing, unknown = door.call("add", {"id": 1}), door.call("add", {"id": 1, "name": "x", "nmae": "y"})
    assert (missing.verdict, missing.json["parameter"]) == ((422, "parameter_missing"), "name")
    assert (unknown.verdict, unknown.json["parameter"]) == ((422, "parameter_unknown"), "nmae")
    assert door.call("add", {"id": 1, "name": ""}).verdict == (422, "parameter_missing")


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("", (400, "bad_request")),
        ("[]", (400, "bad_request")),
        ("{", (400, "bad_request")),
        ('{"campaign": 1, "release": "x"}', (400, "bad_request")),
        ("[" * 20000, (400, "bad_request")),
        ("x" * 600_000, (413, "too_large")),
        (json.dumps({"campaign": "csat", "release": "x", "node": "a b"}), (400, "bad_request")),
        (json.dumps({"campaign": "csat", "release": "x", "interview": "7"}), (400, "bad_request")),
    ],
)
def test_bodies_that_cannot_be_read(door: Desk, body: str, verdict: tuple[int, str]) -> None:
    headers = {"waihu-session": door.token(), "idempotency-key": fresh_key()}
    made = event("POST", "/c1/actions/csat.list", user=door.user, headers=headers, body=body)
    assert Replied(door.business.handle(made)).verdict == verdict


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(raw=JSON, kind=st.sampled_from(list(ValueType)), many=st.booleans())
def test_whatever_is_sent_is_converted_or_refused(raw: Any, kind: ValueType, many: bool) -> None:
    keys = NumberKeys(b"1" * 32, b"2" * 32)
    action = ServerAction(NOWHERE, "a", ("agent",), (Parameter(NOWHERE, "p", kind, many=many),), (), ())
    refusals = set()
    try:
        convert(action, {"p": raw}, lambda: keys)
    except Refused as refused:
        refusals.add((refused.code, refused.parameter))
    assert refusals <= {("parameter_wrong", "p")}
