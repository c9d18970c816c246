"""The gateway itself: limits, CORS, route, authorizer, function, response."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from callscript import protocol
from local.gateway.authorizer import JwtAuthorizer, KeysUnavailable, Unauthorized
from local.gateway.payload import MalformedResult, Request, Response, event_of, response_of
from local.gateway.routes import Route, find
from local.lambda_workers import FunctionBusy, FunctionFailed, FunctionTimedOut

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes; API Gateway's own."""
HEADER_LIMIT = 10_240
"""Bytes of the request line and all headers; API Gateway's own."""
LAMBDA_LIMIT = 6 * 1024 * 1024
"""Bytes of an event or a result; Lambda's own."""

_CORS_HEADERS = ", ".join(
    ("authorization", "content-type", protocol.SESSION_HEADER, protocol.KEY_HEADER, protocol.CORRELATION_HEADER)
)

log = logging.getLogger("waihu.gateway")


class Functions(Protocol):
    """The Lambda service: invokes a function by name with an event and gives back its result, both JSON."""

    async def invoke(self, function: str, event: bytes) -> bytes: ...


class Gateway:
    """One HTTP API."""

    def __init__(
        self, table: Sequence[Route], functions: Functions, authorizer: JwtAuthorizer, origins: Sequence[str] = ()
    ) -> None:
        self._table = table
        self._functions = functions
        self._authorizer = authorizer
        self._origins = frozenset(origins)

    async def serve(self, http: HttpRequest) -> HttpResponse:
        origin = http.headers.get("origin")
        if http.method == "OPTIONS" and origin and "access-control-request-method" in http.headers:
            return self._with_cors(HttpResponse(status_code=204), origin)
        return self._with_cors(await self._answer(http), origin)

    async def _answer(self, http: HttpRequest) -> HttpResponse:
        try:
            if _header_size(http) > HEADER_LIMIT:
                return _message(431, "Request Header Fields Too Large")
            found = find(self._table, http.method, http.url.path)
            if found is None:
                return _message(404, "Not Found")
            route, parameters = found
            claims = await self._claims(http) if route.authorized else None
            body = await _read(http)
            return await self._invoke(route, event_of(_request(http, body), route.key, parameters, claims))
        except _Refused as refused:
            return _message(refused.status, str(refused), refused.headers)

    async def _claims(self, http: HttpRequest) -> Mapping[str, str]:
        try:
            return await self._authorizer.check(http.headers.get("authorization"))
        except Unauthorized as error:
            log.info("refused a token: %s", error.reason)
            raise _Refused(401, "Unauthorized", {"www-authenticate": "Bearer"}) from error
        except KeysUnavailable as error:
            log.warning("cannot judge tokens: %s", error)
            raise _Refused(503, "Service Unavailable") from error

    async def _invoke(self, route: Route, event: dict[str, object]) -> HttpResponse:
        encoded = msgspec.json.encode(event)
        if len(encoded) > LAMBDA_LIMIT:
            return _message(413, "Request Entity Too Large")
        try:
            result = await self._functions.invoke(route.function, encoded)
            return _http(response_of(result, LAMBDA_LIMIT))
        except FunctionFailed as error:
            log.warning("%s failed: %s", route.function, error)
            return _message(502, "Internal Server Error")
        except MalformedResult as error:
            log.warning("%s: %s", route.function, error)
            return _message(502, "Internal Server Error")
        except (FunctionTimedOut, FunctionBusy) as error:
            log.warning("%s is unavailable: %s", route.function, error)
            return _message(503, "Service Unavailable")

    def _with_cors(self, response: HttpResponse, origin: str | None) -> HttpResponse:
        if origin in self._origins:
            response.headers["access-control-allow-origin"] = str(origin)
            response.headers["access-control-allow-methods"] = "GET, POST, OPTIONS"
            response.headers["access-control-allow-headers"] = _CORS_HEADERS
            response.headers["access-control-max-age"] = "300"
            response.headers["vary"] = "origin"
        return response


def application(gateway: Gateway) -> ASGIApp:
    """The ASGI application of `gateway`: every path and method is its to answer, also those a router stumbles on."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            response = await gateway.serve(HttpRequest(scope, receive, send))
            await response(scope, receive, send)

    return serve


def _request(http: HttpRequest, body: bytes) -> Request:
    raw = http.scope.get("raw_path", http.url.path.encode())
    return Request(
        method=http.method,
        path=raw.decode("latin-1").partition("?")[0],
        query=http.url.query,
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in http.scope["headers"]],
        body=body,
        source_ip=http.client.host if http.client else "",
        protocol=f"HTTP/{http.scope.get('http_version', '1.1')}",
    )


def _header_size(http: HttpRequest) -> int:
    return len(http.url.path) + len(http.url.query) + sum(len(n) + len(v) + 4 for n, v in http.scope["headers"])


class _Refused(Exception):
    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers
        super().__init__(text)


async def _read(http: HttpRequest) -> bytes:
    """The body, read no further than it may be long."""
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in http.stream():
            size += len(chunk)
            if size > BODY_LIMIT:
                raise _Refused(413, "Request Entity Too Large")
            chunks.append(chunk)
    except ClientDisconnect as error:
        raise _Refused(400, "Bad Request") from error
    return b"".join(chunks)


def _http(response: Response) -> HttpResponse:
    answer = HttpResponse(content=response.body, status_code=response.status)
    for name, value in response.headers:
        if name not in {"content-length", "transfer-encoding", "connection"}:
            answer.headers.append(name, value)
    return answer


def _message(status: int, text: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    return HttpResponse(
        msgspec.json.encode({"message": text}), status_code=status, headers=dict(headers or {}),
        media_type="application/json",
    )  # fmt: skip
