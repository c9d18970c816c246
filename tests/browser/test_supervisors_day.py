"""A supervisor's day in a real browser: who works, a message, the figures, a case taken back, an interview followed."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as NothingNew

from local import keys as secret_names
from local.bench.desk import sit_down
from local.cloud import Cloud
from tests.browser.fixtures import PATIENCE_MS
from tests.browser.keys import Agent, pick
from tests.harness.live_agent import LiveAgent

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

TITLE = ".wh-page-title"
NEWS_MS = 6_000
"""After which the table is asked again all the same: pages ask the server every four seconds and less often."""


@pytest.fixture
def interviewer(cloud: Cloud) -> Iterator[LiveAgent]:
    """agent2, in the middle of an interview; it is ended when the test is over."""
    with httpx.Client(base_url=cloud.gateway_url, timeout=60) as client:
        desk = sit_down(cloud, "agent2")
        one = LiveAgent(client, desk.access_token, desk.session, "csat")
        one.take()
        one.answer_until("overall", who_answers="self", consent="yes", visit_happened="yes")
        yield one
        one.leave("silent")
        one.answer_until()


def room(page: Page, cloud: Cloud, app_url: str) -> Page:
    """The manager's page, in Chinese."""
    Agent(page).enter_the_door(app_url, "manager", cloud.keys.demo_password)
    expect(page.locator(TITLE)).to_have_text("现场")
    return page


def open_page(page: Page, link: str, title: str) -> None:
    page.get_by_role("link", name=link, exact=True).click()
    expect(page.locator(TITLE)).to_have_text(title)


def card(page: Page, name: str) -> Locator:
    return page.locator(f".st-key-wh_card_{name}")


def exported_when(
    page: Page, place: Locator, folder: Path, right: Callable[[list[dict[str, str]]], bool]
) -> list[dict[str, str]]:
    """The table once it holds what is waited for: its cells are a canvas, so it is asked by its export.

    A browser hands out ten files and then no more for a while, so each further one waits for the page to have a table
    that is new.
    """
    give_up = time.monotonic() + 2 * PATIENCE_MS / 1000
    while not right(rows := exported(page, place, folder)):
        assert time.monotonic() < give_up, rows
        with suppress(NothingNew):
            page.wait_for_event("response", lambda reply: reply.url.endswith(".csv"), timeout=NEWS_MS)
    return rows


def exported(page: Page, place: Locator, folder: Path) -> list[dict[str, str]]:
    """The table of a card, as its button exports it."""
    with page.expect_download(timeout=PATIENCE_MS) as download:
        place.get_by_role("button", name="导出 CSV").first.click()
    path = folder / "table.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_floor_tells_who_works_and_what_waits(
    page: Page, cloud: Cloud, app_url: str, interviewer: LiveAgent, tmp_path: Path
) -> None:
    room(page, cloud, app_url)
    expect(card(page, "agents").get_by_role("button", name="导出 CSV")).to_be_visible()
    rows = {row["坐席"]: row for row in exported(page, card(page, "agents"), tmp_path)}
    assert int(rows["agent2"]["拨打"]) >= 1
    expect(card(page, "queue")).to_contain_text("现在可以拨打")
    expect(card(page, "appointments")).to_be_visible()
    # The very same in English, without a reload.
    page.keyboard.press("F7")
    expect(page.locator(TITLE)).to_have_text("The floor")
    expect(card(page, "queue")).to_contain_text("can be called now")
    page.keyboard.press("F7")
    expect(page.locator(TITLE)).to_have_text("现场")


def test_a_message_reaches_the_agents_desk_and_is_read(
    page: Page, browser: Browser, cloud: Cloud, app_url: str
) -> None:
    words = "请大家在午饭前完成 <b>预约</b>"
    room(page, cloud, app_url)
    messages = card(page, "messages")
    messages.get_by_role("textbox", name="内容").fill(words)
    messages.get_by_role("button", name="发送").click()
    expect(messages).to_contain_text("已发送")
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    try:
        agent = Agent(context.new_page())
        agent.sign_in(app_url, "agent1", cloud.keys.demo_password)
        agent.page.keyboard.press("1")
        told = agent.page.locator(".wh-banner.wh-told", has_text=words)
        expect(told).to_be_visible(timeout=2 * PATIENCE_MS)
        agent.page.get_by_role("button", name="知道了").click()
        expect(told).to_have_count(0)
        agent.leave_what_is_open()
    finally:
        context.close()
    page.reload()
    expect(card(page, "messages")).to_contain_text("1 人已读")


