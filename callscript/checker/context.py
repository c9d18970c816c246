"""What every check works with: the campaign as far as it could be read, and one place to report to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from callscript.checker.outline import Outline, outline_of
from callscript.engine.names import ONLY_GIVEN, SYSTEM, names_of
from callscript.expressions import Names
from callscript.model.campaign import Campaign
from callscript.model.expression import Expression
from callscript.model.local import Action, Compute, Field, Matrix
from callscript.parser.campaign import Loaded
from callscript.parser.reading import is_readable
from callscript.places import Span
from callscript.problems import Kind, Problem
from callscript.translations import Entry

SYSTEM_WORDS = frozenset(name.partition(".")[0] for name in (*SYSTEM, *ONLY_GIVEN))


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
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, campaign: Campaign, loaded: Loaded) -> Context:
        return cls(
            campaign,
            loaded.doubtful,
            loaded.flow_doubtful,
            names_of(campaign),
            outline_of(campaign.local),
            loaded.entries,
        )

    def report(self, kind: Kind, span: Span, node: str | None = None, /, **values: object) -> None:
        texts = {"hint": "", "hint_zh": "", **{name: str(value) for name, value in values.items()}}
        self.problems.append(Problem(kind, span, texts, node))

    def is_doubtful(self, name: str) -> bool:
        return bool(self.doubtful) and (name in self.doubtful or name.partition(".")[0] in self.doubtful)

    def fields(self) -> Iterator[tuple[Action, Field]]:
        """Every field with the action that asks it."""
        for action in self.outline.actions:
            for item in action.items:
                if isinstance(item, Field):
                    yield action, item
                elif isinstance(item, Matrix):
                    for row in item.rows:
                        yield action, row

    def computes(self) -> Iterator[tuple[Action, Compute]]:
        for action in self.outline.actions:
            for item in action.items:
                if isinstance(item, Compute):
                    yield action, item

    def readable(self, expression: Expression | None) -> bool:
        """Whether anything may be said about the expression: it was parsed, and none of its names is doubtful."""
        if expression is None or not is_readable(expression):
            return False
        return not any(self.is_doubtful(name) for name in expression.names)
