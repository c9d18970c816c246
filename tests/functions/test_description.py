"""The published description is that of the code, and every answer keeps to it, whatever is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions import description
from functions.business import errors as business
from functions.business.connections import Connections
from functions.dispatch import errors as dispatch
from functions.hosting.errors import COMMON
from tests.functions.business.desks import made_desk, no_database
from tests.functions.dispatch.test_dispatch import Door
from tests.functions.doubles import Replied, User, event
from tests.harness.acting import fresh_key

DOCUMENT = description.document()
METHODS = {
    "/sessions": "post",
    "/releases/{campaign}/{release}": "get",
    "/health": "get",
    "/{cell}/actions/{action}": "post",
}


def complaints(path: str, replied: Replied) -> list[str]:
    """What is wrong with an answer by the description."""
    responses = DOCUMENT["paths"][path][METHODS[path]]["responses"]
    described = responses.get(str(replied.status))
    if described is None:
        return [f"status {replied.status} is not described"]
    kind = replied.headers["content-type"]
    schema = described["content"].get(kind, {}).get("schema")
    if schema is None:
        return [f"{kind} is not described for {replied.status}"]
    whole = {**schema, "components": DOCUMENT["components"]}
    found = [error.message for error in jsonschema.Draft202012Validator(whole).iter_errors(replied.json)]
    if replied.status != 200 and replied.json["code"] not in described["description"]:
        found.append(f"code {replied.json['code']} is not described")
    return found


def test_the_file_is_up_to_date() -> None:
    assert Path("docs/openapi.json").read_text() == description.text()


def test_codes_are_unique() -> None:
    refusals = [*COMMON, *business.REFUSALS, *dispatch.REFUSALS]
    assert len({refusal.code for refusal in refusals}) == len(refusals)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner), max_leaves=8
)
NAMES = st.sampled_from(["csat.list", "csat.add", "csat.types", "csat.reveal", "csat.no", "no.no", "csat"]) | st.text(
    max_size=12
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_to_business_gets_an_undescribed_answer(data: st.DataObject) -> None:
    desk = made_desk(Connections(no_database))
    body: Any = data.draw(
        JSON
        | st.fixed_dictionaries(
            {"campaign": st.just("csat") | SCALARS, "release": st.just(desk.release) | SCALARS},
            optional={"parameters": st.dictionaries(st.sampled_from(["id", "name", "ids", "json", "x"]), JSON) | JSON,
                      "node": SCALARS, "interview": SCALARS},
        )
    )  # fmt: skip
    headers = {
        "waihu-session": data.draw(st.sampled_from([desk.token(), desk.token(seconds=-1), "", "a.b.c"])),
        "idempotency-key": data.draw(st.sampled_from([fresh_key(), "", "x"]) | st.text(max_size=50)),
        "accept-language": data.draw(st.sampled_from(["zh", "en"])),
        "waihu-correlation-id": data.draw(st.text(max_size=70)),
    }
    user = data.draw(st.sampled_from([desk.user, User("wang"), None]))
    cell, name = data.draw(st.sampled_from(["c1", "c2"])), data.draw(NAMES)
    made = event("POST", f"/{cell}/actions/{name}", user=user, headers=headers, body=body)
    replied = Replied(json.loads(json.dumps(desk.business.handle(made))))
    assert complaints("/{cell}/actions/{action}", replied) == []
    assert replied.json.get("code") != "internal_error"


def test_replies_of_dispatch_are_as_described() -> None:
    door, user = Door(), User("li", ("agent", "service"))
    asked = {
        "/sessions": [door.ask("POST", "/sessions", user), door.ask("POST", "/sessions"), door.sign_in()],
        "/health": [door.ask("GET", "/health")],
        "/releases/{campaign}/{release}": [
            door.ask("GET", f"/releases/csat/{door.csat}", user),
            door.ask("GET", "/releases/csat/x", user),
            door.ask("GET", "/releases/x/x", user),
        ],
    }
    assert [
        problem for path, replies in asked.items() for reply in replies for problem in complaints(path, reply)
    ] == []


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"requestContext": None},
        {"headers": None, "rawPath": None},
        {"body": "%", "isBase64Encoded": True},
    ],
)
def test_events_that_are_none(odd: dict[str, Any]) -> None:
    for answer in (made_desk(Connections(no_database)).business.handle(odd), Door().dispatch.handle(odd)):
        assert Replied(answer).status in (400, 401, 404)
