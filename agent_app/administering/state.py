"""What the admin's page keeps between two drawings of it, and over a reload."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from agent_app.administering.drafts import Draft
from callscript.scripts_protocol import OpenReply, VerdictReply

_CAMPAIGN, _OPENED, _DRAFTS, _VERDICTS, _ROUND = "campaign", "opened", "drafts", "verdicts", "round"
_KEPT = "kept"


class Bench:
    """The campaign that is open, drafts of every campaign that was, and the verdict on each."""

    def __init__(self, session: MutableMapping[Any, Any]) -> None:
        self._session = session

    @property
    def campaign(self) -> str:
        """The one that was chosen last; empty at first."""
        return str(self._session.get(_CAMPAIGN, ""))

    @campaign.setter
    def campaign(self, chosen: str) -> None:
        self._session[_CAMPAIGN] = chosen

    def opened(self, campaign: str) -> OpenReply | None:
        held = self._session.get(_OPENED)
        return held if isinstance(held, OpenReply) and held.campaign == campaign else None

    def begin_from(self, opened: OpenReply, *, keep: bool = True, base: OpenReply | None = None) -> None:
        """Opens a release; an unfinished draft of the campaign, of this process or kept by the keeper, stays unless
        `keep` says otherwise.

        Args:
            base: the release that the kept draft began from, where that is another one.
        """
        self._session[_OPENED] = opened
        here = self._drafts().get(opened.campaign)
        if here is not None and keep and here.changed:
            return
        fresh = Draft(opened.campaign, opened.release, opened.files, dict(opened.files))
        before = base or opened
        if keep and opened.draft and opened.draft.base == before.release:
            fresh = Draft(opened.campaign, before.release, before.files, {**before.files, **opened.draft.files})
            self.mark_kept(fresh, opened.draft.kept_at)
        elif opened.draft is None:
            self.mark_kept(fresh, "")
        self.put(fresh)

    def draft(self, campaign: str) -> Draft:
        return self._drafts()[campaign]

    def put(self, draft: Draft, *, typed: bool = False) -> None:
        """Keeps the draft; unless it was `typed`, the editor has to show it anew."""
        self._drafts()[draft.campaign] = draft
        if not typed:
            self._session[_ROUND] = self.round + 1

    @property
    def round(self) -> int:
        """Counts what the editor has to forget: a part of its key."""
        return int(self._session.get(_ROUND, 0))

    def verdict(self, draft: Draft) -> VerdictReply | None:
        """The verdict on these very files."""
        print_, verdict, _ = self._session.get(_VERDICTS, {}).get(draft.campaign, ("", None, ""))
        return verdict if print_ == draft.print else None

    def verdict_language(self, draft: Draft) -> str:
        """The language of the words in the campaign's last verdict."""
        return str(self._session.get(_VERDICTS, {}).get(draft.campaign, ("", None, ""))[2])

    def judged(self, draft: Draft, verdict: VerdictReply, language: str) -> None:
        self._session.setdefault(_VERDICTS, {})[draft.campaign] = (draft.print, verdict, language)

    def was_judged(self, draft: Draft) -> bool:
        """Whether an earlier state of the draft was."""
        return draft.campaign in self._session.get(_VERDICTS, {})

    def kept_at(self, draft: Draft) -> str | None:
        """When the keeper took this very draft ("" where there was nothing to take); None where it has not."""
        name, at = self._session.get(_KEPT, {}).get(draft.campaign, ("", None))
        return at if name == _kept_name(draft) else None

    def mark_kept(self, draft: Draft, at: str) -> None:
        self._session.setdefault(_KEPT, {})[draft.campaign] = (_kept_name(draft), at)

    def close(self) -> None:
        """The next drawing reads from the keeper what is in force."""
        self._session.pop(_OPENED, None)

    def _drafts(self) -> dict[str, Draft]:
        drafts: dict[str, Draft] = self._session.setdefault(_DRAFTS, {})
        return drafts


def _kept_name(draft: Draft) -> str:
    return f"{draft.base} {draft.print if draft.changed else ''}"
