"""Conditions along the way: for every node, what each answer can be when the interview gets there.

A forward analysis: before a field's node is passed its value is unset; behind a `next` with a condition only the
answers with which it holds are left; where ways meet, what either allows. Each answer is followed on its own (no
relation between two of them is kept), so what is called impossible is impossible, and some impossible things are not
seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from callscript.checker import kinds
from callscript.checker.context import Context
from callscript.checker.expressions import links_in_force, uses_of
from callscript.checker.graph import OFF, Artist, Drawing, draw
from callscript.checker.judging import Judge, State, Verdict
from callscript.checker.outline import Placed
from callscript.checker.trees import names_in, parts_of
from callscript.engine.guards import names_needed
from callscript.expressions.problems import TRUE_WHEN_UNANSWERED
from callscript.model.expression import Binary, Call, Expression
from callscript.model.local import Action, Check, End, Field, Level, Matrix, Next, Repeat, Shuffle
from callscript.parser.reading import is_readable
from callscript.places import Span
from callscript.problems import Problem

MOST_WORK = 50_000
"""Of one analysis, in names looked at where ways meet: eight times what 2,000 questions in a row need. A script that
needs more is a tangle; it is said that its conditions were not decided."""
MOST_TOGETHER = 4
"""Conditions of one node's ways that are judged as a whole."""
MOST_VISITS = 12
"""Of one node: where ways meet, sets only grow, so this is reached in tangled loops alone."""


def judge_flow(context: Context) -> Drawing:
    """Report conditions that can never hold, or always do; what always holds is told for drawing the flow."""
    analysis = _Analysis(context)
    analysis.run()
    if analysis.gave_up:
        context.report(kinds.FLOW_UNDECIDED, context.campaign.local.span)
        return Drawing()
    return _Telling(context, analysis).tell()


