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
    if not (server_away or backlog.failing):
        return None
    lines: list[tuple[str, dict[str, object]]] = [("away.title", {})]
    if backlog.answers:
        lines.append(("away.answers", {"count": backlog.answers}))
    elif backlog.waiting:
        lines.append(("away.calls", {"count": backlog.waiting}))
    return Notice("away", tuple(lines))


def _where(aside: SetAside) -> object:
    return aside.queued.call.node or aside.queued.call.action
