"""Fact by fact: what is new, gone or changed. What comes or goes with its owner is said once, with the owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from callscript.changes.facts import Key, facts_of
from callscript.changes.words import NOTHING, PHRASES, SENTENCES
from callscript.model.campaign import Campaign

_LONGEST = 160
"""Characters of a value that a sentence shows."""


class Sort(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    sort: Sort
    aspect: str
    """A key of `words.PHRASES`."""
    subject: str
    detail: str
    old: str
    """Empty where there was nothing."""
    new: str

    def sentence(self, language: str = "en") -> str:
        """The change in words, `en` or `zh`."""
        phrase = getattr(PHRASES[self.aspect], language, PHRASES[self.aspect].en)
        what = phrase.format(subject=self.subject, detail=self.detail)
        old, new = (_shown(value, language) for value in (self.old, self.new))
        return SENTENCES[self.sort][language].format(what=what, old=old, new=new)


def changes(old: Campaign, new: Campaign) -> tuple[Change, ...]:
    """Every change from `old` to `new`, in the order of the new documents; what is gone comes last."""
    before, after = facts_of(old), facts_of(new)
    found = [*_new_and_changed(before, after), *_gone(before, after)]
    return tuple(change for change in found if not _told_by_owner(change, found))


def _new_and_changed(before: Mapping[Key, str], after: Mapping[Key, str]) -> Iterator[Change]:
    for key, value in after.items():
        was = before.get(key)
        if was is None:
            if value:
                yield Change(Sort.ADDED, *key, "", value)
        elif was != value:
            yield Change(Sort.CHANGED, *key, was, value)


def _gone(before: Mapping[Key, str], after: Mapping[Key, str]) -> Iterator[Change]:
    for key, value in before.items():
        if key not in after and value:
            yield Change(Sort.REMOVED, *key, value, "")


_OWNERS: Mapping[str, tuple[str, ...]] = {
    "node": ("after", "node-title", "outcome", "rounds"),
    "field": ("field-type", "field-label", "field-hint", "required", "specials", "field-options"),
    "option": ("option-when",),
}


def _told_by_owner(change: Change, found: list[Change]) -> bool:
    """Whether a new (or gone) node, field or option says this already."""
    if change.sort is Sort.CHANGED:
        return change.aspect == "after" and not _moved(change, found)
    return any(
        owner.sort is change.sort and owner.subject == change.subject and change.aspect in _OWNERS.get(owner.aspect, ())
        for owner in found
    )


def _moved(change: Change, found: list[Change]) -> bool:
    """A node follows another one now: it moved, unless its neighbour merely came or went."""
    come_or_gone = {each.subject for each in found if each.aspect == "node" and each.sort is not Sort.CHANGED}
    return change.old not in come_or_gone and change.new not in come_or_gone


def _shown(value: str, language: str) -> str:
    if not value:
        return NOTHING[language]
    return f"“{value if len(value) <= _LONGEST else value[: _LONGEST - 1] + '…'}”"
