"""Transcripts played against the script: where the interview went another way, and what was covered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from callscript.engine import Program, answers, prepare, preview
from callscript.engine.events import Answered, Chose, Event, Jumped, SwitchedLanguage, TookExit, WentBack
from callscript.engine.steps import Ended, FieldView, MatrixView, NoteView, SayView, Screen
from callscript.model.campaign import Campaign
from callscript.model.values import ValueType
from callscript.places import Span
from callscript.problems import Kind, Problem
from callscript.transcripts import kinds
from callscript.transcripts.model import BEFORE, DEEDS, Block, Here, Line, Transcript, Word
from callscript.transcripts.points import Point, Points, points_of
from callscript.transcripts.reading import pairs_of, words_of
from callscript.transcripts.rehearsal import Rehearsal
from callscript.transcripts.replies import Replies
from callscript.transcripts.watching import Watch

LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Result:
    transcript: Transcript
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class Coverage:
    """What transcripts touched, of `points`."""

    points: Points
    entered: frozenset[str]
    hits: frozenset[tuple[Any, bool]]
    chosen: frozenset[tuple[str, str]]

    @property
    def missing_nodes(self) -> tuple[tuple[str, Span], ...]:
        return tuple(each for each in self.points.nodes if each[0] not in self.entered)

    @property
    def missing_branches(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points.branches if point.hit not in self.hits)

    @property
    def missing_options(self) -> tuple[tuple[tuple[str, str], Span], ...]:
        return tuple(each for each in self.points.options if each[0] not in self.chosen)

    @property
    def shares(self) -> dict[str, tuple[int, int]]:
        """Covered and all, of nodes, branches and options."""
        all_of = {
            "nodes": (self.points.nodes, self.missing_nodes),
            "branches": (self.points.branches, self.missing_branches),
            "options": (self.points.options, self.missing_options),
        }
        return {name: (len(whole) - len(missing), len(whole)) for name, (whole, missing) in all_of.items()}


@dataclass
class Theatre:
    """A campaign ready to be played, with what has been covered so far."""

    campaign: Campaign
    given: Replies = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.watch = Watch(prepare(self.campaign))
        self.points = points_of(self.campaign)

    @property
    def program(self) -> Program:
        return self.watch.program

    def play(self, transcript: Transcript) -> Result:
        """Play one transcript on the real engine; every difference is a problem at its line."""
        playing = _Playing(self, transcript)
        playing.run()
        return Result(transcript, tuple(playing.problems))

    def coverage(self) -> Coverage:
        """Of all that was played here."""
        watch = self.watch
        return Coverage(self.points, frozenset(watch.entered), frozenset(watch.hits), frozenset(watch.chosen))


def play_all(campaign: Campaign, transcripts: Iterable[Transcript], given: Replies) -> tuple[list[Result], Coverage]:
    theatre = Theatre(campaign, given)
    return [theatre.play(each) for each in transcripts], theatre.coverage()


class _Playing:
    def __init__(self, theatre: Theatre, transcript: Transcript) -> None:
        self.theatre, self.transcript = theatre, transcript
        self.on = Rehearsal.begun(theatre.program, theatre.campaign, transcript.setting, theatre.given)
        self.problems: list[Problem] = list(self.on.server.problems)
        self._before_confirming: list[tuple[str, str, str]] = []

    def differs(self, kind: Kind, span: Span, /, **values: str) -> None:
        shown = {name: _short(value) for name, value in values.items()}
        self.problems.append(Problem(kind, span, shown))

    def run(self) -> None:
        self._blocks()
        self.theatre.watch.looked(self.on.state)

    def _blocks(self) -> None:
        for block in self.transcript.blocks:
            if not self._stands(block):
                return
            self._block(block)
        last = self.transcript.blocks[-1]
        if last.here is not Here.END:
            self.differs(kinds.UNFINISHED, last.span, actual=self.on.where)

    def _stands(self, block: Block) -> bool:
        wanted = f"{block.here.value} {block.name}"
        if self.on.where != wanted:
            self.differs(kinds.ELSEWHERE, block.span, expected=wanted, actual=self.on.where)
            return False
        view = self.on.view
        if block.outcome and isinstance(view, Ended) and view.outcome != block.outcome:
            self.differs(kinds.OTHER_END, block.span, expected=block.outcome, actual=view.outcome or "-")
        return True

    # --- one screen --------------------------------------------------------------------------------------------------
    def _block(self, block: Block) -> None:
        values: dict[str, Any] = {}
        deed: Line | None = None
        confirmed = False
        for line in block.lines:
            if line.word is Word.ANSWER:
                values[line.name] = self._input(line)
            elif line.word in BEFORE:
                self._expect(line, values)
            elif line.word is Word.CONFIRM:
                confirmed = True
            elif line.word in DEEDS:
                deed = line
        if block.here is not Here.END:
            self._go(deed, values, confirmed=confirmed)
        complaints = self._complaints() if deed is None and block.here is Here.AT else []
        self._judge_complaints(block, [] if confirmed else complaints)
        for line in block.lines:
            if line.word is Word.VALUE:
                self._expect_value(line, block)
            elif line.word is Word.CALLS:
                self._expect_call(line)

    def _go(self, deed: Line | None, values: dict[str, Any], *, confirmed: bool) -> None:
        screen = self.on.screen
        place = screen.place if screen else ""
        at = self.on.tick()
        event: Event = Answered(at=at, values=values, place=place)
        if deed is not None:
            event = _event(deed, at)
        self._do(event)
        if deed is not None and deed.word is Word.EXIT and deed.name in self.theatre.program.exits:
            self.theatre.watch.took_exit(deed.name)
        if confirmed and deed is None:
            self._before_confirming = self._complaints()
            self._do(Answered(at=self.on.tick(), values=values, place=place, confirmed=True))

    def _do(self, event: Event) -> None:
        """What a step takes off the path is looked at before; all the rest at the end."""
        before = self.on.state
        self.on.do(event)
        forward = isinstance(event, Answered) and before.cursor == before.length - 1
        if not forward or self.on.state.length <= before.length:
            self.theatre.watch.looked(before)

    def _complaints(self) -> list[tuple[str, str, str]]:
        screen = self.on.screen
        if screen is None or self.on.state.doubt is None:
            return []
        return [(each.code, each.field or "", each.message) for each in screen.complaints]

    def _judge_complaints(self, block: Block, complaints: list[tuple[str, str, str]]) -> None:
        wanted = [line for line in block.lines if line.word is Word.COMPLAINS]
        if any(line.word is Word.CONFIRM for line in block.lines):
            complaints = self._before_confirming
        for line in wanted:
            if not any(code == line.name and line.text in {"", field_} for code, field_, _ in complaints):
                actual = ", ".join(f"{code} {field_}".strip() for code, field_, _ in complaints) or "-"
                self.differs(kinds.NOT_REFUSED, line.span, expected=f"{line.name} {line.text}".strip(), actual=actual)
        if complaints and not wanted and not any(line.word is Word.CONFIRM for line in block.lines):
            said = "; ".join(f"{field_}: {text}" if field_ else text for _, field_, text in complaints)
            self.differs(kinds.REFUSED, block.span, actual=said)

    def _input(self, line: Line) -> Any:
        owner = self.theatre.program.owners.get(line.name)
        return input_of(line.text, owner.type if owner else ValueType.TEXT)

    # --- expectations ------------------------------------------------------------------------------------------------
    def _expect(self, line: Line, values: dict[str, Any]) -> None:
        items: tuple[Any, ...] = ()
        screen = self.on.screen
        if screen is not None:
            trial = preview(self.theatre.program, self.on.state, values) if values else screen
            items = (trial or screen).items
        elif isinstance(self.on.view, Ended):
            items = self.on.view.items
        fields = {each.name: each for each in fields_in(items)}
        texts = list(texts_in(items, screen))
        asked = ", ".join(fields) or "-"
        if line.word is Word.SAYS and not any(line.text in text for text in texts):
            self.differs(kinds.NOT_SAID, line.span, expected=line.text, actual=" | ".join(texts) or "-")
        elif line.word is Word.SAYS_NOT and any(line.text in text for text in texts):
            actual = next(text for text in texts if line.text in text)
            self.differs(kinds.SAID, line.span, expected=line.text, actual=actual)
        elif line.word in {Word.ASKS, Word.OFFERS} and line.name not in fields:
            self.differs(kinds.NOT_ASKED, line.span, expected=line.name, actual=asked)
        elif line.word is Word.HIDES and line.name in fields:
            self.differs(kinds.ASKED, line.span, expected=line.name, actual=asked)
        elif line.word is Word.OFFERS:
            offered = [option.value for option in fields[line.name].options]
            if offered != words_of(line.text):
                wanted = ", ".join(words_of(line.text))
                self.differs(kinds.OFFERS_OTHERS, line.span, expected=wanted, actual=", ".join(offered) or "-")

    def _expect_value(self, line: Line, block: Block) -> None:
        here = block.name.partition("@")[2]
        found = [
            each
            for each in answers(self.theatre.program, self.on.state)
            if each.field == line.name and each.on_path and each.round in {"", here}
        ]
        actual = f"#{found[0].special}" if found and found[0].special else found[0].value if found else None
        if not _same(actual, line.text):
            self.differs(
                kinds.OTHER_VALUE, line.span, name=line.name, expected=line.text or "-", actual=written(actual) or "-"
            )

    def _expect_call(self, line: Line) -> None:
        made = [msgspec.to_builtins(call) for call in self.on.calls]
        wanted = dict(pairs_of(line.text))
        for call in made:
            given = call["parameters"]
            if call["action"] == line.name and all(_same(given.get(name), text) for name, text in wanted.items()):
                return
        told = [f"{call['action']} {_parameters(call['parameters'], wanted)}".strip() for call in made]
        self.differs(
            kinds.NOT_CALLED,
            line.span,
            expected=f"{line.name} {line.text}".strip(),
            actual=", ".join(told) or "-",
        )


def _event(deed: Line, at: int) -> Event:
    match deed.word:
        case Word.EXIT:
            return TookExit(at=at, exit=deed.name)
        case Word.JUMP:
            return Jumped(at=at, place=deed.name)
        case Word.SPEAK:
            return SwitchedLanguage(at=at, language=deed.name)
        case Word.CHOOSE:
            return Chose(at=at, choice=deed.name)
        case _:
            return WentBack(at=at)


def input_of(text: str, kind: ValueType) -> Any:
    """What stands after `field =`, as `Answered` takes it."""
    if text.startswith("#"):
        return {"special": text[1:]}
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
    if kind is ValueType.CHOICES:
        return words_of(text) or None
    return text or None


def fields_in(items: Iterable[Any]) -> Iterator[FieldView]:
    """The fields of a screen, those of tables too."""
    for item in items:
        if isinstance(item, FieldView):
            yield item
        elif isinstance(item, MatrixView):
            yield from item.rows


def texts_in(items: Iterable[Any], screen: Screen | None) -> Iterator[str]:
    """Everything that the screen says."""
    if screen is not None and screen.title:
        yield screen.title
    for item in items:
        if isinstance(item, SayView | NoteView):
            yield item.text
        elif isinstance(item, MatrixView) and item.label:
            yield item.label
    for field_ in fields_in(items):
        yield from (text for text in (field_.label, field_.hint) if text)
        yield from (option.label for option in field_.options)


def written(value: Any) -> str:
    """A value as a transcript writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)


def _same(actual: Any, text: str) -> bool:
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if isinstance(actual, list):
        return [str(each) for each in actual] == words_of(text)
    if isinstance(actual, bool):
        return text.lower() in ({"yes", "true"} if actual else {"no", "false"})
    if isinstance(actual, int | float):
        try:
            return float(text) == actual
        except ValueError:
            return False
    return written(actual) == text


def _parameters(given: dict[str, Any], wanted: dict[str, str]) -> str:
    return " ".join(f"{name}={written(given.get(name))}" for name in wanted)


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
