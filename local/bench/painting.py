"""Key press to next question painted, in Chromium, over the whole house: what an agent feels all day."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local import chromium
from local.bench.row import Measured, Row
from local.cloud import Cloud
from local.layout import DEFAULT

TURNS = 40
PATIENCE_MS = 20_000
MEDIAN_GOAL_MS, P95_GOAL_MS = 60.0, 120.0

# From the key's own event to the second frame after the desk shows another place: painted, not only decided.
_WATCH = """
() => {
  window.waihuPainted = [];
  let pressed = null, place = null;
  const desk = () => document.querySelector('.wh-desk');
  window.addEventListener('keydown', event => {
    if (event.key === 'Enter') { pressed = event.timeStamp; place = desk()?.dataset.place; }
  }, true);
  new MutationObserver(() => {
    if (pressed === null || !desk() || desk().dataset.place === place) return;
    const from = pressed;
    pressed = null;
    requestAnimationFrame(() => requestAnimationFrame(now => window.waihuPainted.push(now - from)));
  }).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
}
"""


def rows() -> Iterator[Row]:
    from playwright.sync_api import sync_playwright

    program = chromium.find(DEFAULT.root / "tools")
    with tempfile.TemporaryDirectory(prefix="waihu-bench-") as folder, sync_playwright() as play:
        cloud = Cloud(Path(folder) / "data", demo_contacts=20, temporary=True)
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        with cloud:
            yield from _measure(browser.new_page(), cloud)
        browser.close()


def _measure(page: Any, cloud: Cloud) -> Iterator[Row]:
    _open_a_case(page, cloud)
    page.evaluate(_WATCH)
    page.keyboard.press("1")
    forward, back = [], []
    for turn in range(TURNS):
        forward.append(_press(page, "Enter", 2 * turn + 1))
        back.append(_press(page, "Shift+Enter", 2 * turn + 2))
    for what, values in (("Enter, next question painted", forward), ("Back, question painted", back)):
        measured = Measured(values[2:])
        yield measured.row("painting", what, "ms", at_most=MEDIAN_GOAL_MS)
        yield Measured([measured.percentile(0.95)]).row("painting", f"{what}, p95", "ms", at_most=P95_GOAL_MS)


def _open_a_case(page: Any, cloud: Cloud) -> None:
    page.goto(cloud.app_url)
    page.fill("#username", "agent1")
    page.fill("#password", cloud.keys.demo_password)
    page.keyboard.press("Enter")
    choice = page.locator('.wh-panel [data-choice="campaign:csat"] kbd')
    choice.wait_for(timeout=PATIENCE_MS)
    page.keyboard.press(choice.inner_text())
    page.wait_for_selector(".wh-node", timeout=PATIENCE_MS)


def _press(page: Any, key: str, count: int) -> float:
    """Milliseconds until the next place was painted; `count` is how many there are then."""
    page.keyboard.press(key)
    page.wait_for_function("count => window.waihuPainted.length >= count", arg=count, timeout=PATIENCE_MS)
    return float(page.evaluate("count => window.waihuPainted[count - 1]", count))
