"""What the functions logged about an id, from CloudWatch Logs: one structured JSON line an action."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from admin.cloud import Cloud
from admin.language import say

_NOISE = frozenset({"level", "timestamp", "message", "_aws", "time", "record"})


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    text: str
    good: bool
    correlation: str = ""
    cost: str = ""
    """Time and round trips, where the line tells them."""


def find_lines(cloud: Cloud, wanted: Iterable[str], since: datetime, most: int) -> tuple[list[LogLine], list[str]]:
    """Lines that hold any of `wanted`, and notes on what could not be read."""
    lines: list[LogLine] = []
    notes: list[str] = []
    terms = list(dict.fromkeys(wanted))[:20]
    groups = cloud.settings.log_groups.split()
    if not terms:
        return [], []
    if not groups:
        return [], [say("The settings name no log groups: no log lines.", "设置里没有日志组，因此没有日志。")]
    client = cloud.client("logs")
    pattern = " ".join(f'?"{term}"' for term in terms)
    for group in groups:
        try:
            events = _events(client, group, pattern, since, most)
            lines += [_line(group, event) for event in events if any(term in event["message"] for term in terms)]
        except (ClientError, BotoCoreError) as error:
            notes.append(say(f"The log group {group} cannot be read: {error}.", f"日志组 {group} 读不了：{error}。"))
    return lines, notes


def _events(client: Any, group: str, pattern: str, since: datetime, most: int) -> Iterator[dict[str, Any]]:
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group,
        filterPattern=pattern,
        startTime=int(since.timestamp() * 1000),
        PaginationConfig={"MaxItems": most},
    )
    for page in pages:
        yield from page["events"]


def _line(group: str, event: dict[str, Any]) -> LogLine:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    short = group.rpartition("/")[2]
    try:
        held = json.loads(event["message"])
        level, message = str(held.get("level", "INFO")), str(held.get("message", ""))
    except (ValueError, AttributeError):
        return LogLine(at, f"{short}: {event['message'].strip()}", good=True)
    told = " ".join(
        f"{name}={_short(value)}" for name, value in held.items() if name not in _NOISE and value is not None
    )
    good = level not in ("ERROR", "CRITICAL")
    return LogLine(at, f"{short}: {level} {message} {told}", good, str(held.get("correlation_id", "")), _cost(held))


def _cost(held: dict[str, Any]) -> str:
    time, trips = _first(held.get("ActionTime")), _first(held.get("RoundTrips"))
    parts = [f"{time:.1f} ms"] if time is not None else []
    parts += [say(f"round trips: {trips:.0f}", f"{trips:.0f} 次往返")] if trips is not None else []
    parts += [f"{' + '.join(waited['statements'])}: {waited['ms']:g} ms" for waited in _rounds(held)]
    return ", ".join(parts)


def _rounds(held: dict[str, Any]) -> list[dict[str, Any]]:
    """Each wait for the database that the line tells, with its statements and milliseconds."""
    rounds = held.get("rounds")
    whole = [each for each in rounds if isinstance(each, dict)] if isinstance(rounds, list) else []
    return [
        each for each in whole if isinstance(each.get("statements"), list) and isinstance(each.get("ms"), float | int)
    ]


def _first(value: Any) -> float | None:
    """A metric's value, which may stand in a list."""
    found = value[0] if isinstance(value, list) and value else value
    return float(found) if isinstance(found, int | float) else None


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= 80 else text[:77] + "..."
