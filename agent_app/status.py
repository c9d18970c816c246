"""What an agent should know of the way to the server: nothing while all is well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent_app.store.records import Backlog, SetAside


@dataclass(frozen=True, slots=True)
class Notice:
    tone: str
    """`away` or `aside`."""
    lines: tuple[tuple[str, dict[str, object]], ...]
    """Keys of texts with their values."""


def status_of(backlog: Backlog, aside: Sequence[SetAside], *, server_away: bool) -> Notice | None:
    """The one thing that matters most now."""
    if aside:
        named = [("aside.item", {"node": _where(one), "code": one.code}) for one in aside[:3]]
        return Notice("aside", (("aside.title", {"count": len(aside)}), *named))
    if server_away and backlog.answers:
        return Notice("away", (("away.title", {}), ("away.answers", {"count": backlog.answers})))
    if server_away and backlog.waiting:
        return Notice("away", (("away.title", {}), ("away.calls", {"count": backlog.waiting})))
    if server_away:
        return Notice("away", (("away.title", {}),))
    if backlog.failing:
        return Notice("away", (("late.title", {"count": backlog.answers or backlog.waiting}),))
    return None


def _where(aside: SetAside) -> object:
    return aside.queued.call.node or aside.queued.call.action
