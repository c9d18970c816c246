"""What every check works with: the campaign as far as it could be read, and one place to report to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from callscript.checker.outline import Outline, outline_of
from callscript.engine.names import ONLY_GIVEN, SYSTEM, names_of
from callscript.expressions import Names
from callscript.model.campaign import Campaign
from callscript.model.expression import Expression
from callscript.model.local import Action, Compute, Field, Matrix
from callscript.parser.campaign import Loaded
from callscript.parser.reading import is_readable
from callscript.parser.suggestion import nearest
from callscript.places import Span
from callscript.problems import Kind, Problem
from callscript.translations import Entry

if TYPE_CHECKING:
    from callscript.checker.expressions import Use

SYSTEM_WORDS = frozenset(name.partition(".")[0] for name in (*SYSTEM, *ONLY_GIVEN))

MOST_LOOKS = 20_000
"""Words that are compared with misspelt ones in one check."""


@dataclass
class Context:
    """`report` says nothing about names that stand in parts which could not be read: that would be a false cause."""

    campaign: Campaign
    doubtful: frozenset[str]
    flow_doubtful: bool
    names: Names
    outline: Outline
    entries: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    """Language -> key -> entry of the translators' files."""
    untyped: frozenset[str] = frozenset()
    """Names that are taken from a reply which does not have them: reported there, not wherever they are read."""
    parts_missing: bool = False
    """A whole pack or block could not be found: any name that is unknown may be one of its."""
    mistyped: set[int] = field(default_factory=set)
    """`id` of each expression whose types are wrong: whether it ever holds is no question any more."""
    problems: list[Problem] = field(default_factory=list)
    ambiguous: set[str] = field(default_factory=set)
    """Names that two things have, or whose values are unclear: reported there, not wherever they are read."""
    repeated: set[str] = field(default_factory=set)
    """`nodes`, `values`: of which sort two have one name, so that another name may be nobody's."""
    uses: tuple[Use, ...] | None = None
    """See `uses_of`."""
    _looks: int = MOST_LOOKS

    @classmethod
    def of(cls, campaign: Campaign, loaded: Loaded) -> Context:
        names, outline = names_of(campaign), outline_of(campaign.local)
        untyped = _untyped(campaign, names)
        return cls(
            campaign,
            loaded.doubtful,
            loaded.flow_doubtful,
            names,
            outline,
            loaded.entries,
            untyped,
            loaded.parts_missing,
        )

    def report(self, kind: Kind, span: Span, node: str | None = None, /, **values: object) -> None:
        texts = {"hint": "", "hint_zh": "", **{name: str(value) for name, value in values.items()}}
        self.problems.append(Problem(kind, span, texts, node))

    def nearest(self, word: str, known: Collection[str]) -> str | None:
        """The known word that was probably meant; no longer looked for once that has cost enough."""
        self._looks -= len(known)
        return nearest(word, known) if self._looks > 0 else None

    def is_doubtful(self, name: str) -> bool:
        head = name.partition(".")[0]
        if self.parts_missing and name not in self.names:
            return True
        return name in self.doubtful or head in self.doubtful

    def is_unclear(self, name: str) -> bool:
        """Whether nothing may be said about `${name}`: it is doubtful, or what it holds is wrong elsewhere."""
        unclear = (self.untyped, self.ambiguous)
        return self.is_doubtful(name) or any(
            each in found for each in (name, name.partition(".")[0]) for found in unclear
        )

    @cached_property
    def fields(self) -> tuple[tuple[Action, Field], ...]:
        """Every field with the action that asks it."""
        found: list[tuple[Action, Field]] = []
        for action in self.outline.actions:
            for item in action.items:
                if isinstance(item, Field):
                    found.append((action, item))
                elif isinstance(item, Matrix):
                    found.extend((action, row) for row in item.rows)
        return tuple(found)

    @cached_property
    def computes(self) -> tuple[tuple[Action, Compute], ...]:
        pairs = ((action, item) for action in self.outline.actions for item in action.items)
        return tuple((action, item) for action, item in pairs if isinstance(item, Compute))

    @cached_property
    def users(self) -> Mapping[str, tuple[tuple[Action, Field], ...]]:
        """Id of an option list -> the fields that use it."""
        found: dict[str, list[tuple[Action, Field]]] = {}
        for action, field_ in self.fields:
            if field_.options is not None:
                found.setdefault(field_.options, []).append((action, field_))
        return {name: tuple(each) for name, each in found.items()}

    def readable(self, expression: Expression | None) -> bool:
        """Whether anything may be said about the expression: it was parsed, and none of its names is doubtful."""
        if expression is None or not is_readable(expression):
            return False
        return not any(self.is_unclear(name) for name in expression.names)


def _untyped(campaign: Campaign, names: Names) -> frozenset[str]:
    typed = {name.partition(".")[0] for name in names}
    return frozenset(take.name for link in campaign.links for take in link.takes if take.name not in typed)
