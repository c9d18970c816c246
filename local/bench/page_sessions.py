"""Two hundred agents with a page each on one process of the agents' app, answering at the pace of telephone calls."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any

import httpx
import msgspec
import uvloop

from admin import folders
from callscript.parser import load_campaign
from database.numbers import NumberKeys
from local import keys as secret_names
from local.bench import progress
from local.bench.contacts import add_contacts
from local.bench.house import open_demo
from local.bench.load import allow_many_sockets
from local.bench.page_agent import PageAgent
from local.bench.page_audit import Accounts, Given, audit, conditions, stored_answers
from local.bench.page_session import PageSession, sign_in
from local.bench.processes import cost_of
from local.bench.row import Measured, Row, goal
from local.cloud import Cloud
from local.identity import Person

BENCH = "page_sessions"
AGENTS, QUICK_AGENTS = 200, 40
SECONDS, QUICK_SECONDS = 60.0, 12.0
THINK_SECONDS = (3.0, 9.0)
"""Between two clicks of an agent, evenly spread: quicker than questions are read out."""
P95_GOAL_MS = 150.0
DRAIN_SECONDS = 60.0
CONNECTING_AT_ONCE = 8
CAMPAIGN = "csat"


class Work(msgspec.Struct, frozen=True):
    url: str
    password: str
    agents: Sequence[str]
    seconds: float


class Worked(msgspec.Struct, kw_only=True):
    """Times in seconds."""

    clicks: list[float] = []
    answers: list[float] = []
    """Those of the clicks that answered a question; the others took cases and chose campaigns."""
    first_pages: list[float] = []
    taken: list[Given] = []
    """Every answer that the desk has taken."""
    errors: list[str] = []


def rows(quick: bool = False) -> Iterator[Row]:
    agents, seconds = (QUICK_AGENTS, QUICK_SECONDS) if quick else (AGENTS, SECONDS)
    allow_many_sockets()
    with open_demo(contacts=0, app=True) as cloud:
        people = _people(cloud, agents)
        numbers = NumberKeys.from_secret(cloud.keys.text(secret_names.NUMBER_KEYS))
        with cloud.database.connect() as connection:
            add_contacts(connection, CAMPAIGN, agents * 20, numbers)
        watched = _at_work(cloud, Work(cloud.app_url, cloud.keys.demo_password, people, seconds))
        worked = watched.worked
        what = f"{agents} pages"
        clicks = Measured([one * 1000 for one in worked.clicks] or [0.0])
        yield clicks.row(BENCH, f"{what}: click to the next question's arrival, p50", "ms")
        answers = Measured([one * 1000 for one in worked.answers] or [0.0])
        yield goal(BENCH, f"{what}: an answer, p95", answers.percentile(0.95), "ms")
        yield goal(BENCH, f"{what}: click, p95", clicks.percentile(0.95), "ms", at_most=P95_GOAL_MS)
        yield goal(BENCH, f"{what}: click, p99", clicks.percentile(0.99), "ms")
        yield goal(BENCH, f"{what}: clicks", len(worked.clicks) / seconds, "/s")
        yield goal(BENCH, f"{what}: first page, p50", Measured([1000 * t for t in worked.first_pages]).median, "ms")
        yield goal(BENCH, f"{what}: memory", 1000 * watched.megabytes / (agents - 1), "kB a session")
        yield goal(BENCH, f"{what}: processor of the app", 100 * watched.share, "% of a core")
        each = 1000 * watched.share * seconds / max(len(worked.clicks), 1)
        yield goal(BENCH, f"{what}: processor of the app a click, with what pages ask by themselves", each, "ms")
        yield goal(BENCH, f"{what}: errors", len(worked.errors), "", at_most=0, spread="; ".join(worked.errors[:2]))
        found = _audited(cloud, worked.taken)
        yield goal(BENCH, f"{what}: answers that the desk has taken", len(worked.taken), "")
        yield goal(BENCH, f"{what}: of these needless by another answer of their screen", len(found.superfluous), "")
        lost = "; ".join(" ".join(place) for place in found.lost[:3])
        yield goal(BENCH, f"{what}: of these lost or changed", len(found.lost), "", at_most=0, spread=lost)


def _people(cloud: Cloud, count: int) -> list[str]:
    names = [f"bench-{number}" for number in range(1, count + 1)]
    for name in progress.counted("making agents", names, count):
        cloud.users.ensure_person(Person(name, name, ("agent", "service")), cloud.keys.demo_password)
    return names


def _memory(cloud: Cloud) -> float:
    """Megabytes of the app's process."""
    return cost_of([cloud.app.pid or 0], memory=True).megabytes