class _Analysis:
    """`states`: number of a node -> what is known on arriving there. A field that is not in it is unset, or never read
    again from there on: so states stay small in long scripts."""

    def __init__(self, context: Context) -> None:
        self.context, self.judge = context, Judge(context)
        self.states: dict[int, dict[str, int]] = {}
        self.artist = Artist(context.outline, Drawing())
        self._queue: list[int] = []
        self._queued: set[int] = set()
        self._visits: dict[int, int] = {}
        self._own: dict[str, int] = {}
        for action, asked in context.fields:
            placed = context.outline.by_id[action.id]
            if not placed.repeats and self.judge.domains.points(asked.name) is not None:
                self._own.setdefault(asked.name, placed.index)
        lists = context.campaign.local.options.values()
        self._which = {option.other for found in lists for option in found.options if option.other}
        known = context.outline.by_id
        targets = [found.action for found in context.campaign.local.exits]
        targets += [link.fail_action for link in links_in_force(context) if link.fail_action]
        self._exits = sorted({known[name].index for name in targets if name in known})
        self._door = len(context.outline.placed)
        """What is known on taking any exit: one place, since many exits from many nodes would be their product."""
        self._work = 0
        self._numbers = {name: number for number, name in enumerate(self._own)}
        self._live = self._read_ahead()

    def _read_ahead(self) -> tuple[int, ...]:
        """For each node the names that may still be read from there on, as bits of their numbers."""
        reads = [0] * len(self.context.outline.placed)
        for use in uses_of(self.context):
            placed = self.context.outline.by_id.get(use.node or "")
            for name in use.expression.names if placed else ():
                if placed and name in self._numbers:
                    reads[placed.index] |= 1 << self._numbers[name]
        actions = [placed.index for placed in self.context.outline.placed if isinstance(placed.node, Action)]
        return draw(self.context.outline, Drawing()).with_exits(actions, self._exits).gathered(reads)

    def known(self, state: State, name: str) -> int:
        """The points that a name can have."""
        found = state.get(name)
        if found is not None:
            return found
        return 1 if name in self._own else self.judge.domains.full(name)

    @property
    def gave_up(self) -> bool:
        return bool(self._queue)

    def run(self) -> None:
        self._arrive(0, {})
        while self._queue and self._work <= MOST_WORK:
            index = heappop(self._queue)
            self._queued.discard(index)
            if index == self._door:
                for target in self._exits:
                    self._arrive(target, self.states[index])
                continue
            placed = self.context.outline.placed[index]
            state = self.states[index]
            if isinstance(placed.node, End):
                continue
            for target, after in self._lead(placed, state):
                self._arrive(target, after)
            if isinstance(placed.node, Action) and self._exits:
                self._arrive(self._door, self.shown(placed.node, state, asked=False))

    def _arrive(self, index: int, state: State) -> None:
        """Join what another way allows to what is known; look at the node again if that changed anything."""
        if index == OFF:
            return
        self._work += len(state) + 1
        ahead = self._live[index]
        live = {name: mask for name, mask in state.items() if ahead >> self._numbers[name] & 1}
        known = self.states.get(index)
        if known is not None:
            joined = {name: known.get(name, 1) | live.get(name, 1) for name in {**known, **live}}
            if joined == known:
                return
            self._visits[index] = visits = self._visits.get(index, 0) + 1
            live = joined if visits < MOST_VISITS else {name: self.judge.domains.full(name) for name in joined}
        self.states[index] = live
        if index not in self._queued:
            self._queued.add(index)
            heappush(self._queue, index)

    def _lead(self, placed: Placed, state: State) -> Iterator[tuple[int, State]]:
        node = placed.node
        inside: State | None = state
        if not isinstance(node, End) and node.when is not None:
            inside, passed = self.split(node.when, state, placed)
            if passed is not None:
                yield from ((target, passed) for target in self.artist.after(placed))
        if inside is None or isinstance(node, End):
            return
        if isinstance(node, Repeat | Shuffle):
            for target in self.artist.ways(placed):
                yield target, inside
            return
        rest: State | None = self.left(node, inside, placed)
        for next_ in node.nexts:
            if rest is None:
                return
            taken, rest = self.split(next_.when, rest, placed) if next_.when is not None else (rest, None)
            there = self.artist.target(placed, next_)
            if taken is not None and there is not None:
                yield there, taken
        if rest is not None:
            yield from ((target, rest) for target in self.artist.after(placed))

    def split(self, when: Expression, state: State, placed: Placed) -> tuple[State | None, State | None]:
        """What is known where the condition holds, and where it does not."""
        verdict = self.verdict(when, state, placed)
        if verdict is None:
            return state, state
        return self._narrowed(state, verdict.true), self._narrowed(state, verdict.false)

    def verdict(self, when: Expression, state: State, placed: Placed) -> Verdict | None:
        return self.judge.judge(when, lambda name: self.known(state, name), placed.repeats)

    @staticmethod
    def _narrowed(state: State, masks: dict[str, int] | None) -> State | None:
        if masks is None:
            return None
        found = dict(state)
        found.update((name, mask & state[name]) for name, mask in masks.items() if name in state)
        return found

    # --- what an action's own answers can be --------------------------------------------------------------------------
    def shown(self, action: Action, state: State, *, asked: bool) -> dict[str, int]:
        """`state` with the action's own fields; `asked` says that the agent has gone through them."""
        found = dict(state)
        here = self.context.outline.by_id[action.id].index
        for item in action.items:
            for each in (item,) if isinstance(item, Field) else item.rows if isinstance(item, Matrix) else ():
                if self._own.get(each.name) == here:
                    needed = asked and each.required and each.when is None and each.name not in self._which
                    found[each.name] = self.judge.domains.full(each.name) & (~1 if needed else ~0)
        return found

    def left(self, action: Action, state: State, placed: Placed) -> State:
        """What is known when the action is left: its fields answered, its hard checks passed."""
        found: State = self.shown(action, state, asked=True)
        for check in action.checks:
            if check.level is Level.HARD:
                found = self.passing(check, found, placed)
        return found

    def passing(self, check: Check, state: State, placed: Placed) -> State:
        """What is known where the check passes; one that needs an answer that is not there is not made at all."""
        needs = [name for name in names_needed(check.test.tree) if name in state]
        verdict = self.verdict(check.test, state, placed) if len(needs) == 1 else None
        if verdict is None:
            return state
        name = needs[0]
        answered = ~self.unanswered(name)
        holding = (verdict.true or {}).get(name, 0) & answered
        return {**state, name: state[name] & (holding | ~answered)}

    def unanswered(self, name: str) -> int:
        points = self.judge.domains.points(name) or ()
        return sum(1 << index for index, point in enumerate(points) if point.value == "")


