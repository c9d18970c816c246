"""What a data set is made of: fields of the questionnaire with their labels, before any file format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from callscript.model.values import Special, ValueType

Kind = ValueType
SPECIALS: tuple[str, ...] = tuple(special.value for special in Special)
"""Special answers in the order in which formats number them."""
SPECIAL_LABELS = {
    "dk": ("不知道", "Don't know"),
    "refused": ("拒答", "Refused"),
    "na": ("不适用", "Not applicable"),
}


@dataclass(frozen=True, slots=True)
class Category:
    """One option of a choice: its value in the script, and the words that agents saw."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """A field of the questionnaire, as the newest release that has it defines it.

    `categories` are those of every release, the newest first: older answers keep their labels.
    """

    field: str
    kind: Kind
    label: str = ""
    asked: str = ""
    """What was read out on its screen."""
    node: str = ""
    categories: tuple[Category, ...] = ()
    specials: tuple[str, ...] = ()
    computed: bool = False

    def with_older(self, older: Question) -> Question:
        """This question with what only an older release of it had. Kinds that differ become text: nothing is lost."""
        known = {category.value for category in self.categories}
        categories = (*self.categories, *(each for each in older.categories if each.value not in known))
        specials = tuple(each for each in SPECIALS if each in {*self.specials, *older.specials})
        kind = self.kind if self.kind is older.kind else Kind.TEXT
        return replace(self, kind=kind, categories=categories, specials=specials)


@dataclass(frozen=True, slots=True)
class Variable:
    """A question in one round of the repeats around it: one column of the file."""

    question: Question
    round: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return (self.question.field, self.round)

    @property
    def heading(self) -> str:
        return heading_of(*self.key)


def heading_of(field: str, round_: str) -> str:
    """`brand_score[a]`; the field's bare name outside repeats."""
    return f"{field}[{round_}]" if round_ else field


@dataclass(frozen=True, slots=True)
class Frame:
    """A column that says what an interview was, not what was answered in it."""

    name: str
    kind: Kind
    labels: tuple[str, str]
    """Chinese, English."""


FRAME: tuple[Frame, ...] = (
    Frame("interview", Kind.UUID, ("访问编号", "Interview")),
    Frame("case", Kind.UUID, ("个案编号", "Case")),
    Frame("external_id", Kind.TEXT, ("客户自有编号", "The customer's own number of the contact")),
    Frame("agent", Kind.TEXT, ("坐席", "Agent")),
    Frame("release", Kind.TEXT, ("问卷版本", "Release of the scripts")),
    Frame("language", Kind.TEXT, ("访问语言", "Language of the interview")),
    Frame("started_at", Kind.DATETIME, ("开始时间（UTC）", "Started at (UTC)")),
    Frame("ended_at", Kind.DATETIME, ("结束时间（UTC）", "Ended at (UTC)")),
    Frame("outcome", Kind.TEXT, ("结果代码（AAPOR）", "Outcome (AAPOR)")),
    Frame("overtaken", Kind.BOOLEAN, ("有答案在个案换手后到达", "Answers came after the case had gone on")),
)
FRAME_NAMES = tuple(column.name for column in FRAME)


@dataclass(frozen=True, slots=True)
class Codebook:
    """Every question in the order of the script, and in which language its words are."""

    campaign: str
    title: str
    language: str
    questions: tuple[Question, ...]
    releases: tuple[str, ...] = ()
    """Those that were read, the newest first."""
    others: Mapping[str, str] = field(default_factory=dict)
    """Text field of "other, which?" -> the question whose option asks for it."""
    unreadable: tuple[str, ...] = ()
    """Those whose scripts could not be read: their answers are exported without labels."""
