"""The one word of `routing.xml` that says where a campaign lives."""

from __future__ import annotations

import re

from admin.errors import AdminError, NotFound
from admin.language import say
from admin.publishing import publish_routing
from admin.script_bucket import ScriptBucket
from callscript.model.routing import Routing
from callscript.parser import read_routing


def routing_in_force(bucket: ScriptBucket) -> Routing:
    """What dispatch reads.

    Raises:
        NotFound: none was published yet.
    """
    held = bucket.routing()
    if held is None:
        raise NotFound(say("No routing was published yet.", "还没有发布过路由。"))
    return read_routing(held[0], "routing.xml").usable


def home(campaign: str, routing: Routing) -> str:
    """The campaign's cell.

    Raises:
        NotFound: the routing has no such campaign.
    """
    if campaign not in routing.campaigns:
        raise NotFound(
            say(f"The routing has no campaign {campaign}.", f"路由里没有项目 {campaign}。"),
            say(f"It has: {', '.join(routing.campaigns)}.", f"路由里有：{'、'.join(routing.campaigns)}。"),
        )
    return routing.campaigns[campaign].cell


def check_cell(cell: str, routing: Routing) -> None:
    """Raises `NotFound` where the routing has no such cell."""
    if cell not in routing.cells:
        raise NotFound(
            say(f"The routing has no cell {cell}.", f"路由里没有单元 {cell}。"),
            say(f"It has: {', '.join(routing.cells)}. Name the new one in routing.xml and publish that first.",
                f"路由里有：{'、'.join(routing.cells)}。请先把新单元写进 routing.xml 并发布。"),
        )  # fmt: skip


def send_to(campaign: str, cell: str, bucket: ScriptBucket) -> None:
    """Publishes the routing in force with this one word changed.

    Raises:
        PublishedMeanwhile: someone else published one just now.
        AdminError: the word cannot be found.
    """
    held = bucket.routing()
    text = held[0].decode() if held else ""
    start = re.compile(rf'<campaign\b(?=[^>]*\bid\s*=\s*["\']{re.escape(campaign)}["\'])[^>]*>', re.DOTALL)
    found = start.search(text)
    if found is None:
        raise AdminError(say(f"routing.xml names no {campaign}.", f"routing.xml 里没有 {campaign}。"))
    changed = re.sub(r'(\bcell\s*=\s*)(["\'])[^"\']*\2', rf"\g<1>\g<2>{cell}\g<2>", found[0], count=1)
    publish_routing((text[: found.start()] + changed + text[found.end() :]).encode(), bucket=bucket)
