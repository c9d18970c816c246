"""The client of the old two-tier system, as a peer: each agent has a connection of its own straight to the database.

Every statement commits by itself, one question after the other, as such clients are written; case, interview, attempt,
answers and outcome are the same rows in the same tables. It has no keys, no journal and no roles, and asyncpg prepares
its statements, which the real ones never did: where it is dearer all the same, that is not for want of a good driver.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import time
import uuid
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any

import asyncpg
import msgspec
import uvloop

from local.bench import progress
from local.bench.agents import ANSWERS_A_SAVE, CAMPAIGN, COURSE, OUTCOME
from local.bench.load import allow_many_sockets

CONNECTING_AT_ONCE = 16

FIND = (
    "SELECT c.id, c.contact_id, c.attempts, c.epoch FROM outbound.cases c "
    "WHERE c.campaign = $1 AND c.state = 'waiting' AND c.due_at <= now() "
    "ORDER BY c.priority DESC, c.due_at, c.id LIMIT 1"
)
TAKE = (
    "UPDATE outbound.cases SET state = 'held', holder = $2, epoch = epoch + 1, attempts = attempts + 1, "
    "lease_until = now() + interval '5 minutes', last_attempt_at = now() WHERE id = $1 AND state = 'waiting'"
)
CONTACT = "SELECT name, language, timezone, attributes FROM outbound.contacts WHERE id = $1"
NUMBERS = "SELECT id, number_cipher FROM outbound.phones WHERE contact_id = $1 AND usable ORDER BY position"
BEGIN_INTERVIEW = (
    "INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language) "
    "VALUES ($1, $2, $3, $4, $5, 'old', 'zh')"
)
BEGIN_ATTEMPT = (
    "INSERT INTO outbound.attempts (campaign, case_id, number, epoch, agent, interview_id, phone_id) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)"
)
PAST_CALLS = (
    "SELECT a.started_at, a.agent, o.title_zh FROM outbound.attempts a JOIN outbound.outcomes o ON o.code = a.outcome "
    "WHERE a.case_id = $1 ORDER BY a.number DESC LIMIT 10"
)
DIALLED = "UPDATE outbound.attempts SET dialled_at = now() WHERE interview_id = $1"
SAVE = (
    "INSERT INTO outbound.answers (interview_id, field, campaign, agent, value, step) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (interview_id, field, round) DO UPDATE SET value = excluded.value"
)
BEAT = "UPDATE outbound.cases SET lease_until = now() + interval '5 minutes' WHERE id = $1"
END_INTERVIEW = "UPDATE outbound.interviews SET outcome = $2, ended_at = now() WHERE id = $1"
END_ATTEMPT = "UPDATE outbound.attempts SET outcome = $2, ended_at = now() WHERE interview_id = $1"
MEANING = "SELECT final, retry_minutes FROM outbound.outcomes WHERE code = $1"
END_NUMBER = "UPDATE outbound.phones SET last_outcome = $2 WHERE id = $1"
CLOSE = "UPDATE outbound.cases SET state = 'closed', outcome = $2, holder = NULL, lease_until = NULL WHERE id = $1"


class OldLoad(msgspec.Struct, frozen=True, kw_only=True):
    """Like `load.Load`, for clients of the database itself."""

    host: str
    port: int
    database: str
    user: str
    password: str
    agents: int
    rate: float
    seconds: float
    seed: int = 1


class OldOutcome(msgspec.Struct, kw_only=True):
    latencies: list[float] = []
    """Seconds of each action, from when it should have begun."""
    statements: int = 0
    missed: int = 0
    """Cases that another had taken between looking and taking."""
    errors: dict[str, int] = {}
    seconds: float = 0.0


@dataclass(slots=True)
class OldAgent:
    name: str
    connection: Any
    outcome: OldOutcome
    place: int = 0
    step: int = 0
    interview: str = ""
    case: Any = None
    phone: Any = None

    async def act(self) -> None:
        """The next action of the course."""
        action = COURSE[self.place]
        self.step += 1
        await getattr(self, action)()
        self.place = (self.place + 1) % len(COURSE)

    async def next_case(self) -> None:
        taken = False
        while not taken:
            found = await self._ask(FIND, CAMPAIGN)
            self.case = found[0]
            taken = (await self._do(TAKE, self.case["id"], self.name)).endswith("1")
            self.outcome.missed += not taken
        self.interview, epoch = str(uuid.uuid4()), self.case["epoch"] + 1
        await self._ask(CONTACT, self.case["contact_id"])
        self.phone = (await self._ask(NUMBERS, self.case["contact_id"]))[0]["id"]
        await self._do(BEGIN_INTERVIEW, self.interview, CAMPAIGN, self.case["id"], epoch, self.name)
        number = self.case["attempts"] + 1
        await self._do(
            BEGIN_ATTEMPT, CAMPAIGN, self.case["id"], number, epoch, self.name, self.interview, self.phone
        )  # fmt: skip
        await self._ask(PAST_CALLS, self.case["id"])

    async def dial(self) -> None:
        await self._ask(NUMBERS, self.case["contact_id"])
        await self._do(DIALLED, self.interview)

    async def save_answers(self) -> None:
        for number in range(ANSWERS_A_SAVE):
            name, value = f"q{self.step}_{number}", f'"{self.interview}-{self.step}-{number}"'
            await self._do(SAVE, self.interview, name, CAMPAIGN, self.name, value, self.step)

    async def heartbeat(self) -> None:
        await self._do(BEAT, self.case["id"])

    async def finish(self) -> None:
        await self._do(END_INTERVIEW, self.interview, OUTCOME)
        await self._do(END_ATTEMPT, self.interview, OUTCOME)
        await self._ask(MEANING, OUTCOME)
        await self._do(END_NUMBER, self.phone, OUTCOME)
        await self._do(CLOSE, self.case["id"], OUTCOME)

    async def _ask(self, sql: str, *values: Any) -> Any:
        self.outcome.statements += 1
        return await self.connection.fetch(sql, *values)

    async def _do(self, sql: str, *values: Any) -> str:
        self.outcome.statements += 1
        return str(await self.connection.execute(sql, *values))


class OldOffice:
    """All agents' clients, in a process of their own: connected on entering, each at another place of their course."""

    def __init__(self, load: OldLoad) -> None:
        self._load = load
        context = multiprocessing.get_context("spawn")
        self._pipe, self._theirs = context.Pipe()
        self._process = context.Process(target=_main, args=(load, self._theirs), daemon=True)

    def __enter__(self) -> OldOffice:
        self._process.start()
        with progress.step(f"{self._load.agents:,} direct connections", None):
            self._pipe.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()

    def work(self) -> OldOutcome:
        self._pipe.send("work")
        with progress.step("the old way", None):
            outcome: OldOutcome = self._pipe.recv()
        return outcome


