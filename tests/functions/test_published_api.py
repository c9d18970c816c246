"""The published OpenAPI held against the real gateway and functions by schemathesis, with good and bad requests.

No answer that the description does not have, none that is a mistake of ours. A few requests an operation here;
`API_REQUESTS=2000 ./run test tests/functions/test_published_api.py` sends more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from callscript.protocol import BUDGET_HEADER, KEY_HEADER, SESSION_HEADER, SIGN_OUT_ACTION
from functions.description import document
from local.bench.desk import Desk, sit_down
from local.cloud import Cloud
from tests.harness.acting import fresh_key

pytestmark = pytest.mark.cloud

REQUESTS = int(os.environ.get("API_REQUESTS", "12"))
SCHEMA = schemathesis.openapi.from_dict(document())
OPERATIONS = {each.ok().label: each.ok() for each in SCHEMA.get_all_operations() if isinstance(each, Ok)}
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance]
ACTIONS = ("outbound.heartbeat", "outbound.save_answers", "outbound.queue_state", "outbound.none", "none", "csat.x")
TOLD_BY_RULE = {"too_late", "busy"}
"""503 that the request itself asks for: a time budget of nothing, or a row that another request has locked."""


@dataclass(frozen=True)
class Caller:
    cloud: Cloud
    desk: Desk
    http: requests.Session


@pytest.fixture(scope="module")
def caller(cloud: Cloud) -> Iterator[Caller]:
    with requests.Session() as http:
        yield Caller(cloud, sit_down(cloud), http)


def made_likely(case: schemathesis.Case[Any], desk: Desk, data: st.DataObject) -> None:
    """Half of what is asked goes where something is: else the router alone would be tried."""
    for name, value in (("cell", "c1"), ("campaign", "csat"), ("release", desk.release)):
        if name in (case.path_parameters or {}) and data.draw(st.booleans()):
            case.path_parameters[name] = value
    if "action" in (case.path_parameters or {}) and data.draw(st.booleans()):
        case.path_parameters["action"] = data.draw(st.sampled_from(ACTIONS))
    if isinstance(case.body, dict) and data.draw(st.booleans()):
        case.body |= {"campaign": "csat", "release": desk.release, "interview": desk.interview}
        parameters: Any = data.draw(
            st.sampled_from(
                [{}, {"interview": desk.interview}, {"interview": "x"}, {"interview": desk.interview, "answers": []}]
            )
        )
        case.body["parameters"] = parameters


def headers_of(case: schemathesis.Case[Any], desk: Desk, data: st.DataObject) -> dict[str, str]:
    """The tokens, now and then none or a wrong one; and what the case itself made up where HTTP can carry it."""
    own = {
        "authorization": f"Bearer {desk.access_token}",
        SESSION_HEADER: desk.session.token,
        KEY_HEADER: fresh_key(),
        BUDGET_HEADER: "10000",
    }
    for name in list(own):
        if data.draw(st.integers(0, 9)) == 0:
            own[name] = data.draw(st.sampled_from(["", "x", "0", "Bearer x.y.z"]))
    return own


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_a_described_one(caller: Caller, label: str, mode: GenerationMode) -> None:
    if mode is GenerationMode.NEGATIVE and label == "GET /health":
        pytest.skip("the health check takes nothing that could be wrong")

    @settings(
        max_examples=REQUESTS,
        deadline=None,
        database=None,
        derandomize=REQUESTS < 100,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode), data=st.data())
    def ask(case: schemathesis.Case[Any], data: st.DataObject) -> None:
        made_likely(case, caller.desk, data)
        if SIGN_OUT_ACTION in str((case.path_parameters or {}).get("action", "")):
            return
        headers = headers_of(case, caller.desk, data)
        answer = case.call(base_url=caller.cloud.gateway_url, session=caller.http, headers=headers, timeout=60)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 500:
            assert answer.json().get("code") in TOLD_BY_RULE, answer.text

    ask()
