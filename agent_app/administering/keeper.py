"""An administrator's way to the keeper of the scripts; what cannot be done is told, never raised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from agent_app.access import Access, Granted
from agent_app.administering.drafts import Draft
from agent_app.client import Answer, Gateway, Refusal
from callscript.scripts_protocol import (
    CHECK,
    KEEP,
    LIST,
    OPEN,
    PUBLISH,
    ROLL_BACK,
    KeptReply,
    ListReply,
    OpenReply,
    PublishedReply,
    ScriptsRequest,
    VerdictReply,
)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Keeper:
    """`language` is that of the words in its replies."""

    sign_in_id: str
    access: Access
    gateway: Gateway
    language: str

    def campaigns(self) -> ListReply | Refusal:
        return self._ask(LIST, ListReply)

    def open(self, campaign: str, release: str = "") -> OpenReply | Refusal:
        """The sources of a release, of the one in force when none is named, and the campaign's history."""
        return self._ask(OPEN, OpenReply, campaign=campaign, release=release)

    def keep(self, draft: Draft) -> KeptReply | Refusal:
        """Keeps what differs from the draft's base where it outlives this process; if nothing does, none is kept."""
        files = {name: draft.files[name] for name in draft.changed}
        return self._ask(KEEP, KeptReply, campaign=draft.campaign, release=draft.base, files=files)

    def check(self, draft: Draft) -> VerdictReply | Refusal:
        return self._ask(CHECK, VerdictReply, campaign=draft.campaign, files=dict(draft.files))

    def publish(self, draft: Draft, comment: str) -> PublishedReply | Refusal:
        """Publishes if the release in force is still the one that the draft began from."""
        return self._ask(
            PUBLISH,
            PublishedReply,
            campaign=draft.campaign,
            files=dict(draft.files),
            seen=draft.base,
            comment=comment,
        )

    def roll_back(self, campaign: str, release: str, seen: str, comment: str) -> PublishedReply | Refusal:
        return self._ask(ROLL_BACK, PublishedReply, campaign=campaign, release=release, seen=seen, comment=comment)

    def _ask(self, verb: str, wanted: type[_T], **what: object) -> _T | Refusal:
        request = ScriptsRequest(language=self.language, **what)  # type: ignore[arg-type]
        send: Callable[[Granted], Answer[_T] | Refusal] = lambda granted: self.gateway.scripts(  # noqa: E731
            verb, request, wanted, granted.credentials
        )
        granted = self.access.of(self.sign_in_id)
        if not isinstance(granted, Granted):
            return granted
        outcome = send(granted)
        return outcome.value if isinstance(outcome, Answer) else outcome
