"""From one screen to the next: moments follow each other, each calls its links, and any of them may have to wait.

start -> walk -> enter -> (screen) -> leave -> walk -> enter -> ... -> end. What happens after a moment is decided only
when its last awaited reply is there, since the reply may decide the way.
"""

from __future__ import annotations

from msgspec.structs import replace

from callscript.engine import paradata
from callscript.engine.calls import call_links, decide, take, take_back
from callscript.engine.judging import judge_checks, judge_fields
from callscript.engine.program import ActionStep, EndStep, PreparedLink
from callscript.engine.sight import Sight, sight_at
from callscript.engine.state import OFF, Doubt, Entry, Over, Waiting
from callscript.engine.walking import settle
from callscript.engine.working import Working
from callscript.model.links import FailPolicy, Mode, Moment

PARK = "park"
"""Id of the command link that is called when a case is parked."""


# --- moments ---------------------------------------------------------------------------------------------------------
def start(work: Working) -> None:
    if call_links(Moment.START, work.program.links_at(Moment.START, ""), Sight(work, OFF, (), OFF)):
        after(work, Moment.START, "", "")


def leave(work: Working) -> None:
    """The node at the cursor was answered. Calls in the background are decided after walking on, so that a save tells
    where the answer leads, too; one that is waited for is decided before, since its reply may choose the way."""
    entry = work.entry(work.cursor)
    node = work.program.nodes[entry.ordinal].id
    sight = sight_at(work, entry, work.cursor)
    paradata.depart(work)
    ids = work.program.links_at(Moment.LEAVE, node)
    if all(work.program.links[each].mode is Mode.BACKGROUND for each in ids):
        goes_on = settle(work)
        call_links(Moment.LEAVE, ids, sight)
        see_frontier(work, goes_on=goes_on)
    elif call_links(Moment.LEAVE, ids, sight):
        after(work, Moment.LEAVE, entry.place, "")


def take_exit(work: Working, exit_id: str) -> None:
    """The agent takes an exit: its links are called, then the interview goes on at its node."""
    goal = work.program.exits[exit_id].action
    entry = work.entry(work.cursor)
    sight = sight_at(work, entry, work.length - 1)
    paradata.depart(work)
    ids = work.program.links_at(Moment.EXIT, exit_id)
    if call_links(Moment.EXIT, ids, sight, goal):
        after(work, Moment.EXIT, entry.place, goal)


def enter(work: Working) -> None:
    """The entry at the cursor is about to be shown, or is an end."""
    entry = work.entry(work.cursor)
    step = work.program.nodes[entry.ordinal]
    if isinstance(step, EndStep):
        sight = Sight(work, entry.ordinal, entry.rounds, work.cursor, step.outcome)
        ids = work.program.links_at(Moment.END, step.id)
        if call_links(Moment.END, ids, sight):
            after(work, Moment.END, entry.place, "")
        return
    ids = work.program.links_at(Moment.ENTER, step.id)
    if call_links(Moment.ENTER, ids, sight_at(work, entry, work.cursor)):
        after(work, Moment.ENTER, entry.place, "")


def after(work: Working, moment: str, place: str, goal: str) -> None:
    """Every link of the moment was called and answered, or done without."""
    if moment == Moment.ENTER:
        _show(work)
    elif moment == Moment.END:
        end(work, place)
    else:
        if moment == Moment.START:
            work.started = True
        elif moment == Moment.EXIT:
            _turn_to(work, goal)
        advance_to_frontier(work)


def _show(work: Working) -> None:
    """The agent sees the cursor's entry. One that was answered before says at once why it has to be seen again."""
    entry = work.entry(work.cursor)
    record = work.record_of(entry)
    paradata.arrive(work, entry)
    step = work.program.nodes[entry.ordinal]
    if not record.watch.left or not isinstance(step, ActionStep):
        return
    sight = sight_at(work, entry, work.cursor)
    complaints = judge_fields(step, record, sight)
    marks: tuple[str, ...] = ()
    if not complaints:
        complaints, marks = judge_checks(step, record, sight)
    if complaints:
        work.doubt = Doubt({}, tuple(complaints), marks)


def end(work: Working, place: str) -> None:
    entry = work.entry(work.cursor)
    step = work.program.nodes[entry.ordinal]
    work.over = Over(place, step.id, step.outcome if isinstance(step, EndStep) else "")


def advance_to_frontier(work: Working) -> None:
    """Walk, then see the first node that needs attention."""
    see_frontier(work, goes_on=settle(work))


def see_frontier(work: Working, *, goes_on: bool) -> None:
    """See the last entry of the trace: the node that needs attention, or the end."""
    if goes_on:
        work.cursor = work.length - 1
        enter(work)
        return
    entry = work.last if work.length else Entry("", OFF)  # the script ran out without an end: no checked script does
    work.cursor = work.length - 1
    work.over = Over(entry.place, work.program.nodes[entry.ordinal].id if work.length else "", "", stuck=True)


def _turn_to(work: Working, node: str) -> None:
    """An exit leads on from where the interview stands; one taken by mistake is replaced, not followed by another."""
    index = work.length - 1
    for number in range(work.length):
        record = work.record_of(work.entry(number))
        if record.exit_to and not record.attended:
            index = number
            break
    _turn(work, index, exit_to=node)


