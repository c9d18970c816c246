"""A browser for tests of any room; a plugin of the whole test run, since there can be only one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHECKOUT = Path(__file__).parents[2]
PATIENCE_MS = 180_000
"""How long a machine under load may take; whatever is waited for is an event, and a wait ends with it."""
DIALLER = """
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='tel:'], a[href^='sip:']");
  if (!link) return;
  event.preventDefault();
  (window.dialled ??= []).push(link.href);
}, true);
"""
"""A machine with a dialler: Chromium without one asks what to do with `tel:`, and its question takes the keys."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run; without one the tests fail and say how to get it."""
    # Only a test that asks for a browser pays for it.
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    try:
        executable = chromium.find(CHECKOUT / ".waihu" / "tools")
    except chromium.NoChromium as error:
        pytest.fail(str(error), pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=list(chromium.FLAGS))
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh profile at the size that agents have; an error in the page's own script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(DIALLER)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
