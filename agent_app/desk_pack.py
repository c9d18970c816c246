"""The desk's own actions: pack `desk`, called by name, whatever campaign it serves (docs/desk.md lists them).

What they do is SQL in a script. A campaign that does not use the pack has a desk without states, notes and reports.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent_app.access import Access, Granted
from agent_app.client import Answer, Refusal
from agent_app.outbox import Outbox, Sender
from agent_app.releases import Releases
from agent_app.store.port import Store
from agent_app.store.records import QueuedCall
from callscript import call_key
from callscript.engine.steps import ServerCall
from callscript.model.links import Mode
from callscript.protocol import CampaignAccess

ENTER_STATE = "desk.enter_state"
MY_DAY = "desk.my_day"
WRITE_NOTE = "desk.write_note"
REPORT_QUESTION = "desk.report_question"
SUSPEND = "desk.suspend"
PARKED = "desk.parked"
RESUME = "desk.resume"

_STREAMS = uuid.UUID("0b9d6a52-7c1e-5c39-9a53-6f5b7c0a2d11")
_TRIED = 4
"""How many campaigns are looked through for the pack."""


@dataclass(frozen=True, slots=True)
class Office:
    """Through which campaign's release, and in which cell, an action of the pack is asked for."""

    campaign: str
    release: str
    business_path: str


@dataclass(frozen=True, slots=True)
class DeskPack:
    """One signed-in agent's way to the pack. `now` gives milliseconds since 1970."""

    agent: str
    sign_in_id: str
    store: Store
    access: Access
    sender: Sender
    outbox: Outbox
    releases: Releases
    now: Callable[[], int]

    @property
    def stream(self) -> str:
        """What the agent's own calls are in order with."""
        return str(uuid.uuid5(_STREAMS, self.agent))

    def office(self, preferred: str = "") -> Office | None:
        """The preferred campaign if it has the pack, else the first that does; None where none is known to."""
        return next(iter(self.offices(preferred, most=1)), None)

    def offices(self, preferred: str = "", most: int = 9) -> list[Office]:
        granted = self.access.of(self.sign_in_id)
        if not isinstance(granted, Granted):
            return []
        campaigns = sorted(granted.session.campaigns, key=lambda one: one.id != preferred)
        found: list[Office] = []
        for campaign in campaigns[: max(_TRIED, most)]:
            if len(found) < most and self._has_pack(campaign, granted):
                found.append(Office(campaign.id, campaign.release, campaign.business_path))
        return found

    def offers(self, release: str, action: str) -> bool:
        return self.releases.offers(release, action)

    def queue(self, office: Office, action: str, *, behind: str = "", **parameters: Any) -> None:
        """Sends it in order: behind the calls of an interview, or (none given) behind the agent's own."""
        self.store.append(self.call(office, action, behind=behind, **parameters))
        self.outbox.wake()

    def ask(self, office: Office, action: str, **parameters: Any) -> Answer[Any] | Refusal:
        """Asks now and waits for the answer."""
        outcome = self.sender.send(self.call(office, action, **parameters))
        self.outbox.note(outcome)
        return outcome

    def call(self, office: Office, action: str, *, behind: str = "", **parameters: Any) -> QueuedCall:
        at = self.now()
        stream = behind or self.stream
        call = ServerCall(
            # Each is a call of its own, also two within one millisecond.
            key=call_key.mint(stream, at, f"{action} {uuid.uuid4()}", at),
            link=action,
            action=action,
            mode=Mode.BACKGROUND,
            node=str(parameters.get("node", "")),
            parameters=parameters,
        )
        return QueuedCall(
            interview=stream,
            agent=self.agent,
            campaign=office.campaign,
            release=office.release,
            business_path=office.business_path,
            call=call,
            queued_at=at,
            beside=not behind,
        )

    def _has_pack(self, campaign: CampaignAccess, granted: Granted) -> bool:
        program = self.releases.program(campaign.id, campaign.release, granted.credentials)
        return not isinstance(program, Refusal) and self.releases.offers(campaign.release, MY_DAY)
