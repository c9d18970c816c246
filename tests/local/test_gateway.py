"""The gateway as API Gateway's HTTP API would be: routes, authorizer, payload 2.0, limits, failures of functions."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from local.gateway.whole_answers import Joining
from tests.harness.running import run_apart
from tests.local.conftest import Echo, Issuer


def test_event_of_a_request(echo: Echo) -> None:
    token = echo.token(**{"cognito:groups": ["agent", "service"], "username": "agent1"})
    response = echo.client.post(
        "/c1/actions/outbound.next_case?a=1&a=2&b=",
        content=b'{"x": 1}',
        headers=[("Authorization", f"Bearer {token}"), ("Idempotency-Key", "k"), ("X-Two", "1"), ("X-Two", "2")],
    )
    event = response.json()["event"]
    assert event["version"] == "2.0"
    assert event["routeKey"] == "POST /c1/actions/{action}"
    assert event["rawPath"] == "/c1/actions/outbound.next_case"
    assert event["rawQueryString"] == "a=1&a=2&b="
    assert event["queryStringParameters"] == {"a": "1,2", "b": ""}
    assert event["pathParameters"] == {"action": "outbound.next_case"}
    assert event["headers"]["idempotency-key"] == "k"
    assert event["headers"]["x-two"] == "1,2"
    assert event["body"] == '{"x": 1}'
    assert event["isBase64Encoded"] is False
    assert event["requestContext"]["http"]["method"] == "POST"
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    assert claims["cognito:groups"] == "[agent service]"
    assert claims["username"] == "agent1"
    assert claims["exp"].isdigit()


def test_binary_body_is_base64(echo: Echo) -> None:
    event = echo.client.get("/health").json()["event"]
    assert "authorizer" not in event["requestContext"]
    assert "body" not in event


def test_response_of_a_function(echo: Echo) -> None:
    response = echo.ask(do="echo")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert 0 < response.json()["remaining"] <= 10_000


def test_result_without_status_is_the_body(echo: Echo) -> None:
    assert echo.ask(do="plain").json() == {"hello": "world"}


def test_versions_of_a_business_function_lie_under_its_cell(echo: Echo) -> None:
    event = echo.ask("/c1/next/actions/outbound.save_answers").json()["event"]
    assert event["routeKey"] == "POST /c1/{version}/actions/{action}"
    assert event["pathParameters"] == {"version": "next", "action": "outbound.save_answers"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sessions"),
        ("POST", "/nowhere"),
        ("POST", "/c9/actions/x"),
        ("POST", "/c1/actions/"),
        ("POST", "/c1/a/b/actions/x"),
    ],
)
def test_unknown_route(echo: Echo, method: str, path: str) -> None:
    response = echo.client.request(method, path, headers={"authorization": f"Bearer {echo.token()}"})
    assert (response.status_code, response.json()) == (404, {"message": "Not Found"})


FOREIGN = RSAKey.generate_key(2048, auto_kid=True)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda issuer: issuer.token(exp=1), id="expired"),
        pytest.param(lambda issuer: issuer.token(exp=None), id="without-expiry"),
        pytest.param(lambda issuer: issuer.token(exp="soon"), id="odd-expiry"),
        pytest.param(lambda issuer: issuer.token(nbf=4_000_000_000), id="not-yet"),
        pytest.param(lambda issuer: issuer.token(iss="https://other.example"), id="other-issuer"),
        pytest.param(lambda issuer: issuer.token(client_id="other"), id="other-client"),
        pytest.param(lambda issuer: issuer.token(aud="other"), id="other-audience"),
        pytest.param(lambda issuer: issuer.token(client_id=None), id="no-audience"),
        pytest.param(lambda issuer: issuer.token(key=FOREIGN), id="foreign-key"),
        pytest.param(lambda issuer: issuer.token(key=_posing(issuer)), id="foreign-key-under-our-id"),
        pytest.param(lambda issuer: issuer.token(key=_confused(issuer), algorithm="HS256"), id="public-key-as-secret"),
        pytest.param(lambda issuer: issuer.token()[:-8] + "AAAAAAAA", id="altered-signature"),
        pytest.param(lambda issuer: _unsigned(issuer.token()), id="unsigned"),
        pytest.param(lambda issuer: "nonsense", id="nonsense"),
        pytest.param(lambda issuer: "a.b.c", id="three-parts"),
    ],
)
def test_token_refused(echo: Echo, issuer: Issuer, make: Callable[[Issuer], str]) -> None:
    response = echo.client.post("/sessions", headers={"authorization": f"Bearer {make(issuer)}"})
    assert (response.status_code, response.json()) == (401, {"message": "Unauthorized"})


def test_no_token(echo: Echo) -> None:
    assert echo.client.post("/sessions").status_code == 401


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "{}"])
def test_token_accepted(echo: Echo, form: str) -> None:
    for claims in ({}, {"aud": "client-1", "client_id": None}):
        headers = {"authorization": form.format(echo.token(**claims))}
        assert echo.client.post("/sessions", headers=headers).status_code == 200


def test_keys_are_fetched_anew_for_a_new_key_id(echo: Echo, issuer: Issuer, until: Callable[..., Any]) -> None:
    rolled = RSAKey.generate_key(2048, auto_kid=True)
    issuer.keys.append(rolled)
    token = issuer.token(key=rolled)
    assert until(lambda: echo.ask(token=token).status_code == 200)


def _posing(issuer: Issuer) -> RSAKey:
    """Another key under the id of the pool's."""
    return RSAKey.import_key(FOREIGN.as_dict(private=True) | {"kid": _kid(issuer)})


