"""Interviews laid aside: suspended half-way and resumed, by the same agent or another; parked because they broke."""

from __future__ import annotations

import logging
from datetime import datetime

import msgspec
from msgspec import Struct

from agent_app.client import Answer, Refusal
from agent_app.desk_pack import PARKED, RESUME, SUSPEND, DeskPack, Office
from agent_app.interviewing import Interviewing, Loaded, Shown
from agent_app.store.records import Interview, QueuedCall
from callscript.engine import StateUnusable, dump, load, show
from callscript.engine.steps import Ask
from callscript.model.links import Mode

log = logging.getLogger(__name__)

PARK = "park"
"""Id of the link that lays a case aside without its interview's state."""


class Parked(Struct, frozen=True, kw_only=True):
    """An interview that this agent may go on with."""

    interview: str
    name: str
    title: str
    parked_at: datetime
    until: datetime
    mine: bool
    progress: str | None = None
    note: str = ""
    timezone: str = ""
    campaign: str = ""


class _Resumed(Struct, frozen=True, kw_only=True):
    interview: str
    release: str
    state: str


def suspend(interviewing: Interviewing, pack: DeskPack, turn: int, note: str) -> bool:
    """Lays the open interview aside as it stands at `turn`.

    False: there is none, it went on in another window, or its campaign has no such action.
    """
    loaded = interviewing.load()
    if not isinstance(loaded, Loaded) or loaded.interview.turn != turn:
        return False
    if not pack.offers(loaded.interview.release, SUSPEND):
        return False
    interview = loaded.interview
    view = show(loaded.program, loaded.state)
    where = {"place": "", "title": "", "progress": "0"}
    if isinstance(view, Ask):
        screen = view.screen
        where = {"place": screen.place, "title": screen.title, "progress": f"{screen.progress:.2f}"}
    office = Office(interview.campaign, interview.release, interviewing.business_path(interview.campaign))
    parameters = {"interview": interview.id, "release": interview.release, "state": interview.state.decode()}
    _close(interviewing, interview, pack.call(office, SUSPEND, behind=interview.id, **parameters, **where, note=note))
    return True


def parked(pack: DeskPack, preferred: str) -> list[Parked] | Refusal:
    """What can be resumed, in all of the agent's campaigns; a refusal where no server tells."""
    found: list[Parked] = []
    refusal: Refusal | None = None
    for office in pack.offices(preferred):
        outcome = pack.ask(office, PARKED)
        if isinstance(outcome, Answer):
            rows = msgspec.convert(outcome.value["parked"], list[Parked])
            found += [msgspec.structs.replace(row, campaign=office.campaign) for row in rows]
        else:
            refusal = outcome
    return found if found or refusal is None else refusal


def resume(interviewing: Interviewing, pack: DeskPack, campaign: str, interview: str) -> Shown | Refusal | None:
    """Goes on with a parked interview on its own release; with the one that is open, if there is one."""
    still_open = interviewing.resume()
    if still_open is not None:
        return still_open
    # What this agent has still to tell of it comes first: it may be the parking itself.
    interviewing.drain_all()
    office = pack.office(campaign)
    if office is None or office.campaign != campaign:
        return Refusal("campaign_not_yours", retryable=False, status=403)
    outcome = pack.ask(office, RESUME, interview=interview)
    if not isinstance(outcome, Answer):
        return outcome
    resumed = msgspec.convert(outcome.value, _Resumed)
    try:
        state = load(resumed.state.encode())
    except StateUnusable:
        log.exception("Interview %s was parked by another version of the program.", resumed.interview)
        return Refusal("state_unusable", retryable=False)
    stored = Interview(
        id=resumed.interview,
        agent=interviewing.agent,
        campaign=campaign,
        release=resumed.release,
        state=dump(msgspec.structs.replace(state, agent=interviewing.agent)),
        # Beyond any turn of before: a window that was left open on it must not take this one for its own.
        turn=state.step + 1000,
        started_at=interviewing.now(),
    )
    interviewing.store.begin_interview(stored, [])
    return interviewing.resume()


def park_broken(interviewing: Interviewing) -> None:
    """Lays the case aside without asking the script, which is broken: its answers are kept and sent."""
    interview = interviewing.store.open_interview(interviewing.agent)
    if interview is not None:
        _close(interviewing, interview, _parking(interviewing))


def _close(interviewing: Interviewing, interview: Interview, parking: QueuedCall | None) -> None:
    closed = msgspec.structs.replace(interview, turn=interview.turn + 1, open=False)
    store = interviewing.store
    waited_for = [one.queued.key for one in store.waiting(interview.id) if one.queued.call.mode is Mode.WAIT]
    store.save_interview(closed, [parking] if parking else [], settled=waited_for)
    interviewing.outbox.wake()


def _parking(interviewing: Interviewing) -> QueuedCall | None:
    """The call that parks the open case; None where even that cannot be worked out: its lease will run out."""
    try:
        loaded = interviewing.load()
        return interviewing.command(loaded, PARK) if isinstance(loaded, Loaded) else None
    except Exception:
        log.exception("The case is parked without telling the server.")
        return None
