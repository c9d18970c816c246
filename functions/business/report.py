"""The log line of an action, with its metrics: what operators and the trace command read."""

from __future__ import annotations

from typing import Any

from functions.business.executor import Executed
from functions.hosting import logbook
from functions.hosting.logbook import Metric
from functions.hosting.web import Outcome, Story
from monitoring.metrics import ACTION_TIME, ACTIONS, DIMENSIONS, FAILURES, FINISHED, ROUND_TRIPS

MOST_NODES = 300
"""Different nodes, and actions that nobody found, that one worker names in metrics: their names come from clients, and
each costs money."""
_nodes: set[tuple[str, str]] = set()
_actions: set[tuple[str, str]] = set()


def outcome_word(outcome: Outcome, executed: Executed) -> str:
    """`done`, `replayed`, `refused` (by rules: trying again changes nothing) or `failed`."""
    if outcome.refused is None:
        return "replayed" if executed.replayed else "done"
    return "failed" if outcome.refused.refusal.status >= 500 else "refused"


def line(
    story: Story, outcome: Outcome, executed: Executed, *, milliseconds: float, at: float, namespace: str,
    disposition: str | None,
) -> dict[str, Any]:  # fmt: skip
    """The members of the line; `disposition` is that of an interview which this action has ended."""
    refused, word = outcome.refused, outcome_word(outcome, executed)
    fields: dict[str, Any] = {
        "correlation_id": story.correlation,
        "campaign": story.campaign or "unknown",
        "release": story.release,
        "node": story.node,
        "action": story.action or "unknown",
        "outcome": word,
        "status": outcome.answer["statusCode"],
        "code": refused.code if refused else None,
        "statement": refused.statement if refused else None,
        "parameter": refused.parameter if refused else None,
        "sqlstate": (refused.sqlstate or None) if refused else None,
        "reason": (refused.reason or None) if refused else None,
        "rows": executed.traced.rows,
        "rounds": executed.traced.rounds,
        "disposition": disposition,
        **story.details,
    }
    metrics = [
        Metric(ACTIONS, "Count", 1, DIMENSIONS[ACTIONS]),
        Metric(ACTION_TIME, "Milliseconds", milliseconds, DIMENSIONS[ACTION_TIME]),
        Metric(ROUND_TRIPS, "Count", executed.traced.round_trips, DIMENSIONS[ROUND_TRIPS]),
    ]
    if refused is not None:
        metrics.append(Metric(FAILURES, "Count", 1, DIMENSIONS[FAILURES]))
        fields["node"] = _bounded(_nodes, fields["campaign"], story.node or "-")
        fields["action"] = _bounded(_actions, fields["campaign"], fields["action"])
    elif disposition and word == "done":
        metrics.append(Metric(FINISHED, "Count", 1, DIMENSIONS[FINISHED]))
    if outcome.mistake is not None:
        fields |= logbook.mistake(outcome.mistake)
    return {**fields, **logbook.measured(namespace, metrics, at, fields)}


def _bounded(known: set[tuple[str, str]], campaign: str, name: str) -> str:
    if (campaign, name) in known or len(known) < MOST_NODES:
        known.add((campaign, name))
        return name
    return "other"
