"""The desk for everyone: WCAG 2.2 AA as axe-core judges it, and nothing cut, hidden or lying over something else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from local.cloud import Cloud
from tests.browser.keys import Agent

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
CUT = """() => [...document.querySelectorAll(".wh-desk *, .wh-door *")].filter((element) => {
  const style = getComputedStyle(element);
  if (!element.offsetParent || style.clipPath !== "none" || !["hidden", "clip"].includes(style.overflowX)) return false;
  if (style.textOverflow === "ellipsis" || element.matches("input, textarea")) return false;
  return element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
}).map((element) => element.outerHTML.slice(0, 120))"""
"""Elements whose content is wider or higher than what is shown of it, without a way to scroll there."""
WIDE = "() => document.documentElement.scrollWidth > window.innerWidth"
COVERED = """() => [...document.querySelectorAll(".wh-desk button, .wh-desk .wh-entry")].filter((element) => {
  if (!element.offsetParent || element.closest(".wh-items")) return false;
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return box.bottom > window.innerHeight || !(top && (element.contains(top) || top.contains(element)));
}).map((element) => element.outerHTML.slice(0, 120))"""
"""Buttons of the desk that are out of sight or under something else (those of the question may be scrolled to)."""


def judge(page: Page, *, covered: bool = True) -> None:
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate(CUT) == []
    assert not page.evaluate(WIDE)
    if covered:
        assert page.evaluate(COVERED) == []


def in_a_dialog(agent: Agent, keys: str) -> None:
    agent.press(keys)
    agent.dialog()
    judge(agent.page, covered=False)
    agent.press("Escape")


def through_the_desk(agent: Agent) -> None:
    """Every kind of screen of an interview."""
    judge(agent.page)
    agent.take_case("csat")
    judge(agent.page)
    for keys in ("?", "F10", "Shift+F2", "Shift+F3", "Shift+F4"):
        in_a_dialog(agent, keys)
    agent.answer("self", "consent")
    agent.answer("yes", "screening")
    agent.answer("yes", "overall")
    agent.press("Enter")
    agent.page.wait_for_selector(".wh-complaint:visible")
    judge(agent.page)
    in_a_dialog(agent, "F6")
    agent.press("b")
    agent.see("callback")
    judge(agent.page)
    agent.press("Shift+Enter")
    agent.see("overall")
    agent.press("w")
    agent.see("wrong_number")
    agent.end()
    judge(agent.page)


ZOOMS: dict[str, Callable[[Page], None]] = {
    "1280x720": lambda _: None,
    "150%": lambda page: page.set_viewport_size({"width": 853, "height": 480}),
}


@pytest.mark.parametrize("zoom", ZOOMS)
def test_every_screen_can_be_read_by_everyone(page: Page, cloud: Cloud, app_url: str, zoom: str) -> None:
    ZOOMS[zoom](page)
    page.goto(app_url)
    page.wait_for_selector("#username")
    judge(page)
    agent = Agent(page)
    agent.sign_in(app_url, "agent2", cloud.keys.demo_password)
    through_the_desk(agent)
    if zoom == "1280x720":
        agent.press("2")
        agent.page.wait_for_selector('[data-choice^="campaign:"]')
        agent.press("F7")
        agent.see_text("Choose a campaign")
        through_the_desk(agent)
        agent.press("F7")
        agent.see_text("访问结束")
