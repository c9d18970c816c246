"""Lambda's Runtime API, a path per worker: `/{function}/{worker}/2018-06-01/runtime/…`. On a port of its own.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from local.lambda_workers import FunctionFailed, FunctionPool, Invocation

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_REGION_ACCOUNT = "ap-southeast-1:000000000000"


class RuntimeApi:
    """An ASGI application, and the `invoke` that the gateway calls."""

    def __init__(self) -> None:
        self._pools: dict[str, FunctionPool] = {}

    def add(self, pool: FunctionPool) -> None:
        self._pools[pool.spec.name] = pool

    @property
    def pools(self) -> Mapping[str, FunctionPool]:
        return self._pools

    async def invoke(self, function: str, event: bytes) -> bytes:
        """The result of `function` for `event`.

        Raises:
            FunctionFailed, FunctionTimedOut, FunctionBusy
        """
        pool = self._pools.get(function)
        if pool is None:
            raise FunctionFailed(f"there is no function {function}")
        return await pool.invoke(event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        match scope["path"].strip("/").split("/"):
            case [function, worker, _, "runtime", "invocation", "next"] if function in self._pools:
                await self._next(self._pools[function], worker, receive, send)
            case [function, worker, _, "runtime", "invocation", request, end] if function in self._pools:
                error = None if end == "response" else "it raised an error"
                known = self._pools[function].finish(worker, request, await _body(receive), error)
                await _reply(send, 202 if known else 410, b'{"status":"OK"}')
            case [_, _, _, "runtime", "init", "error"]:
                await _body(receive)
                await _reply(send, 202, b"{}")
            case _:
                await _reply(send, 404, b"{}")

    async def _next(self, pool: FunctionPool, worker: str, receive: Receive, send: Send) -> None:
        found = pool.next_event(worker)
        try:
            invocation = await _unless_gone(found, receive) if isinstance(found, asyncio.Future) else found
        except WorkerGone:
            return
        if invocation is None:
            await _reply(send, 410, b"{}")
            return
        spec = pool.spec
        headers = {
            "lambda-runtime-aws-request-id": invocation.request,
            "lambda-runtime-deadline-ms": str(invocation.deadline_ms),
            "lambda-runtime-invoked-function-arn": f"arn:aws:lambda:{_REGION_ACCOUNT}:function:{spec.name}",
            "content-type": "application/json",
        }
        await _reply(send, 200, invocation.event, headers)


class WorkerGone(Exception):
    """The worker hung up while it waited for an event."""


async def _unless_gone(event: asyncio.Future[Invocation], receive: Receive) -> Invocation:
    gone = asyncio.ensure_future(_disconnected(receive))
    gone.add_done_callback(lambda _: event.cancel())
    try:
        return await event
    except asyncio.CancelledError:
        if gone.done() or event.cancelled():
            raise WorkerGone from None
        raise
    finally:
        gone.cancel()
        event.cancel()


async def _body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return b"".join(chunks)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _reply(send: Send, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    pairs.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
