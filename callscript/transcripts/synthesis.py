"""Transcripts that cover every branch that can be reached, found by walking: the same ones each time.

A branch that is not covered yet is tried from a walk that came by it: the answers that its condition reads (through
computes, too) are changed, one at a time, all alike, two at a time, and then drawn at random from a fixed seed. What is
new is kept, and is a walk to start from for what lies behind it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, islice, product
from random import Random

from callscript.engine.names import fields_of
from callscript.model.links import FailPolicy
from callscript.model.local import Action, Compute, Node, Repeat, Shuffle
from callscript.transcripts.model import Setting, Transcript
from callscript.transcripts.points import Hit, Point, flat
from callscript.transcripts.running import Theatre
from callscript.transcripts.walking import Gene, Genome, GivenUp, Walk, Walker

MOST_TRIES = 500
"""Of one branch from one walk."""
MOST_BASES = 4
MOST_WALKS = 20_000
MOST_SCREENS = 400_000
"""Of a whole search: minutes. What is not found by then is told as unreached."""
MOST_KEPT = 500
MOST_OPTIONS = 30
"""Walks that only choose other options, of one way."""

USUAL = 6
"""Candidates taken to be there of a field that the walk to start from did not ask, and another way may."""

Progress = Callable[[int, int, int], None]
"""Branches covered, all branches, walks so far."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A branch for which nothing was found. `tries` 0: no walk even came to where it is decided."""

    point: Point
    tries: int
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synthesis:
    transcripts: tuple[Transcript, ...]
    unreached: tuple[Unreached, ...]
    walks: int


def synthesize(
    theatre: Theatre, setting: Setting | None = None, progress: Progress | None = None, *, options: bool = False
) -> Synthesis:
    """Transcripts that together cover every branch (with `options` every option, too) for which answers were found."""
    search = _Search(theatre, setting or Setting(), progress or (lambda *_: None))
    search.run()
    if options:
        search.with_options = True
        search.choose_all()
    return Synthesis(tuple(search.transcripts()), tuple(search.unreached()), search.walker.walks)


