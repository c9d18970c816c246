"""Which pages there are, who sees each, and which one a person lands on: the first in this order that is theirs.

A page is a module of this folder with a function `page()`. It is imported when somebody opens it: what the pages of
supervisors need (plots, tables) never keeps an agent waiting for the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from agent_app.store.records import SignIn

SUPERVISORS = frozenset({"supervisor", "admin"})
ADMINS = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Entry:
    """`title` is the key of a text, `path` stands in the address; `roles` are what dispatch says of a person."""

    module: str
    title: str
    path: str
    roles: frozenset[str]

    def may_see(self, sign_in: SignIn) -> bool:
        return sign_in.session is not None and not self.roles.isdisjoint(sign_in.session.roles)

    def draw(self) -> None:
        import_module(f"agent_app.pages.{self.module}").page()


DESK = Entry("desk", "top.desk", "desk", frozenset({"agent"}))
PAGES: tuple[Entry, ...] = (
    DESK,
    Entry("supervisor_now", "top.now", "now", SUPERVISORS),
    Entry("supervisor_cases", "top.cases", "cases", SUPERVISORS),
    Entry("supervisor_questions", "top.questions", "questions", SUPERVISORS),
    Entry("supervisor_coding", "top.coding", "coding", SUPERVISORS),
    Entry("figures", "top.figures", "figures", SUPERVISORS),
    Entry("dashboards", "top.dashboards", "dashboards", SUPERVISORS),
    Entry("admin_scripts", "top.scripts", "scripts", ADMINS),
)
"""The desk is for agents; whoever is none lands on the first page of their own role."""


def pages_of(sign_in: SignIn) -> Sequence[Entry]:
    """The pages that a person may see, the one to land on first; the desk where their roles are not known yet."""
    return [entry for entry in PAGES if entry.may_see(sign_in)] or [DESK]