def _audited(cloud: Cloud, taken: Sequence[Given]) -> Accounts:
    """What became of them once the outbox has had time to deliver them."""
    root = folders.CHECKOUT_SCRIPTS
    asked = conditions(load_campaign(folders.collect(folders.find_campaign(CAMPAIGN, root), root).files).usable)
    until = time.monotonic() + DRAIN_SECONDS
    with cloud.database.connect() as connection, progress.step("the outbox empties", None):
        while (found := audit(taken, stored_answers(connection), asked)).lost and time.monotonic() < until:
            time.sleep(0.5)
    return found


@dataclass(frozen=True, slots=True)
class Watched:
    worked: Worked
    megabytes: float
    """By which the app has grown from the first page to the end of the work."""
    share: float
    """Of a core that the app has used meanwhile."""


def _at_work(cloud: Cloud, work: Work) -> Watched:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_main, args=(work, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        with progress.step("pages open", None):
            ours.recv()
            first = _memory(cloud)
            ours.send("open the others")
            ours.recv()
        before = cost_of([cloud.app.pid or 0]).cpu_seconds
        ours.send("work")
        progress.pause(f"{len(work.agents)} agents at work", work.seconds)
        spent = cost_of([cloud.app.pid or 0]).cpu_seconds - before
        grown = _memory(cloud) - first
        return Watched(ours.recv(), grown, spent / work.seconds)
    finally:
        process.kill()
        process.join()


def _main(work: Work, pipe: Pipe) -> None:
    allow_many_sockets()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        pipe.send(runner.run(_office(work, pipe)))
        pipe.poll(None)


async def _office(work: Work, pipe: Pipe) -> Worked:
    worked, room = Worked(), asyncio.Semaphore(CONNECTING_AT_ONCE)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=work.url, timeout=30))

        async def open_page(name: str) -> PageSession:
            async with room:
                client.cookies.clear()
                cookies = await sign_in(client, name, work.password)
                begun = time.perf_counter()
                page = await stack.enter_async_context(PageSession(work.url, cookies))
                worked.first_pages.append(time.perf_counter() - begun)
                return page

        first = await open_page(work.agents[0])
        await _told(pipe)
        pages = [first, *await asyncio.gather(*(open_page(name) for name in work.agents[1:]))]
        await _told(pipe)
        agents = [PageAgent(random.Random(number)) for number in range(len(pages))]  # noqa: S311 - no secrets
        until = time.perf_counter() + work.seconds
        await asyncio.gather(*(_one(*pair, until, worked) for pair in zip(pages, agents, strict=True)))
        worked.taken = [taken for agent in agents for taken in agent.taken.values()]
    return worked


async def _told(pipe: Pipe) -> None:
    """Says how far it is, and waits until it is told to go on."""
    pipe.send("here")
    await asyncio.to_thread(pipe.recv)


async def _one(page: PageSession, agent: PageAgent, until: float, worked: Worked) -> None:
    await asyncio.sleep(agent.chance.uniform(0, THINK_SECONDS[1]))
    while time.perf_counter() < until:
        event: dict[str, Any] = agent.event(page.drawing)
        try:
            taken = await page.click(event)
        except (OSError, TimeoutError) as error:
            worked.errors.append(type(error).__name__)
            return
        worked.clicks.append(taken)
        if event["type"] == "answer":
            worked.answers.append(taken)
        agent.saw(page.drawing)
        await asyncio.sleep(agent.chance.uniform(*THINK_SECONDS))
