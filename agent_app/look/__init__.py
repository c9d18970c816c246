"""How everything looks: one style sheet, one component that draws nodes and hears keys."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def asset(name: str) -> str:
    """The text of a file of this folder."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
