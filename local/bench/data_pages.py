"""The supervisor's pages over 1,000,000 cases and 500 agents, from the click to the painted table, in Chromium."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local import chromium
from local.bench.row import Measured, Row
from local.cloud import Cloud

PAINT_GOAL_MS = 1_000.0
TIMES = 7
PATIENCE_MS = 120_000


def pages(share: float) -> Iterator[Row]:
    from playwright.sync_api import sync_playwright

    executable = chromium.find(Path.cwd() / ".waihu" / "tools")
    with tempfile.TemporaryDirectory(prefix="waihu-bench-") as folder, sync_playwright() as play:
        cloud = Cloud(Path(folder) / "data", demo_contacts=0, durable=False, temporary=True)
        with cloud:
            cases, agents = int(1_000_000 * share), max(10, int(500 * share))
            _fill(cloud, cases, agents)
            browser = play.chromium.launch(executable_path=executable, args=list(chromium.FLAGS))
            yield from _measure(browser.new_page(), cloud, f"{cases:,} cases, {agents} agents")
            browser.close()


def _fill(cloud: Cloud, cases: int, agents: int) -> None:
    place = cloud.database.postgres.endpoint(cloud.database.name if hasattr(cloud.database, "name") else "waihu")
    from database.connection import Connection

    with Connection.open(place.host, place.port, place.database, place.user, place.password) as connection:
        run = connection.execute
        run("SET session_replication_role = replica")
        run(
            "INSERT INTO outbound.contacts (campaign, name) SELECT 'csat', 'N' || g FROM generate_series(1, $1) g",
            cases,
        )
        run(
            "INSERT INTO outbound.lanes (id, campaign, held, agreed, priority, weight, timezone, language, skills, cells,"  # noqa: E501
            " parts) VALUES (1, 'csat', false, false, 0, 1, 'Asia/Shanghai', 'zh', '{}', '{}', 2147483647)"
        )
        run(
            "INSERT INTO outbound.cases (campaign, contact_id, state, outcome, attempts, language, timezone, parts,"
            " callable_from, lane) SELECT 'csat', id, CASE WHEN n % 3 = 0 THEN 'closed' ELSE 'waiting' END,"
            " (ARRAY['1.1', '3.13', '2.112', '2.21', NULL, '3.12', '4.32'])[1 + n % 7], n % 9, 'zh', 'Asia/Shanghai',"
            " 2147483647, now(), 1"
            " FROM (SELECT id, row_number() OVER () AS n FROM outbound.contacts WHERE campaign = 'csat') c"
        )
        run(
            "INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language, outcome, started_at,"  # noqa: E501
            " ended_at) SELECT gen_random_uuid(), 'csat', id, 0, 'a' || n % $1::bigint, 'r', 'zh', outcome,"
            " now() - n * interval '0.5 s', now() FROM (SELECT id, outcome, row_number() OVER () AS n FROM outbound.cases"  # noqa: E501
            " WHERE campaign = 'csat' LIMIT $2::bigint) c", agents, agents * 80,
        )  # fmt: skip
        run(
            "INSERT INTO desk.agent_states (agent, campaign, state, since, until, seen_at)"
            " SELECT 'a' || a, 'csat', (ARRAY['talking', 'ready', 'wrap_up'])[1 + s % 3], now() - (s + 1) * interval '3 min',"  # noqa: E501
            " CASE WHEN s > 0 THEN now() - s * interval '3 min' END, now()"
            " FROM generate_series(0, $1::bigint - 1) a, generate_series(0, 119) s", agents,
        )  # fmt: skip
        run("RESET session_replication_role")
        for table in ("outbound.cases", "outbound.interviews", "outbound.contacts", "desk.agent_states"):
            run(f"VACUUM ANALYZE {table}")


def _measure(page: Any, cloud: Cloud, size: str) -> Iterator[Row]:
    page.set_default_timeout(PATIENCE_MS)
    page.goto(cloud.app_url)
    page.fill("#username", "manager")
    page.fill("#password", cloud.keys.demo_password)
    page.keyboard.press("Enter")
    grid = ".st-key-wh_card_{} [data-testid=stDataFrame] canvas"
    page.wait_for_selector(grid.format("agents"))
    _go(page, "cases", grid.format("rates"))  # the first counting of all
    floor, cases = [], []
    for _ in range(TIMES):
        floor.append(_go(page, "", grid.format("agents")))
        cases.append(_go(page, "cases", grid.format("rates")))
    for what, values in (("floor painted", floor), ("cases and rates painted", cases)):
        yield Measured(values).row("data", f"{what}: {size}", "ms", at_most=PAINT_GOAL_MS)


def _go(page: Any, path: str, wanted: str) -> float:
    """Milliseconds from the click on a page's link until the table stands on it."""
    link = page.locator(
        f"[data-testid=stPageLink-NavLink][href$='/{path}'], [data-testid=stPageLink-NavLink][href='{path}']"
    )
    begun = time.monotonic()
    link.first.click()
    page.wait_for_selector(wanted)
    return (time.monotonic() - begun) * 1000
