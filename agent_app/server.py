"""The ASGI application: `uvicorn agent_app.server:app`.

Streamlit draws the pages; signing in and out, health, and the background threads stand beside it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from agent_app.look.component import SCRIPT_ROUTE, script, script_path
from agent_app.reruns import lighten
from agent_app.runtime import Background, runtime
from agent_app.session_report import CountSessions
from agent_app.signin import COOKIE

SIGN_IN_PATH = "/signin"
SIGN_OUT_PATH = "/signout"
HEALTH_PATH = "/healthz"
_OPEN_PATHS = frozenset({SIGN_IN_PATH, SIGN_OUT_PATH, HEALTH_PATH})


# Read before the process says that it serves, so that its first agent does not wait: the desk's page, and what
# Streamlit reads the page's icon with.
for _module in ("pages.desk", "pages.frame", "pages.register"):
    import_module(f"agent_app.{_module}")
for _module in ("numpy", "PIL.PngImagePlugin"):
    import_module(_module)


lighten()


async def get_sign_in(request: Request) -> Response:
    return await runtime().door.get_sign_in(request)


async def post_sign_in(request: Request) -> Response:
    return await runtime().door.post_sign_in(request)


async def get_sign_out(request: Request) -> Response:
    return await runtime().door.get_sign_out(request)


async def post_sign_out(request: Request) -> Response:
    return await runtime().door.post_sign_out(request)


async def health(_request: Request) -> Response:
    """For the load balancer: this process can read its store. The servers behind it are not its health."""
    parts = runtime()
    parts.store.closed_sign_ins()
    return JSONResponse({"status": "ok", "server_away": parts.outbox.server_away})


async def desk_script(request: Request) -> Response:
    """What draws the desk in the browser. Another process's edition of it is not to be kept."""
    kept = "public, max-age=31536000, immutable" if request.url.path.endswith(script_path()) else "no-store"
    return Response(script(), media_type="text/javascript", headers={"cache-control": kept})


class SignInFirst:
    """Sends a browser without a good cookie to the sign-in page, before Streamlit loads anything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _wants_page(scope) and not _signed_in(scope):
            await RedirectResponse(SIGN_IN_PATH, status_code=303, headers={"cache-control": "no-store"})(
                scope, receive, send
            )
            return
        await self._app(scope, receive, send)


def _wants_page(scope: Scope) -> bool:
    path: str = scope["path"]
    return (
        scope["method"] == "GET" and path not in _OPEN_PATHS and "text/html" in Headers(scope=scope).get("accept", "")
    )


def _signed_in(scope: Scope) -> bool:
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    return runtime().door.signed_in(cookies.get(COOKIE)) is not None


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    background = Background(runtime())
    background.start()
    try:
        yield {}
    finally:
        background.stop()


app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=lifespan,
    routes=[
        Route(SIGN_IN_PATH, get_sign_in, methods=["GET"]),
        Route(SIGN_IN_PATH, post_sign_in, methods=["POST"]),
        Route(SIGN_OUT_PATH, get_sign_out, methods=["GET"]),
        Route(SIGN_OUT_PATH, post_sign_out, methods=["POST"]),
        Route(HEALTH_PATH, health, methods=["GET"]),
        Route(SCRIPT_ROUTE, desk_script, methods=["GET"]),
    ],
    middleware=[Middleware(CountSessions), Middleware(SignInFirst)],
)