def _main(load: OldLoad, pipe: Pipe) -> None:
    allow_many_sockets()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = OldOutcome()
        agents = runner.run(_connect(load, outcome))
        pipe.send("connected")
        pipe.recv()
        pipe.send(runner.run(_work(load, agents, outcome)))
        pipe.poll(None)


async def _connect(load: OldLoad, outcome: OldOutcome) -> list[OldAgent]:
    room = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def one(number: int) -> OldAgent:
        async with room:
            connection = await asyncpg.connect(
                host=load.host,
                port=load.port,
                database=load.database,
                user=load.user,
                password=load.password,
                ssl=False,
            )
            agent = OldAgent(f"old-{number}", connection, outcome)
            if number % len(COURSE):
                await agent.act()
                agent.place = number % len(COURSE)
        return agent

    agents = list(await asyncio.gather(*(one(number) for number in range(load.agents))))
    outcome.statements = outcome.missed = 0
    return agents


async def _work(load: OldLoad, agents: list[OldAgent], outcome: OldOutcome) -> OldOutcome:
    chance = random.Random(load.seed)  # noqa: S311 - arrivals, no secrets
    ready: asyncio.Queue[OldAgent] = asyncio.Queue()
    for agent in agents:
        ready.put_nowait(agent)

    async def arrive(intended: float) -> None:
        agent = await ready.get()
        try:
            await agent.act()
        except asyncpg.PostgresError as error:
            name = type(error).__name__
            outcome.errors[name] = outcome.errors.get(name, 0) + 1
            agent.place = 0
        else:
            outcome.latencies.append(time.perf_counter() - intended)
        ready.put_nowait(agent)

    begun, due, under_way = time.perf_counter(), 0.0, set()
    while (due := due + chance.expovariate(load.rate)) < load.seconds:
        await asyncio.sleep(max(0.0, begun + due - time.perf_counter()))
        task = asyncio.create_task(arrive(begun + due))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    outcome.seconds = time.perf_counter() - begun
    return outcome
