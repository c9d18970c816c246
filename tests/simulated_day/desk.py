"""An agent's calls through the business function's own handler, at whatever time the simulation's clock shows."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from callscript import call_key
from callscript.session_token import Claims, mint
from database.connection import Connection
from functions.business.connections import Connections
from tests.functions.business.desks import Desk, made_desk
from tests.functions.doubles import Replied, User, event
from tests.harness.acting import KEY_ID, SECRET, trust_test_key
from tests.harness.fresh_database import FreshDatabase
from tests.simulated_day.sample import CAMPAIGN

PACK = Path("scripts_bucket/outbound/server.xml")


@dataclass
class Clock:
    """The simulation's time, in the process and in the database."""

    owner: Connection
    now: datetime

    def set(self, moment: datetime) -> None:
        if moment < self.now:
            raise ValueError("time does not go back")
        self.now = moment
        self.owner.execute(
            "INSERT INTO platform.clock (at) VALUES ($1) ON CONFLICT (only_one) DO UPDATE SET at = excluded.at", moment
        )

    def count_rows(self) -> None:
        """What a server does by itself every few minutes; an hour of the simulation may take it less than one."""
        self.owner.execute("ANALYZE")


def stamp(moment: datetime) -> str:
    """A correlation id that tells the simulation's time to whoever reads the journal."""
    return f"sim-{moment.astimezone(UTC):%Y%m%dT%H%M%S%f}"


@dataclass
class Centre:
    """The business server in this process, on a database of its own."""

    desk: Desk
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)
    calls: int = 0

    def call(self, agent: str, action: str, parameters: Mapping[str, Any], interview: str | None = None) -> Replied:
        self.calls += 1
        key = call_key.mint(uuid.uuid4().hex, self.calls, action, time.time_ns() // 1_000_000)
        headers = {
            "waihu-session": self._token(agent), "idempotency-key": key,
            "waihu-correlation-id": stamp(self.clock.now) + f"-{self.calls}",
        }  # fmt: skip
        body = {"campaign": CAMPAIGN, "release": self.desk.release, "parameters": dict(parameters), "node": "sim"}
        if interview is not None:
            body["interview"] = interview
        made = event("POST", f"/c1/actions/outbound.{action}", user=User(agent), headers=headers, body=body)
        return Replied(self.desk.business.handle(made))

    def _token(self, agent: str) -> str:
        if agent not in self.tokens:
            now = int(time.time())
            claims = Claims(
                session=f"s-{agent}", agent=agent, roles=["agent"], groups=[], campaigns=[CAMPAIGN], cells=["c1"],
                issued_at=now - 60, expires_at=now + 24 * 3600,
            )  # fmt: skip
            self.tokens[agent] = mint(claims, KEY_ID, SECRET)
        return self.tokens[agent]


@contextmanager
def open_centre(database: FreshDatabase, begins: datetime, pack: str | None = None) -> Iterator[Centre]:
    """`pack` instead of the shipped `server.xml`. Log lines of the handler go nowhere while it is open."""
    admin = database.connect("waihu_admin", timeout=None)
    trust_test_key(admin)
    clock = Clock(database.connect(timeout=None), begins)
    clock.set(begins)
    desk = made_desk(Connections(lambda: database.connect("waihu_business")), admin)
    desk.release = desk.bucket.publish(
        CAMPAIGN, {"packs/outbound/server.xml": pack.encode() if pack else PACK.read_bytes()}
    )
    with redirect_stdout(io.StringIO()) as said:
        yield Centre(desk, clock)
        said.truncate(0)
