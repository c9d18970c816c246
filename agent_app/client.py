"""The one module that speaks HTTP. Whatever happens on the way becomes a typed result: `Answer` or `Refusal`.

A `Refusal` says by `retryable` whether the same call may succeed later; nothing here raises for what a server or a
network can do.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import httpx
import msgspec

from callscript.protocol import (
    ACTION_PATH,
    BUDGET_HEADER,
    CORRELATION_HEADER,
    KEY_HEADER,
    RELEASE_PATH,
    REPLAY_HEADER,
    SESSION_HEADER,
    SESSIONS_PATH,
    SIGN_OUT_ACTION,
    SLOW_ACTION_PATH,
    ActionRequest,
    ProblemReply,
    ReleaseReply,
    SessionReply,
)
from callscript.scripts_protocol import SCRIPTS_PATH, ScriptsRequest

UNREACHABLE = "server_unreachable"
"""No connection, or no answer in time: whether the call ran is unknown, so it is sent again with its key."""
UNREADABLE = "reply_unreadable"
"""The answer is no reply of ours (a proxy's error page, half a body)."""

SLOW_SECONDS = 29.0
"""How long an action of class `slow` is waited for: API Gateway itself gives up after 30 s."""

_RETRYABLE_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[_T]):
    value: _T
    replayed: bool = False
    """The server had run this key before and gave the stored reply."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer. `problem` holds the server's own words, where it had any."""

    code: str
    retryable: bool
    status: int = 0
    """HTTP status; 0 when no answer came."""
    retry_after: float | None = None
    """Seconds that the server asked us to wait."""
    problem: ProblemReply | None = None
    correlation_id: str = ""
    language: str = ""
    """In which the platform was asked to say it."""

    @property
    def unauthorised(self) -> bool:
        return self.status == httpx.codes.UNAUTHORIZED

    def detail(self, language: str) -> str:
        """The script's own message, in `language` if it has it; else the platform's, if that is in `language`."""
        if self.problem is None:
            return ""
        messages = self.problem.messages or {}
        own = messages.get(language) or next(iter(messages.values()), "")
        return own or (self.problem.detail if language == self.language else "")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a call shows: the user pool's JWT, the session token where there is one, and the agent's language."""

    access_token: str
    session_token: str = ""
    language: str = "en"

    def headers(self) -> dict[str, str]:
        headers = {"authorization": f"Bearer {self.access_token}", "accept-language": self.language}
        if self.session_token:
            headers[SESSION_HEADER] = self.session_token
        return headers


class Gateway:
    """The API as the app sees it; safe to use from many threads."""

    def __init__(self, base_url: str, timeout_seconds: float, transport: httpx.BaseTransport | None = None) -> None:
        self._seconds = timeout_seconds
        self._slow_seconds = max(SLOW_SECONDS, timeout_seconds)
        self._http = httpx.Client(
            base_url=base_url,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=50),
            transport=transport,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def open_session(self, credentials: Credentials) -> Answer[SessionReply] | Refusal:
        """A session token, and the campaigns that the agent may work on; a token that is shown is renewed."""
        return self._send("POST", SESSIONS_PATH, SessionReply, credentials, content=b"{}")

    def release(self, campaign: str, release: str, credentials: Credentials) -> Answer[ReleaseReply] | Refusal:
        """A release's files. The caller verifies them (`releases.Releases`)."""
        return self._send("GET", RELEASE_PATH.format(campaign=campaign, release=release), ReleaseReply, credentials)

    def act(
        self,
        business_path: str,
        action: str,
        request: ActionRequest,
        key: str,
        credentials: Credentials,
        *,
        slow: bool = False,
    ) -> Answer[Any] | Refusal:
        """Runs server action `pack.action` once, however often it is sent with the same `key`.

        `slow`: the action is of that class, as its script says; it has a server and more time of its own.
        """
        path = (SLOW_ACTION_PATH if slow else ACTION_PATH).format(cell=business_path.strip("/"), action=action)
        seconds = self._slow_seconds if slow else self._seconds
        headers = {KEY_HEADER: key, BUDGET_HEADER: str(int(seconds * 1000))}
        content = msgspec.json.encode(request)
        return self._send("POST", path, Any, credentials, content=content, headers=headers, seconds=seconds)

    def scripts(
        self, verb: str, request: ScriptsRequest, wanted: type[_T], credentials: Credentials
    ) -> Answer[_T] | Refusal:
        """Asks the keeper of the scripts, for administrators alone; checking a large campaign may take a while."""
        path = SCRIPTS_PATH.format(verb=verb)
        return self._send(
            "POST", path, wanted, credentials, content=msgspec.json.encode(request), seconds=self._slow_seconds
        )

    def sign_out(self, business_path: str, credentials: Credentials) -> Answer[Any] | Refusal:
        """Ends the session in the cell at `business_path`: its next action there is refused."""
        path = ACTION_PATH.format(cell=business_path.strip("/"), action=SIGN_OUT_ACTION)
        body = msgspec.json.encode(ActionRequest(campaign="", release=""))
        return self._send("POST", path, Any, credentials, content=body)

    def _patience(self, seconds: float | None) -> httpx.Timeout:
        whole = seconds or self._seconds
        return httpx.Timeout(whole, connect=min(3.0, whole))

    def _send(
        self,
        method: str,
        path: str,
        wanted: Any,
        credentials: Credentials,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        seconds: float | None = None,
    ) -> Answer[Any] | Refusal:
        correlation_id = str(uuid.uuid4())
        sent = {**credentials.headers(), **(headers or {}), CORRELATION_HEADER: correlation_id}
        if content is not None:
            sent["content-type"] = "application/json"
        try:
            response = self._http.request(method, path, content=content, headers=sent, timeout=self._patience(seconds))
        except httpx.HTTPError:
            return Refusal(UNREACHABLE, retryable=True, correlation_id=correlation_id)
        if not response.is_success:
            return _refusal(response, correlation_id, credentials.language)
        try:
            value = msgspec.json.decode(response.content, type=wanted)
        except msgspec.DecodeError:
            return Refusal(UNREADABLE, retryable=True, status=response.status_code, correlation_id=correlation_id)
        return Answer(value, replayed=response.headers.get(REPLAY_HEADER) == "true")


def _refusal(response: httpx.Response, correlation_id: str, language: str) -> Refusal:
    status = response.status_code
    correlation_id = response.headers.get(CORRELATION_HEADER, correlation_id)
    retry_after = _seconds(response.headers.get("retry-after"))
    try:
        problem = msgspec.json.decode(response.content, type=ProblemReply)
    except msgspec.DecodeError:
        # The gateway itself refuses with a body of its own: {"message": "Unauthorized"}.
        known = {401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "too_many_requests"}
        code = known.get(status, UNREADABLE)
        return Refusal(code, status in _RETRYABLE_STATUS, status, retry_after, None, correlation_id)
    retryable = problem.retryable or status in _RETRYABLE_STATUS - {500}
    correlation_id = problem.correlation_id or correlation_id
    return Refusal(problem.code, retryable, status, retry_after, problem, correlation_id, language)


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else min(max(float(text), 0.0), 300.0)
    except ValueError:
        return None
