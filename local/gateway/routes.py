"""Which function serves which path: the routes of `callscript.protocol`, as the CDK app declares them too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from callscript import protocol, scripts_protocol

DISPATCH = "dispatch"
SCRIPTS = "scripts"
"""Serves the admin's pages."""


def business(cell: str) -> str:
    """Name of the business function of `cell`."""
    return f"business-{cell}"


def slow_business(cell: str) -> str:
    """Name of the function that runs the slow actions of `cell`."""
    return f"business-{cell}-slow"


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    template: str
    function: str
    authorized: bool = True
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = re.split(r"\{(\w+)\}", self.template)
        text = "".join(f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
        object.__setattr__(self, "pattern", re.compile(text))

    @property
    def key(self) -> str:
        return f"{self.method} {self.template}"


def routes(cells: Sequence[str]) -> tuple[Route, ...]:
    """The route table of a deployment with `cells`; every version of a business function is this checkout."""
    return (
        Route("POST", protocol.SESSIONS_PATH, DISPATCH),
        Route("GET", protocol.RELEASE_PATH, DISPATCH),
        Route("GET", protocol.HEALTH_PATH, DISPATCH, authorized=False),
        Route("POST", scripts_protocol.SCRIPTS_PATH, SCRIPTS),
        *(
            Route("POST", path.replace("{cell}", cell), function(cell))
            for cell in cells
            for path, function in (
                (protocol.ACTION_PATH, business),
                (protocol.VERSION_PATH, business),
                (protocol.SLOW_ACTION_PATH, slow_business),
                (protocol.SLOW_VERSION_PATH, slow_business),
            )
        ),
    )


def find(table: Sequence[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of `path` with its path parameters; None: there is none."""
    for route in table:
        match = route.pattern.fullmatch(path) if route.method == method else None
        if match:
            return route, {name: unquote(value) for name, value in match.groupdict().items()}
    return None
