"""Names and dimensions of every metric that the program writes: see `docs/metrics.md`. Agents are never a dimension."""

from __future__ import annotations

from collections.abc import Mapping

NAMESPACE = "Waihu"
ACTIONS, ACTION_TIME, ROUND_TRIPS, FAILURES, FINISHED = "Actions", "ActionTime", "RoundTrips", "Failures", "Finished"
CASES, AGENTS, QUOTA, BREAK_OFFS = "Cases", "Agents", "QuotaFilled", "BreakOffs"
PUBLICATIONS, DESK_SESSIONS, SERVER_AWAY, UPKEEP = "Publications", "DeskSessions", "ServerAway", "Upkeep"
CELL_AWAY = "CellAway"

COLD_STARTS, BROKEN_RELEASES, MISTAKES = "ColdStarts", "BrokenReleases", "Mistakes"
BROKEN_ACTIONS = "BrokenActions"
"""Counted by CloudWatch in the log lines themselves, without dimensions (`infra.constructs.log_counts`)."""

CODES_COUNTED: Mapping[str, tuple[str, ...]] = {
    BROKEN_RELEASES: ("broken_release",),
    BROKEN_ACTIONS: ("statement_failed", "reply_mismatch", "script_unreadable"),
    MISTAKES: ("internal_error",),
}
"""Metric -> `code` of the lines that it counts."""

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    ACTIONS: ("campaign", "action", "outcome"),
    ACTION_TIME: ("campaign", "action"),
    ROUND_TRIPS: ("campaign", "action"),
    FAILURES: ("campaign", "node", "code"),
    FINISHED: ("campaign", "disposition"),
    CASES: ("campaign", "state"),
    AGENTS: ("campaign", "state"),
    QUOTA: ("campaign", "quota"),
    BREAK_OFFS: ("campaign", "node"),
    PUBLICATIONS: ("campaign", "outcome"),
    DESK_SESSIONS: ("service",),
    SERVER_AWAY: ("service",),
    UPKEEP: ("cell", "outcome"),
    CELL_AWAY: ("cell",),
}
"""Metric -> its dimensions, in the order in which log lines and searches name them."""

BOUNDED = frozenset(
    {"campaign", "action", "outcome", "node", "code", "disposition", "state", "quota", "service", "cell"}
)
"""What a dimension may be: each is bounded by scripts or by the deployment, none by how many people there are."""
