"""Pictures of every page, for the documentation: `python -m tests.browser.screenshots`.

Starts a cloud of its own, works through an agent's day by keys, then through a supervisor's and an admin's, and
photographs what there is to see, in both languages; the desk also as a browser zoomed to 150 % shows it.
`--only NAME …` keeps but some of the pictures, `--scene NAME …` makes but some scenes, `--folder` says where to. Look
at each picture afterwards: no overlap, no cut text.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from admin.folders import CHECKOUT_SCRIPTS
from local import chromium
from local.cloud import Cloud
from tests.browser.export import admin
from tests.browser.fixtures import CHECKOUT, PATIENCE_MS
from tests.browser.keys import PANEL, Agent
from tests.browser.pictures_of_admins import admins_room
from tests.browser.pictures_of_supervisors import supervisors_room
from tests.browser.studio import Day, Studio, switch
from tests.browser.survey import booking, days_ago, engineer, visit_time

FOLDER = CHECKOUT / "docs" / "pictures"
LONG = (
    "为了进一步改进我们的上门安装、调试、清洁、维护与售后回访服务，我们想用三分钟左右的时间了解您对最近一次服务全过程的真实感受，"
    "包括预约是否方便、师傅是否准时、沟通是否清楚、收费是否合理以及问题是否彻底解决；您的回答只用于统计，不会透露给任何第三方。请问现在方便吗？"
)


def the_door(day: Day) -> None:
    with day.page() as page:
        page.goto(day.cloud.app_url)
        day.studio.take(page, "sign-in")
        page.goto(f"{day.cloud.app_url}/signin?language=en")
        page.fill("#username", "agent1")
        page.fill("#password", "not this one")
        page.keyboard.press("Enter")
        page.wait_for_selector("#error")
        day.studio.take(page, "sign-in-refused")


def questions(day: Day) -> None:
    with day.agent("agent1") as agent:
        day.take(agent, "desk-campaigns")
        day.in_english(agent, "desk-campaigns-english")
        agent.take_case("csat")
        agent.press("F8")
        agent.see_text("号码已交给拨号器")
        day.take(agent, "desk-dialled")
        agent.answer("self", "consent")
        agent.answer("yes", "screening")
        agent.answer("yes", "overall")
        agent.choose("2")
        day.take(agent, "desk-choices")
        day.in_english(agent, "desk-english")
        agent.go_on("dissatisfied")
        agent.choose("waiting", "other", field="dissatisfied_why")
        day.take(agent, "desk-several-choices")
        agent.follow_up(field="dissatisfied_why", appears="dissatisfied_other")
        agent.enter("电话一直没有人接", "worst")
        agent.answer("other", "booking")
        booking(agent, "shop", 2, "1")
        visit_time(agent, days_ago(4), "9:05")
        agent.follow_up("late", field="arrival", appears="late_minutes")
        agent.type("200")
        agent.press("Enter")
        agent.choose("no", field="late_told")
        day.take(agent, "desk-follow-up")
        agent.press("Enter")
        agent.page.wait_for_selector("[data-confirm]")
        day.take(agent, "desk-soft-check")
        agent.confirm(to="engineer")
        engineer(agent, "2")
        day.take(agent, "desk-matrix")
        day.in_english(agent, "desk-matrix-english")
        dialogs(day, agent)
        agent.press("b")
        agent.see("callback")
        day.take(agent, "desk-callback-slots")
        agent.press("Enter")
        agent.type("20200101 0900")
        agent.press("Enter")
        agent.choose("hard", field="callback_kind")
        agent.press("Enter")
        agent.type("找王女士")
        agent.press("Enter")
        agent.page.wait_for_selector(".wh-complaint:visible")
        day.take(agent, "desk-callback")
        agent.press("Shift+Enter")
        agent.see("engineer")
        parking(day, agent)


def dialogs(day: Day, agent: Agent) -> None:
    agent.press("F6")
    agent.dialog()
    day.take(agent, "desk-jump")
    agent.type("没有")
    day.take(agent, "desk-jump-empty")
    agent.press("Escape")
    for keys, name in (
        ("Shift+F2", "note"),
        ("Shift+F3", "report"),
        ("Shift+F4", "park"),
        ("F10", "after-call"),
        ("F1", "help"),
    ):
        agent.press(keys)
        agent.dialog()
        day.take(agent, f"desk-{name}")
        agent.press("Escape")
    switch(agent, "en")
    agent.press("?")
    agent.dialog()
    day.take(agent, "desk-help-english")
    agent.press("Escape")
    switch(agent, "zh")
    agent.press("Shift+F3")
    agent.dialog()
    agent.type("第二行的说法听不懂")
    agent.press("Enter")
    agent.see_text("已反馈给管理员")
    day.take(agent, "desk-reported")


def parking(day: Day, agent: Agent) -> None:
    agent.park("客户要开会，三点以后接着问")
    day.take(agent, "desk-parked")
    agent.press("p")
    agent.page.wait_for_selector(f'{PANEL} [data-choice^="resume:"]')
    day.take(agent, "desk-parked-list")
    day.in_english(agent, "desk-parked-list-english")
    agent.press("1")
    agent.see("engineer")
    agent.press("F10")
    agent.dialog()
    agent.press("3")
    agent.see_text("访问结束后转为")
    day.take(agent, "desk-break-wanted")
    agent.press("w")
    agent.see("wrong_number")
    agent.end()
    day.take(agent, "desk-end")
    agent.press("Enter")
    agent.see_text("午餐中")
    day.take(agent, "desk-break")
    day.in_english(agent, "desk-break-english")
    agent.press("Enter")
    agent.page.wait_for_selector(f'{PANEL} [data-choice^="campaign:"]')
    agent.press("p")
    agent.see_text("没有可以继续的访问")
    day.take(agent, "desk-parked-none")


def trouble(day: Day) -> None:
    with day.agent("agent2") as agent:
        agent.take_case("csat")
        agent.answer("self", "consent")
        day.cloud.stop_database("immediate")
        agent.answer("yes", "screening")
        agent.answer("yes", "overall")
        agent.page.wait_for_selector(".wh-banner.wh-away")
        day.take(agent, "desk-server-away")
        agent.press("w")
        agent.see("wrong_number")
        agent.end()
        agent.press("Enter")
        agent.page.wait_for_selector(f"{PANEL}.wh-trouble")
        day.take(agent, "desk-no-server")
        day.in_english(agent, "desk-no-server-english")
        day.cloud.start_database()
        agent.press("2")
        agent.page.wait_for_selector(f'{PANEL} [data-choice^="campaign:"]')
        with day.agent("agent2"):
            agent.see_text("您在另一处登录了")
            day.take(agent, "desk-elsewhere")
        agent.press("h")
        agent.page.wait_for_selector(f'{PANEL} [data-choice^="campaign:"]')
        agent.take_case("csat")
        day.cloud.kill_app()
        agent.choose("self")
        agent.press("Enter")
        agent.page.wait_for_selector(".wh-lost")
        day.studio.take(agent.page, "desk-process-away")
        day.cloud.start_app()
        agent.see("consent")
        agent.press("w")
        agent.see("wrong_number")
        agent.end()


def empty_queue(day: Day) -> None:
    import psycopg

    with psycopg.connect(day.cloud.dsn_admin) as connection:
        connection.execute("UPDATE outbound.cases SET due_at = now() + interval '1 day' WHERE campaign = 'reminder'")
    with day.agent("agent3") as agent:
        agent.press("1")
        agent.page.wait_for_selector(f'{PANEL} [data-choice="again"]')
        day.take(agent, "desk-empty-queue")


def long_text(day: Day) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(shutil.copytree(CHECKOUT_SCRIPTS, Path(temporary) / "scripts_bucket"))
        script = root / "campaigns" / "csat" / "local.xml"
        text = script.read_text(encoding="utf-8")
        begin = text.index("<say>", text.index('<action id="consent">')) + len("<say>")
        end = text.index("</say>", begin)
        script.write_text(text[:begin] + LONG + text[end:], encoding="utf-8")
        admin(day.cloud, "publish", "csat", "--scripts", str(root))
    with day.agent("agent1") as agent:
        agent.take_case("csat")
        agent.answer("self", "consent")
        day.take(agent, "desk-long-text")
        agent.press("w")
        agent.see("wrong_number")
        agent.end()


def zoomed(day: Day) -> None:
    with day.agent("agent1", zoomed=True) as agent:
        agent.take_case("csat")
        agent.answer("self", "consent")
        day.take(agent, "desk-zoomed-long-text")
        agent.answer("yes", "screening")
        agent.answer("yes", "overall")
        day.take(agent, "desk-zoomed")
        agent.answer("2", "dissatisfied")
        day.take(agent, "desk-zoomed-several")
        agent.press("?")
        agent.dialog()
        day.take(agent, "desk-zoomed-help")
        agent.press("Escape")
        agent.press("w")
        agent.see("wrong_number")
        agent.end()
        agent.page.goto(f"{day.cloud.app_url}/signout")
        agent.page.wait_for_selector("form button:focus")
        day.studio.take(agent.page, "sign-out")


SCENES: tuple[Callable[[Day], None], ...] = (
    the_door, questions, trouble, empty_queue, long_text, zoomed, supervisors_room, admins_room,
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="keep but these pictures")
    parser.add_argument("--scene", nargs="*", default=[], choices=[scene.__name__ for scene in SCENES])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    chosen = parser.parse_args()
    for name in [name for name in os.environ if name.startswith(("AWS_", "WAIHU_"))]:
        del os.environ[name]
    expect.set_options(timeout=PATIENCE_MS)
    studio = Studio(chosen.folder, frozenset(chosen.only))
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        executable = chromium.find(CHECKOUT / ".waihu" / "tools")
        browser = playwright.chromium.launch(executable_path=executable, args=list(chromium.FLAGS))
        print("starting a cloud of its own …")
        with Cloud(Path(temporary) / "data", demo_contacts=60, durable=False, temporary=True, workers=2) as cloud:
            for scene in SCENES:
                if not chosen.scene or scene.__name__ in chosen.scene:
                    scene(Day(studio, browser, cloud))
        browser.close()
    print(f"{len(studio.kept)} pictures in {chosen.folder}")


if __name__ == "__main__":
    main()