def test_a_case_is_taken_back_unless_it_has_moved(
    page: Page, cloud: Cloud, app_url: str, interviewer: LiveAgent, tmp_path: Path
) -> None:
    admin = cloud.database.connect("waihu_admin", cloud.keys.password(secret_names.ADMIN_LOGIN))
    sql = "SELECT case_id FROM outbound.interviews WHERE id = CAST($1 AS uuid)"
    case = admin.fetch(sql, interviewer.interview)[0][0]
    room(page, cloud, app_url)
    open_page(page, "个案", "个案")
    find = card(page, "find")
    find.get_by_label("持有人").fill("agent2")
    find.get_by_label("持有人").press("Enter")
    rows = exported_when(
        page, find, tmp_path, lambda rows: {row["持有人"] for row in rows} == {"agent2"} and str(case) in str(rows)
    )
    choose(find, [row["个案"] for row in rows].index(str(case)))
    release = find.get_by_role("button", name="收回，放回队列")
    expect(release).to_be_visible()
    # Meanwhile the case has gone on: the supervisor's deed was meant for what they saw, and is told.
    admin.execute("UPDATE outbound.cases SET epoch = epoch + 1 WHERE id = $1", case)
    release.click()
    expect(find).to_contain_text("这个个案刚刚变了")
    release.click()
    expect(find).to_contain_text("已收回")
    held = "SELECT state, holder FROM outbound.cases WHERE id = $1"
    assert admin.fetch(held, case) == [("waiting", None)]
    # What its former holder still sends is kept all the same, and marked.
    interviewer.answer(overall="4")
    late = "SELECT bool_or(overtaken) FROM outbound.answers WHERE interview_id = CAST($1 AS uuid)"
    assert admin.fetch(late, interviewer.interview) == [(True,)]
    admin.close()


def test_an_interview_is_followed_with_the_questions_words(
    page: Page, cloud: Cloud, app_url: str, interviewer: LiveAgent, tmp_path: Path
) -> None:
    room(page, cloud, app_url)
    open_page(page, "个案", "个案")
    follow = card(page, "follow")
    pick(page, follow.get_by_role("combobox"), "agent2")
    rows = exported_when(page, follow, tmp_path, lambda rows: "是否愿意接受访问" in str(rows))
    assert all(row["答案"] for row in rows)
    assert "总体满意度" not in str(rows)
    interviewer.answer(overall="4")
    exported_when(page, follow, tmp_path, lambda rows: "总体满意度" in str(rows))


def test_rates_and_questions_come_with_their_sources(
    page: Page, cloud: Cloud, app_url: str, interviewer: LiveAgent, tmp_path: Path
) -> None:
    room(page, cloud, app_url)
    open_page(page, "个案", "个案")
    expect(card(page, "rates")).to_contain_text("Standard Definitions")
    rates = {row["代码"]: row["值"] for row in exported(page, card(page, "rates"), tmp_path)}
    assert list(rates)[:3] == ["RR1", "RR2", "RR3"]
    assert len(rates) == 16
    open_page(page, "题目", "题目")
    expect(card(page, "breaks")).to_be_visible()
    open_page(page, "编码", "开放题编码")
    expect(card(page, "frame")).to_be_visible()
    for name in ("代码", "含义"):
        card(page, "frame").get_by_label(name, exact=True).fill(f"c{name}" if name == "含义" else "c1")
    card(page, "frame").get_by_role("button", name="加代码").click()
    exported_when(page, card(page, "frame"), tmp_path, lambda rows: rows[0]["代码"] == "c1")


def choose(place: Locator, row: int) -> None:
    """Ticks a row of the card's first table; rows are 35 pixels high, below a head of as many."""
    place.locator("[data-testid=stDataFrame]").first.click(position={"x": 14, "y": 35 + 35 * row + 17})
