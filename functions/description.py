"""The functions' HTTP interface as an OpenAPI document, made from the very types and refusals that they use.

`python -m functions.description > docs/openapi.json`; a test holds the two together.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from callscript import protocol
from functions.business import errors as business
from functions.dispatch import errors as dispatch
from functions.hosting.errors import COMMON, Refusal

_REF = "#/components/schemas/{name}"
_TYPES = (protocol.SessionReply, protocol.ReleaseReply, protocol.ActionRequest, protocol.ProblemReply)
_ABOUT = """\
Agents' apps speak with dispatch (`/sessions`, `/releases`, `/health`) and with the business functions of a cell:
`/{cell}/actions/{action}`, or `/{cell}/slow-actions/{action}` where the action's script says `class="slow"`. Every
error of a function is problem+json (RFC 9457) with a stable `code`; `retryable` says whether the same request, with
the same idempotency key, may succeed later. Actions, their parameters and the shape of their replies are defined by
scripts, and so are the codes of their own refusals (409). What the gateway itself refuses, before a function or in its
place, has the gateway's own body: `{"message": ...}`."""
_MESSAGE = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}
_GATEWAY = {
    400: "The request is no HTTP that the gateway can read",
    401: "No token of the user pool, or none that is good",
    404: "No such route",
    413: "The request is too large",
    431: "The headers are too large",
    429: "Too many requests",
    500: "The function broke off",
    502: "The function broke off",
    503: "No worker was free, or it did not answer in time",
}
"""What API Gateway answers by itself."""


def document() -> dict[str, Any]:
    """The whole OpenAPI document."""
    _, components = msgspec.json.schema_components(_TYPES, ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Waihu", "version": "1", "description": _ABOUT},
        "paths": {
            protocol.SESSIONS_PATH: {"post": _open_session()},
            protocol.RELEASE_PATH: {"get": _read_release()},
            protocol.HEALTH_PATH: {"get": _health()},
            protocol.ACTION_PATH: {"post": _action()},
            protocol.VERSION_PATH: {"post": _action(at_version=True)},
            protocol.SLOW_ACTION_PATH: {"post": _action(slow=True)},
            protocol.SLOW_VERSION_PATH: {"post": _action(at_version=True, slow=True)},
        },
        "components": {
            "schemas": components,
            "securitySchemes": {
                "user_pool": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "session": {"type": "apiKey", "in": "header", "name": protocol.SESSION_HEADER},
            },
        },
    }


def text() -> str:
    """The text of `docs/openapi.json`."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _open_session() -> dict[str, Any]:
    return {
        "operationId": "openSession",
        "summary": "Who am I, which campaigns may I work on, where, under which release",
        "security": [{"user_pool": []}],
        "parameters": [
            _parameter(protocol.SESSION_HEADER, "header", "Session to renew: it keeps its id", required=False),
            *_shared_headers(),
        ],
        "responses": _responses(_typed("SessionReply"), (*COMMON, *dispatch.REFUSALS)),
    }


def _read_release() -> dict[str, Any]:
    return {
        "operationId": "readRelease",
        "summary": "Scripts of a release, without SQL; each file's SHA-256 stands in its manifest",
        "security": [{"user_pool": []}],
        "parameters": [
            _parameter("campaign", "path", "Campaign's id"),
            _parameter("release", "path", "SHA-256 (hex) of the manifest"),
            *_shared_headers(),
        ],
        "responses": _responses(_typed("ReleaseReply"), (*COMMON, *dispatch.REFUSALS)),
    }


def _health() -> dict[str, Any]:
    states = {"type": "string", "enum": ["up", "draining", "away"]}
    reply = {
        "type": "object",
        "required": ["status", "cells"],
        "properties": {"status": {"const": "ok"}, "cells": {"type": "object", "additionalProperties": states}},
    }
    return {
        "operationId": "health",
        "summary": "Which cells are up",
        "parameters": _shared_headers(),
        "responses": _responses(reply, (*COMMON, *dispatch.REFUSALS)),
    }


def _action(*, at_version: bool = False, slow: bool = False) -> dict[str, Any]:
    answer = {"type": "object", "description": "Exactly what the script's <data> names"}
    responses = _responses(answer, (*COMMON, *business.REFUSALS))
    replayed = "`true`: the key came before, and this is the reply that was given then, byte for byte"
    responses["200"]["headers"] = {
        protocol.REPLAY_HEADER: {"description": replayed, "schema": {"const": "true"}},
    }
    key = "Names this call: `<hex seconds of minting>-<32 hex digits>`. Required unless the action only reads"
    return {
        "operationId": f"call{'Slow' if slow else ''}Action{'AtVersion' if at_version else ''}",
        "summary": f"Runs one {'slow ' if slow else ''}action of a script, exactly once for each idempotency key",
        "security": [{"user_pool": [], "session": []}],
        "parameters": [
            _parameter("cell", "path", "Cell in which the campaign lives"),
            *([_parameter("version", "path", "Version of the business function")] if at_version else []),
            _parameter(
                "action", "path", f"`pack.action`; `{protocol.SIGN_OUT_ACTION}` ends the session, without a key"
            ),
            _parameter(protocol.KEY_HEADER, "header", key, required=False),
            _parameter(protocol.BUDGET_HEADER, "header", "Milliseconds that the caller waits", required=False),
            *_shared_headers(),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _typed("ActionRequest")}}},
        "responses": responses,
    }


def _responses(reply: dict[str, Any], refusals: Iterable[Refusal]) -> dict[str, Any]:
    by_status: dict[int, list[Refusal]] = defaultdict(list)
    for refusal in refusals:
        by_status[refusal.status].append(refusal)
    responses: dict[str, Any] = {
        "200": {"description": "Done", "content": {"application/json": {"schema": reply}}},
    }
    for status in sorted({*by_status, *_GATEWAY}):
        those = by_status[status]
        told = sorted({f"`{each.code}`: {each.en}" for each in those})
        content: dict[str, Any] = {protocol.PROBLEM_TYPE: {"schema": _typed("ProblemReply")}} if those else {}
        if status in _GATEWAY:
            told.append(f"{_GATEWAY[status]} (the gateway's own answer).")
            content["application/json"] = {"schema": _MESSAGE}
        responses[str(status)] = {"description": "\n\n".join(told), "content": content}
        if any(each.retryable for each in those):
            waiting = {"description": "Seconds to wait, where trying again can help", "schema": {"type": "string"}}
            responses[str(status)]["headers"] = {"retry-after": waiting}
    return responses


def _shared_headers() -> list[dict[str, Any]]:
    return [
        _parameter(
            protocol.CORRELATION_HEADER, "header", "Comes back in the answer; stands in the log", required=False
        ),
        _parameter("accept-language", "header", "`zh` for errors in Chinese", required=False),
    ]


def _parameter(name: str, where: str, about: str, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "description": about, "schema": {"type": "string"}}


def _typed(name: str) -> dict[str, Any]:
    return {"$ref": _REF.format(name=name)}


if __name__ == "__main__":
    sys.stdout.write(text())
