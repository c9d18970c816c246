"""The way through the script: from the end of the trace on to the first node that needs attention, or to an end.

When an answer changes, only its readers are asked again; if none of them sends the interview another way, the trace
stays as it is. Where one does, the trace is cut there and walked anew with the answers that are kept.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from msgspec.structs import replace

from callscript.engine.judging import needs_attention
from callscript.engine.offers import shuffled
from callscript.engine.program import ROOT, ActionStep, EndStep, PreparedStep, RepeatStep, ShuffleStep
from callscript.engine.seeing import see
from callscript.engine.sight import Sight, sight_at
from callscript.engine.state import OFF, Entry, Rounds, place_of
from callscript.engine.working import Working
from callscript.expressions.scope import UNANSWERED

MOST_ROUNDS = 1_000
"""Rounds of one repeat; a count beyond it is a slip of the keyboard, and is cut to it."""

Spot = tuple[int, Rounds]
"""A node's ordinal and its rounds."""


def settle(work: Working) -> bool:
    """Bring the trace up to date with everything that changed, and walk on to the first node that needs attention.

    False if the script ran out before an end: no checked script does.
    """
    if work.stalled:  # only the complaint had put it on the screen
        work.stalled = ""
        work.put_entry(work.length - 1, replace(work.last, shown=False))
    _ask_readers(work)
    if not work.length:
        return _walk(work, _entrance(work))
    index = work.length - 1
    return _stops(work, index) or _walk(work, follow(work, index))


def _entrance(work: Working) -> Spot | None:
    by_id, roots = work.program.by_id, work.program.roots
    if work.entrance in by_id:
        ordinal = by_id[work.entrance]
        return (*work.program.nodes[ordinal].repeats, ordinal)[0], ()
    return (roots[0], ()) if roots else None


# --- what changed ----------------------------------------------------------------------------------------------------
def _ask_readers(work: Working) -> None:
    """Ask the nodes on the trace that read a changed name, in the trace's order, until one leads another way."""
    if not work.dirty:
        return
    queue: list[int] = []
    queued: set[int] = set()
    _queue_readers(work, queue, queued)
    while queue:
        index = heapq.heappop(queue)
        if index >= work.length:
            continue
        if not _still_leads_on(work, index):
            work.cut(index + 1)
            work.dirty = ()
            return
        if work.dirty:
            _queue_readers(work, queue, queued)


def _queue_readers(work: Working, queue: list[int], queued: set[int]) -> None:
    slots, work.dirty = work.dirty, ()
    for place, name in slots:
        for ordinal in work.program.readers.get(name, ()):
            for index in _indexes(work, ordinal, _shared_rounds(work, ordinal, place, name)):
                if index >= 0 and index not in queued:
                    queued.add(index)
                    heapq.heappush(queue, index)


def _shared_rounds(work: Working, ordinal: int, place: str, name: str) -> Rounds:
    """Rounds that a reader shares with the place where the name changed: others cannot have read it."""
    owner = work.program.owners.get(name)
    if owner is None or not owner.depth:
        return ()
    theirs = tuple(place.partition("@")[2].split("/")) if "@" in place else ()
    nodes = work.program.nodes
    shared = 0
    for left, right in zip(nodes[ordinal].repeats, nodes[owner.ordinal].repeats, strict=False):
        if left != right or shared >= len(theirs):
            break
        shared += 1
    return theirs[:shared]


def _indexes(work: Working, ordinal: int, prefix: Rounds) -> Iterator[int]:
    for rounds in list(work.rounds_under(ordinal, prefix)):
        yield work.record(ordinal, work.place(ordinal, rounds)).index


def _still_leads_on(work: Working, index: int) -> bool:
    """Work an entry out again; False if the trace after it cannot stay."""
    entry = work.entry(index)
    step = work.program.nodes[entry.ordinal]
    sight = sight_at(work, entry, index)
    if isinstance(step, EndStep):
        return True
    passed = step.when is not None and not step.when(sight)
    record = work.record_of(entry)
    if passed != record.passed:
        return _flipped(work, index, step, sight, passed=passed)
    if passed:
        return True
    if isinstance(step, ActionStep):
        return _action_leads_on(work, index, entry, step, sight)
    if isinstance(step, RepeatStep):
        rounds = _rounds(step, sight)
        if rounds != record.rounds:
            work.change(entry, rounds=rounds)
            return False
    return True


