"""Load on the house, from a process of its own so that it shares no interpreter with the gateway.

An open loop begins calls at times of its own (Poisson, seeded), whether or not earlier ones were answered, and counts
each from the moment at which it should have begun: a house that stalls cannot hide it. A closed loop lets every agent
go on as soon as it is answered. A call that was refused with 429 or 503 is sent again with its key after Retry-After.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import random
import resource
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection as Pipe
from types import TracebackType
from typing import Any, Self

import msgspec
import uvloop

from local.bench import progress
from local.bench.agents import COURSE, Agent, Credentials, Interview
from local.bench.keep_alive import Answered, KeepAlive

BAD_GATEWAY = 502
"""Of a worker that died: counted as an error, and tried again."""
BUSY = frozenset({429, BAD_GATEWAY, 503})
PATIENCE_SECONDS = 120.0
"""How long a call is tried before it is counted as lost."""
AT_ONCE = 32
"""Calls in flight while agents come in, and while what is left over is brought home."""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """`rate` calls a second for `seconds`; without a rate every agent makes `calls`, one after the other.

    `together`: nobody makes the next one before all have been answered, so that all ask at the same moment.
    """

    host: str
    port: int
    agents: Sequence[Credentials]
    rate: float | None = None
    seconds: float = 0.0
    calls: int = 0
    course: Sequence[str] = COURSE
    together: bool = False
    spread: bool = False
    """Begin in the middle of the agents' work: each has a case, and has come to another place with it."""
    seed: int = 1


class Outcome(msgspec.Struct, kw_only=True):
    """What came of it; times in seconds."""

    latencies: list[float] = []
    """Of calls that were answered at the first try, from when they should have begun."""
    by_action: dict[str, list[float]] = {}
    """Of a closed loop: how long each call took, by action."""
    refused_latencies: list[float] = []
    answered: int = 0
    shed: int = 0
    """Answers 429 or 503."""
    errors: dict[str, int] = {}
    wrong: list[str] = []
    left: int = 0
    """Calls that were never acknowledged."""
    seconds: float = 0.0
    """Of the loop itself, without bringing home what was left over."""
    interviews: list[Interview] = []


def put_on(load: Load, what: str) -> Outcome:
    """Runs `load` in a process of its own; `what` names the bar that shows how far it is."""
    with Office(load) as office:
        return office.work(what)


