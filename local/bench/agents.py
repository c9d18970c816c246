"""Agents as the house sees them: which call each makes next, what its reply must say, what was acknowledged to it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from callscript import call_key, protocol
from database.numbers import mask
from local.bench.contacts import number_of
from local.bench.keep_alive import Answered

CAMPAIGN = "csat"
COURSE = (
    "next_case", "dial", "save_answers", "save_answers", "save_answers",
    "heartbeat", "save_answers", "save_answers", "save_answers", "finish",
)  # fmt: skip
"""What an agent does for each case: six of ten calls save answers."""
ANSWERS_A_SAVE = 3
OUTCOME = "1.1"


class Credentials(msgspec.Struct, frozen=True):
    """What an agent shows at each call."""

    agent: str
    access_token: str
    session_token: str
    release: str
    path: str
    """Of the campaign's business function."""


class Interview(msgspec.Struct):
    """What was acknowledged to the agent of one interview."""

    id: str
    agent: str
    case: str = ""
    contact: int = 0
    answers: dict[str, str] = {}
    keys: list[str] = []
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call; sent again it is the same."""

    action: str
    path: str
    headers: dict[str, str]
    body: bytes
    key: str
    answers: dict[str, str]


@dataclass(slots=True)
class Agent:
    """One agent at work: `call` until it is answered, then `told`."""

    who: Credentials
    course: Sequence[str] = COURSE
    interviews: list[Interview] = field(default_factory=list)
    pending: Call | None = None
    _place: int = 0
    _step: int = 0

    def call(self) -> Call:
        """The call that waits for its answer, else the next one."""
        if self.pending is None:
            self.pending = self._next()
        return self.pending

    def told(self, answered: Answered) -> str | None:
        """Takes the reply of the pending call; what is wrong with it, if anything is."""
        call, interview = self.call(), self.interviews[-1]
        self.pending = None
        self._place = (self._place + 1) % len(self.course)
        interview.keys.append(call.key)
        interview.answers.update(call.answers)
        try:
            return next(_wrong(call.action, answered.json(), interview), None)
        except (KeyError, TypeError, ValueError, msgspec.DecodeError) as error:
            return f"{call.action}: {type(error).__name__} {error} in {answered.body[:200]!r}"

    def skip_to(self, place: int) -> None:
        """Goes on at this place of the course, with the case that was taken."""
        self._place = place

    def refused_for_good(self) -> None:
        """The pending call will never succeed: the agent takes another case."""
        self.pending, self._place = None, 0

    def _next(self) -> Call:
        action = self.course[self._place]
        self._step += 1
        if action == "next_case":
            self.interviews.append(Interview(str(uuid.uuid4()), self.who.agent))
        interview, answers = self.interviews[-1], {}
        parameters: dict[str, Any] = {"interview": interview.id}
        if action == "next_case":
            parameters |= {"campaign": CAMPAIGN, "release": self.who.release, "language": "zh"}
        elif action == "save_answers":
            answers = {f"q{self._step}_{n}": f"{interview.id}-{self._step}-{n}" for n in range(ANSWERS_A_SAVE)}
            parameters["answers"] = _changes(answers, self._step)
        elif action == "finish":
            parameters["outcome"] = OUTCOME
        return self._made(action, interview, parameters, answers)

    def _made(self, action: str, interview: Interview, parameters: dict[str, Any], answers: dict[str, str]) -> Call:
        key = call_key.mint(interview.id, self._step, action, time.time_ns() // 1_000_000)
        body = {
            "campaign": CAMPAIGN, "release": self.who.release, "node": f"bench-{self._place}",
            "interview": interview.id, "parameters": parameters,
        }  # fmt: skip
        headers = {
            "authorization": f"Bearer {self.who.access_token}",
            protocol.SESSION_HEADER: self.who.session_token,
            protocol.KEY_HEADER: key,
        }
        path = f"{self.who.path}/actions/outbound.{action}"
        return Call(action, path, headers, msgspec.json.encode(body), key, answers)


def _changes(answers: dict[str, str], step: int) -> Sequence[dict[str, Any]]:
    at = time.time_ns() // 1_000_000
    return [{"field": name, "value": value, "node": "bench", "step": step, "at": at} for name, value in answers.items()]


def _wrong(action: str, reply: Any, interview: Interview) -> Iterator[str]:
    """What the reply says that it must not: each agent knows what belongs to its own case."""
    if action == "next_case":
        interview.case = reply["case"]["id"]
        interview.contact = int(reply["contact"]["name"].removeprefix("contact "))
        if reply["contact"]["phone"] != mask(number_of(interview.contact)):
            yield f"next_case: contact {interview.contact} with another's number"
    elif action == "dial" and reply["number"] != number_of(interview.contact):
        yield f"dial: another's number for contact {interview.contact}"
    elif action == "heartbeat" and not reply["lease_until"]:
        yield "heartbeat: no lease"
    elif action == "finish":
        interview.ended = True
        if reply["overtaken"] is not False:
            yield "finish: overtaken"
