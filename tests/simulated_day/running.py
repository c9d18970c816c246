"""Plays a day on a database and looks at what it left."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from admin.calling import apply_calling
from database.connection import Connection
from tests.functions.business.desks import NUMBERS
from tests.harness.fresh_database import FreshDatabase
from tests.simulated_day.checker import Checker
from tests.simulated_day.day import BEGINS, Day, Told
from tests.simulated_day.desk import open_centre
from tests.simulated_day.left import Left, read
from tests.simulated_day.rulebook import Rules, rules_for
from tests.simulated_day.sample import CAMPAIGN, crew, seat
from tests.simulated_day.stories import Stories


@dataclass
class Result:
    left: Left
    told: Told
    broken: list[str]
    rules: Rules
    ended: datetime
    admin: Connection
    owner: Connection

    def summary(self) -> str:
        outcomes = Counter(row["outcome"] or "lost" for row in self.left.attempts)
        cells = "; ".join(
            f"{quota}/{name} {cell['complete']}/{cell['target']}" for (quota, name), cell in self.left.cells.items()
        )
        return (
            f"{len(self.left.attempts)} calls to {len(self.left.cases)} contacts, {self.told.empty} times "
            f"nobody to call, {len(self.told.deaths)} agents lost in a call, "
            f"{len(self.left.promises)} call-backs agreed\n"
            f"outcomes: {dict(sorted(outcomes.items()))}\nquotas: {cells}\nrules broken: {len(self.broken)}"
        )

    def unexplained(self) -> list[str]:
        """What `waihu trace` leaves out or tells wrong of any case."""
        # The story is sorted by time: the journal's rows are set to the simulation's, which they carry.
        self.owner.execute(
            "UPDATE platform.journal SET at = to_timestamp(substr(correlation, 5, 21), 'YYYYMMDD\"T\"HH24MISSUS')"
            " WHERE correlation LIKE 'sim-%'"
        )
        self.owner.execute("ANALYZE")
        return list(Stories(self.left, self.rules, self.ended).unexplained(self.admin))


def play(
    database: FreshDatabase, *, agents: int, contacts: int, seed: int = 1, hours: float = 24.0,
    spoil: Callable[[Connection], object] = lambda _: None, pack: str | None = None, rules: bytes | None = None,
) -> Result:  # fmt: skip
    """`rules`: a `calling.xml` instead of the day's own.

    `spoil` may break the database's rules beforehand, `pack` be a broken `server.xml`: to see that it is found.
    """
    chance = random.Random(seed)  # noqa: S311 - the same day each time is the point
    with open_centre(database, BEGINS, pack) as centre:
        crew_ = crew(agents, chance)
        seat(crew_, contacts, centre.desk.admin, NUMBERS, chance)
        calling = rules or rules_for(contacts)
        apply_calling(calling, campaign=CAMPAIGN, connection=centre.desk.admin, who="simulation")
        spoil(centre.clock.owner)
        centre.clock.owner.execute("ANALYZE")
        told = Day(centre, crew_, chance, hours).run()
    left = read(centre.desk.admin)
    book = Rules(calling, left.outcomes)
    broken = Checker(left, told, {agent.name: agent for agent in crew_}, book).broken()
    return Result(left, told, broken, book, centre.clock.now, centre.desk.admin, centre.clock.owner)
