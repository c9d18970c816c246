"""An agent's day by keyboard in a real browser, and the export that equals what was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from local.cloud import Cloud
from tests.browser.export import answers_of, exported
from tests.browser.keys import Agent

pytestmark = [pytest.mark.browser, pytest.mark.cloud]


@pytest.fixture
def agent(page: Page, cloud: Cloud, app_url: str) -> Agent:
    signed_in = Agent(page)
    signed_in.sign_in(app_url, "agent1", cloud.keys.demo_password)
    return signed_in


def rate_engineer(agent: Agent, *digits: str) -> None:
    """The matrix, whose rows come in an order drawn for this interview: every row the same way."""
    for digit in digits[:-1]:
        agent.press(digit, "Enter")
    agent.press(digits[-1])


def test_content_customer(agent: Agent, cloud: Cloud, tmp_path: Path) -> None:
    """Path 1, with a reload in mid-question, Back, and an answer changed so that others fall off the path."""
    interview = agent.take_case("csat")
    agent.see("greeting")
    agent.answer("self", "consent")
    agent.answer("yes", "screening")
    agent.answer("yes", "overall")
    agent.answer("1", "dissatisfied")
    agent.choose("waiting", "price")
    agent.go_on("arrival")
    agent.page.reload()
    agent.see("arrival")
    assert agent.interview == interview
    agent.press("Shift+Enter")
    agent.see("dissatisfied")
    agent.press("Shift+Enter")
    agent.see("overall")
    agent.choose("5")
    agent.go_on("arrival")
    agent.answer("on_time", "engineer")
    rate_engineer(agent, "1", "1", "1", "1")
    agent.go_on("solution")
    agent.answer("first", "charge")
    agent.answer("no", "recommend")
    agent.enter("10", "recommend_praise")
    agent.enter("Quick and clean", "age")
    agent.choose("30")
    agent.end()
    agent.delivered()
    assert answers_of(finished(cloud, tmp_path, interview)) == {
        "outcome": "1.1",
        "who_answers": "self",
        "consent": "yes",
        "visit_happened": "yes",
        "overall": "5",
        "arrival": "on_time",
        "rate_manner": "5",
        "rate_skill": "5",
        "rate_explaining": "5",
        "rate_tidiness": "5",
        "solved": "first",
        "charged": "no",
        "nps": "10",
        "nps_group": "promoter",
        "nps_praise": "Quick and clean",
        "age_group": "30",
        "ratings_given": "5",
        "ratings_sum": "25",
        "service_score": "100",
    }


def test_discontented_customer(agent: Agent, cloud: Cloud, tmp_path: Path) -> None:
    """Path 2: every probe, a soft check confirmed, a hard one mended, special answers, decimals."""
    interview = agent.take_case("csat")
    agent.answer("self", "consent")
    agent.answer("yes", "screening")
    agent.follow_up("other", field="visit_happened", appears="visit_actual")
    agent.enter("换滤芯", "overall")
    agent.answer("2", "dissatisfied")
    agent.follow_up("waiting", "other", field="dissatisfied_why", appears="dissatisfied_other")
    agent.enter("Nobody answered the phone", "arrival")
    agent.follow_up("late", field="arrival", appears="late_minutes")
    agent.type("200")
    agent.press("Enter")
    agent.confirm(to="engineer")
    rate_engineer(agent, "F2", "F2", "F2", "F2")
    agent.go_on("solution")
    agent.answer("later", "visits")
    agent.enter("1")
    assert len(list(agent.complaints())) == 1
    agent.enter("3", "charge")
    agent.follow_up("yes", field="charged", appears="amount")
    agent.type("1280.5")
    agent.press("Enter", agent.digit_of("no", "price_told"))
    agent.go_on("recommend")
    agent.enter("3", "recommend_why")
    agent.type("Too slow")
    agent.press("Enter", agent.digit_of("no", "manager_call"))
    agent.go_on("age")
    agent.press("F3")
    agent.end()
    agent.delivered()
    assert answers_of(finished(cloud, tmp_path, interview)) == {
        "outcome": "1.1",
        "who_answers": "self",
        "consent": "yes",
        "visit_happened": "other",
        "visit_actual": "换滤芯",
        "overall": "2",
        "dissatisfied_why": "waiting;other",
        "dissatisfied_other": "Nobody answered the phone",
        "arrival": "late",
        "late_minutes": "200",
        "rate_manner": "#dk",
        "rate_skill": "#dk",
        "rate_explaining": "#dk",
        "rate_tidiness": "#dk",
        "solved": "later",
        "visit_count": "3",
        "charged": "yes",
        "amount": "1280.5",
        "price_told": "no",
        "nps": "3",
        "nps_group": "detractor",
        "nps_why": "Too slow",
        "manager_call": "no",
        "age_group": "#refused",
        "ratings_given": "1",
        "ratings_sum": "2",
        "service_score": "25",
    }


def test_refusal_then_the_next_contact(agent: Agent, cloud: Cloud, tmp_path: Path) -> None:
    """Path 3: a refusal taken by its key, then the next case by Enter."""
    interview = agent.take_case("csat")
    agent.answer("self", "consent")
    agent.press("x")
    agent.see("refusal")
    agent.choose("privacy", field="refusal_reason")
    agent.press("Enter")
    agent.choose("no", field="never_again")
    agent.end()
    following = agent.next_case()
    agent.see("greeting")
    agent.press("u")
    agent.see("unreached")
    agent.choose("busy")
    agent.end()
    agent.delivered()
    rows = exported(cloud, "csat", tmp_path / "csat.csv")
    assert answers_of(rows[interview]) == {
        "outcome": "2.11",
        "who_answers": "self",
        "refusal_reason": "privacy",
        "never_again": "no",
    }
    assert answers_of(rows[following]) == {"outcome": "3.12", "unreached_reason": "busy"}


def test_both_languages_in_mid_question(agent: Agent) -> None:
    agent.take_case("csat")
    agent.choose("self")
    agent.press("F7")
    agent.see_text("Who answers")
    # What was chosen, but not sent yet, is still chosen.
    expect(agent.page.locator('[data-option="self"]')).to_have_attribute("aria-checked", "true")
    agent.go_on("consent")
    agent.press("F7")
    agent.see_text("现在方便吗")
    agent.press("w")
    agent.see("wrong_number")
    agent.end()


def test_a_case_is_dialled_without_its_number_being_seen(agent: Agent) -> None:
    agent.take_case("csat")
    shown = agent.page.inner_text(".wh-phone")
    assert "*" in shown
    agent.press("F8")
    agent.see_text("号码已交给拨号器")
    assert agent.page.inner_text(".wh-phone") == shown
    agent.press("s")
    agent.see("silent")
    agent.end()


def test_keys_typed_ahead_are_not_lost(agent: Agent) -> None:
    """An agent who knows the survey by heart does not wait for the page."""
    agent.take_case("csat")
    agent.press(*"1", "Enter", *"1", "Enter", *"1", "Enter")
    agent.see("overall")
    agent.press("w")
    agent.see("wrong_number")
    agent.end()


def test_signing_out_leads_back_to_the_door(agent: Agent, app_url: str) -> None:
    agent.page.get_by_role("link", name="退出").click()
    agent.page.wait_for_selector("form button")
    agent.press("Enter")
    agent.page.wait_for_selector("#username")
    agent.page.goto(app_url)
    agent.page.wait_for_selector("#username")


def test_managers_see_figures_and_agents_do_not(agent: Agent, page: Page, cloud: Cloud, app_url: str) -> None:
    expect(page.get_by_role("link", name="运营看板")).to_have_count(0)
    page.context.clear_cookies()
    Agent(page).sign_in(app_url, "manager", cloud.keys.demo_password)
    page.get_by_role("link", name="运营看板").click()
    expect(page.locator(".wh-page-title")).to_have_text("运营看板")
    expect(page.get_by_test_id("stMetric").first).to_be_visible()


def finished(cloud: Cloud, folder: Path, interview: str) -> dict[str, str]:
    return exported(cloud, "csat", folder / "csat.csv")[interview]
