"""A discrete-event model of one cell: calls arrive, functions up to the concurrency take them, the database's
processors work on each.

A model: times are drawn about what was measured on one machine (`measured.toml`), with the network's round trips added;
locks, disks, vacuum and the proxy's own work are not in it. It shows queueing, which limit is met first, and how long a
cell needs to take what waited while it was away; not what a cell will do.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

from infra.costs.measured import NETWORK_MILLISECONDS, measured, milliseconds
from infra.costs.work import Work

LONGEST_PAUSE = 8.0
"""Seconds: a desk that finds no free function comes again after pauses that double up to this, and never gives up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a cell has, and who works in it; `burst`: calls over their mean."""

    agents: int
    concurrency: int
    processors: int = 2
    burst: float = 1.0
    away: tuple[float, float] = (0.0, 0.0)
    """Seconds from when to when the database does not answer; calls wait with the desks meanwhile."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Milliseconds from the call to its answer; shares of the time that functions and processors were at work."""

    calls_a_second: float
    mean: float
    median: float
    p95: float
    p99: float
    turned_away: float
    """Share of the tries that found no free function, and were told to come again."""
    functions_busy: float
    database_busy: float
    waiting: tuple[tuple[float, int], ...]
    """(second, calls that were sent and not answered yet), once a second."""


@dataclass
class _Run:
    cell: Cell
    work: Work
    seconds: float
    draw: random.Random
    clock: simpy.Environment = field(default_factory=simpy.Environment)
    took: list[float] = field(default_factory=list)
    tries: int = 0
    refused: int = 0
    open: int = 0
    function_seconds: float = 0.0
    database_seconds: float = 0.0
    waiting: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.functions = simpy.Resource(self.clock, self.cell.concurrency)
        self.processors = simpy.Resource(self.clock, self.cell.processors)

    def arrivals(self, kind: str, rate: float) -> Generator[simpy.Event, Any, None]:
        while True:
            yield self.clock.timeout(self.draw.expovariate(rate))
            self.clock.process(self.call(kind))

    def call(self, kind: str) -> Generator[simpy.Event, Any, None]:
        begun, self.open, pause = self.clock.now, self.open + 1, 1.0
        yield from self.wait_for_the_cell()
        self.tries += 1
        while self.functions.count >= self.cell.concurrency:
            self.tries, self.refused = self.tries + 1, self.refused + 1
            yield self.clock.timeout(self.draw.uniform(0.5, 1.5) * pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        with self.functions.request() as function:
            yield function
            yield from self.serve(kind)
        self.took.append((self.clock.now - begun) * 1000)
        self.open -= 1

    def wait_for_the_cell(self) -> Generator[simpy.Event, Any, None]:
        """A desk looks about every two seconds whether its cell is there again, and then sends what waited."""
        since, until = self.cell.away
        if since <= self.clock.now < until:
            yield self.clock.timeout(until - self.clock.now + self.draw.uniform(0.0, 2.0))

    def serve(self, kind: str) -> Generator[simpy.Event, Any, None]:
        told = measured()
        one, processor = told[kind], told["database_milliseconds"]
        spread = math.log(one["p95"] / one["median"]) / 1.645
        network = one["round_trips"] * NETWORK_MILLISECONDS
        alone = network + (milliseconds(kind) - network) * self.draw.lognormvariate(0.0, spread)
        if self.draw.random() < 0.0005:
            alone += 400.0  # one call in two thousand starts a worker
        begun = self.clock.now
        with self.processors.request() as turn:
            yield turn
            share = self.draw.expovariate(1 / processor)
            self.database_seconds += share / 1000
            yield self.clock.timeout(share / 1000)
        yield self.clock.timeout(max(alone - processor, 0.0) / 1000)
        self.function_seconds += self.clock.now - begun

    def look(self) -> Generator[simpy.Event, Any, None]:
        while True:
            self.waiting.append((self.clock.now, self.open))
            yield self.clock.timeout(1.0)


def simulate(cell: Cell, work: Work, *, seconds: float = 30.0, seed: int = 1) -> Seen:
    """`cell` at work for `seconds`."""
    run = _Run(cell, work, seconds, random.Random(seed))  # noqa: S311 - a model
    rates = {name: rate * cell.agents * cell.burst for name, rate in work.rates.items()}
    for kind, rate in rates.items():
        run.clock.process(run.arrivals(kind, rate))
    run.clock.process(run.look())
    run.clock.run(until=seconds)
    run.took.sort()
    return Seen(
        calls_a_second=sum(rates.values()),
        mean=statistics.fmean(run.took) if run.took else 0.0,
        median=_at(run.took, 0.5),
        p95=_at(run.took, 0.95),
        p99=_at(run.took, 0.99),
        turned_away=run.refused / max(run.tries, 1),
        functions_busy=run.function_seconds / seconds / cell.concurrency,
        database_busy=run.database_seconds / seconds / cell.processors,
        waiting=tuple(run.waiting),
    )


def _at(sorted_values: list[float], share: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))] if sorted_values else 0.0
