"""Dashboards, alarms, queries: each names what is written, has its runbook line, and stays bounded."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from monitoring import alarms, boards, metrics, queries
from monitoring.words import in_language as words_in

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED = boards.Deployed(
    functions={"dispatch": "f1", "business-c1": "f2"},
    proxies={"c1": "p1"},
    databases={"c1": {"DBInstanceIdentifier": "d1"}},
    api="a1",
    balancer="app/b/1",
)
ALL_BOARDS = {
    "operations": boards.operations(DEPLOYED, region="r"),
    "business": boards.business(region="r"),
    "campaign": boards.campaign("csat", region="r"),
}
ALL_ALARMS = [
    *alarms.of_function("dispatch", "f1", "g1"),
    *alarms.of_cell("c1", "p1", {"DBInstanceIdentifier": "d1"}),
    *alarms.of_upkeep("c1", "q1"),
    *alarms.of_core("a1", "q2"),
    *alarms.of_desk("b1", "t1"),
]
COUNTED_IN_LOGS = (metrics.COLD_STARTS, *metrics.CODES_COUNTED)


def rows(body: dict[str, Any]) -> list[Any]:
    return [row for widget in body["widgets"] if widget["type"] == "metric" for row in widget["properties"]["metrics"]]


@pytest.mark.parametrize("name", metrics.DIMENSIONS)
def test_no_dimension_grows_with_the_number_of_people(name: str) -> None:
    dimensions = metrics.DIMENSIONS[name]

    assert set(dimensions) <= metrics.BOUNDED
    assert not {"agent", "contact", "case", "interview", "session", "correlation_id"} & set(dimensions)
    assert len(dimensions) <= 3


def test_every_metric_that_programs_write_stands_in_the_list_and_by_its_dimensions() -> None:
    """Nobody names a metric or its dimensions by hand beside the list."""
    written = re.compile(r"Metric\(\s*([A-Z_]+|\"\w+\")[^)]*?,\s*(DIMENSIONS\[\w+\]|\([^)]*\))\s*\)", re.DOTALL)
    found = {}
    for room in ("functions", "admin", "agent_app"):
        for file in (ROOT / room).rglob("*.py"):
            for name, dimensions in written.findall(file.read_text()):
                found[f"{file.name}: {name}"] = dimensions
    assert found
    assert all(dimensions.startswith("DIMENSIONS[") for dimensions in found.values()), found


@pytest.mark.parametrize("name", ALL_BOARDS)
def test_a_dashboard_draws_only_what_is_written(name: str) -> None:
    for row in rows(ALL_BOARDS[name]):
        options = row[-1] if isinstance(row[-1], dict) else {}
        for schema in re.findall(r"SEARCH\('\{([^}]+)\} ([^']*)'", options.get("expression", "")):
            namespace, *dimensions = schema[0].split(",")
            [metric] = re.findall(r'MetricName="(\w+)"', schema[1])
            assert namespace == metrics.NAMESPACE
            assert tuple(dimensions) == metrics.DIMENSIONS[metric]
        if isinstance(row[0], str) and row[0] == metrics.NAMESPACE:
            assert row[1] in metrics.DIMENSIONS or row[1].startswith(COUNTED_IN_LOGS)


@pytest.mark.parametrize("name", ALL_BOARDS)
def test_a_dashboard_fits_what_cloudwatch_takes(name: str) -> None:
    body = ALL_BOARDS[name]
    taken: set[tuple[int, int]] = set()
    for widget in body["widgets"]:
        places = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not places & taken
        assert widget["x"] + widget["width"] <= boards.WIDE
        taken |= places
    assert len(body["widgets"]) <= 500
    assert len(json.dumps(body)) < 1_000_000


@pytest.mark.parametrize("name", ALL_BOARDS)
def test_every_word_of_a_dashboard_is_said_in_chinese_too(name: str) -> None:
    said = [
        widget["properties"].get("title") or widget["properties"]["markdown"] for widget in ALL_BOARDS[name]["widgets"]
    ]

    assert [words for words in said if words == words_in(words, "zh")] == []
    assert all(words == words_in(words, "en") for words in said)


def test_every_alarm_has_its_line_in_the_runbook() -> None:
    text = (ROOT / alarms.RUNBOOK).read_text()
    anchors = {
        re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^## (.+)$", text, re.MULTILINE)
    }

    assert {alarm.runbook for alarm in ALL_ALARMS} <= anchors
    assert len({alarm.name for alarm in ALL_ALARMS}) == len(ALL_ALARMS)
    assert all(1 <= alarm.of <= alarm.among and alarm.seconds * alarm.among <= 86_400 for alarm in ALL_ALARMS)


MEMBERS = {
    "campaign", "release", "node", "action", "code", "statement", "correlation_id", "message", "outcome", "status",
    "sqlstate", "reason", "rows", "rounds", "interview", "disposition", "error", "where", "key", "verdict", "session",
}  # fmt: skip
"""Of the lines that functions write."""


def test_saved_queries_ask_for_members_that_lines_have() -> None:
    for title, query in queries.QUERIES.items():
        for command in query.strip().split("\n|"):
            if command.strip().startswith("fields "):
                named = {name.strip() for name in command.strip().removeprefix("fields ").split(",")}
                assert {name for name in named if not name.startswith("@")} <= MEMBERS | set(metrics.DIMENSIONS), title
