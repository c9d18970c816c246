"""An admin's day in a browser: a mistake refused at its line, a change published, asked by an agent, taken back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from local.bench.desk import sit_down
from local.cloud import Cloud
from tests.browser.fixtures import PATIENCE_MS
from tests.browser.keys import Agent, pick

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

TITLE = ".wh-page-title"
NEW = "您好，打扰您一分钟，这里是康齿口腔门诊。"
OLD = "您好，这里是康齿口腔门诊。"
SOURCE = "源文本"
SHOWS = """words => {
  const [one, ...more] = document.querySelectorAll('textarea[aria-label="源文本"]');
  return one && more.length === 0 && one.value.includes(words);
}"""
"""While one source takes the place of another, both are there."""


class Clock:
    """What an admin's day takes: told in the test's log, never asserted, since a machine may be busy."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()
        self.told: list[str] = []

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.told.append(f"{name} {now - self._last:.1f} s")
        self._last = now

    def tell(self, record: Callable[[str, object], None]) -> None:
        whole = self._last - self._begun
        record("admins_day_seconds", round(whole, 1))
        print(
            f"An admin's day: {whole:.1f} s, {'under' if whole < 180 else 'OVER'} three minutes;", "; ".join(self.told)
        )


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """An agent's page beside the admin's."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def room(page: Page, cloud: Cloud, app_url: str) -> Page:
    """The admin's page, in Chinese, with the clinic's reminder open."""
    Agent(page).enter_the_door(app_url, "admin", cloud.keys.demo_password)
    page.get_by_role("link", name="脚本", exact=True).click()
    open_reminder(page)
    return page


def open_reminder(page: Page) -> None:
    expect(page.locator(TITLE)).to_have_text("脚本管理")
    pick(page, page.get_by_role("combobox").first, "reminder")
    page.wait_for_function(SHOWS, arg='campaign="reminder"', timeout=PATIENCE_MS)


def check(page: Page, source: str) -> None:
    page.get_by_label(SOURCE).fill(source)
    page.get_by_role("button", name="检查").click()


def offered(cloud: Cloud) -> str:
    """The release that the clinic's next case takes, as dispatch knows it."""
    return next(one.release for one in sit_down(cloud, "agent3").session.campaigns if one.id == "reminder")


def wait_until_dispatch_knows(cloud: Cloud, before: str) -> None:
    """Dispatch may remember the pointer for a while (`DispatchSettings.cache_seconds`)."""
    give_up = time.monotonic() + 60
    while offered(cloud) == before:
        assert time.monotonic() < give_up, "dispatch never learned of the new release"
        time.sleep(0.2)


def open_view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()


def test_an_admin_mends_publishes_and_takes_back(
    page: Page, desk: Page, cloud: Cloud, app_url: str, record_property: Callable[[str, object], None]
) -> None:
    room(page, cloud, app_url)
    clock = Clock()
    before, source = offered(cloud), page.get_by_label(SOURCE).input_value()
    assert OLD in source

    # A mistake is refused beside its line, and there is no way to publish it.
    broken = source.replace('<next action="wrong_number"', '<next action="wrong_nummer"', 1)
    line = broken[: broken.index("wrong_nummer")].count("\n") + 1
    check(page, broken)
    told = page.locator(".wh-source tr.wh-wrong", has_text="wrong_nummer")
    expect(told.locator(".wh-number")).to_have_text(str(line), timeout=2 * PATIENCE_MS)
    expect(page.locator(".wh-told").first).to_contain_text("wrong_nummer")
    expect(page.get_by_role("button", name="发布", exact=True)).to_have_count(0)

    clock.lap("changed, and refused at its line")

    # Mended, it is played as an agent would see it, and published.
    check(page, source.replace(OLD, NEW, 1))
    expect(page.locator(".wh-verdict")).to_have_text("没有错误，可以发布。", timeout=2 * PATIENCE_MS)
    expect(page.locator(".wh-changes")).to_contain_text("打扰您一分钟")
    open_view(page, "试走")
    expect(page.locator(".wh-node")).to_contain_text(NEW)
    open_view(page, "编辑与发布")
    comment = page.get_by_label("说明改了什么、为什么")
    comment.fill("开场更客气")
    comment.press("Tab")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text(re.compile(r"已发布 [0-9a-f]{12}"))).to_be_visible(timeout=2 * PATIENCE_MS)
    expect(page.get_by_text("与在用版本相同。")).to_be_visible()

    clock.lap("mended, played and published")

    # The next contact is asked it.
    wait_until_dispatch_knows(cloud, before)
    agent = Agent(desk)
    agent.sign_in(app_url, "agent3", cloud.keys.demo_password)
    agent.press("1")
    agent.see("greeting")
    expect(desk.locator(".wh-node")).to_contain_text(NEW)
    agent.leave_what_is_open()
    clock.lap("asked")

    # And it is taken back.
    open_view(page, "历史与回退")
    expect(page.get_by_text("选一行，可回退到那个版本。")).to_be_visible()
    grid = page.get_by_test_id("stDataFrame").first
    grid.click(position={"x": 15, "y": 35 + 35 + 17})
    why = page.get_by_label("回退的原因")
    why.fill("试过了")
    why.press("Tab")
    page.get_by_role("button", name="回退到这个版本").click()
    expect(page.get_by_text(re.compile(r"已回退到 [0-9a-f]{12}"))).to_be_visible(timeout=2 * PATIENCE_MS)
    open_view(page, "编辑与发布")
    expect(page.get_by_label(SOURCE)).to_have_value(source)
    clock.lap("rolled back")
    clock.tell(record_property)


def test_a_manager_has_no_such_page(page: Page, cloud: Cloud, app_url: str) -> None:
    Agent(page).enter_the_door(app_url, "manager", cloud.keys.demo_password)
    expect(page.locator(TITLE)).to_have_text("现场")
    expect(page.get_by_role("link", name="脚本", exact=True)).to_have_count(0)
    page.goto(f"{app_url}/scripts")
    expect(page.get_by_label(SOURCE)).to_have_count(0)
