"""An agent's calls as the agents' app makes them, for benches: session, case, answers."""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from callscript import call_key, protocol
from functions.business.handler import Business
from functions.business.settings import BusinessSettings
from functions.hosting.aws import S3Bucket, SecretsManager
from local.cloud import Cloud
from local.gateway.payload import Request, claims_as_text, event_of
from local.gateway.routes import business
from local.wiring import CELL

CAMPAIGN = "csat"


@dataclass
class Desk:
    """One agent with one interview; `call` is one HTTP request."""

    gateway_url: str
    access_token: str
    session: protocol.SessionReply
    interview: str = field(default_factory=lambda: str(uuid.uuid4()))
    step: int = 0

    @property
    def release(self) -> str:
        return next(access.release for access in self.session.campaigns if access.id == CAMPAIGN)

    def headers(self) -> dict[str, str]:
        self.step += 1
        key = call_key.mint(self.interview, self.step, "bench", time.time_ns() // 1_000_000)
        return {
            "authorization": f"Bearer {self.access_token}",
            protocol.SESSION_HEADER: self.session.token,
            protocol.KEY_HEADER: key,
        }

    def body(self, **parameters: Any) -> dict[str, Any]:
        return {
            "campaign": CAMPAIGN,
            "release": self.release,
            "node": "bench",
            "interview": self.interview,
            "parameters": parameters,
        }

    def next_case(self) -> dict[str, Any]:
        """Parameters of `outbound.next_case` for a new interview."""
        self.interview = str(uuid.uuid4())
        return {"campaign": CAMPAIGN, "interview": self.interview, "release": self.release, "language": "zh"}

    def answers(self, count: int = 3) -> dict[str, Any]:
        """Parameters of `outbound.save_answers` with `count` changed answers."""
        at = time.time_ns() // 1_000_000
        changes = [
            {"field": f"q{number}", "value": number, "node": "bench", "step": self.step, "at": at}
            for number in range(count)
        ]
        return {"interview": self.interview, "answers": changes}

    def call(self, client: httpx.Client, action: str, parameters: dict[str, Any]) -> httpx.Response:
        response = client.post(f"/c1/actions/{action}", json=self.body(**parameters), headers=self.headers())
        if response.status_code != 200:
            raise RuntimeError(f"{action}: {response.status_code} {response.text}")
        return response

    def event(self, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The same call as the event that the business function gets."""
        import msgspec

        request = Request(
            method="POST",
            path=f"/c1/actions/{action}",
            query="",
            headers=[(name, value) for name, value in self.headers().items()],
            body=msgspec.json.encode(self.body(**parameters)),
        )
        groups = [*self.session.roles, *self.session.groups]
        claims = {"sub": self.session.agent, "username": self.session.agent, "cognito:groups": groups}
        return event_of(request, "POST /c1/actions/{action}", {"action": action}, claims_as_text(claims))


def sit_down(cloud: Cloud, person: str = "agent1") -> Desk:
    """`person` signs in and opens a session."""
    import msgspec

    token = cloud.sign_in(person)
    response = httpx.post(
        f"{cloud.gateway_url}{protocol.SESSIONS_PATH}", headers={"authorization": f"Bearer {token}"}, timeout=20
    )
    if response.status_code != 200:
        raise RuntimeError(f"no session: {response.status_code} {response.text}")
    return Desk(cloud.gateway_url, token, msgspec.json.decode(response.content, type=protocol.SessionReply))


def function_in_process(cloud: Cloud, database_port: int) -> Business:
    """The business function in this process, with whatever listens on `database_port` for its pooler."""
    spec = next(spec for spec in cloud.wiring.functions(1) if spec.name == business(CELL))
    os.environ.update(cloud.aws.environment)
    settings = replace(BusinessSettings.from_environment(spec.environment), database_port=database_port)
    return Business(settings, S3Bucket(settings.script_bucket), SecretsManager())
