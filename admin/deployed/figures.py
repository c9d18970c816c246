"""What dashboards show of the work itself, counted in the database every minute: never by agent, never by contact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from database.connection import Connection
from functions.hosting.logbook import Metric
from monitoring.metrics import AGENTS, BREAK_OFFS, CASES, DIMENSIONS, QUOTA

MOST = 60
"""Different values of one dimension that a campaign may bring a minute: each is a metric, and each costs money."""
_CASES = "SELECT campaign, state, count(*) FROM outbound.cases GROUP BY 1, 2"
_AGENTS = """
SELECT a.campaign, s.kind, count(*)
  FROM desk.agent_states a JOIN desk.states s ON s.code = a.state
 WHERE a.until IS NULL AND a.seen_at > now() - interval '3 minutes' AND s.kind <> 'signed_out'
 GROUP BY 1, 2
"""
_QUOTAS = """
SELECT campaign, quota || '/' || name, 100.0 * complete / target FROM outbound.quota_cells WHERE target > 0
 ORDER BY 1, 2
"""
_BREAK_OFFS = """
SELECT i.campaign, coalesce(last.node, '-'), count(*)
  FROM outbound.interviews i
  LEFT JOIN LATERAL (SELECT a.node FROM outbound.answers a WHERE a.interview_id = i.id ORDER BY a.step DESC LIMIT 1)
    AS last ON true
 WHERE i.ended_at >= date_trunc('minute', now()) - interval '1 minute' AND i.ended_at < date_trunc('minute', now())
   AND (i.outcome = '1.2' OR i.outcome LIKE '2.1%')
 GROUP BY 1, 2
 ORDER BY 3 DESC
"""
"""Partial interviews (AAPOR 1.2), refusals and break-offs (2.1…), by the question that was answered last."""

Line = tuple[dict[str, Any], list[Metric]]


def figures(connection: Connection) -> Iterator[Line]:
    """One log line a value, with its metric: members and metrics, as `logbook.measured` takes them."""
    for metric, unit, query in (
        (CASES, "Count", _CASES),
        (AGENTS, "Count", _AGENTS),
        (QUOTA, "Percent", _QUOTAS),
        (BREAK_OFFS, "Count", _BREAK_OFFS),
    ):
        second = DIMENSIONS[metric][1]
        seen: dict[str, int] = {}
        for campaign, value, number in connection.fetch(query):
            seen[campaign] = seen.get(campaign, 0) + 1
            if seen[campaign] <= MOST:
                yield {"campaign": campaign, second: value}, [Metric(metric, unit, float(number), DIMENSIONS[metric])]