def _flipped(work: Working, index: int, step: PreparedStep, sight: Sight, *, passed: bool) -> bool:
    """A node's condition turned: it is passed over now, or on the way. What comes after may stay all the same."""
    entry = work.entry(index)
    answers = work.change(entry, passed=passed).answers
    if not isinstance(step, ActionStep):
        if not passed:
            _open(work, entry, step, sight)
        return False
    entry = replace(entry, shown=not passed and not step.silent)
    work.put_entry(index, entry)
    for name in answers:
        work.touch(entry.place, name)
    work.resend(entry.ordinal, entry.place, answers)
    if not passed:
        see(work, entry, step, sight)
    last = index == work.length - 1
    return not _stops(work, index) and not last and _follows(work, index)


def _action_leads_on(work: Working, index: int, entry: Entry, step: ActionStep, sight: Sight) -> bool:
    see(work, entry, step, sight)
    record = work.record_of(entry)
    last = index == work.length - 1
    if entry.shown and record.attended and needs_attention(step, record, sight):
        return False
    return last or _follows(work, index)


def _follows(work: Working, index: int) -> bool:
    """Whether the entry after `index` is still the one to which its node leads."""
    spot = follow(work, index)
    if spot is None:
        return False
    after = work.entry(index + 1)
    return spot == (after.ordinal, after.rounds)


# --- where a node leads ----------------------------------------------------------------------------------------------
def follow(work: Working, index: int) -> Spot | None:
    """The place to which entry number `index` leads; None beyond the end of the script."""
    entry = work.entry(index)
    step = work.program.nodes[entry.ordinal]
    record = work.record_of(entry)
    turn = record.exit_to or record.fail_to
    if turn:
        return _target(work, work.program.by_id[turn], entry)
    if isinstance(step, EndStep):
        return None
    if not record.passed:
        if isinstance(step, RepeatStep) and record.rounds and step.children:
            return step.children[0], (*entry.rounds, record.rounds[0])
        if isinstance(step, ShuffleStep) and record.rounds:
            return work.program.by_id[record.rounds[0]], entry.rounds
        if isinstance(step, ActionStep):
            sight = sight_at(work, entry, index)
            for next_ in step.nexts:
                if next_.when is None or next_.when(sight):
                    return _target(work, next_.target, entry)
    return _after(work, step, entry.rounds)


def _target(work: Working, ordinal: int, entry: Entry) -> Spot:
    """Where a `next` leads: within the same rounds if it stays in the repeat, else to the outermost head on the way."""
    theirs, mine = work.program.nodes[ordinal].repeats, work.program.nodes[entry.ordinal].repeats
    shared = 0
    for left, right in zip(theirs, mine, strict=False):
        if left != right:
            break
        shared += 1
    if shared < len(theirs):
        return theirs[shared], entry.rounds[:shared]
    return ordinal, entry.rounds[:shared]


def _after(work: Working, step: PreparedStep, rounds: Rounds) -> Spot | None:
    """The next node in document order, counting rounds and the drawn order of shuffles."""
    nodes = work.program.nodes
    while step.parent != ROOT:
        parent = nodes[step.parent]
        if isinstance(parent, RepeatStep):
            if step.child + 1 < len(parent.children):
                return parent.children[step.child + 1], rounds
            keys = work.record(parent.ordinal, work.place(parent.ordinal, rounds[:-1])).rounds
            number = keys.index(rounds[-1]) + 1 if rounds[-1] in keys else len(keys)
            if number < len(keys):
                return parent.children[0], (*rounds[:-1], keys[number])
            rounds = rounds[:-1]
        elif isinstance(parent, ShuffleStep):
            order = work.record(parent.ordinal, work.place(parent.ordinal, rounds)).rounds
            number = order.index(step.id) + 1 if step.id in order else len(order)
            if number < len(order):
                return work.program.by_id[order[number]], rounds
        step = parent
    roots = work.program.roots
    return (roots[step.child + 1], ()) if step.child + 1 < len(roots) else None


