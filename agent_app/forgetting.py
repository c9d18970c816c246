"""Forgets people who were erased: what this desk still keeps of their interviews goes, sent or not.

The desk knows interviews and no contacts, so it asks the business server, through an agent of the campaign whose
sign-in is good, which of those that it keeps are of somebody who was erased.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from agent_app.access import Access, Granted
from agent_app.client import Answer, Gateway
from agent_app.store.port import Store
from callscript import call_key
from callscript.protocol import ActionRequest, CampaignAccess

log = logging.getLogger(__name__)

FORGOTTEN = "desk.forgotten"
EVERY_SECONDS = 600.0
_AT_ONCE = 500
"""Ids in one question."""


class _Gone(Struct, frozen=True):
    interview: str


class _Reply(Struct, frozen=True):
    forgotten: list[_Gone]


@dataclass(frozen=True, slots=True)
class Forgetting:
    """`look` asks and forgets; `now` gives milliseconds since 1970."""

    store: Store
    access: Access
    gateway: Gateway
    now: Callable[[], int]
    present: Callable[[], Sequence[str]]
    """Agents at work in this process: they ask also for those who left."""

    def look(self) -> int:
        """How many interviews were forgotten."""
        kept = self.store.kept()
        ids = sorted({interview for interviews in kept.values() for interview in interviews})
        if not ids:
            return 0
        gone: set[str] = set()
        for campaign, granted in self._ways([*self.present(), *kept]):
            gone |= set(self._erased(campaign, granted, ids))
        for agent, interviews in kept.items():
            for interview in gone & set(interviews):
                self.store.forget_interview(agent, interview)
        if gone:
            log.info("%s interviews were forgotten: their contacts were erased.", len(gone))
        return len(gone)

    # --- below
    def _ways(self, agents: Iterable[str]) -> Iterator[tuple[CampaignAccess, Granted]]:
        """Each campaign once, with an agent's credentials that are good for it."""
        seen = set[str]()
        for agent in agents:
            granted = self.access.of_agent(agent)
            if isinstance(granted, Granted):
                for campaign in granted.session.campaigns:
                    if campaign.id not in seen:
                        seen.add(campaign.id)
                        yield campaign, granted

    def _erased(self, campaign: CampaignAccess, granted: Granted, ids: list[str]) -> Iterator[str]:
        for start in range(0, len(ids), _AT_ONCE):
            asked = ids[start : start + _AT_ONCE]
            at = self.now()
            request = ActionRequest(campaign=campaign.id, release=campaign.release, parameters={"interviews": asked})
            key = call_key.mint(asked[0], at, FORGOTTEN, at)
            outcome = self.gateway.act(campaign.business_path, FORGOTTEN, request, key, granted.credentials)
            if not isinstance(outcome, Answer):
                # A campaign without the desk's pack, or a server that is away: the next look asks again.
                log.debug("Campaign %s does not tell who was erased: %s", campaign.id, outcome.code)
                return
            yield from (one.interview for one in msgspec.convert(outcome.value, _Reply).forgotten)
