"""One working day at the desk, by keys alone: from signing in to signing out, with all that may happen between."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from local.cloud import Cloud
from tests.browser.export import admin, answers_of, exported
from tests.browser.fixtures import PATIENCE_MS
from tests.browser.keys import DESK, PANEL, Agent
from tests.browser.survey import booking, days_ago, visit_time

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

STATE = "[data-state]"


@pytest.fixture
def agent(page: Page, cloud: Cloud, app_url: str) -> Agent:
    signed_in = Agent(page)
    signed_in.sign_in(app_url, "agent2", cloud.keys.demo_password)
    return signed_in


def in_state(agent: Agent, code: str) -> None:
    expect(agent.page.locator(STATE)).to_have_attribute("data-state", code)


def asked(cloud: Cloud, query: str, *parameters: object) -> list[tuple[object, ...]]:
    with psycopg.connect(cloud.dsn_admin) as connection:
        return connection.execute(query, parameters).fetchall()


def tomorrow() -> str:
    return f"{datetime.now(UTC) + timedelta(days=1, hours=8):%Y-%m-%d} 10:30"


def test_a_whole_day(agent: Agent, cloud: Cloud, tmp_path: Path) -> None:
    began = asked(cloud, "SELECT now()")[0][0]
    in_state(agent, "ready")
    first = agent.take_case("csat")
    in_state(agent, "talking")
    a_call(agent)
    an_interview_is_parked(agent)
    lunch(agent)
    the_parked_one_goes_on(agent, first)
    second = a_refusal(agent)
    third = a_call_back(agent)
    in_state(agent, "wrap_up")
    agent.delivered()
    figures(agent)
    leave(agent)

    agent_id = asked(cloud, "SELECT agent FROM outbound.interviews WHERE id = %s", first)[0][0]
    states = asked(
        cloud,
        "SELECT state FROM desk.agent_states WHERE agent = %s AND recorded_at >= %s ORDER BY id",
        agent_id, began,
    )  # fmt: skip
    assert {state for (state,) in states} >= {"talking", "wrap_up", "lunch", "ready", "signed_out"}
    overlapping = asked(
        cloud,
        "SELECT count(*) FROM desk.agent_states a JOIN desk.agent_states b ON b.agent = a.agent AND b.id > a.id "
        "WHERE a.agent = %s AND (a.until IS NULL AND a.state <> 'signed_out' OR b.since < a.until)",
        agent_id,
    )
    assert overlapping == [(0,)]
    rows = exported(cloud, "csat", tmp_path / "csat.csv")
    assert answers_of(rows[first])["outcome"] == "4.10"
    assert answers_of(rows[first])["overall"] == "5"
    assert answers_of(rows[second])["refusal_reason"] == "busy"
    assert answers_of(rows[third])["callback_kind"] == "hard"
    reports = asked(cloud, "SELECT node, comment, agent FROM desk.question_reports WHERE interview = %s", first)
    assert reports == [("arrival", "Which clock?", agent_id)]
    assert asked(cloud, "SELECT note FROM outbound.attempts WHERE interview_id = %s", first) == [("Ask for Ms Wang",)]
    assert first in admin(cloud, "trace", first)


def a_call(agent: Agent) -> None:
    """Dialling, Back, a jump, a report, a soft check."""
    agent.press("F8")
    agent.see_text("号码已交给拨号器")
    assert len(agent.page.evaluate("window.dialled")) == 1
    agent.answer("self", "consent")
    agent.answer("yes", "screening")
    agent.answer("yes", "overall")
    agent.answer("5", "booking")
    agent.press("Shift+Enter")
    agent.see("overall")
    agent.go_on("booking")
    agent.press("F6")
    agent.dialog()
    agent.type("总体")
    expect(agent.page.locator(".wh-jump")).to_have_count(1)
    agent.press("Enter")
    agent.see("overall")
    agent.go_on("booking")
    booking(agent, "app", 1, "5")
    visit_time(agent, days_ago(3), "14:30")
    agent.follow_up("late", field="arrival", appears="late_minutes")
    agent.type("200")
    agent.write("Shift+F3", "Which clock?")
    agent.see_text("已反馈给管理员")
    # What was being typed is still there, and the agent goes on with it.
    expect(agent.page.locator('[data-field="late_minutes"] input')).to_have_value("200")
    agent.press("Enter")
    agent.choose("no", field="late_told")
    agent.press("Enter")
    agent.confirm(to="engineer")


def an_interview_is_parked(agent: Agent) -> None:
    agent.write("Shift+F2", "Ask for Mr Li")
    agent.see_text("备注已记下")
    agent.park("Ask for Ms Wang")
    in_state(agent, "wrap_up")


def lunch(agent: Agent) -> None:
    agent.press("F10")
    agent.dialog()
    agent.press("3")
    agent.see_text("午餐中")
    in_state(agent, "lunch")
    agent.page.reload()
    agent.see_text("午餐中")
    agent.press("Enter")
    in_state(agent, "ready")


def the_parked_one_goes_on(agent: Agent, interview: str) -> None:
    agent.press("p")
    agent.page.wait_for_selector(f'{PANEL} [data-choice$="{interview}"]')
    agent.see_text("Ask for Ms Wang")
    agent.press("1")
    agent.see("engineer")
    assert agent.interview == interview
    in_state(agent, "talking")
    agent.press("w")
    agent.see("wrong_number")
    agent.end()


def a_refusal(agent: Agent) -> str:
    interview = agent.next_case()
    agent.answer("self", "consent")
    agent.press("x")
    agent.see("refusal")
    agent.choose("respondent", field="refused_by")
    agent.press("Enter")
    agent.choose("busy", field="refusal_reason")
    agent.press("Enter")
    agent.choose("no", field="never_again")
    agent.end()
    return interview


def a_call_back(agent: Agent) -> str:
    interview = agent.next_case()
    agent.press("b")
    agent.see("callback")
    # None of the free slots that are offered: a time of the contact's own.
    agent.press("Enter")
    agent.type(tomorrow())
    agent.press("Enter")
    agent.choose("hard", field="callback_kind")
    agent.press("Enter")
    agent.end()
    return interview


def figures(agent: Agent) -> None:
    """What the day came to, and whom to call next, on the line above the desk."""
    today = agent.page.locator(".wh-today")
    expect(today).to_contain_text("拒访1")
    expect(agent.page.locator(".wh-appointment")).to_contain_text("10:30")


def leave(agent: Agent) -> None:
    agent.page.get_by_role("link", name="退出").click()
    agent.page.wait_for_selector("form button:focus")
    agent.press("Enter")
    agent.page.wait_for_selector("#username")


def test_two_windows_of_one_agent(agent: Agent, page: Page, app_url: str) -> None:
    """The second window shows the same question; what was answered in one is not answered again in the other."""
    agent.take_case("csat")
    other = Agent(page.context.new_page())
    other.page.goto(app_url)
    other.see("greeting")
    agent.answer("self", "consent")
    other.choose("wrong")
    other.press("Enter")
    other.see("consent")
    other.see_text("此访问已在另一个窗口继续")
    other.press("w")
    other.see("wrong_number")
    other.end()
    agent.press("1", "Enter")
    agent.page.wait_for_selector(f'{PANEL} [data-choice^="campaign:"]')


def test_two_people_on_one_login(agent: Agent, page: Page, cloud: Cloud, app_url: str) -> None:
    """The desk goes where it was taken last; the other place says so and stops."""
    interview = agent.take_case("csat")
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")
    second = Agent(context.new_page())
    second.enter_the_door(app_url, "agent2", cloud.keys.demo_password)
    second.see("greeting")
    assert second.interview == interview
    agent.press("1", "Enter")
    agent.see_text("您在另一处登录了")
    second.press("w")
    second.see("wrong_number")
    second.end()
    context.close()
    agent.press("h")
    agent.page.wait_for_selector(f'{PANEL} [data-choice^="campaign:"]')


def test_a_browser_that_is_closed_holds_nothing_back(page: Page, cloud: Cloud, app_url: str) -> None:
    """The process delivers by itself, and whoever opens the desk again is at the very question."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")
    agent = Agent(context.new_page())
    agent.sign_in(app_url, "agent2", cloud.keys.demo_password)
    interview = agent.take_case("csat")
    agent.answer("self", "consent")
    context.close()
    stored = "SELECT value::text FROM outbound.answers WHERE interview_id = %s AND field = 'who_answers'"
    give_up = time.monotonic() + PATIENCE_MS / 1000
    while not (found := asked(cloud, stored, interview)) and time.monotonic() < give_up:
        time.sleep(0.2)
    assert found == [('"self"',)]

    again = Agent(page)
    again.enter_the_door(app_url, "agent2", cloud.keys.demo_password)
    again.see("consent")
    assert again.interview == interview
    again.press("w")
    again.see("wrong_number")
    again.end()


def test_a_clock_that_is_wrong_changes_nothing(page: Page, cloud: Cloud, app_url: str) -> None:
    """Five years ahead on the agent's machine: times come from the app's own process."""
    page.clock.install(time=datetime.now(UTC) + timedelta(days=5 * 365))
    agent = Agent(page)
    agent.sign_in(app_url, "agent2", cloud.keys.demo_password)
    interview = agent.take_case("csat")
    assert agent.page.inner_text("[data-clock]").startswith("00:")
    agent.answer("self", "consent")
    agent.press("w")
    agent.see("wrong_number")
    agent.end()
    agent.delivered()
    wrong = (
        "SELECT count(*) FROM outbound.answers WHERE interview_id = %s AND answered_at > now() + interval '1 minute'"
    )
    assert asked(cloud, wrong, interview) == [(0,)]
    late = "SELECT count(*) FROM desk.agent_states WHERE since > now() + interval '1 minute'"
    assert asked(cloud, late) == [(0,)]
    assert agent.page.locator(DESK).is_visible()
