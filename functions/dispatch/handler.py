"""The access server's entry: `POST /sessions`, `GET /releases/{campaign}/{release}`, `GET /health`.

Stateless, no database: it works when a cell does not.
"""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Callable

import msgspec

from callscript.protocol import HEALTH_PATH, SESSION_HEADER, SESSIONS_PATH
from functions.dispatch.directory import Directory
from functions.dispatch.releases import Releases
from functions.dispatch.sessions import open_session, session_to_renew
from functions.dispatch.settings import DispatchSettings
from functions.hosting import logbook
from functions.hosting.aws import S3Bucket, SecretsManager
from functions.hosting.errors import UNKNOWN_ROUTE, Refused
from functions.hosting.identity import identity
from functions.hosting.releases import Bucket
from functions.hosting.secret_values import Secrets, session_keys
from functions.hosting.web import (
    Answer,
    Event,
    Request,
    Story,
    answer,
    correlation_of,
    guarded,
    language_of,
    read_request,
)

_RELEASE = re.compile(r"/releases/([^/]+)/([^/]+)")


class Dispatch:
    """The access server, with its surroundings passed in; `now` in seconds since 1970."""

    def __init__(
        self, settings: DispatchSettings, bucket: Bucket, secrets: Secrets, now: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._directory = Directory(bucket, settings.cache_seconds)
        self._releases = Releases(bucket)
        self._keys = session_keys(secrets, settings.session_key_secret)
        self._now = now

    def handle(self, event: Event) -> Answer:
        """The answer to one HTTP request; never raises."""
        started = time.perf_counter()
        story = Story(correlation_of(event))
        outcome = guarded(lambda: self._route(read_request(event), story), story, language_of(event))
        milliseconds = round((time.perf_counter() - started) * 1000, 2)
        logbook.write_request("dispatch", story, outcome, duration_ms=milliseconds)
        return outcome.answer

    def _route(self, request: Request, story: Story) -> Answer:
        if (request.method, request.path) == ("GET", HEALTH_PATH):
            story.action = "health"
            return self._answer({"status": "ok", "cells": self._directory.cell_states()}, story)
        if (request.method, request.path) == ("POST", SESSIONS_PATH):
            story.action = "open_session"
            return self._open_session(request, story)
        match = _RELEASE.fullmatch(request.path)
        if match and request.method == "GET":
            story.action = "read_release"
            who = identity(request.claims)
            reply = self._releases.reply(who, self._directory, match[1], match[2])
            story.campaign, story.release = reply.campaign, reply.release
            return self._answer(reply, story)
        raise Refused(UNKNOWN_ROUTE)

    def _open_session(self, request: Request, story: Story) -> Answer:
        who, keys, now = identity(request.claims), self._keys.value(), int(self._now())
        renewed = session_to_renew(request.headers.get(SESSION_HEADER, ""), who, keys, now)
        new_id = uuid.uuid4().hex
        reply = open_session(
            who,
            self._directory,
            keys,
            new_id=new_id,
            renewed=renewed,
            now=now,
            lasts=self._settings.session_seconds,
            heartbeat=self._settings.heartbeat_seconds,
        )
        session = renewed.session if renewed else new_id
        story.details |= {"session": session, "campaigns": len(reply.campaigns), "renewed": renewed is not None}
        return self._answer(reply, story)

    def _answer(self, reply: object, story: Story) -> Answer:
        return answer(msgspec.json.encode(reply), story.correlation)


_dispatch: Dispatch | None = None


def handle(event: Event, _context: object) -> Answer:
    """Lambda's entry point."""
    global _dispatch  # noqa: PLW0603 - a worker is one process that serves one request at a time
    if _dispatch is None:
        settings = DispatchSettings.from_environment(os.environ)
        _dispatch = Dispatch(settings, S3Bucket(settings.script_bucket), SecretsManager())
    return _dispatch.handle(event)
