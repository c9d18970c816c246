"""The commands, one module a subject; each registers itself with the application when it is imported."""

from __future__ import annotations

from importlib import import_module

_SUBJECTS = (
    "scripts",
    "rehearsing",
    "translating",
    "pictures",
    "differences",
    "releases",
    "contacts",
    "calling",
    "do_not_call",
    "erasing",
    "answers",
    "running",
    "upkeep",
    "agents",
    "campaigns",
)


def load() -> None:
    """Makes every command known to the application."""
    for subject in _SUBJECTS:
        import_module(f"admin.commands.{subject}")
