"""How agents become requests, concurrency and connections, and which limit of a service is met first."""

from __future__ import annotations

from dataclasses import dataclass

from infra.costs.bill import VCPUS
from infra.costs.measured import measured
from infra.costs.work import Work
from infra.profile import Profile

PEAK = 3.0
"""The busiest second over the mean: everybody answers when a shift begins."""


ACCOUNT_CONCURRENCY, KEPT_FREE = 1_000, 100
"""Lambda's default for an account, and what it keeps from being reserved."""


def reserved(profile: Profile) -> int:
    """What all functions of a deployment reserve: its cells' (of each also upkeep, migration, rotation: one each),
    dispatch, and five of the publisher, the admin's pages and the watch over cells."""
    return len(profile.cells) * (profile.business_concurrency + profile.slow_concurrency + 3) + (
        profile.dispatch_concurrency + 5
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """What is needed at the peak, and what there is."""

    what: str
    needed: float
    available: float
    source: str

    @property
    def share(self) -> float:
        return self.needed / self.available


def limits(profile: Profile, work: Work) -> list[Limit]:
    """Of the whole deployment and of each cell, with the profile's agents spread evenly."""
    cells = len(profile.cells)
    rate = profile.agents * work.actions_a_second * PEAK
    busy = rate / cells * work.business_milliseconds / 1000
    sessions = profile.agents
    return [
        Limit("API: requests a second", rate, profile.requests_per_second, "throttle of the profile"),
        Limit("API: requests a second", rate, 10_000, "API Gateway, an account and region (¹); can be raised"),
        Limit("business at once, a cell", busy, profile.business_concurrency, "reserved concurrency"),
        Limit("all functions at once", reserved(profile), ACCOUNT_CONCURRENCY - KEPT_FREE,
              "Lambda, an account's default of 1,000 (²) less the 100 that stay unreserved; can be raised"),
        Limit("database's processors, a cell", rate / cells * measured()["database_milliseconds"] / 1000,
              VCPUS[profile.database_class], "processor time of an action, as measured on another machine"),
        Limit("connections, a cell", profile.business_concurrency + profile.slow_concurrency,
              profile.proxy_connections, "proxy_percent of max_connections"),
        Limit("desk: sessions", sessions, profile.most_tasks * profile.sessions_a_task, "most_tasks of the profile"),
        Limit("desk: writes a second on the index", profile.agents * work.saves_a_second * PEAK, 4_000,
              "DynamoDB, 1,000 a partition (²); 4 shards"),
        Limit("Cognito: sign-ins a second", profile.agents / 300, 120,
              "a shift comes in five minutes; default quota (²)"),
    ]  # fmt: skip
