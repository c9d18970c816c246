"""API Gateway's Lambda payload format 2.0: an HTTP request as an event, a function's result as a response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import binascii
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec

API_ID = "local"
ACCOUNT = "000000000000"


class Request(msgspec.Struct, frozen=True):
    """What came over HTTP; header names in lower case, in the order in which they came."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    source_ip: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"


class Response(msgspec.Struct, frozen=True):
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


class MalformedResult(Exception):
    """The function returned something that is no response."""


def event_of(
    request: Request, route_key: str, path_parameters: Mapping[str, str], claims: Mapping[str, str] | None
) -> dict[str, Any]:
    """The event that a function gets for `request`; `claims` None: the route has no authorizer."""
    headers = _joined(request.headers)
    cookies = [value for name, value in request.headers if name == "cookie"]
    body, encoded = _body_of(request.body)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": {name: value for name, value in headers.items() if name != "cookie"},
        "requestContext": _context(request, route_key, headers, claims),
        "isBase64Encoded": encoded,
    }
    if cookies:
        event["cookies"] = [part.strip() for value in cookies for part in value.split(";")]
    if request.query:
        event["queryStringParameters"] = _joined(parse_qsl(request.query, keep_blank_values=True))
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    if request.body:
        event["body"] = body
    return event


def response_of(result: bytes, limit: int) -> Response:
    """The HTTP response that a function's JSON result stands for; a result without `statusCode` is a 200 of itself.

    Raises:
        MalformedResult: if it is none, or has more than `limit` bytes.
    """
    if len(result) > limit:
        raise MalformedResult(f"the result has {len(result)} bytes")
    try:
        value = msgspec.json.decode(result)
    except msgspec.DecodeError as error:
        raise MalformedResult("the result is no JSON") from error
    if not isinstance(value, dict) or "statusCode" not in value:
        return Response(200, [("content-type", "application/json")], result)
    try:
        status = int(value["statusCode"])
        headers = [(str(name).lower(), _text(item)) for name, item in (value.get("headers") or {}).items()]
        headers += [("set-cookie", str(cookie)) for cookie in value.get("cookies") or ()]
        text = value.get("body")
        body = b"" if text is None else text.encode()
        if value.get("isBase64Encoded"):
            body = base64.b64decode(body, validate=True)
    except (TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise MalformedResult("the result is no response of payload format 2.0") from error
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain; charset=utf-8"))
    return Response(status, headers, body)


def claims_as_text(claims: Mapping[str, Any]) -> dict[str, str]:
    """Claims as the JWT authorizer passes them on: everything is text, a list is `[a b c]`."""
    return {name: _claim(value) for name, value in claims.items()}


def _claim(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{' '.join(_claim(item) for item in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _context(
    request: Request, route_key: str, headers: Mapping[str, str], claims: Mapping[str, str] | None
) -> dict[str, Any]:
    now = time.time()
    host = headers.get("host", "")
    context: dict[str, Any] = {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": route_key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": dict(claims), "scopes": None}}
    return context


def _joined(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body_of(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
