"""One interview walked by itself: answers are picked by number, repaired where the script refuses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

from callscript.engine import preview
from callscript.engine.events import Answered, TookExit
from callscript.engine.program import ActionStep
from callscript.engine.steps import Ended, FieldView, Screen
from callscript.transcripts.candidates import Candidates
from callscript.transcripts.model import Block, Here, Line, Reply, Setting, Word
from callscript.transcripts.points import Hit
from callscript.transcripts.rehearsal import Rehearsal
from callscript.transcripts.running import Theatre, fields_in, written
from callscript.transcripts.writing import answer_text

Gene = tuple[str, str]
"""Place and field; or `reply` and `action path`, `fail` and the action, `exit` and its id."""
Genome = Mapping[Gene, int]
"""Which candidate is taken; the first where nothing is said."""

MOST_SCREENS = 3_000
MOST_REPAIRS = 80
FAILURE = "failed"
"""Code with which a call fails in a walk."""


@dataclass
class Walk:
    genome: Genome
    setting: Setting
    blocks: list[Block] = field(default_factory=list)
    offered: dict[Gene, tuple[Any, ...]] = field(default_factory=dict)
    """Candidates that each field had; its order is the order of asking."""
    marks: list[tuple[Rehearsal, int]] = field(default_factory=list)
    """The interview as it was at each screen, and how many blocks came before."""
    first_mark: dict[Gene, int] = field(default_factory=dict)
    hits: set[Hit] = field(default_factory=set)
    entered: set[str] = field(default_factory=set)
    chosen: set[tuple[str, str]] = field(default_factory=set)
    ended: bool = False
    stuck: str = ""
    """Place whose checks no answer that was tried could satisfy."""


GivenUp = Callable[[Walk, str], bool]
"""Whether a walk that has come to this node is not worth going on with."""


class Walker:
    def __init__(self, theatre: Theatre, setting: Setting) -> None:
        self.theatre, self.setting = theatre, setting
        self.candidates = Candidates(theatre.campaign, setting.begin)
        self.walks = 0
        self.screens = 0

    def walk(self, genome: Genome, base: Walk | None = None, given_up: GivenUp | None = None) -> Walk:
        """Walk to an end, or until it is `given_up` at a node; where `base` went the same way at first, only the rest
        is walked."""
        self.walks += 1
        walk, on = self._from(genome, base)
        for _ in range(MOST_SCREENS):
            screen = on.screen
            if screen is None:
                break
            if given_up is not None and given_up(walk, screen.node):
                return walk
            self.screens += 1
            walk.marks.append((on.fork(), len(walk.blocks)))
            if not self._screen(walk, on, screen):
                walk.stuck = screen.place
                break
        self._finish(walk, on)
        return walk

    def _from(self, genome: Genome, base: Walk | None) -> tuple[Walk, Rehearsal]:
        before = base.genome if base else {}
        changed = [gene for gene in {**genome, **before} if genome.get(gene) != before.get(gene)]
        if base is None or any(gene[0] in {"reply", "fail"} for gene in changed):
            return self._fresh(genome)
        starts = [0 if gene[0] == "exit" else base.first_mark.get(gene, len(base.marks) - 1) for gene in changed]
        number = min(starts, default=0)
        on, blocks = base.marks[number]
        walk = Walk(genome, base.setting, list(base.blocks[:blocks]))
        walk.marks = list(base.marks[:number])
        walk.first_mark = {gene: mark for gene, mark in base.first_mark.items() if mark < number}
        walk.offered = {gene: base.offered[gene] for gene in walk.first_mark}
        self.theatre.watch.hits = walk.hits
        return walk, on.fork()

    def _fresh(self, genome: Genome) -> tuple[Walk, Rehearsal]:
        replies = []
        for (kind, what), number in genome.items():
            if kind == "reply":
                action, _, path = what.partition(" ")
                value = self.reply_values(what)[number]
                replies.append(Reply(action, path, written_reply(value)))
            elif kind == "fail":
                replies.append(Reply(what, fails=FAILURE))
        setting = Setting(self.setting.language, self.setting.seed, self.setting.begin, self.setting.timezone,
                          tuple(replies))  # fmt: skip
        walk = Walk(genome, setting)
        self.theatre.watch.hits = walk.hits
        on = Rehearsal.begun(self.theatre.program, self.theatre.campaign, setting, self.theatre.given)
        return walk, on

    def reply_values(self, what: str) -> tuple[Any, ...]:
        """Candidates of the reply gene `action path`."""
        return self.candidates.of_name(self.reply_names[what])

    reply_names: Mapping[str, str] = {}
    """`action path` -> the name that expressions read."""

    def _finish(self, walk: Walk, on: Rehearsal) -> None:
        watch = self.theatre.watch
        watch.entered, watch.chosen = walk.entered, walk.chosen
        watch.looked(on.state)
        walk.ended = isinstance(on.view, Ended)
        if isinstance(on.view, Ended):
            calls = tuple(_calls(on))
            name = "parked" if on.view.parked else on.view.node
            walk.blocks.append(Block(Here.END, name, calls, on.view.outcome))

    # --- one screen --------------------------------------------------------------------------------------------------
    def _screen(self, walk: Walk, on: Rehearsal, screen: Screen) -> bool:
        exits = [name for kind, name in walk.genome if kind == "exit"]
        if exits and len(walk.marks) == 1:
            on.do(TookExit(at=on.tick(), exit=exits[0]))
            walk.hits.add(((exits[0], "exit", 0), True))
            walk.blocks.append(Block(Here.AT, screen.place, (Line(Word.EXIT, exits[0]),)))
            return True
        seen = sum(block.name == screen.place for block in walk.blocks)
        values = self._fill(walk, on, screen, seen, {})
        if self._try(walk, on, screen, values, keeping=True):
            return True
        blamed = {each.field for each in (on.screen or screen).complaints if each.field}
        for picks in self._repairs(walk, screen, blamed, values):
            if self._try(walk, on, screen, self._fill(walk, on, screen, seen, picks), keeping=False):
                return True
        return False

    def _fill(self, walk: Walk, on: Rehearsal, screen: Screen, seen: int, picks: Mapping[str, Any]) -> dict[str, Any]:
        """An input for every field, also for those that earlier ones make appear, or offer other options."""
        values: dict[str, Any] = {}
        offered: dict[str, Any] = {}
        view: Screen = screen
        for _ in range(20):
            fresh = [each for each in fields_in(view.items) if offered.get(each.name) != each.options]
            for each in fresh:
                offered[each.name] = each.options
                values[each.name] = picks[each.name] if each.name in picks else self._pick(walk, screen, each, seen)
            if not fresh:
                break
            with _Aside(self.theatre):
                view = preview(self.theatre.program, on.state, values) or view
        shown = {each.name for each in fields_in(view.items)}
        return {name: value for name, value in values.items() if name in shown}

    def _pick(self, walk: Walk, screen: Screen, view: FieldView, seen: int) -> Any:
        gene = (screen.place, view.name)
        found = self.candidates.of(view)
        walk.offered[gene] = found
        walk.first_mark.setdefault(gene, len(walk.marks) - 1)
        return found[(walk.genome.get(gene, 0) + seen) % len(found)]

    def _repairs(
        self, walk: Walk, screen: Screen, blamed: set[str], values: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Other answers, first to the questions that the complaint names, one at a time and then two."""
        names = [name for name in values if name in blamed] + [name for name in values if name not in blamed]
        made = 0
        lists = {name: walk.offered.get((screen.place, name), ()) for name in names}
        groups = [(name,) for name in names] + list(combinations(names, 2))
        for group in groups:
            for picked in product(*(lists[name] for name in group)):
                made += 1
                if made > MOST_REPAIRS:
                    return
                yield {**values, **dict(zip(group, picked, strict=True))}

    def _try(self, walk: Walk, on: Rehearsal, screen: Screen, values: dict[str, Any], *, keeping: bool) -> bool:
        """Whether the answers were accepted. A hard check that refuses them is kept as a block of its own."""
        trial = on.fork()
        lines = [Line(Word.ANSWER, name, answer_text(value)) for name, value in values.items()]
        with _Aside(self.theatre) as hits:
            trial.do(Answered(at=trial.tick(), values=values, place=screen.place))
            again = trial.screen
            complaints = again.complaints if again and trial.state.doubt and again.place == screen.place else ()
            soft = bool(complaints) and all(each.soft for each in complaints)
            if soft:
                trial.do(Answered(at=trial.tick(), values=values, place=screen.place, confirmed=True))
        refused = bool(complaints) and not soft
        if refused and not (keeping and any(each.code == "hard-check" for each in complaints)):
            return False
        lines += [Line(Word.COMPLAINS, code) for code in dict.fromkeys(each.code for each in complaints)]
        if soft:
            lines.append(Line(Word.CONFIRM))
        walk.hits |= hits
        if not refused:
            lines += self._computes(trial, screen)
            lines += () if isinstance(trial.view, Ended) else _calls(trial)
        walk.blocks.append(Block(Here.AT, screen.place, tuple(lines)))
        on.state, on.view, on.at, on.calls = trial.state, trial.view, trial.at, trial.calls
        return not refused

    def _computes(self, on: Rehearsal, screen: Screen) -> Iterator[Line]:
        program = self.theatre.program
        step = program.nodes[program.by_id[screen.node]]
        if not isinstance(step, ActionStep):
            return
        record = on.state.record(step.ordinal, screen.place)
        for name in step.names:
            if name in step.computes and record.index >= 0:
                answer = record.answers.get(name)
                yield Line(Word.VALUE, name, written(answer.value) if answer else "")


class _Aside:
    """What the program does meanwhile is noted in a set of its own."""

    def __init__(self, theatre: Theatre) -> None:
        self._watch = theatre.watch

    def __enter__(self) -> set[Hit]:
        self._kept, self._watch.hits = self._watch.hits, set()
        return self._watch.hits

    def __exit__(self, *_: object) -> None:
        self._watch.hits = self._kept


def _calls(on: Rehearsal) -> Iterator[Line]:
    """The calls worth writing down: not the saves that follow every answer."""
    for call in on.calls:
        link = on.program.links.get(call.link)
        if link is not None and not (link.saves and link.moment.value == "leave"):
            yield Line(Word.CALLS, call.action)


def written_reply(value: Any) -> str:
    """A reply's value as a `reply` line has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
