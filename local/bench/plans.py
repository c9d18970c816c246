"""Plans of what the business function sends, from PostgreSQL's own auto_explain: no copy of a statement is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from local.cloud import Cloud
from local.database import LOGINS

_MARK = "plan:"
_ON = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_format": "json",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_nested_statements": "on",  # what an action calls is a function, mostly
}


@dataclass(frozen=True, slots=True)
class Scan:
    """How a table was read: `Seq Scan` is from end to end; `rows` are those looked at, whether or not they fitted."""

    kind: str
    table: str
    index: str
    rows: float


def plans_of(cloud: Cloud, work: Callable[[], object]) -> list[list[Scan]]:
    """The scans of each statement that functions send while `work` runs."""
    before = len(cloud.database.postgres.log_file.read_text(errors="replace"))
    _tell_logins(cloud, {name: f"= '{value}'" for name, value in _ON.items()}, "SET")
    try:
        work()
    finally:
        _tell_logins(cloud, dict.fromkeys(_ON, ""), "RESET")
    text = cloud.database.postgres.log_file.read_text(errors="replace")[before:]
    return scans_in(text)


def scans_in(log: str) -> list[list[Scan]]:
    """The scans of each plan that stands in the server's log."""
    return [list(_scans(plan["Plan"])) for plan in _plans(log)]


def _tell_logins(cloud: Cloud, settings: dict[str, str], verb: str) -> None:
    """Settings of a login hold from its next connection on, so that those which are open are ended."""
    with cloud.database.connect() as connection:
        for login in LOGINS:
            for name, value in settings.items():
                connection.execute(f"ALTER ROLE {login} {verb} {name} {value}")
        sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ANY ($1)"
        connection.fetch(sql, list(LOGINS))


def _plans(log: str) -> Iterator[dict[str, Any]]:
    """auto_explain writes `duration: … plan:` and the JSON on the lines after it, indented by a tab."""
    reader = json.JSONDecoder()
    log = log.replace("\n\t", "\n ")
    at = log.find(_MARK)
    while at >= 0:
        begin = log.find("{", at)
        if begin < 0:
            return
        plan, end = reader.raw_decode(log, begin)
        yield plan
        at = log.find(_MARK, end)


def _scans(node: dict[str, Any]) -> Iterator[Scan]:
    if "Relation Name" in node and node["Node Type"].endswith("Scan"):
        turns = float(node.get("Actual Loops", 1))
        seen = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
        yield Scan(node["Node Type"], node["Relation Name"], node.get("Index Name", ""), seen * turns)
    for child in node.get("Plans", []):
        yield from _scans(child)