class _Telling:
    """Goes over the finished analysis once and reports."""

    def __init__(self, context: Context, analysis: _Analysis) -> None:
        self._context, self._analysis, self._judge = context, analysis, analysis.judge
        self._always: set[int] = set()
        self._answered: set[tuple[Span, str]] = set()
        """Parts of conditions, and names that have an answer on every way there."""
        early = (each.span for each in context.problems if each.kind is kinds.READ_BEFORE_SET)
        self._early = frozenset(early)
        self._together: list[Expression] = []

    def tell(self) -> Drawing:
        for placed in self._context.outline.placed:
            state = self._analysis.states.get(placed.index)
            if state is not None and not isinstance(placed.node, End):
                self._node(placed, state)
        self._context.problems[:] = [each for each in self._context.problems if not self._is_answered(each)]
        return Drawing(always=frozenset(self._always))

    def _node(self, placed: Placed, state: State) -> None:
        node = placed.node
        if isinstance(node, End):
            return
        inside: State | None = state
        if node.when is not None:
            self._condition(node.when, state, placed)
            inside, _ = self._analysis.split(node.when, state, placed)
        if not isinstance(node, Action) or inside is None:
            return
        asking = self._analysis.shown(node, inside, asked=False)
        for item in node.items:
            when = None if isinstance(item, Matrix) else getattr(item, "when", None)
            if when is not None:
                self._condition(when, asking, placed)
        for check in node.checks:
            self._check(check, self._analysis.shown(node, inside, asked=True), placed)
        self._nexts(node, self._analysis.left(node, inside, placed), placed)

    def _condition(self, when: Expression, state: State, placed: Placed) -> None:
        self._note_answered(when, state)
        verdict = self._analysis.verdict(when, state, placed)
        if verdict is None:
            return
        if verdict.true is None:
            self._never(when, state, placed)
        elif verdict.false is None:
            self._context.report(kinds.ALWAYS_HOLDS, when.span, placed.node.id)

    def _is_answered(self, problem: Problem) -> bool:
        """Whether it warns of an answer that may be missing, and none is."""
        return problem.kind is TRUE_WHEN_UNANSWERED and (problem.span, problem.values["name"]) in self._answered

    def _note_answered(self, when: Expression, state: State) -> None:
        certain = {
            name for name in when.names
            if self._judge.domains.points(name)
            and not self._analysis.known(state, name) & self._analysis.unanswered(name)
        }  # fmt: skip
        if certain:
            self._answered.update((part.span, name) for part in parts_of(when.tree) for name in certain)

    def _never(self, when: Expression, state: State, placed: Placed) -> None:
        if any(part.span in self._early for part in parts_of(when.tree)):
            return  # that it is read too early says it all
        told = [self._possible(name, state) for name in sorted(when.names) if self._judge.domains.points(name)]
        told = [each for each in told if each]
        anything = self._judge.judge(when, self._judge.domains.full, placed.repeats)
        if anything is not None and anything.true is None:
            why, why_zh = "no answer makes it true", "没有任何答案能使它成立"
        else:
            why, why_zh = f"here {'; '.join(told)}", f"此处{'；'.join(told)}"
        self._context.report(kinds.NEVER_HOLDS, when.span, placed.node.id, why=why, why_zh=why_zh)

    def _possible(self, name: str, state: State) -> str:
        points = self._judge.domains.points(name) or ()
        mask = self._analysis.known(state, name)
        values = [str(point) for index, point in enumerate(points) if mask >> index & 1]
        if len(values) > 8:
            return ""
        return f"${{{name}}}: {', '.join(values) or '-'}"

    # --- checks -------------------------------------------------------------------------------------------------------
    def _check(self, check: Check, state: State, placed: Placed) -> None:
        """Only answers that the check looks at count: it is not made while one of them is missing."""
        needed = names_needed(check.test.tree)
        answered = {name: self._analysis.known(state, name) & ~self._analysis.unanswered(name) for name in needed}
        if not all(answered.values()):
            return
        narrowed = {**state, **answered}
        verdict = self._analysis.verdict(check.test, narrowed, placed)
        if verdict is None:
            return
        if verdict.true is None:
            told = "; ".join(filter(None, (self._possible(name, narrowed) for name in sorted(check.test.names))))
            values = {
                "example": f" Possible here: {told}." if told else "",
                "example_zh": f"可能的取值：{told}。" if told else "",
            }
            self._context.report(kinds.CHECK_NEVER_PASSES, check.test.span, placed.node.id, **values)
        elif verdict.false is None:
            self._context.report(kinds.ALWAYS_HOLDS, check.test.span, placed.node.id)

    # --- nexts --------------------------------------------------------------------------------------------------------
    def _nexts(self, action: Action, state: State, placed: Placed) -> None:
        rest: State | None = state
        earlier: list[Next] = []
        for next_ in action.nexts:
            if next_.when is None:
                if rest is None and earlier:
                    self._shadowed(next_, earlier, placed)
                return
            self._note_answered(next_.when, state)
            alone = self._analysis.verdict(next_.when, state, placed)
            now = self._analysis.verdict(next_.when, rest, placed) if rest is not None else None
            if alone is not None and alone.true is None:
                self._never(next_.when, state, placed)
            elif (
                rest is None
                or (now is not None and now.true is None)
                or self._is_taken(next_.when, earlier, state, placed)
            ):
                self._shadowed(next_, earlier, placed, alone)
            elif alone is not None and alone.false is None:
                self._context.report(kinds.ALWAYS_HOLDS, next_.when.span, action.id)
            if rest is not None and now is not None and now.false is None and now.true is not None:
                self._always.add(id(next_))
            rest = self._analysis.split(next_.when, rest, placed)[1] if rest is not None else None
            earlier.append(next_)

    def _is_taken(self, when: Expression, earlier: list[Next], state: State, placed: Placed) -> bool:
        """Whether one of the earlier conditions always holds with this one, judged as a whole."""
        tree = when.tree
        for each in earlier[-MOST_TOGETHER:]:
            if each.when is not None and each.when.names & when.names and is_readable(each.when):
                tree = Binary(when.span, "and", tree, Call(when.span, "not", (each.when.tree,)))
        if tree is when.tree:
            return False
        names = frozenset(name.text for name in names_in(tree))
        together = Expression(when.span, when.source, tree, names)
        self._together.append(together)  # what was judged is remembered by its identity
        verdict = self._analysis.verdict(together, state, placed)
        return verdict is not None and verdict.true is None

    def _shadowed(self, next_: Next, earlier: list[Next], placed: Placed, alone: Verdict | None = None) -> None:
        lines = ", ".join(str(each.span.line) for each in earlier)
        example = self._example(alone)
        why = f"wherever it would hold, one in line {lines} holds before{example}"
        why_zh = f"凡是它成立时，第 {lines} 行的先成立{example}"
        self._context.report(kinds.SHADOWED_NEXT, next_.span, placed.node.id, why=why, why_zh=why_zh)

    @staticmethod
    def _example(verdict: Verdict | None) -> str:
        if verdict is None or not verdict.example:
            return ""
        return " (" + ", ".join(f"${{{name}}} = {point}" for name, point in verdict.example.items()) + ")"
