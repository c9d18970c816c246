"""Keeps a signed-in agent's JWT and session token fresh, for pages and for the outbox alike."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from agent_app.client import Answer, Credentials, Gateway, Refusal
from agent_app.identity import NotAllowed, PoolUnreachable, Tokens, WrongPassword
from agent_app.store.port import Store
from agent_app.store.records import SignIn
from callscript.protocol import SessionReply

SIGNED_OUT = "signed_out"
"""The agent has to sign in again: the refresh token is no longer good."""
POOL_UNREACHABLE = "user_pool_unreachable"
_EARLY_SECONDS = 60
"""A token this close to its end is renewed before it is used."""


@dataclass(frozen=True, slots=True)
class Granted:
    credentials: Credentials
    session: SessionReply


class UserPool(Protocol):
    """What renews an agent's tokens; see `identity.Identity`."""

    def refresh(self, refresh_token: str) -> Tokens: ...


class Access:
    """Credentials that are good now. `now` gives seconds since 1970."""

    def __init__(self, store: Store, pool: UserPool, gateway: Gateway, now: Callable[[], float]) -> None:
        self._store = store
        self._pool = pool
        self._gateway = gateway
        self._now = now
        # One agent's slow renewal does not hold up another's.
        self._renewing = tuple(threading.Lock() for _ in range(64))

    def of(self, sign_in_id: str, *, renew_session: bool = False) -> Granted | Refusal:
        """Credentials of one sign-in; `renew_session` asks dispatch even if the session token looks good.

        A renewed session also brings the campaigns' current releases.
        """
        sign_in = self._store.sign_in(sign_in_id)
        if sign_in is None:
            return Refusal(SIGNED_OUT, retryable=False, status=401)
        if not renew_session and self._fresh(sign_in) and sign_in.session is not None:
            return _granted(sign_in, sign_in.session)
        with self._lock_of(sign_in_id):
            # Another thread may have renewed them while this one waited.
            sign_in = self._store.sign_in(sign_in_id)
            if sign_in is None:
                return Refusal(SIGNED_OUT, retryable=False, status=401)
            return self._renew(sign_in, renew_session=renew_session)

    def of_agent(self, agent: str, *, renew_session: bool = False) -> Granted | Refusal:
        """Credentials of the agent's newest sign-in that still works, for calls that wait in the outbox."""
        refusal = Refusal(SIGNED_OUT, retryable=True, status=401)
        for sign_in in self._store.sign_ins_of(agent):
            granted = self.of(sign_in.id, renew_session=renew_session)
            if isinstance(granted, Granted) or granted.code != SIGNED_OUT:
                return granted
        return refusal

    def end_session(self, sign_in_id: str) -> bool:
        """Ends the session of a sign-in in every cell where it is good; False: that has to be tried again."""
        sign_in = self._store.sign_in(sign_in_id)
        if sign_in is None or sign_in.session is None:
            return True
        granted = self.of(sign_in_id)
        if not isinstance(granted, Granted):
            return not granted.retryable
        cells = {campaign.business_path for campaign in granted.session.campaigns}
        outcomes = [self._gateway.sign_out(path, granted.credentials) for path in sorted(cells)]
        return not any(isinstance(outcome, Refusal) and outcome.retryable for outcome in outcomes)

    def prefer_language(self, sign_in_id: str, language: str) -> None:
        """Remembers the interface language that the agent chose."""
        with self._lock_of(sign_in_id):
            sign_in = self._store.sign_in(sign_in_id)
            if sign_in is not None:
                self._store.put_sign_in(msgspec.structs.replace(sign_in, language=language))

    def has_desk(self, sign_in: SignIn) -> bool:
        """Whether this sign-in is the place where the agent works; two people on one login have one desk."""
        others = (one for one in self._store.sign_ins_of(sign_in.agent) if one.closed_at is None)
        return all(one.desk_taken_at <= sign_in.desk_taken_at for one in others)

    def take_desk(self, sign_in_id: str, at: int) -> None:
        """From `at` (milliseconds since 1970) the agent works here; other places where they signed in are told."""
        with self._lock_of(sign_in_id):
            sign_in = self._store.sign_in(sign_in_id)
            if sign_in is not None:
                taken = max([at, *(one.desk_taken_at + 1 for one in self._store.sign_ins_of(sign_in.agent))])
                self._store.put_sign_in(msgspec.structs.replace(sign_in, desk_taken_at=taken))

    def _lock_of(self, sign_in_id: str) -> threading.Lock:
        return self._renewing[hash(sign_in_id) % len(self._renewing)]

    def _fresh(self, sign_in: SignIn) -> bool:
        soon = self._now() + _EARLY_SECONDS
        return sign_in.access_expires_at > soon and (sign_in.session is None or sign_in.session.expires_at > soon)

    def _renew(self, sign_in: SignIn, *, renew_session: bool) -> Granted | Refusal:
        soon = self._now() + _EARLY_SECONDS
        renewed = sign_in if sign_in.access_expires_at > soon else self._with_new_tokens(sign_in)
        if isinstance(renewed, Refusal):
            return renewed
        session = renewed.session
        if session is not None and not renew_session and session.expires_at > soon:
            return _granted(renewed, session)
        opened = self._open_session(renewed)
        if isinstance(opened, Refusal) and opened.unauthorised and renewed is sign_in:
            # The token has ended whatever this clock says, or said when the token's end was noted.
            renewed = self._with_new_tokens(sign_in)
            if isinstance(renewed, Refusal):
                return renewed
            opened = self._open_session(renewed)
        if isinstance(opened, Refusal):
            return opened
        self._store.put_sign_in(msgspec.structs.replace(renewed, session=opened.value))
        return _granted(renewed, opened.value)

    def _open_session(self, sign_in: SignIn) -> Answer[SessionReply] | Refusal:
        old = sign_in.session.token if sign_in.session else ""
        return self._gateway.open_session(Credentials(sign_in.access_token, old, sign_in.language))

    def _with_new_tokens(self, sign_in: SignIn) -> SignIn | Refusal:
        try:
            tokens = self._pool.refresh(sign_in.refresh_token)
        except PoolUnreachable:
            return Refusal(POOL_UNREACHABLE, retryable=True)
        except (NotAllowed, WrongPassword):
            return Refusal(SIGNED_OUT, retryable=False, status=401)
        renewed = msgspec.structs.replace(
            sign_in,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            access_expires_at=int(self._now()) + tokens.expires_in,
        )
        self._store.put_sign_in(renewed)
        return renewed


def _granted(sign_in: SignIn, session: SessionReply) -> Granted:
    return Granted(Credentials(sign_in.access_token, session.token, sign_in.language), session)
