"""An agent who works through the real gateway with the engine, as the agents' app does, without its pages and store.

Each answer's calls are sent at once and in order; replies go back into the engine.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec

from callscript import engine, protocol
from callscript.engine.events import Answered, Begun, Event, Replied, TookExit, WentBack
from callscript.engine.steps import Ask, Complaint, Ended, FieldView, MatrixView, Screen, ServerCall, Step
from callscript.parser import load_campaign


@dataclass
class LiveAgent:
    """One interview of `campaign`; `gateway` has the API's base URL."""

    gateway: httpx.Client
    access_token: str
    session: protocol.SessionReply
    campaign: str
    language: str = "zh"
    interview: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent: list[str] = field(default_factory=list)
    """Names of the actions that were called."""

    def __post_init__(self) -> None:
        access = next(each for each in self.session.campaigns if each.id == self.campaign)
        self.release, self.path = access.release, access.business_path
        reply = self.gateway.get(f"/releases/{self.campaign}/{self.release}", headers=self._headers())
        files = msgspec.json.decode(reply.content, type=protocol.ReleaseReply).files
        loaded = load_campaign({name: text.encode() for name, text in files.items()})
        self.program = engine.prepare(loaded.usable)

    def take(self) -> Step:
        """Asks for a case; the first screen is in the step."""
        begun = Begun(
            at=_now(), interview=self.interview, seed=7, agent=self.session.agent, language=self.language,
            release=self.release,
        )  # fmt: skip
        self.state, step = engine.begin(self.program, begun)
        return self._send(step)

    def answer(self, *, confirmed: bool = False, **values: Any) -> Step:
        return self._do(Answered(at=_now(), values=values, confirmed=confirmed))

    def back(self) -> Step:
        return self._do(WentBack(at=_now()))

    def leave(self, exit_: str) -> Step:
        return self._do(TookExit(at=_now(), exit=exit_))

    def answer_until(self, stop: str = "", **wishes: Any) -> dict[str, dict[str, Any]]:
        """Answers screen after screen, up to node `stop` or the end; returns what was typed, by place and column.

        A field is answered as `wishes` says, else by its first option, its least number or a word.
        """
        typed: dict[str, dict[str, Any]] = {}
        for _ in range(200):
            view = engine.show(self.program, self.state)
            if not isinstance(view, Ask) or view.screen.node == stop:
                return typed
            screen = view.screen
            values = {each.name: wishes.get(each.name, _plausible(each)) for each in _fields(screen)}
            _, _, round_ = screen.place.partition("@")
            columns = {f"{name}[{round_}]" if round_ else name: value for name, value in values.items()}
            typed.setdefault(screen.place, {}).update(columns)
            self.answer(confirmed=bool(screen.complaints), **values)
        raise AssertionError(f"no end in sight at {self.node}: {self.complaints}")

    @property
    def places_on_path(self) -> set[str]:
        """Places on the way that was gone."""
        return {visit.place for visit in engine.visits(self.program, self.state)}

    @property
    def node(self) -> str:
        """Id of the action on the screen, or of the end."""
        view = engine.show(self.program, self.state)
        return (
            view.screen.node if isinstance(view, Ask) else view.node if isinstance(view, Ended) else type(view).__name__
        )

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        view = engine.show(self.program, self.state)
        return view.screen.complaints if isinstance(view, Ask) else ()

    def _do(self, event: Event) -> Step:
        self.state, step = engine.advance(self.program, self.state, event)
        return self._send(step)

    def _send(self, step: Step) -> Step:
        for call in step.calls:
            data = self.call(call)
            self.state, step = engine.advance(self.program, self.state, Replied(at=_now(), key=call.key, data=data))
        return step

    def call(self, call: ServerCall) -> Any:
        """Makes the call; anything but success is an error of the test."""
        body = {
            "campaign": self.campaign, "release": self.release, "node": call.node, "interview": self.interview,
            "parameters": call.parameters,
        }  # fmt: skip
        headers = self._headers() | {protocol.KEY_HEADER: call.key}
        reply = self.gateway.post(
            f"{self.path}/actions/{call.action}", content=msgspec.json.encode(body), headers=headers
        )
        assert reply.status_code == 200, f"{call.action}: {reply.status_code} {reply.text}"
        self.sent.append(call.action)
        return reply.json()

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access_token}", protocol.SESSION_HEADER: self.session.token}


def _fields(screen: Screen) -> Iterator[FieldView]:
    for item in screen.items:
        if isinstance(item, MatrixView):
            yield from item.rows
        elif isinstance(item, FieldView):
            yield item


def _plausible(field: FieldView) -> Any:
    if field.options:
        first = field.options[0].value
        return [first] if field.field_type == "choices" else first
    words = {"integer": int(field.minimum or 1), "decimal": int(field.minimum or 1), "boolean": True, "date": _today()}
    others = {"datetime": "2037-05-01T10:00", "time": "10:00", "phone": "+12025550123", "email": "a@example.com"}
    return {**words, **others}.get(field.field_type, "好的")


def _today() -> str:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


def _now() -> int:
    return time.time_ns() // 1_000_000
