"""What every photographer of pages has: a studio that keeps pictures small, and a day with a cloud and a browser."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from local.cloud import Cloud
from tests.browser.fixtures import DIALLER, PATIENCE_MS
from tests.browser.keys import DESK, Agent

SIZE: ViewportSize = {"width": 1280, "height": 720}
ZOOMED: ViewportSize = {"width": 853, "height": 480}
"""What a window of 1280×720 shows at 150 %."""
COLOURS = 128
TITLE = ".wh-page-title"
TALLEST = 2_400
SETTLED = """language => {
  const other = document.querySelector('.st-key-wh_language button')?.innerText ?? '';
  const app = document.querySelector('[data-testid=stApp]');
  return app?.getAttribute('data-test-script-state') === 'notRunning'
    && document.querySelector('.wh-page-title') && other.includes(language === 'en' ? '中文' : 'English')
    && !document.querySelector('[data-stale=true], [data-testid=stSpinner], [data-testid=stSkeleton]');
}"""
TALL = """() => {
  const block = document.querySelector('[data-testid=stMainBlockContainer]');
  const main = document.querySelector('[data-testid=stMain]');
  return Math.ceil(block.getBoundingClientRect().bottom + main.scrollTop);
}"""


@dataclass
class Studio:
    """Takes pictures of one page; `kept` names those that were taken."""

    folder: Path
    only: frozenset[str]
    kept: list[str] = field(default_factory=list)

    def take(self, page: Page, name: str) -> None:
        if self.only and name not in self.only:
            return
        page.mouse.move(0, 0)
        page.evaluate("document.fonts.ready")
        raw = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        small = raw.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        small.save(self.folder / f"{name}.png", optimize=True)
        self.kept.append(name)
        print(f"  {name}.png  {(self.folder / f'{name}.png').stat().st_size // 1024} kB")


@dataclass
class Day:
    """What every scene needs."""

    studio: Studio
    browser: Browser
    cloud: Cloud

    @contextmanager
    def agent(self, username: str, *, zoomed: bool = False) -> Iterator[Agent]:
        with self.page(zoomed=zoomed) as page:
            agent = Agent(page)
            agent.sign_in(self.cloud.app_url, username, self.cloud.keys.demo_password)
            yield agent

    @contextmanager
    def page(self, *, zoomed: bool = False) -> Iterator[Page]:
        size, scale = (ZOOMED, 1.5) if zoomed else (SIZE, 1)
        context = self.browser.new_context(viewport=size, device_scale_factor=scale, locale="zh-CN")
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(DIALLER)
        yield context.new_page()
        context.close()

    @contextmanager
    def manager(self, username: str) -> Iterator[Page]:
        """Signed in as somebody whose first page is the floor."""
        with self.page() as page:
            Agent(page).enter_the_door(self.cloud.app_url, username, self.cloud.keys.demo_password)
            page.wait_for_selector(TITLE)
            yield page

    def whole(self, page: Page, name: str) -> None:
        """All of a page that scrolls, once nothing on it is being drawn any more; in Chinese, in English, and back."""
        for language in ("zh", "en"):
            settle(page, language)
            page.set_viewport_size({"width": SIZE["width"], "height": min(tall(page), TALLEST)})
            settle(page, language)
            self.studio.take(page, f"{name}-{language}")
            page.set_viewport_size(SIZE)
            page.locator(".st-key-wh_language button").click()
        settle(page, "zh")

    def take(self, agent: Agent, name: str) -> None:
        agent.page.wait_for_selector(f"{DESK}:not([aria-busy])")
        self.studio.take(agent.page, name)

    def in_english(self, agent: Agent, name: str) -> None:
        """The same once more, in English, and back."""
        switch(agent, "en")
        self.take(agent, name)
        switch(agent, "zh")


def settle(page: Page, language: str) -> None:
    """Returns when the page stands in that language and nothing runs; charts and tables draw within two frames more."""
    page.wait_for_function(SETTLED, arg=language, timeout=PATIENCE_MS)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def tall(page: Page) -> int:
    """Height in pixels that shows the whole page at once."""
    return max(int(page.evaluate(TALL)), SIZE["height"])


def switch(agent: Agent, language: str) -> None:
    agent.press("F7")
    expect(agent.page.locator(DESK)).to_have_attribute("lang", language)
