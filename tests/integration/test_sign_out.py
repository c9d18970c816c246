"""Renewal and sign-out on the whole cloud: one end for all tokens of a session, at the very next action."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

from callscript.protocol import BUDGET_HEADER, KEY_HEADER, SESSION_HEADER, SIGN_OUT_ACTION
from local.cloud import Cloud
from tests.harness.acting import fresh_key


def test_signing_out_ends_every_token_of_the_session(cloud: Cloud) -> None:
    with httpx.Client(base_url=cloud.gateway_url, timeout=20) as client:
        client.headers["authorization"] = f"Bearer {cloud.sign_in('agent1')}"
        first = client.post("/sessions", content=b"{}").json()
        renewed = client.post("/sessions", content=b"{}", headers={SESSION_HEADER: first["token"]}).json()
        release = next(each["release"] for each in first["campaigns"] if each["id"] == "csat")

        def next_case(token: str, path: str = "/c1") -> httpx.Response:
            interview = str(uuid.uuid4())
            given = {"campaign": "csat", "interview": interview, "release": release, "language": "zh"}
            body: dict[str, Any] = {"campaign": "csat", "release": release, "interview": interview, "parameters": given}
            headers = {SESSION_HEADER: token, KEY_HEADER: fresh_key(), BUDGET_HEADER: "20000"}
            return client.post(f"{path}/actions/outbound.next_case", headers=headers, json=body)

        assert next_case(first["token"]).status_code == 200
        assert next_case(renewed["token"], "/c1/next").status_code == 200
        nothing = {"campaign": "", "release": ""}
        ended = client.post(f"/c1/actions/{SIGN_OUT_ACTION}", headers={SESSION_HEADER: renewed["token"]}, json=nothing)
        assert ended.status_code == 200
        refused = [next_case(token).json()["code"] for token in (first["token"], renewed["token"])]
        assert refused == ["session_revoked"] * 2
