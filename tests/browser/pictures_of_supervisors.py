"""The supervisor's pages, as they are on a day of fieldwork and before anything has happened; in both languages."""

from __future__ import annotations

import psycopg
from playwright.sync_api import Page, expect

from tests.browser.field_day import WHY, work
from tests.browser.keys import pick
from tests.browser.studio import TITLE, Day, settle

EMPTY = "就诊预约提醒"
"""Title of the campaign on which nobody works."""
OPEN_ANSWER = "nps_praise"


def supervisors_room(day: Day) -> None:
    """Before the day, and in the middle of it."""
    with psycopg.connect(day.cloud.dsn_admin) as connection:
        connection.execute(
            "UPDATE outbound.cases SET due_at = now() + interval '3 hours'"
            " WHERE campaign = 'reminder' AND state = 'waiting'"
        )
    with day.manager("manager") as page:
        choose_campaign(page, EMPTY)
        day.whole(page, "supervision-floor-empty")
        open_page(page, "题目", "题目")
        day.whole(page, "supervision-questions-empty")
    work(day.cloud)
    frame(day)
    with day.manager("manager") as page:
        floor(day, page)
        cases(day, page)
        open_page(page, "题目", "题目")
        day.whole(page, "supervision-questions")
        coding(day, page)
        open_page(page, "运营看板", "")
        page.wait_for_selector(".stVegaLiteChart canvas, .stVegaLiteChart svg")
        day.whole(page, "supervision-figures")
        open_page(page, "指标看板", "")
        page.wait_for_selector(".stVegaLiteChart canvas, .stVegaLiteChart svg")
        day.whole(page, "supervision-dashboards")


def floor(day: Day, page: Page) -> None:
    messages = page.locator(".st-key-wh_card_messages")
    messages.get_by_role("textbox", name="内容").fill("请大家在午饭前打完预约的电话")
    messages.get_by_role("button", name="发送").click()
    expect(messages).to_contain_text("已发送")
    day.whole(page, "supervision-floor")


def cases(day: Day, page: Page) -> None:
    open_page(page, "个案", "个案")
    follow = page.locator(".st-key-wh_card_follow")
    pick(page, follow.get_by_role("combobox"), "agent2")
    follow.locator("[data-testid=stDataFrame]").wait_for()
    find = page.locator(".st-key-wh_card_find")
    find.get_by_label("持有人").fill("agent2")
    find.get_by_label("持有人").press("Enter")
    settle(page, "zh")
    find.locator("[data-testid=stDataFrame]").first.click(position={"x": 14, "y": 35 + 17})
    release = find.get_by_role("button", name="收回，放回队列")
    release.wait_for()
    day.whole(page, "supervision-cases")
    for language, words in (("zh", "这个个案刚刚变了"), ("en", "The case has just changed")):
        moved(day, page, language, words)
    page.locator(".st-key-wh_language button").click()
    settle(page, "zh")


def moved(day: Day, page: Page, language: str, words: str) -> None:
    """Somebody else takes the case while the supervisor looks at it: nothing happens to it, and the page says so."""
    if language == "en":
        page.locator(".st-key-wh_language button").click()
        settle(page, language)
    with psycopg.connect(day.cloud.dsn_admin) as connection:
        connection.execute("UPDATE outbound.cases SET epoch = epoch + 1 WHERE holder = 'agent2'")
    find = page.locator(".st-key-wh_card_find")
    find.get_by_role("button", name="收回，放回队列" if language == "zh" else "Take it back").click()
    expect(find).to_contain_text(words)
    settle(page, language)
    find.scroll_into_view_if_needed()
    day.studio.take(page, f"supervision-case-moved-{language}")


def coding(day: Day, page: Page) -> None:
    open_page(page, "编码", "开放题编码")
    day.whole(page, "supervision-coding-empty")
    pick(page, page.get_by_role("combobox").nth(1), f"({OPEN_ANSWER})")
    page.locator(".st-key-wh_card_agreement [data-testid=stMetric]").first.wait_for()
    day.whole(page, "supervision-coding")


def frame(day: Day) -> None:
    """A frame of codes, and two people who have coded most answers and do not always agree."""
    codes = {"person": "师傅：准时、专业、态度", "wait": "等待、预约", "price": "价格、收费", "again": "没有一次修好"}
    right = ("person", "wait", "price", "person", "again", "wait", "price", "person", "wait")
    with psycopg.connect(day.cloud.dsn_admin) as connection:
        for code, title in codes.items():
            connection.execute(
                "INSERT INTO supervision.frames (campaign, field, code, title) VALUES ('csat', %s, %s, %s)",
                (OPEN_ANSWER, code, title),
            )
        rows = connection.execute(
            "SELECT interview_id, value #>> '{}' FROM outbound.answers WHERE field = %s ORDER BY answered_at",
            (OPEN_ANSWER,),
        ).fetchall()
        for number, (interview, words) in enumerate(rows[: len(rows) * 2 // 3]):
            code = right[WHY.index(words)] if words in WHY else "person"
            other = "again" if number % 3 == 2 else code
            for coder, chosen in (("zhao", code), ("qian", other)):
                connection.execute(
                    "INSERT INTO supervision.codings (interview_id, field, coder, campaign, code)"
                    " VALUES (%s, %s, %s, 'csat', %s)", (interview, OPEN_ANSWER, coder, chosen),
                )  # fmt: skip


def choose_campaign(page: Page, title: str) -> None:
    pick(page, page.get_by_role("combobox").first, title)
    settle(page, "zh")


def open_page(page: Page, link: str, title: str) -> None:
    page.get_by_role("link", name=link, exact=True).click()
    if title:
        expect(page.locator(TITLE)).to_have_text(title)
    settle(page, "zh")