def _turn(work: Working, index: int, *, exit_to: str = "", fail_to: str = "") -> None:
    work.change(work.entry(index), exit_to=exit_to, fail_to=fail_to)
    if index < work.length - 1:
        work.cut(index + 1)


# --- replies and failures --------------------------------------------------------------------------------------------
def reply(work: Working, key: str, data: object) -> bool:
    """A reply has come. False if nobody waits for it (a duplicate, or one given up)."""
    waiting = work.waiting
    if waiting is not None and waiting.call.key == key:
        link = work.program.links.get(waiting.link)
        if link is not None:
            take(work, link, data)
        go_on(work, waiting)
        return True
    pending = work.pending.get(key)
    if pending is None:
        return False
    work.pending = {each: value for each, value in work.pending.items() if each != key}
    link = work.program.links.get(pending.link)
    if link is not None and link.takes:
        take(work, link, data)
    return True


def go_on(work: Working, waiting: Waiting) -> None:
    """Call what is left of the moment that waited, and go on after it."""
    work.waiting = None
    if call_links(Moment(waiting.moment), waiting.rest, _sight_of(work, waiting), waiting.goal):
        after(work, waiting.moment, waiting.place, waiting.goal)


def _sight_of(work: Working, waiting: Waiting) -> Sight:
    if not work.length or work.cursor < 0:
        return Sight(work, OFF, (), OFF)
    entry = work.entry(work.cursor)
    step = work.program.nodes[entry.ordinal]
    limit = work.length - 1 if waiting.moment == Moment.EXIT else work.cursor
    return Sight(work, entry.ordinal, entry.rounds, limit, step.outcome if isinstance(step, EndStep) else "")


def fail(work: Working, key: str, code: str, detail: str, *, retryable: bool) -> bool:
    """A call was refused or cannot be made now. False if nobody waits for it."""
    waiting = work.waiting
    if waiting is not None and waiting.call.key == key:
        _fail_awaited(work, waiting, code, detail, retryable=retryable)
        return True
    pending = work.pending.get(key)
    if pending is None:
        return False
    if retryable:  # the app tries again by itself
        return True
    work.pending = {each: value for each, value in work.pending.items() if each != key}
    link = work.program.links.get(pending.link)
    if link is None or work.over is not None or work.waiting is not None or not work.length:
        return True
    if link.fail is FailPolicy.PARK:
        park(work)
    elif link.fail is FailPolicy.GO_TO and link.fail_action in work.program.by_id:
        paradata.depart(work)
        work.doubt = None
        _turn(work, work.length - 1, fail_to=link.fail_action)
        advance_to_frontier(work)
    return True


def _fail_awaited(work: Working, waiting: Waiting, code: str, detail: str, *, retryable: bool) -> None:
    link = work.program.links.get(waiting.link)
    policy = link.fail if link is not None else FailPolicy.ASK
    if policy is FailPolicy.RETRY and retryable:
        work.calls.append(waiting.call)
    elif policy is FailPolicy.GO_ON:
        give_up(work, waiting)
    elif policy is FailPolicy.PARK:
        park(work)
    elif policy is FailPolicy.GO_TO and link is not None and link.fail_action in work.program.by_id:
        _go_to(work, waiting, link)
    else:
        work.waiting = replace(waiting, failed=(code[:200], detail[:2000]))


def _go_to(work: Working, waiting: Waiting, link: PreparedLink) -> None:
    take_back(work, waiting.call)
    work.waiting = None
    if waiting.moment == Moment.START:
        work.entrance, work.started = link.fail_action, True
    elif waiting.moment == Moment.EXIT:
        _turn_to(work, link.fail_action)
    else:
        _turn(work, work.cursor, fail_to=link.fail_action)
    advance_to_frontier(work)


def give_up(work: Working, waiting: Waiting) -> None:
    """Go on without the reply; answers that the call carried go with the next save."""
    take_back(work, waiting.call)
    go_on(work, waiting)


def choices(waiting: Waiting) -> tuple[str, ...]:
    """What the agent may do about a failed call. Without a case there is nothing to go on with, or to park."""
    return ("retry",) if waiting.moment == Moment.START else ("retry", "go_on", "park")


def retry(work: Working, waiting: Waiting) -> None:
    """Again, with the same key: the server knows if it was done already."""
    work.waiting = replace(waiting, failed=None)
    work.calls.append(waiting.call)


def park(work: Working) -> None:
    """Put the case back for another time; the app takes the next."""
    if work.waiting is not None:
        take_back(work, work.waiting.call)
    work.waiting = None
    paradata.depart(work)
    entry = work.entry(work.cursor) if 0 <= work.cursor < work.length else Entry("", OFF)
    node = work.program.nodes[entry.ordinal].id if entry.ordinal >= 0 else ""
    link = work.program.links.get(PARK)
    if link is not None:
        call = decide(work, link, Sight(work, entry.ordinal, entry.rounds, work.length - 1))
        work.remember(call, link.id, entry.place)
    work.over = Over(entry.place, node, "", parked=True)