class Office:
    """The agents in a process of their own: at their desks on entering, at work in `work`."""

    def __init__(self, load: Load) -> None:
        self._load = load
        context = multiprocessing.get_context("spawn")
        self._pipe, self._theirs = context.Pipe()
        self._process = context.Process(target=_main, args=(load, self._theirs), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self._theirs.close()
        with progress.step("agents come in", None):
            self._hear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.join()

    def work(self, what: str) -> Outcome:
        """What came of it; `what` names the bar that shows how far it is."""
        self._pipe.send("work")
        with progress.step(what, self._load.seconds or self._load.calls * len(self._load.agents)) as far:
            while not isinstance(said := self._hear(), Outcome):
                far(said)
        return said

    def _hear(self) -> Any:
        try:
            return self._pipe.recv()
        except EOFError as error:
            raise RuntimeError("the process that makes the load has died") from error


def allow_many_sockets() -> None:
    """As many open files as the system lets us have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _main(load: Load, pipe: Pipe) -> None:
    allow_many_sockets()
    # What is kept of each call makes looks for garbage longer and longer: the house would be charged for our pauses.
    gc.disable()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        loop = _Loop(load, pipe)
        runner.run(loop.settle())
        pipe.send(0.0)
        pipe.recv()
        pipe.send(runner.run(loop.run()))
        pipe.poll(None)


class _Loop:
    def __init__(self, load: Load, pipe: Pipe) -> None:
        self._load = load
        self._pipe = pipe
        self._outcome = Outcome()
        self._errors: Counter[str] = Counter()
        self._clients = {who.agent: KeepAlive(load.host, load.port) for who in load.agents}
        self._agents = [Agent(who, load.course) for who in load.agents]
        self._told = 0.0

    async def settle(self) -> None:
        """Agents come to be at different places of their course, as after a while of work; nothing of it counts."""
        if not self._load.spread:
            return
        room = asyncio.Semaphore(AT_ONCE)

        async def one(agent: Agent, place: int) -> None:
            async with room:
                await self._until_answered(agent)
            agent.skip_to(place)

        placed = [(agent, number % len(COURSE)) for number, agent in enumerate(self._agents)]
        await asyncio.gather(*(one(agent, place) for agent, place in placed if place))
        self._outcome.answered = self._outcome.shed = 0

    async def run(self) -> Outcome:
        begun = time.perf_counter()
        await (self._open() if self._load.rate else self._closed())
        self._outcome.seconds = time.perf_counter() - begun
        await self._bring_home()
        for client in self._clients.values():
            client.close()
        self._outcome.interviews = [interview for agent in self._agents for interview in agent.interviews]
        self._outcome.left = sum(agent.pending is not None for agent in self._agents)
        self._outcome.errors = dict(self._errors)
        return self._outcome

    # -- loops -----------------------------------------------------------------------------------------------------

    async def _open(self) -> None:
        chance = random.Random(self._load.seed)  # noqa: S311 - arrivals, no secrets
        ready: asyncio.Queue[Agent] = asyncio.Queue()
        for agent in self._agents:
            ready.put_nowait(agent)
        begun, due, under_way = time.perf_counter(), 0.0, set()
        while (due := due + chance.expovariate(self._load.rate or 1.0)) < self._load.seconds:
            await asyncio.sleep(max(0.0, begun + due - time.perf_counter()))
            task = asyncio.create_task(self._arrive(ready, begun + due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            self._tell(due)
        await asyncio.gather(*under_way)

    async def _arrive(self, ready: asyncio.Queue[Agent], intended: float) -> None:
        agent = await ready.get()
        again = agent.pending is not None
        wait = await self._once(agent)
        late = time.perf_counter() - intended
        if wait is not None:
            self._outcome.refused_latencies.append(late)
            asyncio.get_running_loop().call_later(wait, ready.put_nowait, agent)
            return
        ready.put_nowait(agent)
        if not again:
            self._outcome.latencies.append(late)

    async def _closed(self) -> None:
        calls = self._load.calls
        rounds, each = (calls, 1) if self._load.together else (1, calls)
        for _ in range(rounds):
            await asyncio.gather(*(self._work(agent, each) for agent in self._agents))

    async def _work(self, agent: Agent, calls: int) -> None:
        for _ in range(calls):
            action, begun = agent.call().action, time.perf_counter()
            await self._until_answered(agent)
            taken = time.perf_counter() - begun
            self._outcome.latencies.append(taken)
            self._outcome.by_action.setdefault(action, []).append(taken)
            self._tell(float(self._outcome.answered))

    async def _bring_home(self) -> None:
        """What was refused for want of room is sent again, as the agents' outbox would."""
        room = asyncio.Semaphore(AT_ONCE)

        async def bring(agent: Agent) -> None:
            async with room:
                await self._until_answered(agent)

        await asyncio.gather(*(bring(agent) for agent in self._agents if agent.pending is not None))

    # -- one call --------------------------------------------------------------------------------------------------

    async def _until_answered(self, agent: Agent) -> None:
        limit = time.perf_counter() + PATIENCE_SECONDS
        wait = await self._once(agent)
        while wait is not None and time.perf_counter() < limit:
            await asyncio.sleep(wait)
            wait = await self._once(agent)

    async def _once(self, agent: Agent) -> float | None:
        """Sends what is pending; how long to wait before it is sent again, None if it is settled."""
        call = agent.call()
        try:
            answered = await self._clients[agent.who.agent].post(call.path, call.headers, call.body)
        except OSError as error:
            self._errors[type(error).__name__] += 1
            return 1.0
        if answered.status == 200:
            self._outcome.answered += 1
            wrong = agent.told(answered)
            if wrong is not None:
                self._outcome.wrong.append(wrong)
            return None
        if answered.status in BUSY:
            if answered.status == BAD_GATEWAY:
                self._errors[_code(answered)] += 1
            else:
                self._outcome.shed += 1
            return float(answered.headers.get("retry-after", "1"))
        self._errors[f"{call.action} {_code(answered)}"] += 1
        agent.refused_for_good()
        return None

    def _tell(self, done: float) -> None:
        if done - self._told >= 0.5:
            self._told = done
            self._pipe.send(done)


def _code(answered: Answered) -> str:
    try:
        return f"{answered.status} {answered.json().get('code', '')}"
    except (msgspec.DecodeError, AttributeError):
        return str(answered.status)