@dataclass
class _Search:
    theatre: Theatre
    setting: Setting
    progress: Progress
    covered: set[Hit] = field(default_factory=set)
    kept: list[tuple[Walk, str]] = field(default_factory=list)
    """With what each was kept for."""
    chosen: set[tuple[str, str]] = field(default_factory=set)
    asked: set[Gene] = field(default_factory=set)
    with_options: bool = False
    tries: dict[Hit, int] = field(default_factory=dict)
    done: set[tuple[Hit, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.walker = Walker(self.theatre, self.setting)
        self.names = _Names(self.theatre)
        self.walker.reply_names = self.names.replies

    def run(self) -> None:
        first = self.walker.walk({})
        self._keep(first)
        for exit_id in self.theatre.program.exits:
            self._keep(self.walker.walk({("exit", exit_id): 0}, first))
        self._search(hasty=True)
        for action in self._diverting():
            for walk, _ in tuple(self.kept[:MOST_BASES]):
                self._keep(self.walker.walk({**walk.genome, ("fail", action): 0}, walk))
        self._search(hasty=False)

    def _search(self, *, hasty: bool) -> None:
        """Until nothing new is found. `hasty`: walks are given up behind the branch that they were to take."""
        self.done.clear()
        found = True
        while found and not self._spent():
            found = False
            for point in self.theatre.points.branches:
                if point.hit not in self.covered and self._seek(point, hasty=hasty):
                    found = True

    def _spent(self) -> bool:
        return self.walker.walks >= MOST_WALKS or self.walker.screens >= MOST_SCREENS

    def _diverting(self) -> list[str]:
        """Actions whose failure leads the interview another way."""
        links = self.theatre.campaign.links
        return list(dict.fromkeys(link.action for link in links if link.fail is FailPolicy.GO_TO))

    def _behind(self, point: Point) -> GivenUp | None:
        """Gives up a walk that is past the branch and has seen nothing new; not where rounds come back to it."""
        program = self.theatre.program
        ordinal = program.by_id.get(point.node)
        if ordinal is None or program.nodes[ordinal].repeats:
            return None

        def given_up(walk: Walk, node: str) -> bool:
            return program.by_id[node] > ordinal and not walk.hits - self.covered

        return given_up

    def choose_all(self) -> None:
        """Walk the kept ways again with other options, as many at once as there are questions."""
        all_options = self._options()
        for number in range(len(self.kept)):
            base = self.kept[number][0]
            for _ in range(MOST_OPTIONS):
                genome = dict(base.genome)
                for (place, name), found in base.offered.items():
                    fresh = (
                        at for at, value in enumerate(found) if (options_in(name, value) & all_options) - self.chosen
                    )
                    genome[(place, name)] = next(fresh, genome.get((place, name), 0))
                if not self._choose(genome, base):
                    break
        self._choose_alone()

    def _choose(self, genome: Genome, base: Walk) -> bool:
        """Walk so, and keep the walk if it chose an option that no other did."""
        walk = self.walker.walk(genome, base)
        if not walk.ended or not (walk.chosen & self._options()) - self.chosen:
            return False
        self.chosen |= walk.chosen
        self.kept.append((walk, "options"))
        return True

    def _choose_alone(self) -> None:
        """What is left one at a time: with all else as it was when the option was offered."""
        for option in sorted(self._options() - self.chosen):
            ways = (({**base.genome, gene: at}, base)
                    for base, _ in tuple(self.kept) for gene, found in base.offered.items() if gene[1] == option[0]
                    for at, value in enumerate(found) if option in options_in(gene[1], value))  # fmt: skip
            any(self._choose(genome, base) for genome, base in islice(ways, MOST_OPTIONS))

    def _options(self) -> set[tuple[str, str]]:
        return {option for option, _ in self.theatre.points.options}

    def _seek(self, point: Point, *, hasty: bool) -> bool:
        """Whether anything new was found while looking for `point`."""
        new = False
        bases = [(number, walk) for number, (walk, _) in enumerate(self.kept) if _came_by(walk, point)]
        # first those in which the questions that matter were asked, and most often
        behind = self.names.behind(point)
        bases.sort(
            key=lambda base: (
                len(point.reads - {name for _, name in base[1].offered}),
                -sum(name in behind for _, name in base[1].offered),
            )
        )
        for number, base in bases[:MOST_BASES]:
            if (point.hit, number) in self.done:
                continue
            self.done.add((point.hit, number))
            given_up = self._behind(point) if hasty else None
            for genome in self._changes(point, base):
                self.tries[point.hit] = self.tries.get(point.hit, 0) + 1
                new = self._keep(self.walker.walk(genome, base, given_up)) or new
                if point.hit in self.covered:
                    return True
                if self._spent():
                    return new
        return new

    def _keep(self, walk: Walk) -> bool:
        fresh = walk.hits - self.covered
        wanted = [point for point in self.theatre.points.branches if point.hit in fresh]
        strange = walk.offered.keys() - self.asked
        self.asked |= strange
        if not walk.ended or not (wanted or (strange and len(self.kept) < MOST_KEPT)):
            return False
        self.covered |= walk.hits
        self.chosen |= walk.chosen
        self.kept.append((walk, title_of(wanted[0]) if wanted else "-"))
        self.progress(self._count(), len(self.theatre.points.branches), self.walker.walks)
        return True  # also a walk that only asked what no other did: something may lie behind

    def _count(self) -> int:
        return sum(point.hit in self.covered for point in self.theatre.points.branches)

    def _changes(self, point: Point, base: Walk) -> Iterator[Genome]:
        reads = self.names.behind(point)
        sizes: dict[Gene, int] = {gene: len(found) for gene, found in base.offered.items() if gene[1] in reads}
        sizes |= {gene: USUAL for gene in self.names.askable(reads) if gene not in base.offered}
        for what, name in self.names.replies.items():
            if name in reads:
                sizes[("reply", what)] = len(self.walker.reply_values(what))
        made = 0
        seen: set[tuple[tuple[Gene, int], ...]] = set()
        for change in _mixtures(sizes, Random(zlib.crc32(repr(point.hit).encode()))):  # noqa: S311 - no secret
            key = tuple(sorted(change.items()))
            if key in seen:
                continue
            seen.add(key)
            made += 1
            if made > MOST_TRIES:
                return
            yield {**base.genome, **change}

    # --- what came of it ---------------------------------------------------------------------------------------------
    def transcripts(self) -> Iterator[Transcript]:
        """Those of the walks that are needed; each was played again and does what it says."""
        played: list[tuple[Transcript, set[object]]] = []
        wanted = {point.hit for point in self.theatre.points.branches}
        options = self._options() if self.with_options else set()
        watch = self.theatre.watch
        for walk, title in self.kept:
            watch.hits, watch.entered, watch.chosen = set(), set(), set()
            transcript = Transcript(title, tuple(walk.blocks), walk.setting)
            if self.theatre.play(transcript).passed:
                played.append((transcript, (watch.hits & wanted) | (watch.chosen & options)))
        for number, (_, done) in reversed(list(enumerate(played))):
            others = [theirs for each, (_, theirs) in enumerate(played) if each != number]
            if not done - set().union(*others):
                played[number] = (played[number][0], set())
        self.covered = {hit for hit in wanted if any(hit in done for _, done in played)}
        yield from (each for each, done in played if done)

    def unreached(self) -> Iterator[Unreached]:
        for point in self.theatre.points.branches:
            if point.hit not in self.covered:
                yield Unreached(point, self.tries.get(point.hit, 0), tuple(sorted(point.reads)))


def _came_by(walk: Walk, point: Point) -> bool:
    return (point.key, not point.outcome) in walk.hits or point.node in walk.entered


def options_in(name: str, value: object) -> set[tuple[str, str]]:
    """The options that an input chooses."""
    if isinstance(value, dict):
        return {(name, f"#{value['special']}")}
    return {(name, str(each)) for each in (value if isinstance(value, list) else [value]) if each is not None}


def _mixtures(sizes: dict[Gene, int], random: Random) -> Iterator[dict[Gene, int]]:
    genes = list(sizes)
    for gene in genes:
        yield from ({gene: number} for number in range(sizes[gene]))
    most = max(sizes.values(), default=0)
    for number in range(most):
        yield {gene: min(number, sizes[gene] - 1) for gene in genes}
    for number in range(1, min(most, 4)):
        yield {gene: max(0, sizes[gene] - number) for gene in genes}
    for left, right in combinations(genes, 2):
        yield from ({left: a, right: b} for a, b in product(range(sizes[left]), range(sizes[right])))
    for _ in range(MOST_TRIES if len(genes) > 2 else 0):
        yield {gene: random.randrange(sizes[gene]) for gene in genes}


def title_of(point: Point) -> str:
    """A branch in few words, as titles of transcripts have it."""
    name, kind, which = point.key
    yes = point.outcome
    texts = {
        "next": f"{name}: next {int(which) + 1 if kind == 'next' else ''}",
        "otherwise": f"{name}: no next holds",
        "check": f"{name}: check {int(which) + 1 if kind == 'check' else ''} {'holds' if yes else 'fails'}",
        "exit": f"exit {name}",
        "rounds": f"{name}: a round",
        "when": f"{name}: {'when holds' if yes else 'passed over'}",
        "link": f"link {name}: {'called' if yes else 'not called'}",
        "text": f"{name}: text {int(which) + 1 if kind == 'text' else ''} {'shown' if yes else 'hidden'}",
    }
    return texts.get(kind, f"{name}: {kind} {which} {'shown' if yes else 'hidden'}")


class _Names:
    """Which answers stand behind a branch, and which names come from replies."""

    def __init__(self, theatre: Theatre) -> None:
        self._reads: dict[str, frozenset[str]] = {}
        self._places: dict[str, str] = {}
        """Field outside repeats -> where it is asked."""
        campaign = theatre.campaign
        self._around = _repeats_around(campaign.local.nodes, frozenset())
        for node in flat(campaign.local.nodes):
            for item in node.items if isinstance(node, Action) else ():
                if isinstance(item, Compute):
                    self._reads[item.name] = item.value.names
                for asked in fields_of(item):
                    self._reads[asked.name] = asked.when.names if asked.when else frozenset()
                    if not theatre.program.names[asked.name].repeats:
                        self._places[asked.name] = node.id
        self.replies: dict[str, str] = {}
        for link in campaign.links:
            for take in link.takes:
                for name in theatre.program.names:
                    first, _, rest = name.partition(".")
                    if first == take.name and not theatre.program.names[name].repeats:
                        path = ".".join((*take.path, *([rest] if rest else [])))
                        self.replies.setdefault(f"{link.action} {path}", name)

    def behind(self, point: Point) -> set[str]:
        """Names that its condition reads, with those that computes among them read."""
        found: set[str] = set()
        left = [*point.reads, *self._around.get(point.node, ())]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += self._reads.get(name, ())
        return found

    def askable(self, names: Iterable[str]) -> Iterator[Gene]:
        """Fields among the names that are asked at one place."""
        return ((self._places[name], name) for name in sorted(names) if name in self._places)


def _repeats_around(nodes: Iterable[Node], reads: frozenset[str]) -> dict[str, frozenset[str]]:
    """For each node what the repeats around it read: they decide how often it comes."""
    found: dict[str, frozenset[str]] = {}
    for node in nodes:
        found[node.id] = reads
        if isinstance(node, Repeat):
            own = node.count.names if node.count else frozenset({node.over or ""})
            found |= _repeats_around(node.nodes, reads | own)
        elif isinstance(node, Shuffle):
            found |= _repeats_around(node.nodes, reads)
    return found
