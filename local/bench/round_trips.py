"""Round trips of every action of the `outbound` pack, counted on the wire, beside what the compiler computed."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from admin import folders
from admin.checking import round_trips
from callscript.parser import load_campaign
from functions.business.handler import Business
from local.bench.desk import CAMPAIGN, Desk, function_in_process, sit_down
from local.bench.row import Row
from local.bench.wire_count import WireCount
from local.cloud import Cloud

PACK = "outbound"


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="waihu-bench-") as folder:
        cloud = Cloud(Path(folder) / "data", app=False, demo_contacts=40, durable=False, temporary=True)
        with cloud, WireCount(lambda: cloud.pooler_address) as wire:
            yield from _count(sit_down(cloud), function_in_process(cloud, wire.port), wire)


def _count(desk: Desk, function: Business, wire: WireCount) -> Iterator[Row]:
    computed = _computed()
    _act(desk, function, "next_case", desk.next_case())  # connects, reads scripts
    for action, parameters in _calls(desk):
        before_trips, before_bytes = wire.round_trips, wire.bytes_sent
        _act(desk, function, action, parameters)
        counted = wire.round_trips - before_trips
        wanted = computed[f"{PACK}.{action}"]
        yield Row(
            bench="round_trips",
            metric=f"{PACK}.{action}",
            value=counted,
            unit="round trips",
            spread=f"{wire.bytes_sent - before_bytes} bytes sent",
            peer="computed",
            peer_value=wanted,
            ratio=counted / wanted,
            goal=f"= {wanted}",
            holds=counted == wanted,
        )


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


def _act(desk: Desk, function: Business, action: str, parameters: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):  # its log line
        answer = function.handle(desk.event(f"{PACK}.{action}", parameters))
    if answer["statusCode"] != 200:
        raise RuntimeError(f"{action}: {answer}")


def _computed() -> Mapping[str, int]:
    root = folders.CHECKOUT_SCRIPTS
    campaign = load_campaign(folders.collect(folders.find_campaign(CAMPAIGN, root), root).files).campaign
    if campaign is None:
        raise RuntimeError(f"{CAMPAIGN} cannot be read")
    return round_trips(campaign)
