"""The business server's entry: `POST /{cell}/actions/{pack}.{action}`."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import time
from collections.abc import Callable

import msgspec

from callscript.protocol import REPLAY_HEADER, SIGN_OUT_ACTION
from database.numbers import NumberKeys
from functions.business import report
from functions.business.authority import KnownTokens, authorise_action, authorise_campaign, authorise_cell, session_of
from functions.business.budget import budget_of
from functions.business.connections import Connections, connections_of
from functions.business.errors import SCRIPT_UNREADABLE, RefusedByScript
from functions.business.executor import Executed, Executor, Work
from functions.business.idempotency import check_key
from functions.business.parameters import convert
from functions.business.pulse import is_asked, pulse
from functions.business.request import ActionCall, read_call
from functions.business.scripts import ReadyAction, Scripts
from functions.business.settings import BusinessSettings
from functions.business.signing_out import sign_out
from functions.hosting import logbook
from functions.hosting.aws import S3Bucket, SecretsManager
from functions.hosting.errors import BROKEN_RELEASE, SCRIPTS_AWAY, Refused
from functions.hosting.identity import identity
from functions.hosting.releases import Bucket
from functions.hosting.secret_values import Secret, Secrets, login, session_keys
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

_DISPOSITION = re.compile(r"[1-5](\.[0-9]{1,4}){0,2}")
"""An AAPOR code: what else a caller might say there is not repeated in log and metrics."""

_OF_SCRIPTS = (SCRIPTS_AWAY, BROKEN_RELEASE, SCRIPT_UNREADABLE)
_TOLD = re.compile(r"(?!.*\d{7})[A-Za-z0-9_.-]{1,129}")
"""What could be a telephone number is no action's name."""


class _Progress(msgspec.Struct):
    """How far a request has come: for its log line."""

    executed: Executed = msgspec.field(default_factory=Executed)
    disposition: str | None = None


class Business:
    """The business server, with its surroundings passed in; `now` in seconds since 1970."""

    def __init__(
        self,
        settings: BusinessSettings,
        bucket: Bucket,
        secrets: Secrets,
        connections: Connections | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._scripts = Scripts(bucket)
        self._tokens = KnownTokens(session_keys(secrets, settings.session_key_secret))
        numbers: Secret[NumberKeys] = Secret(secrets, settings.number_key_secret, NumberKeys.from_secret)
        self._numbers = numbers.value
        connections = connections or connections_of(settings, login(secrets, settings.database_secret))
        self._connections = connections
        self._executor = Executor(connections, self._numbers, now, settings.statement_seconds)
        self._now = now

    def handle(self, event: Event) -> Answer:
        """The answer to one HTTP request; never raises. Writes one log line."""
        started, at = time.perf_counter(), self._now()
        story, progress = Story(correlation_of(event)), _Progress()
        outcome = guarded(lambda: self._act(read_request(event), story, progress), story, language_of(event))
        milliseconds = round((time.perf_counter() - started) * 1000, 2)
        fields = report.line(
            story,
            outcome,
            progress.executed,
            milliseconds=milliseconds,
            at=at,
            namespace=self._settings.metrics_namespace,
            disposition=progress.disposition,
        )
        level = "ERROR" if outcome.mistake else "WARNING" if outcome.refused else "INFO"
        logbook.write(level, "action", fields)
        return outcome.answer

    def pulse(self) -> Answer:
        """Whether the cell's database answers; writes no line: it is asked every minute."""
        return pulse(self._connections)

    def _act(self, request: Request, story: Story, progress: _Progress) -> Answer:
        now = int(self._now())
        who = identity(request.claims)
        call, budget = read_call(request), budget_of(request, self._now)
        signed = session_of(call, who, self._tokens, now)
        story.details["session"] = signed.claims.session
        if call.name == SIGN_OUT_ACTION:
            story.action = call.name
            authorise_cell(call, signed, self._settings.cell)
            sign_out(self._connections, signed)
            return answer(b"{}", story.correlation)
        authorise_campaign(call, signed, self._settings.cell)
        story.campaign, story.node = call.body.campaign, call.node
        ready = self._ready(call, story)
        story.release, story.action = call.body.release, call.name
        story.details["interview"] = call.interview
        action = ready.compiled.action
        authorise_action(action, signed, self._settings.action_class, call)
        if not ready.plan.reads_only:
            check_key(call.key)
        given = convert(action, call.body.parameters, self._numbers)
        try:
            work = Work(ready, call, signed, given, self._settings.cell, budget)
            self._executor.execute(work, progress.executed)
        except RefusedByScript as refused:
            self._translate(call, refused)
            raise
        if action.finishes:
            disposition = given.values.get(action.finishes)
            if isinstance(disposition, str):
                progress.disposition = disposition if _DISPOSITION.fullmatch(disposition) else "other"
        headers = {REPLAY_HEADER: "true"} if progress.executed.replayed else {}
        return answer(progress.executed.reply, story.correlation, headers)

    def _ready(self, call: ActionCall, story: Story) -> ReadyAction:
        try:
            return self._scripts.action(call.body.campaign, call.body.release, call.pack, call.action)
        except Refused as refused:
            # Where scripts cannot be read nobody can say whether they have this action: it is told as it was asked for.
            if refused.refusal in _OF_SCRIPTS and _TOLD.fullmatch(call.name):
                story.release, story.action = call.body.release, call.name
            raise

    def _translate(self, call: ActionCall, refused: RefusedByScript) -> None:
        """Adds the translators' words; without them the script's own will do."""
        if refused.message is None or refused.messages is None:
            return
        with contextlib.suppress(Refused):
            body = call.body
            found = self._scripts.translations(body.campaign, body.release, call.pack, refused.message)
            refused.messages = {**refused.messages, **found}


_business: Business | None = None


def handle(event: Event, _context: object) -> Answer:
    """Lambda's entry point: a request of the API, or the question how the cell does (`functions.business.pulse`)."""
    global _business  # noqa: PLW0603 - a worker is one process that serves one request at a time
    if _business is None:
        settings = BusinessSettings.from_environment(os.environ)
        _business = Business(settings, S3Bucket(settings.script_bucket), SecretsManager())
        answered = _serve(_business, event)
        gc.freeze()  # what is loaded by now stays: no later request waits while it is looked through for garbage
        return answered
    return _serve(_business, event)


def _serve(business: Business, event: Event) -> Answer:
    return business.pulse() if is_asked(event) else business.handle(event)
