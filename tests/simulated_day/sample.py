"""The people of the simulated day: five time zones, two languages, one to three numbers each, some on do-not-call
lists; and the agents who call them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from admin.contacts import Contact, import_rows
from database.connection import Connection
from database.numbers import NumberKeys

CAMPAIGN = "csat"
ZONES = ("Asia/Shanghai", "Asia/Kolkata", "Europe/London", "America/New_York", "America/Los_Angeles")
REGIONS = ("north", "south", "west")


@dataclass(frozen=True, slots=True)
class Agent:
    name: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    starts: int
    """Hour of the day (UTC) at which the shift of eight hours begins."""


def people(count: int, chance: random.Random) -> Iterator[Contact]:
    for number in range(count):
        several = chance.choices((1, 2, 3), (70, 22, 8))[0]
        yield Contact(
            line=number + 2,
            name=f"contact {number}",
            phones=tuple(f"+1202{number * 3 + each:08d}" for each in range(several)),
            language=chance.choices(("zh", "en"), (80, 20))[0],
            timezone=ZONES[number % len(ZONES)],
            priority=chance.choices((0, 5), (90, 10))[0],
            attributes={"region": chance.choices(REGIONS, (30, 67, 3))[0]},
        )


def crew(count: int, chance: random.Random) -> list[Agent]:
    return [
        Agent(
            name=f"agent{number}",
            languages=(("zh",), ("zh", "en"), ("en",))[number % 3],
            skills=("conversion",) if chance.random() < 0.3 else (),
            starts=number % 3 * 8,
        )
        for number in range(count)
    ]


def seat(agents: list[Agent], contacts: int, admin: Connection, keys: NumberKeys, chance: random.Random) -> None:
    """Writes everybody into the database, and one in fifty numbers on a do-not-call list, some of them for a while."""
    for agent in agents:
        admin.execute(
            "INSERT INTO outbound.agents (id, languages, skills) VALUES ($1, $2, $3)",
            agent.name, list(agent.languages), list(agent.skills),
        )  # fmt: skip
    import_rows(people(contacts, chance), campaign=CAMPAIGN, connection=admin, keys=keys)
    admin.execute(
        """
        INSERT INTO outbound.do_not_call (number_index, campaign, source, expires_at)
        SELECT p.number_index, CASE WHEN n.i % 2 = 0 THEN '' ELSE $1 END, 'list',
               CASE WHEN n.i % 3 = 0 THEN platform.now() + interval '11 hours' END
          FROM (SELECT number_index, row_number() OVER (ORDER BY number_index) AS i FROM outbound.phones) p,
               LATERAL (SELECT p.i / 50 AS i) n
         WHERE p.i % 50 = 0
        """,
        CAMPAIGN,
    )
