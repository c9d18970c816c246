"""A discrete-event model of one cell under many agents: actions arrive, workers up to the concurrency serve them.

A model: service times are drawn about what was measured on one machine (docs/benchmarks.md), with the proxy's round
trips added; the database is taken to be as fast at every load, which no database is. It shows queueing and where
concurrency ends, not what a cell will do.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass

from infra.costs.work import Work


@dataclass(frozen=True, slots=True)
class Seen:
    """Milliseconds from the arrival to the answer; `refused`: share that found neither worker nor place to wait."""

    agents: int
    cells: int
    requests_a_second: float
    median: float
    p95: float
    p99: float
    refused: float
    busy: float
    """Mean share of the workers that were at work."""


def simulate(agents: int, cells: int, concurrency: int, work: Work, *, seconds: float = 20.0, seed: int = 1) -> Seen:
    """One cell with its share of `agents` for `seconds`; Lambda refuses at once what exceeds `concurrency`, and the
    desk tries again after a second, at most three times."""
    draw = random.Random(seed)  # noqa: S311 - a model
    rate = agents / cells * work.actions_a_second
    arrivals: list[tuple[float, int, float]] = []
    at = draw.expovariate(rate)
    while at < seconds:
        arrivals.append((at, 0, at))
        at += draw.expovariate(rate)
    offered, refused = len(arrivals), 0
    heapq.heapify(arrivals)
    ends: list[float] = []
    took: list[float] = []
    at_work = 0.0
    while arrivals:
        now, tries, first = heapq.heappop(arrivals)
        while ends and ends[0] <= now:
            heapq.heappop(ends)
        if len(ends) >= concurrency:
            if tries == 3:
                refused += 1
            else:
                heapq.heappush(arrivals, (now + draw.uniform(0.5, 1.5), tries + 1, first))
            continue
        service = _service(draw, work)
        at_work += service
        heapq.heappush(ends, now + service)
        took.append((now + service - first) * 1000)
    took.sort()
    return Seen(
        agents, cells, rate * cells, _at(took, 0.5), _at(took, 0.95), _at(took, 0.99), refused / offered,
        at_work / seconds / concurrency,
    )  # fmt: skip


def _service(draw: random.Random, work: Work) -> float:
    """Seconds: log-normal about the mean, and one call in two thousand starts a worker (400 ms)."""
    usual = draw.lognormvariate(0.0, 0.45) * work.business_milliseconds * 0.9 / 1000
    return usual + (0.4 if draw.random() < 0.0005 else 0.0)


def _at(sorted_values: list[float], share: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))] if sorted_values else 0.0