# --- walking ---------------------------------------------------------------------------------------------------------
def _walk(work: Working, spot: Spot | None) -> bool:
    while spot is not None:
        ordinal, rounds = spot
        step = work.program.nodes[ordinal]
        place = place_of(step.id, rounds)
        record = work.record(ordinal, place)
        if record.index != OFF:
            if not _loop_back(work, record.index):
                return True
            continue
        _enter(work, step, place, rounds)
        index = work.length - 1
        if _stops(work, index):
            return True
        spot = follow(work, index)
    return False


def _enter(work: Working, step: PreparedStep, place: str, rounds: Rounds) -> None:
    """Put a node at the end of the trace, with all that is worked out on entering it."""
    reach = max(step.reach, work.last.reach if work.length else 0.0)
    plain = Entry(place, step.ordinal, isinstance(step, ActionStep) and not step.silent, reach, rounds)
    index = work.append(plain)
    record = work.change(plain, index=index)
    if step.when is not None or isinstance(step, RepeatStep | ShuffleStep):
        sight = sight_at(work, plain, index)
        if step.when is not None and not step.when(sight):
            work.change(plain, passed=True)
            work.put_entry(index, replace(plain, shown=False))
            return
        _open(work, plain, step, sight)
    elif isinstance(step, ActionStep) and step.worked_out:
        _open(work, plain, step, sight_at(work, plain, index))
    if record.answers:
        work.resend(step.ordinal, place, record.answers)


def _open(work: Working, entry: Entry, step: PreparedStep, sight: Sight) -> None:
    """What a node works out when the way leads through it. Readers of it stand further on, and are still to come."""
    if isinstance(step, RepeatStep):
        work.change(entry, rounds=_rounds(step, sight))
    elif isinstance(step, ShuffleStep):
        ids = [work.program.nodes[child].id for child in step.children]
        work.change(entry, rounds=tuple(shuffled(ids, work.state.seed, entry.place)))
    elif isinstance(step, ActionStep):
        dirty = work.dirty
        see(work, entry, step, sight)
        work.dirty = dirty


def _stops(work: Working, index: int) -> bool:
    """Whether the way ends here: at an end, or at a node that the agent has to see. An exit or a failed call leads on
    also from a node that nobody left. That a node was left is never forgotten: what made it need attention may go."""
    entry = work.entry(index)
    record = work.record_of(entry)
    if record.exit_to or record.fail_to:
        return False
    step = work.program.nodes[entry.ordinal]
    if not entry.shown or not isinstance(step, ActionStep):
        return isinstance(step, EndStep)
    return needs_attention(step, record, sight_at(work, entry, index))


def _rounds(step: RepeatStep, sight: Sight) -> Rounds:
    if step.over is not None:
        chosen = step.over(sight)
        chosen = chosen if isinstance(chosen, list) else [chosen] if chosen != UNANSWERED else []
        return tuple(str(each) for each in chosen[:MOST_ROUNDS])
    count = step.count(sight) if step.count is not None else 0
    return tuple(str(number) for number in range(1, min(count, MOST_ROUNDS) + 1)) if isinstance(count, int) else ()


def _loop_back(work: Working, index: int) -> bool:
    """A `next` leads back to entry `index`: what lies between is asked anew. False where nothing in it can be asked."""
    asked = False
    for number in range(index, work.length):
        entry = work.entry(number)
        if entry.shown:
            asked = True
            work.change(entry, attended=False, exit_to="", fail_to="")
    if not asked:
        last = work.last
        work.stalled = last.place
        work.change(last, attended=False)
        work.put_entry(work.length - 1, replace(last, shown=True))
        return False
    work.cut(index)
    return True
