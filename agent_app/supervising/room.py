"""One supervisor's way to the pack `supervision` of each campaign; what it cannot do is told, never raised.

Reading and acting alike go through the business server, which knows the supervisor by their session alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from agent_app.access import Access, Granted
from agent_app.client import Answer, Gateway, Refusal
from callscript import call_key
from callscript.parser import load_campaign
from callscript.protocol import ActionRequest, CampaignAccess
from datasets.codebook import codebook_of
from datasets.variables import Codebook

PACK = "supervision"
NO_PACK = "unknown_action"
"""The campaign's release has no such action: its scripts do not use the pack."""
SLOW = frozenset({"count", "questions"})
"""Actions of class `slow`, as the pack has them; a test holds the two together."""


@dataclass(frozen=True, slots=True)
class Room:
    """`now` gives milliseconds since 1970."""

    sign_in_id: str
    access: Access
    gateway: Gateway
    now: Callable[[], int]
    pack: str = PACK

    def campaigns(self) -> Sequence[CampaignAccess] | Refusal:
        granted = self.access.of(self.sign_in_id)
        return granted.session.campaigns if isinstance(granted, Granted) else granted

    def ask(self, campaign: str, action: str, **parameters: Any) -> dict[str, Any] | Refusal:
        """Runs an action of the pack; its reply, or why there is none."""
        outcome = self._once(campaign, action, parameters, renew=False)
        if isinstance(outcome, Refusal) and outcome.unauthorised:
            outcome = self._once(campaign, action, parameters, renew=True)
        return outcome if isinstance(outcome, Refusal) else dict(outcome.value or {})

    def codebook(self, campaign: str, release: str, language: str) -> Codebook | None:
        """What the fields of a release mean, in the supervisor's language; None where it cannot be had now."""
        granted = self.access.of(self.sign_in_id)
        if not isinstance(granted, Granted):
            return None
        return _codebook(_Source(self.gateway, granted), campaign, release, language)

    def _once(self, campaign: str, action: str, parameters: dict[str, Any], *, renew: bool) -> Answer[Any] | Refusal:
        granted = self.access.of(self.sign_in_id, renew_session=renew)
        if not isinstance(granted, Granted):
            return granted
        known = next((one for one in granted.session.campaigns if one.id == campaign), None)
        if known is None:
            return Refusal("campaign_not_yours", retryable=False, status=403)
        request = ActionRequest(campaign=campaign, release=known.release, parameters=parameters)
        at = self.now()
        key = call_key.mint(str(uuid.uuid4()), at, action, at)
        slow = self.pack == PACK and action in SLOW
        return self.gateway.act(
            known.business_path, f"{self.pack}.{action}", request, key, granted.credentials, slow=slow
        )


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a release comes from; all sources are the same to the cache, since a release never changes."""

    gateway: Gateway
    granted: Granted

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Source)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=32)
def _codebook(source: _Source, campaign: str, release: str, language: str) -> Codebook | None:
    fetched = source.gateway.release(campaign, release, source.granted.credentials)
    if not isinstance(fetched, Answer):
        return None
    loaded = load_campaign({name: text.encode() for name, text in fetched.value.files.items()})
    return codebook_of(campaign, {release: loaded.campaign}, language) if loaded.campaign else None
