"""Signing in and out: forms, the cookie, and what is kept of them.

The cookie holds a random value and nothing else; the store knows its SHA-256 and, encrypted, the tokens. A form is
taken only with the token that its page was given (double submit in a strict cookie) and from our own origin.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from agent_app.identity import CodeWanted, Identity, IdentityError, NotAllowed, PoolUnreachable, WrongPassword
from agent_app.signin_page import sign_in_page, sign_out_page
from agent_app.store.port import Store
from agent_app.store.records import SignIn
from agent_app.texts import LANGUAGES, best_language

log = logging.getLogger(__name__)

COOKIE = "waihu_sign_in"
FORM_COOKIE = "waihu_form"
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


def sign_in_id(cookie: str) -> str:
    """Under which a cookie's sign-in is kept."""
    return hashlib.sha256(cookie.encode()).hexdigest()


class Door:
    """The handlers of `/signin` and `/signout`.

    `now` gives seconds since 1970; `end_session` see `Access`; `leave` is told who goes.
    """

    def __init__(
        self,
        store: Store,
        identity: Identity,
        now: Callable[[], float],
        *,
        end_session: Callable[[str], bool],
        leave: Callable[[SignIn], None] = lambda _: None,
        default_language: str,
        cookie_secure: bool,
    ) -> None:
        self._store = store
        self._identity = identity
        self._now = now
        self._end_session = end_session
        self._leave = leave
        self._default_language = default_language
        self._secure = cookie_secure

    def signed_in(self, cookie: str | None) -> SignIn | None:
        """Whose cookie this is; None for a wrong one, or one whose agent has signed out."""
        found = self._store.sign_in(sign_in_id(cookie)) if cookie else None
        return found if found is not None and found.closed_at is None else None

    async def get_sign_in(self, request: Request) -> Response:
        return self._sign_in_form(request, self._language(request))

    async def post_sign_in(self, request: Request) -> Response:
        form = await request.form()
        language = str(form.get("language", ""))
        language = language if language in LANGUAGES else self._language(request)
        username, password = str(form.get("username", "")).strip()[:128], str(form.get("password", ""))[:256]
        if not _genuine(request, str(form.get("form_token", ""))):
            return self._sign_in_form(request, language, error="stale", username=username, status=403)
        if not username or not password:
            return self._sign_in_form(request, language, error="empty", username=username, status=422)
        try:
            code = "".join(str(form.get("code", "")).split())[:12]
            tokens = await run_in_threadpool(self._identity.sign_in, username, password, code)
        except IdentityError as failed:
            error, status = _told(failed)
            return self._sign_in_form(request, language, error=error, username=username, status=status)
        cookie = secrets.token_urlsafe(32)
        now = int(self._now())
        sign_in = SignIn(
            id=sign_in_id(cookie),
            agent=tokens.agent,
            username=tokens.username or username,
            name=tokens.name or username,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            access_expires_at=now + tokens.expires_in,
            language=language,
            signed_in_at=now,
        )
        await run_in_threadpool(self._store.put_sign_in, sign_in)
        response = RedirectResponse("./", status_code=303, headers=_HEADERS)
        # Lax, not Strict: the redirect after a link from another site must still find the agent signed in.
        response.set_cookie(COOKIE, cookie, httponly=True, samesite="lax", secure=self._secure, path="/")
        response.delete_cookie(FORM_COOKIE, path="/")
        return response

    async def get_sign_out(self, request: Request) -> Response:
        return self._sign_out_form(self.signed_in(request.cookies.get(COOKIE)))

    def _sign_out_form(self, sign_in: SignIn | None, *, status: int = 200) -> Response:
        if sign_in is None:
            return RedirectResponse("signin", status_code=303, headers=_HEADERS)
        waiting = self._store.backlog(sign_in.agent)
        is_open = self._store.open_interview(sign_in.agent) is not None
        token = secrets.token_urlsafe(24)
        page = sign_out_page(
            sign_in.language, token, waiting=waiting.answers or waiting.waiting, open_interview=is_open
        )
        return self._with_form_cookie(HTMLResponse(page, status_code=status, headers=_HEADERS), token)

    async def post_sign_out(self, request: Request) -> Response:
        form = await request.form()
        sign_in = self.signed_in(request.cookies.get(COOKIE))
        if not _genuine(request, str(form.get("form_token", ""))):
            return self._sign_out_form(sign_in, status=403)  # asked once more, by a page of our own
        if sign_in is not None:
            await run_in_threadpool(self._leave_quietly, sign_in)
            closed = msgspec.structs.replace(sign_in, closed_at=int(self._now()))
            await run_in_threadpool(self._store.put_sign_in, closed)
            await run_in_threadpool(self.revoke_closed)
        response = RedirectResponse("signin", status_code=303, headers=_HEADERS)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=self._secure)
        response.delete_cookie(FORM_COOKIE, path="/")
        return response

    def revoke_closed(self) -> None:
        """Ends session and tokens of agents who signed out and whose outbox is empty; others' serve it till then."""
        for sign_in in self._store.closed_sign_ins():
            if self._store.backlog(sign_in.agent).waiting:
                continue
            if not self._end_session(sign_in.id):
                log.warning("A session could not be ended yet.")
                continue
            try:
                self._identity.revoke(sign_in.refresh_token)
            except PoolUnreachable:
                log.warning("A sign-in could not be revoked yet.", exc_info=True)
            else:
                self._store.remove_sign_in(sign_in.id)

    def _leave_quietly(self, sign_in: SignIn) -> None:
        try:
            self._leave(sign_in)
        except Exception:
            log.exception("The end of an agent's day could not be noted.")

    def _sign_in_form(
        self, request: Request, language: str, *, error: str | None = None, username: str = "", status: int = 200
    ) -> Response:
        token = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
        page = sign_in_page(language, token, error=error, username=username)
        return self._with_form_cookie(HTMLResponse(page, status_code=status, headers=_HEADERS), token)

    def _with_form_cookie(self, response: Response, token: str) -> Response:
        response.set_cookie(
            FORM_COOKIE, token, max_age=3600, httponly=True, samesite="strict", secure=self._secure, path="/"
        )
        return response

    def _language(self, request: Request) -> str:
        asked = request.query_params.get("language", "")
        if asked in LANGUAGES:
            return asked
        return best_language(request.headers.get("accept-language", ""), self._default_language)


def _told(error: IdentityError) -> tuple[str, int]:
    """What the page says of it, and with which status."""
    if isinstance(error, CodeWanted):
        return ("wrong_code" if error.args[0] else "code"), 401
    if isinstance(error, WrongPassword):
        return "wrong", 401
    if isinstance(error, NotAllowed):
        return "not_allowed", 403
    log.warning("The user pool cannot be reached.", exc_info=error)
    return "unreachable", 503


def _genuine(request: Request, form_token: str) -> bool:
    """Whether a form comes from a page that we gave to this browser."""
    origin = request.headers.get("origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.headers.get("host"):
        return False
    cookie = request.cookies.get(FORM_COOKIE, "")
    return bool(cookie) and hmac.compare_digest(cookie.encode(), form_token.encode())
