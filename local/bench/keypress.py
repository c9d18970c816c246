"""What an agent feels: from a key to the next question painted in Chromium, saves on, over the whole local cloud."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local import chromium
from local.bench.row import Measured, Row
from local.cloud import Cloud

ROUNDS = 12
MEDIAN_GOAL_MS = 60.0
P95_GOAL_MS = 120.0
PATIENCE_MS = 30_000
WATCH = """() => {
  window.painted = [];
  let pressed = null;
  const watched = new Set(['Enter', 'PageUp']);
  window.addEventListener('keydown', (event) => { if (watched.has(event.key)) pressed = performance.now(); }, true);
  new MutationObserver(() => {
    if (pressed === null) return;
    const since = pressed;
    pressed = null;
    // The frame after the one in which the question was put into the page: it is on the screen.
    requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - since), 0));
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-painted'] });
}"""
FORWARD = (("1", "consent"), ("1", "screening"), ("1", "overall"), ("2", "arrival"), ("2", "engineer"))
"""Digit, and the node that follows, from the satisfaction survey's first node on."""


def rows() -> Iterator[Row]:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="waihu-bench-") as folder, sync_playwright() as playwright:
        executable = chromium.find(Path(folder))
        cloud = Cloud(Path(folder) / "data", demo_contacts=ROUNDS + 10, temporary=True)
        with cloud, playwright.chromium.launch(executable_path=executable, args=list(chromium.FLAGS)) as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 720}, locale="zh-CN")
            page.set_default_timeout(PATIENCE_MS)
            _sign_in(page, cloud)
            page.evaluate(WATCH)
            yield from _both(_forward(page), "Enter → next question painted")
            yield from _both(_back(page), "Back → question painted")


def _both(measured: Measured, what: str) -> Iterator[Row]:
    yield measured.row("keypress", what, "ms", at_most=MEDIAN_GOAL_MS)
    late = Measured([measured.percentile(0.95)])
    yield late.row("keypress", f"{what}, p95", "ms", at_most=P95_GOAL_MS)


def _sign_in(page: Any, cloud: Cloud) -> None:
    page.goto(cloud.app_url)
    page.fill("#username", "agent1")
    page.fill("#password", cloud.keys.demo_password)
    page.keyboard.press("Enter")
    page.wait_for_selector(".wh-panel")
    page.keyboard.press("1")
    _see(page, "greeting")


def _forward(page: Any) -> Measured:
    """Answers of whole calls; the first call is not counted: caches are cold."""
    for round_ in range(ROUNDS):
        for digit, following in FORWARD:
            page.keyboard.press(digit)
            page.keyboard.press("Enter")
            _see(page, following)
        if round_ == 0:
            page.evaluate("window.painted = []")
        if round_ < ROUNDS - 1:
            _next_case(page)
    return Measured(_painted(page, len(FORWARD) * (ROUNDS - 1)))


def _next_case(page: Any) -> None:
    """Out by the key for a wrong number, and the next contact; neither is measured."""
    page.wait_for_timeout(50)
    counted = page.evaluate("window.painted.slice()")
    page.keyboard.press("w")
    _see(page, "wrong_number")
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-choice="next"]')
    page.keyboard.press("Enter")
    _see(page, "greeting")
    page.wait_for_timeout(50)
    page.evaluate("(counted) => { window.painted = counted; }", counted)


def _back(page: Any) -> Measured:
    places = [following for _, following in FORWARD]
    count = 0
    page.evaluate("window.painted = []")
    for _ in range(ROUNDS):
        for place in places[-2::-1]:
            page.keyboard.press("PageUp")
            _see(page, place)
            count += 1
        counted = _painted(page, count)
        page.keyboard.press("Enter")
        _see(page, places[-1])
        page.wait_for_timeout(50)
        page.evaluate("(counted) => { window.painted = counted; }", counted)
    return Measured(_painted(page, count))


def _see(page: Any, place: str) -> None:
    page.wait_for_selector(f'.wh-desk[data-place="{place}"]:not([aria-busy])')


def _painted(page: Any, count: int) -> list[float]:
    """The first `count` times, as soon as they are all there."""
    page.wait_for_function("(count) => window.painted.length >= count", arg=count)
    return [float(value) for value in page.evaluate("window.painted")[:count]]
