"""From a snapshot to the columns of a statistics file, with labels and codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from datasets.columns import (
    READERS,
    BooleanGathering,
    ChoiceGathering,
    ChoicesGathering,
    Column,
    Gathering,
    Measured,
    NumberGathering,
    TextGathering,
    is_plain_whole,
)
from datasets.marks import cell
from datasets.names import Names
from datasets.snapshot import Interview, place_of
from datasets.variables import FRAME, Category, Codebook, Frame, Kind, Variable

YES_NO = {"zh": ("否", "是"), "en": ("No", "Yes")}
Tick = Callable[[int], None]
"""Told how many interviews there are so far, now and then."""
TICK = 500


@dataclass(frozen=True, slots=True)
class Gathered:
    """A whole data set in memory, column by column."""

    codebook: Codebook
    columns: tuple[Column, ...]
    interviews: int
    strange: tuple[tuple[str, int], ...]
    """Headings with how many of their answers were not what the script says (a text where a number belongs)."""


def gather(
    codebook: Codebook,
    variables: Iterable[Variable],
    outcomes: Iterable[tuple[str, str, str]],
    interviews: Iterable[Interview],
    tick: Tick,
) -> Gathered:
    """Reads all interviews, once."""
    chinese = codebook.language == "zh"
    titles = tuple(Category(code, zh if chinese else en) for code, zh, en in outcomes)
    frames = [(place, of_frame(frame, codebook)) for place, frame in enumerate(FRAME)]
    outcome_code = _OutcomeGathering("outcome_code", "结果" if chinese else "Outcome", titles)
    outcome_place = [frame.name for frame in FRAME].index("outcome")
    answers = [(place_of(variable), of_variable(variable, codebook)) for variable in variables]
    count = 0
    for interview in interviews:
        for place, frame_column in frames:
            frame_column.append(interview.frame[place])
        outcome_code.append(interview.frame[outcome_place])
        given = interview.answers.get
        for key, gathering in answers:
            gathering.append(given(key))
        count += 1
        if count % TICK == 0:
            tick(count)
    tick(count)
    everything = [*(column for _, column in frames), outcome_code, *(column for _, column in answers)]
    names = Names()
    columns = tuple(column for gathering in everything for column in gathering.columns(names))
    strange = tuple((each.heading, each.strange) for each in _numbers(everything) if each.strange)
    return Gathered(codebook, columns, count, strange)


def of_frame(frame: Frame, codebook: Codebook) -> Gathering:
    label = frame.labels[codebook.language != "zh"]
    if frame.kind is Kind.BOOLEAN:
        return BooleanGathering(frame.name, label, None, _yes_no(codebook))
    if frame.kind is Kind.DATETIME:
        return NumberGathering(frame.name, label, None, *READERS[Kind.DATETIME])
    return TextGathering(frame.name, label, None, lambda special: special)


def of_variable(variable: Variable, codebook: Codebook) -> Gathering:
    """What gathers the answers of one question in one round."""
    question, heading = variable.question, variable.heading
    label = question.label or question.field
    if variable.round:
        label = f"{label} [{variable.round}]"
    match question.kind:
        case Kind.CHOICE:
            return ChoiceGathering(heading, label, question, question.categories)
        case Kind.CHOICES:
            return ChoicesGathering(heading, label, question, question.categories, _yes_no(codebook))
        case Kind.BOOLEAN:
            return BooleanGathering(heading, label, question, _yes_no(codebook))
        case kind if kind in READERS:
            return NumberGathering(heading, label, question, *READERS[kind])
        case _:
            return TextGathering(heading, label, question, lambda special: cell({"": special}))


class _OutcomeGathering(ChoiceGathering):
    """AAPOR's code as a whole number with its title: 2.11 is 2110, so that 2.1 and 2.10 stay apart."""

    def __init__(self, heading: str, label: str, titles: tuple[Category, ...]) -> None:
        super().__init__(heading, label, None, titles)
        self._codes = {title.value: outcome_number(title.value) for title in titles}


def outcome_number(code: str) -> float:
    """`2.112` -> 2112, `1.1` -> 1100."""
    whole, _, part = code.partition(".")
    number = f"{whole}{part[:3]:0<3}"
    return float(number) if is_plain_whole(number) else 0.0


def _yes_no(codebook: Codebook) -> tuple[str, str]:
    return YES_NO["zh" if codebook.language == "zh" else "en"]


def _numbers(gatherings: Iterable[Gathering]) -> Iterator[NumberGathering]:
    return (each for each in gatherings if isinstance(each, NumberGathering))


__all__ = ["Gathered", "Measured", "Tick", "gather", "of_frame", "of_variable", "outcome_number"]