def _confused(issuer: Issuer) -> Any:
    """The published key, used as a shared secret."""
    return OctKey.import_key(issuer.keys[0].as_pem(private=False).hex(), {"kid": _kid(issuer)})


def _kid(issuer: Issuer) -> str:
    return str(issuer.keys[0].kid)


def _unsigned(token: str) -> str:
    import base64
    import json

    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def test_too_large_a_body(echo: Echo) -> None:
    headers = {"authorization": f"Bearer {echo.token()}"}
    assert echo.client.post("/sessions", content=b"x" * (10 * 1024 * 1024 + 1), headers=headers).status_code == 413
    assert echo.client.post("/sessions", content=b"x" * (7 * 1024 * 1024), headers=headers).status_code == 413


def test_too_large_headers(echo: Echo) -> None:
    headers = {"authorization": f"Bearer {echo.token()}", "x-long": "x" * 11_000}
    assert echo.client.post("/sessions", headers=headers).status_code == 431


def test_cross_origin_requests(echo: Echo) -> None:
    asked = {"access-control-request-method": "POST"}
    allowed = echo.client.options("/sessions", headers={"origin": "https://app.example"} | asked)
    foreign = echo.client.options("/sessions", headers={"origin": "https://evil.example"} | asked)
    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    assert "idempotency-key" in allowed.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in foreign.headers


@pytest.mark.parametrize("wish", ["fail", "nonsense"])
def test_function_that_fails(echo: Echo, wish: str) -> None:
    response = echo.ask(do=wish)
    assert (response.status_code, response.json()) == (502, {"message": "Internal Server Error"})
    assert echo.ask(do="echo").status_code == 200


def test_worker_that_dies_at_work_is_replaced(echo: Echo) -> None:
    before = set(echo.server.worker_pids("dispatch"))
    assert echo.ask(do="die").status_code == 502
    assert echo.ask(do="echo").status_code == 200
    assert echo.finished[-2].outcome == "died"
    assert set(echo.server.worker_pids("dispatch")) != before


def test_idle_worker_that_is_killed_costs_no_request(echo: Echo) -> None:
    for pid in echo.server.worker_pids("dispatch"):
        os.kill(pid, signal.SIGKILL)
    answers = {echo.ask(do="echo").status_code for _ in range(10)}
    assert answers <= {200, 502}
    assert echo.ask(do="echo").status_code == 200


def test_time_out_is_enforced(echo: Echo) -> None:
    response = echo.ask("/c1/actions/x.y", do="hang")
    assert (response.status_code, response.json()) == (503, {"message": "Service Unavailable"})
    assert echo.finished[-1].outcome == "timeout"
    assert echo.ask("/c1/actions/x.y").status_code == 200


def test_more_requests_than_workers_wait(echo: Echo) -> None:
    def ask(_: int) -> httpx.Response:
        return echo.ask(do="echo")

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(ask, range(64)))
    assert {answer.status_code for answer in answers} == {200}


def test_lines_reach_the_reader(echo: Echo, until: Callable[..., Any]) -> None:
    echo.ask(do="metric", line={"hello": "log"})
    assert until(lambda: ("dispatch", b'{"hello": "log"}') in echo.lines)


def test_first_event_of_a_worker_reports_its_start(echo: Echo) -> None:
    echo.ask("/c1/actions/x.y", do="die")
    echo.ask("/c1/actions/x.y")
    echo.ask("/c1/actions/x.y")
    first, second = echo.finished[-2:]
    assert first.init_milliseconds is not None
    assert second.init_milliseconds is None


def test_an_answers_head_and_body_leave_in_one_piece() -> None:
    sent: list[bytes] = []

    class Transport(asyncio.Transport):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            sent.append(bytes(data))

        def is_closing(self) -> bool:
            return b"last" in sent

        def close(self) -> None:
            sent.append(b"closed")

    async def answer() -> None:
        joined = Joining(Transport(), asyncio.get_running_loop())
        for part in (b"head", b"body"):
            joined.write(part)
        await asyncio.sleep(0)
        joined.write(b"last")
        joined.close()
        joined.write(b"nobody reads this")
        await asyncio.sleep(0)

    run_apart(answer())

    assert sent == [b"headbody", b"last", b"closed"]
