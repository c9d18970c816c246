"""The interview engine: what an answer, a change, a screen and a stored state cost with 500 and 2,000 questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from callscript.engine import Program, State, advance, begin, dump, load, prepare, show
from callscript.engine.events import Answered, Begun, Jumped, Replied
from callscript.engine.steps import Ask, Step
from callscript.parser import load_campaign
from local.bench.odk import odk_answer_times
from local.bench.row import Measured, Row

SIZES = (500, 2_000)
GOAL_US = 100.0
GOAL_GROWTH = 1.5
ROUNDS = 3


def rows() -> Iterator[Row]:
    answering: dict[int, Measured] = {}
    for size in SIZES:
        files = survey_files(size)
        loading = Measured([_milliseconds(partial(load_campaign, files)) for _ in range(ROUNDS)])
        yield loading.row("engine", f"load {size} questions", "ms", at_most=40 if size == SIZES[0] else None)
        campaign = load_campaign(files).usable
        preparing = Measured([_milliseconds(partial(prepare, campaign)) for _ in range(ROUNDS)])
        yield preparing.row("engine", f"prepare {size} questions", "ms")
        program = prepare(campaign)
        times, stores, state = _straight(program)
        for _ in range(ROUNDS - 1):
            more, stored, state = _straight(program)
            times += more
            stores += stored
        answering[size] = Measured(times)
        yield answering[size].row(
            "engine", f"answer, {size} questions", "µs", at_most=GOAL_US, peer="ODK's setValue, no screen",
            against=Measured(odk_answer_times(size)),
        )  # fmt: skip
        yield Measured([answering[size].percentile(0.95)]).row("engine", f"answer, {size} questions, p95", "µs")
        yield Measured(stores).row("engine", f"dump after an answer, {size} questions", "µs")
        yield from _finished(program, state, size)
    growth = answering[SIZES[1]].median / answering[SIZES[0]].median
    yield Measured([growth]).row("engine", f"answer, {SIZES[1]} over {SIZES[0]}", "times", at_most=GOAL_GROWTH)


def _finished(program: Program, state: State, size: int) -> Iterator[Row]:
    """What a long interview costs when it is all there."""
    data = dump(state)
    yield Measured([len(data) / 1024]).row("engine", f"stored state, {size} answers", "KiB")
    yield Measured([_milliseconds(lambda: load(data)) for _ in range(20)]).row("engine", f"load {size} answers", "ms")
    times = [_milliseconds(lambda: show(program, state)) * 1000 for _ in range(200)]
    yield Measured(times).row("engine", f"show, {size} answers", "µs")
    changes, reroutes = [], []
    for _ in range(30):
        changes.append(_change(program, state, "q20", {"f20": "no"}, {"f20": "yes"}))
        reroutes.append(_change(program, state, "q1", {"f1": "no"}, {"f1": "yes"}))
    yield Measured(changes).row("engine", f"change an answer that others read, {size} answers", "µs")
    yield Measured(reroutes).row("engine", f"change an answer that sends another way, {size} answers", "µs")


def _straight(program: Program) -> tuple[list[float], list[float], State]:
    """One interview from the first question to the last: microseconds of each answer and dump, and the state there."""
    state, step = _begun(program)
    at, times, stores, before = 2, [], [], state
    while isinstance(step.view, Ask):
        number = int(step.view.screen.node[1:])
        at += 1000
        event = Answered(at=at, values={f"f{number}": "yes" if number % 3 else 5})
        before = state
        began = time.perf_counter()
        state, step = advance(program, state, event)
        done = time.perf_counter()
        dump(state)
        times.append((done - began) * 1e6)
        stores.append((time.perf_counter() - done) * 1e6)
        for call in step.calls:
            state, _ = advance(program, state, Replied(at=at, key=call.key, data={}))
    return times, stores, before


def _begun(program: Program) -> tuple[State, Step]:
    begun = Begun(at=1, interview="i", seed=5, agent="a", language="zh", release="r")
    return begin(program, begun)


def _change(program: Program, state: State, place: str, first: dict[str, str], then: dict[str, str]) -> float:
    state, _ = advance(program, state, Jumped(at=state.at, place=place))
    began = time.perf_counter()
    state, _ = advance(program, state, Answered(at=state.at, values=first))
    took = (time.perf_counter() - began) * 1e6
    advance(program, state, Answered(at=state.at, values=then))
    return took


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def survey_files(size: int) -> dict[str, bytes]:
    """A survey of one question a screen: choices and numbers, a branch on every fifth, a condition, computes."""
    nodes = "\n".join(_node(number, size) for number in range(size))
    options = '<options id="yn"><option value="yes">是</option><option value="no">否</option></options>'
    head = '<local xmlns="urn:waihu:local:1" campaign="big" language="zh" uses="pack">'
    links = (
        '<links xmlns="urn:waihu:links:1"><call id="save" on="leave" node="*" action="pack.save" mode="background">'
        '<give name="answers" value="${answers}"/></call></links>'
    )
    server = (
        '<server xmlns="urn:waihu:server:1" pack="pack"><action id="save" roles="agent">'
        '<param name="answers" type="answers"/><select name="done" rows="0..n">SELECT 1</select><data/></action>'
        "</server>"
    )
    return {
        "local.xml": f'{head}{options}{nodes}<end id="done" outcome="1.1"/></local>'.encode(),
        "links.xml": links.encode(),
        "packs/pack/server.xml": server.encode(),
    }


def _node(number: int, size: int) -> str:
    field = f'name="f{number}" required="yes"'
    if number % 3:
        asked = f'<field {field} type="choice" options="yn"><label>问题 {number}</label></field>'
    else:
        asked = f'<field {field} type="integer" min="0" max="10" special="dk"><label>数字 {number}</label></field>'
    when = f"<condition><when>${{f{number - 4}}} != 'no'</when></condition>" if number > 5 and number % 8 == 0 else ""
    compute = f'<compute name="c{number}" type="integer" value="if(${{f{number}}} = \'yes\', 1, 0)"/>'
    skip = (
        f'<next action="q{number + 2}" when="${{f{number}}} = \'no\'"/>'
        if number % 5 == 1 and number + 2 < size
        else ""
    )
    data = f"<data><say>第 {number} 题</say>{asked}{compute if number % 7 == 0 else ''}</data>"
    return f'<action id="q{number}">{when}{data}{skip}</action>'
