"""API Gateway's payload 2.0 in, its answer out; the one place where refusals become HTTP."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from callscript.protocol import CORRELATION_HEADER, PROBLEM_TYPE, ProblemReply
from functions.hosting.errors import BAD_REQUEST, INTERNAL_ERROR, TOO_LARGE, Refused

MAX_BODY = 512 * 1024
"""Bytes of a request's body."""
_CORRELATION = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{8,64}")
"""With a letter in it: it stands in logs and journal, and digits alone could be a telephone number."""

Event = Mapping[str, Any]
Answer = dict[str, Any]


class Request(msgspec.Struct, frozen=True):
    """One HTTP request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    claims: Mapping[str, object]
    """Of the JWT that API Gateway has verified; empty where the route asks for none."""
    correlation: str
    """The caller's own id of what it is doing, else one made here."""
    received: float | None = None
    """When API Gateway took it, seconds since 1970."""


class Story(msgspec.Struct):
    """What is known so far of a request: it stands in the log line and in the problem, if there is one."""

    correlation: str
    campaign: str | None = None
    release: str | None = None
    node: str | None = None
    action: str | None = None
    details: dict[str, Any] = msgspec.field(default_factory=dict)
    """More for the log alone."""


def read_request(event: Event) -> Request:
    """The request of `event`.

    Raises:
        Refused: `bad_request`, `too_large`.
    """
    context = event.get("requestContext") or {}
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    http = context.get("http") or {}
    jwt = (context.get("authorizer") or {}).get("jwt") or {}
    return Request(
        method=str(http.get("method", "")),
        path=str(event.get("rawPath", "")),
        headers=headers,
        body=_body(event),
        claims=jwt.get("claims") or {},
        correlation=correlation_of(event),
        received=_received(context.get("timeEpoch")),
    )


def correlation_of(event: Event) -> str:
    """The caller's correlation id if it is well-formed, else API Gateway's request id, else a new one."""
    headers = event.get("headers") or {}
    given = next((str(value) for name, value in headers.items() if str(name).lower() == CORRELATION_HEADER), "")
    request = str((event.get("requestContext") or {}).get("requestId", ""))
    return next((text for text in (given, request) if _CORRELATION.fullmatch(text)), None) or secrets.token_hex(16)


def _received(milliseconds: object) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, int) and not isinstance(milliseconds, bool) else None


def _body(event: Event) -> bytes:
    text = event.get("body") or ""
    if len(text) > 2 * MAX_BODY:
        raise Refused(TOO_LARGE)
    try:
        body = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise Refused(BAD_REQUEST) from error
    if len(body) > MAX_BODY:
        raise Refused(TOO_LARGE)
    return body


def answer(body: bytes, correlation: str, headers: Mapping[str, str] | None = None) -> Answer:
    """A reply of status 200 whose JSON text is `body`."""
    return _answer(200, body, "application/json", correlation, headers or {})


def problem(refused: Refused, story: Story, language: str = "en") -> Answer:
    """The problem+json that tells of `refused`."""
    refusal = refused.refusal
    messages = dict(refused.messages) if refused.messages else None
    reply = ProblemReply(
        title=refusal.en,
        status=refusal.status,
        code=refusal.code,
        detail=(messages or {}).get(language) or next(iter((messages or {}).values()), refusal.detail(language)),
        retryable=refusal.retryable,
        campaign=story.campaign,
        release=story.release,
        node=story.node,
        action=story.action,
        statement=refused.statement,
        parameter=refused.parameter,
        correlation_id=story.correlation,
        messages=messages,
    )
    headers = {"retry-after": str(refused.retry_after or 1)} if refusal.retryable else {}
    return _answer(refusal.status, msgspec.json.encode(reply), PROBLEM_TYPE, story.correlation, headers)


class Outcome(msgspec.Struct, frozen=True):
    """What became of a request: the answer, the refusal it tells of, and the exception that was our mistake."""

    answer: Answer
    refused: Refused | None = None
    mistake: Exception | None = None


def guarded(work: Callable[[], Answer], story: Story, language: str) -> Outcome:
    """`work`'s answer, or the problem in its place. Never raises: the runtime would tell the caller nothing."""
    try:
        return Outcome(work())
    except Refused as refused:
        return Outcome(problem(refused, story, language), refused)
    except Exception as error:
        ours = Refused(INTERNAL_ERROR)
        return Outcome(problem(ours, story, language), ours, error)


def language_of(event: Event) -> str:
    """The language in which the caller wants to be told, `zh` or `en`."""
    headers = event.get("headers") or {}
    wanted = next((str(value) for name, value in headers.items() if str(name).lower() == "accept-language"), "")
    return "zh" if wanted.lower().startswith("zh") else "en"


def _answer(status: int, body: bytes, kind: str, correlation: str, headers: Mapping[str, str]) -> Answer:
    return {
        "statusCode": status,
        "headers": {"content-type": kind, CORRELATION_HEADER: correlation, "cache-control": "no-store", **headers},
        "body": body.decode(),
        "isBase64Encoded": False,
    }
