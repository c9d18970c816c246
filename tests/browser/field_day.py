"""A day of fieldwork, for pictures: real interviews through the gateway, then told as if they had filled the hours."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
import psycopg

from local.bench.desk import sit_down
from local.cloud import Cloud
from tests.browser.export import admin
from tests.harness.live_agent import LiveAgent

CALLING = """<calling xmlns="urn:waihu:calling:1" campaign="csat">
  <appointments wait="10m" late="15m" slot="30m" places="10"/>
  <quota id="age" answer="age_group">
    <cell name="18–29" value="18" target="12"/><cell name="30–44" value="30" target="8"/>
    <cell name="45–59" value="45" target="6"/><cell name="60+" value="60" target="8"/>
  </quota>
</calling>
"""
WHY = (
    "师傅很准时，讲解也清楚", "等了三天才有人来", "收费比网上说的贵", "态度好，修得快", "第一次没修好",
    "电话一直打不通", "价格透明，师傅专业", "打扫得干干净净才走", "配件要再等一周",
)  # fmt: skip
AGENTS = {
    "agent1": "李静", "agent2": "王磊", "zhou.min": "周敏", "sun.qiang": "孙强", "xu.li": "徐莉", "ma.chao": "马超",
    "he.fang": "何芳", "lin.tao": "林涛",
}  # fmt: skip
WAYS = (
    "", "", "unreached:greeting", "", "refusal:consent", "", "callback:consent", "unreached:greeting", "",
    "silent:booking", "", "wrong_number:greeting", "", "refusal:recommend", "unreached:greeting",
)  # fmt: skip
"""Exit and node at which it is taken; "" to the end."""
NOW = ("talking", "talking", "talking", "wrap_up", "ready", "lunch", "rest", "talking")
"""What each of them does at the moment."""
LATE = (("agent1", 40, "hard", ""), ("zhou.min", 4, "soft", "找王女士"))
"""Of the agreed calls: whose, how long ago it was due, how firm, what was noted; the others are to come."""


def work(cloud: Cloud, campaign: str = "csat") -> LiveAgent:
    """Fills the day; gives the interview that is being held at its end."""
    file = cloud.layout.root / "calling.xml"
    Path(file).write_text(CALLING, encoding="utf-8")
    admin(cloud, "calling", "apply", campaign, "--file", str(file))
    client = httpx.Client(base_url=cloud.gateway_url, timeout=60)
    desks = [sit_down(cloud, name) for name in ("agent1", "agent2")]
    for desk, plan in zip(cycle(desks), _plans()):
        _hold(LiveAgent(client, desk.access_token, desk.session, campaign), plan)
    open_one = LiveAgent(client, desks[1].access_token, desks[1].session, campaign)
    open_one.take()
    open_one.answer_until("overall", who_answers="self", consent="yes", visit_happened="yes")
    open_one.answer(overall="4")
    _tell_as_a_day(cloud, campaign)
    return open_one


def _plans() -> Iterator[tuple[str, dict[str, Any]]]:
    """How each interview goes: the exit that is taken at a node ("" to the end), and what is answered."""
    ages, marks, overall = cycle(("18", "30", "30", "45", "60")), cycle((9, 10, 3, 8, 6, 10)), cycle("554215434")
    words = cycle(WHY)
    for way in islice(cycle(WAYS), 38):
        yield way, {
            "who_answers": "self", "consent": "yes", "visit_happened": "yes", "overall": next(overall),
            "age_group": next(ages), "nps": next(marks), "nps_why": next(words), "nps_more": next(words),
            "nps_praise": next(words), "engineer_story": next(words), "last_words": next(words),
            "dissatisfied_why": ["waiting", "other"], "dissatisfied_other": next(words), "bought": "no",
            "household_size": 1, "charged": "no", "home": {"special": "refused"},
            "wait_days": {"special": "dk"}, "refusal_reason": "time",
        }  # fmt: skip


def _hold(one: LiveAgent, plan: tuple[str, dict[str, Any]]) -> None:
    way, wishes = plan
    one.take()
    if way:
        name, _, node = way.partition(":")
        one.answer_until(node, **wishes)
        one.leave(name)
        wishes = {} if node == "consent" else {"refused_by": "midway"}
    one.answer_until(**wishes)


def _tell_as_a_day(cloud: Cloud, campaign: str) -> None:
    """Spreads what took a minute over three hours and eight people; agreed calls fall due; states are filled in."""
    names, places = list(AGENTS), len(AGENTS)
    with psycopg.connect(cloud.dsn_admin) as connection:
        run = connection.execute
        run("SET session_replication_role = replica")
        for name, title in AGENTS.items():
            run(
                "INSERT INTO outbound.agents (id, name) VALUES (%s, %s)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name", (name, title),
            )  # fmt: skip
        run(
            "CREATE TEMP TABLE told AS SELECT id, row_number() OVER (ORDER BY started_at) AS n,"
            " ended_at IS NULL AS open FROM outbound.interviews WHERE campaign = %s", (campaign,),
        )  # fmt: skip
        begun = "now() - interval '185 min' + t.n * interval '4 min 40 s'"
        for table, key in (("interviews", "id"), ("attempts", "interview_id")):
            run(
                f"UPDATE outbound.{table} i SET agent = (%s::text[])[1 + t.n %% %s], started_at = {begun},"
                f" ended_at = CASE WHEN i.ended_at IS NOT NULL THEN {begun} + interval '1 min' * (1 + t.n %% 9) END"
                f" FROM told t WHERE i.{key} = t.id AND NOT t.open", (names, places),
            )  # fmt: skip
        run(
            "UPDATE supervision.paradata SET milliseconds = 2500 + abs(hashtext(place)) %% 14000"
            " + abs(hashtext(place || interview_id)) %% 6000 WHERE campaign = %s", (campaign,),
        )  # fmt: skip
        agreed = run(
            "SELECT id FROM outbound.appointments WHERE campaign = %s ORDER BY made_at", (campaign,)
        ).fetchall()
        for (appointment,), (agent, minutes, kind, note) in zip(agreed, LATE, strict=False):
            run(
                "UPDATE outbound.appointments SET agent = %s, at = now() - %s * interval '1 min', kind = %s, note = %s"
                " WHERE id = %s", (agent, minutes, kind, note, appointment),
            )  # fmt: skip
        run(
            "UPDATE outbound.quota_cells c SET running = 0, complete = (SELECT count(*) FROM outbound.answers a"
            " JOIN outbound.interviews i ON i.id = a.interview_id WHERE i.outcome = '1.1' AND a.field = 'age_group'"
            " AND a.value #>> '{}' = c.match ->> 'age_group') WHERE c.campaign = %s", (campaign,),
        )  # fmt: skip
        _states(connection, campaign)


def _states(connection: psycopg.Connection[Any], campaign: str) -> None:
    """Three hours of each agent's states, and the present one: somebody is on a break for too long, one fell silent."""
    connection.execute("DELETE FROM desk.agent_states")
    for place, (agent, state) in enumerate(zip(AGENTS, NOW, strict=True)):
        spent = cycle((("ready", 2 + place % 3), ("talking", 6 + place % 4), ("wrap_up", 1 + place % 2)))
        present = 22 if state == "rest" else 2 + place
        minute = 180
        while minute > present:
            name, minutes = next(spent)
            until = max(minute - minutes, present)
            connection.execute(
                "INSERT INTO desk.agent_states (agent, campaign, state, since, until) VALUES (%s, %s, %s,"
                " now() - %s * interval '1 min', now() - %s * interval '1 min')",
                (agent, campaign, name, minute, until),
            )  # fmt: skip
            minute = until
        silent = 7 if agent == "lin.tao" else 0
        connection.execute(
            "INSERT INTO desk.agent_states (agent, campaign, state, since, seen_at) VALUES (%s, %s, %s,"
            " now() - %s * interval '1 min', now() - %s * interval '1 min')", (agent, campaign, state, present, silent),
        )  # fmt: skip
