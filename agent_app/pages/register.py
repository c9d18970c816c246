"""Which pages there are, who sees each, and which one a person lands on: the first in this order that is theirs.

A page is a module with `TITLE` (key of a text), `PATH` (in the address), `may_see(sign_in)` and `page()`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agent_app.pages import desk, figures
from agent_app.store.records import SignIn


class PageModule(Protocol):
    TITLE: str
    PATH: str

    def may_see(self, sign_in: SignIn) -> bool: ...

    def page(self) -> None: ...


PAGES: tuple[PageModule, ...] = (desk, figures)
"""The desk is for agents; whoever is none lands on the first page of their own role."""


def pages_of(sign_in: SignIn) -> Sequence[PageModule]:
    """The pages that a person may see, the one to land on first; the desk where their roles are not known yet."""
    return [page for page in PAGES if page.may_see(sign_in)] or [desk]
