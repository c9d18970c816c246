"""Round trips of every action of the `outbound` pack, counted on the wire, beside what the compiler computed."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from admin import folders
from admin.checking import round_trips
from callscript.parser import load_campaign
from functions.business.handler import Business
from local.bench.desk import CAMPAIGN, Desk, function_in_process, sit_down
from local.bench.row import Row, goal
from local.bench.wire_count import WireCount
from local.cloud import Cloud

PACK = "outbound"
SAVED_GOAL, STATEMENTS_GOAL = 1, 5
"""Of a saved answer: round trips, and statements with BEGIN and COMMIT."""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="waihu-bench-") as folder:
        cloud = Cloud(Path(folder) / "data", app=False, demo_contacts=40, durable=False, temporary=True)
        with cloud, WireCount(lambda: cloud.pooler_address) as wire:
            yield from _count(sit_down(cloud), function_in_process(cloud, wire.port), wire)


def _count(desk: Desk, function: Business, wire: WireCount) -> Iterator[Row]:
    computed = _computed()
    _act(desk, function, "next_case", desk.next_case())  # connects, reads scripts
    for action, parameters in _calls(desk):
        before = wire.round_trips, wire.bytes_sent, wire.bytes_received
        statements = _act(desk, function, action, parameters)
        counted, sent, received = (
            now - then
            for now, then in zip((wire.round_trips, wire.bytes_sent, wire.bytes_received), before, strict=True)
        )
        wanted = SAVED_GOAL if action == "save_answers" else computed[f"{PACK}.{action}"]
        yield Row(
            bench="round_trips",
            metric=f"{PACK}.{action}",
            value=counted,
            unit="round trips",
            spread=f"{statements} statements, {sent} bytes sent, {received} received",
            peer="computed",
            peer_value=computed[f"{PACK}.{action}"],
            ratio=counted / computed[f"{PACK}.{action}"],
            goal=f"= {wanted}",
            holds=counted == wanted == computed[f"{PACK}.{action}"],
        )
        if action == "save_answers":
            yield goal("round_trips", "a saved answer, with journal and history", statements, "statements",
                       at_most=STATEMENTS_GOAL)  # fmt: skip


def _calls(desk: Desk) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each action once, in an order in which each succeeds."""
    yield "next_case", desk.next_case()
    about = {"interview": desk.interview}
    yield "save_answers", desk.answers()
    yield "heartbeat", about
    yield "dial", about
    yield "finish", {**about, "outcome": "1.1", "answers": desk.answers()["answers"]}
    yield "next_case", desk.next_case()
    yield "park", {"interview": desk.interview}


def _act(desk: Desk, function: Business, action: str, parameters: dict[str, Any]) -> int:
    """How many statements the action sent, as its log line tells."""
    line = io.StringIO()
    with contextlib.redirect_stdout(line):
        answer = function.handle(desk.event(f"{PACK}.{action}", parameters))
    if answer["statusCode"] != 200:
        raise RuntimeError(f"{action}: {answer}")
    return sum(len(sent["statements"]) for sent in msgspec.json.decode(line.getvalue())["rounds"])


def _computed() -> Mapping[str, int]:
    root = folders.CHECKOUT_SCRIPTS
    campaign = load_campaign(folders.collect(folders.find_campaign(CAMPAIGN, root), root).files).campaign
    if campaign is None:
        raise RuntimeError(f"{CAMPAIGN} cannot be read")
    return round_trips(campaign)
