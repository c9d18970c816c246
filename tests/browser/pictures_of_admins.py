"""The admin's pages: a mistake beside its line, what publishing changes, a play, the history, what agents reported."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import psycopg
from playwright.sync_api import Page, expect

from admin.folders import CHECKOUT_SCRIPTS
from tests.browser.export import admin
from tests.browser.keys import pick
from tests.browser.studio import TITLE, Day, settle

SOURCE = "源文本"
OLD, NEW = "您好，这里是康齿口腔门诊。", "您好，打扰您一分钟，这里是康齿口腔门诊。"
REPORTS = (
    ("greeting", "客户常把“康齿”听成“康迟”，能不能加一句？", "open", ""),
    ("cancel", "取消的原因里没有“已在别处看过”", "open", ""),
    ("move", "日期不能选今天", "closed", "按门诊要求，改约最早从明天起"),
)


def admins_room(day: Day) -> None:
    with day.manager("admin") as page:
        page.get_by_role("link", name="脚本", exact=True).click()
        expect(page.locator(TITLE)).to_have_text("脚本管理")
        choose_campaign(page, "reminder")
        day.whole(page, "admin-scripts")
        source = page.get_by_label(SOURCE).input_value()
        check(page, source.replace('<next action="wrong_number"', '<next action="wrong_nummer"', 1))
        page.locator(".wh-source tr.wh-wrong").first.wait_for()
        day.whole(page, "admin-refused")
        check(page, source.replace(OLD, NEW, 1))
        page.locator(".wh-changes").wait_for()
        page.get_by_label("说明改了什么、为什么").fill("开场更客气")
        day.whole(page, "admin-changes")
        open_view(page, "试走")
        page.locator(".wh-node").wait_for()
        day.whole(page, "admin-play")
        open_view(page, "编辑与发布")
        publish(day, page)
        open_view(page, "历史与回退")
        page.get_by_text("选一行，可回退到那个版本。").wait_for()
        settle(page, "zh")
        page.get_by_test_id("stDataFrame").first.click(position={"x": 15, "y": 35 + 35 + 17})
        page.get_by_label("回退的原因").wait_for()
        day.whole(page, "admin-history")
        open_view(page, "问题反馈")
        day.whole(page, "admin-reports-none")
        report(day)
        page.reload()
        open_view(page, "问题反馈")
        page.get_by_test_id("stDataFrame").first.wait_for()
        settle(page, "zh")
        page.get_by_test_id("stDataFrame").first.click(position={"x": 15, "y": 35 + 17})
        page.get_by_label("处理说明").wait_for()
        day.whole(page, "admin-reports")


def publish(day: Day, page: Page) -> None:
    """Somebody else was first: the page says who, and keeps the draft. Theirs is opened, changed and published."""
    publish_elsewhere(day)
    press_publish(page)
    page.get_by_text("没有发布：").wait_for()
    page.get_by_role("button", name="打开对方的版本").wait_for()
    day.whole(page, "admin-meanwhile")
    page.get_by_role("button", name="打开对方的版本").click()
    settle(page, "zh")
    check(page, page.get_by_label(SOURCE).input_value().replace(OLD, NEW, 1))
    page.locator(".wh-changes").wait_for()
    press_publish(page)
    page.get_by_text("已发布").wait_for()
    day.whole(page, "admin-published")


def publish_elsewhere(day: Day) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(shutil.copytree(CHECKOUT_SCRIPTS, Path(temporary) / "scripts_bucket"))
        script = root / "campaigns" / "reminder" / "local.xml"
        text = script.read_text(encoding="utf-8")
        script.write_text(text.replace("到时候见，再见！", "到时候见，路上小心！"), encoding="utf-8")
        admin(day.cloud, "publish", "reminder", "--scripts", str(root), "--comment", "告别更亲切")


def press_publish(page: Page) -> None:
    comment = page.get_by_label("说明改了什么、为什么")
    comment.fill("开场更客气")
    comment.press("Tab")
    page.get_by_role("button", name="发布", exact=True).click()


def report(day: Day) -> None:
    with psycopg.connect(day.cloud.dsn_admin) as connection:
        for hours, (node, words, state, answer) in enumerate(REPORTS):
            connection.execute(
                "INSERT INTO desk.question_reports (campaign, release, node, place, language, agent, comment, state,"
                " answer, reported_at) VALUES ('reminder', '474af8644b90', %s, %s, 'zh', 'agent3', %s, %s, %s,"
                " now() - %s * interval '1 hour')", (node, node, words, state, answer, hours),
            )  # fmt: skip


def check(page: Page, source: str) -> None:
    page.get_by_label(SOURCE).fill(source)
    page.get_by_role("button", name="检查").click()


def choose_campaign(page: Page, name: str) -> None:
    pick(page, page.get_by_role("combobox").first, name)
    page.wait_for_function(
        "words => [...document.querySelectorAll('textarea')].some(one => one.value.includes(words))",
        arg=f'campaign="{name}"',
    )


def open_view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    settle(page, "zh")
