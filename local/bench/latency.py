"""What an agent waits for: sessions and actions through gateway, worker, pooler and PostgreSQL, durable commit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from callscript import protocol
from local.bench.desk import Desk, sit_down
from local.bench.row import Measured, Row, timed
from local.cloud import Cloud

TIMES = 200
CASES = 60
P95_GOAL_MS = 100.0


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="waihu-bench-") as folder:
        cloud = Cloud(Path(folder) / "data", app=False, demo_contacts=CASES + 20, temporary=True)
        with cloud, httpx.Client(base_url=cloud.gateway_url, timeout=20) as client:
            yield from _measure(sit_down(cloud), client)


def _measure(desk: Desk, client: httpx.Client) -> Iterator[Row]:
    headers = {"authorization": f"Bearer {desk.access_token}"}
    floor = timed(lambda: client.get(protocol.HEALTH_PATH), TIMES, warm=20)
    yield floor.row("latency", "GET /health, the floor", "ms")
    sessions = timed(lambda: client.post(protocol.SESSIONS_PATH, headers=headers), TIMES, warm=10)
    yield from _both(sessions, "POST /sessions", floor)
    cases = timed(lambda: desk.call(client, "outbound.next_case", desk.next_case()), CASES, warm=5)
    yield from _both(cases, "outbound.next_case", floor)
    saves = timed(lambda: desk.call(client, "outbound.save_answers", desk.answers()), TIMES, warm=20)
    yield from _both(saves, "outbound.save_answers, 3 answers", floor)
    beats = timed(lambda: desk.call(client, "outbound.heartbeat", {"interview": desk.interview}), TIMES, warm=5)
    yield from _both(beats, "outbound.heartbeat", floor)


def _both(measured: Measured, what: str, floor: Measured) -> Iterator[Row]:
    yield measured.row("latency", what, "ms", peer="GET /health", against=floor)
    late = Measured([measured.percentile(0.95)])
    yield late.row("latency", f"{what}, p95", "ms", at_most=P95_GOAL_MS)
