"""An agent's day by keyboard in a real browser, and the export that equals what was typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from local.cloud import Cloud
from tests.browser.export import answers_of, exported
from tests.browser.keys import Agent
from tests.browser.survey import PERSON, TOPICS, booking, days_ago, engineer, person, product, topics, visit_time

pytestmark = [pytest.mark.browser, pytest.mark.cloud]


CONTENT = {
    "outcome": "1.1",
    "who_answers": "self",
    "consent": "yes",
    "visit_happened": "yes",
    "overall": "5",
    "channel": "app",
    "wait_days": "1",
    "booking_ease": "5",
    "visit_clock": "14:30:00",
    "arrival": "on_time",
    "rate_manner": "5",
    "rate_skill": "5",
    "rate_explaining": "5",
    "rate_tidiness": "5",
    "poor_ratings": "0",
    "conduct": "card",
    "solved": "first",
    "charged": "no",
    "bought": "no",
    "nps": "10",
    "nps_group": "promoter",
    "nps_praise": "Quick and clean",
    "buy_again": "5",
    "age_group": "30",
    "ratings_given": "5",
    "ratings_sum": "25",
    "service_score": "100",
    "satisfaction_index": "100",
    **TOPICS,
    **PERSON,
}

DISCONTENTED = {
    "outcome": "1.1",
    "who_answers": "self",
    "consent": "yes",
    "visit_happened": "other",
    "visit_actual": "换滤芯",
    "overall": "2",
    "dissatisfied_why": "waiting;other",
    "dissatisfied_other": "Nobody answered the phone",
    "dissatisfied_most": "other",
    "channel": "shop",
    "wait_days": "2",
    "booking_ease": "1",
    "visit_clock": "09:05:00",
    "arrival": "late",
    "late_minutes": "200",
    "late_told": "no",
    "rate_manner": "#dk",
    "rate_skill": "#dk",
    "rate_explaining": "#dk",
    "rate_tidiness": "#dk",
    "poor_ratings": "0",
    "conduct": "none",
    "solved": "later",
    "visit_count": "3",
    "charged": "yes",
    "amount": "1280.5",
    "price_told": "no",
    "price_fair": "high",
    "bought": "yes",
    "products": "washer;other",
    "product_other": "Dryer",
    "product_year[other]": "2024",
    "product_rating[other]": "5",
    "product_trouble[other]": "no",
    "product_points[other]": "5",
    "product_rated[other]": "1",
    "product_year[washer]": "2025",
    "product_rating[washer]": "2",
    "product_trouble[washer]": "yes",
    "product_points[washer]": "2",
    "product_rated[washer]": "1",
    "defect_what[washer]": "Leaks",
    "defect_state[washer]": "waiting",
    "defect_open[washer]": "1",
    "products_count": "2",
    "products_rated": "2",
    "product_average": "3.5",
    "defects_open": "1",
    "repair": "no",
    "nps": "3",
    "nps_group": "detractor",
    "nps_why": "Too slow",
    "manager_call": "no",
    "buy_again": "#dk",
    "age_group": "#refused",
    "household_size": "#refused",
    "home": "#refused",
    "call_again": "#refused",
    "ratings_given": "1",
    "ratings_sum": "2",
    "service_score": "25",
    "product_score": "63",
    "satisfaction_index": "36",
    **TOPICS,
}


@pytest.fixture
def agent(page: Page, cloud: Cloud, app_url: str) -> Agent:
    signed_in = Agent(page)
    signed_in.sign_in(app_url, "agent1", cloud.keys.demo_password)
    return signed_in


def test_content_customer(agent: Agent, cloud: Cloud, tmp_path: Path) -> None:
    """Path 1, with a reload in mid-question, Back, and an answer changed so that others fall off the path."""
    interview = agent.take_case("csat")
    agent.see("greeting")
    agent.answer("self", "consent")
    agent.answer("yes", "screening")
    agent.answer("yes", "overall")
    agent.answer("1", "dissatisfied")
    agent.choose("waiting", "price")
    agent.go_on("worst")
    agent.page.reload()
    agent.see("worst")
    assert agent.interview == interview
    agent.press("Shift+Enter")
    agent.see("dissatisfied")
    agent.press("Shift+Enter")
    agent.see("overall")
    agent.choose("5")
    agent.go_on("booking")
    booking(agent, "app", 1, "5")
    visited = days_ago(3)
    visit_time(agent, visited, "14:30")
    agent.answer("on_time", "engineer")
    engineer(agent, "1")
    agent.go_on("conduct")
    agent.choose("card")
    agent.go_on("solution")
    agent.answer("first", "charge")
    agent.answer("no", "bought")
    agent.answer("no", "recommend")
    agent.enter("10", "recommend_praise")
    agent.enter("Quick and clean")
    topics(agent)
    agent.answer("5", "age")
    person(agent, "30")
    agent.delivered()
    assert answers_of(finished(cloud, tmp_path, interview)) == CONTENT | {"visit_date": visited}


def test_discontented_customer(agent: Agent, cloud: Cloud, tmp_path: Path) -> None:
    """Path 2: every probe, a soft check confirmed, a hard one mended, special answers, decimals."""
    interview = agent.take_case("csat")
    agent.answer("self", "consent")
    agent.answer("yes", "screening")
    agent.follow_up("other", field="visit_happened", appears="visit_actual")
    agent.enter("换滤芯", "overall")
    agent.answer("2", "dissatisfied")
    agent.follow_up("waiting", "other", field="dissatisfied_why", appears="dissatisfied_other")
    agent.enter("Nobody answered the phone", "worst")
    agent.see_text("Nobody answered the phone")
    agent.answer("other", "booking")
    booking(agent, "shop", 2, "1")
    visited = days_ago(4)
    visit_time(agent, visited, "9:05")
    agent.follow_up("late", field="arrival", appears="late_minutes")
    agent.type("200")
    agent.press("Enter")
    agent.choose("no", field="late_told")
    agent.press("Enter")
    agent.confirm(to="engineer")
    engineer(agent, "F2")
    agent.go_on("conduct")
    agent.answer("none", "solution")
    agent.answer("later", "visits")
    agent.enter("1")
    assert len(list(agent.complaints())) == 1
    agent.enter("3", "charge")
    agent.follow_up("yes", field="charged", appears="amount")
    agent.type("1280.5")
    agent.press("Enter", agent.digit_of("no", "price_told"), "Enter", agent.digit_of("high", "price_fair"))
    agent.go_on("bought")
    agent.follow_up("yes", field="bought", appears="products")
    agent.follow_up("washer", "other", field="products", appears="product_other")
    agent.enter("Dryer", "product_use@washer")
    product(agent, "washer", "2025", "2", "yes")
    agent.see("product_defect@washer")
    agent.type("Leaks")
    agent.press("Enter", agent.digit_of("waiting", "defect_state"))
    agent.go_on("product_use@other")
    agent.see_text("Dryer")
    product(agent, "other", "2024", "5", "no")
    agent.see("products_summary")
    agent.answer("no", "recommend")
    agent.enter("3", "recommend_why")
    agent.type("Too slow")
    agent.press("Enter", agent.digit_of("no", "manager_call"))
    agent.go_on()
    topics(agent)
    agent.press("F2")
    agent.go_on("age")
    agent.press("F3")
    agent.go_on("household")
    agent.press("F3", "Enter", "F3")
    agent.go_on("closing")
    agent.press("Enter", "F3")
    agent.end()
    agent.delivered()
    assert answers_of(finished(cloud, tmp_path, interview)) == DISCONTENTED | {"visit_date": visited}


def test_refusal_then_the_next_contact(agent: Agent, cloud: Cloud, tmp_path: Path) -> None:
    """Path 3: a refusal taken by its key, then the next case by Enter."""
    interview = agent.take_case("csat")
    agent.answer("self", "consent")
    agent.press("x")
    agent.see("refusal")
    agent.choose("respondent", field="refused_by")
    agent.press("Enter")
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
        "outcome": "2.112",
        "who_answers": "self",
        "refused_by": "respondent",
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
    (dialled,) = agent.page.evaluate("window.dialled")
    assert re.fullmatch(r"tel:\+\d{8,15}", dialled)
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
    agent.page.wait_for_selector("form button:focus")
    agent.press("Enter")
    agent.page.wait_for_selector("#username")
    agent.page.goto(app_url)
    agent.page.wait_for_selector("#username")


def test_the_first_page_opens_by_its_own_address_too(page: Page, cloud: Cloud, app_url: str) -> None:
    Agent(page).enter_the_door(app_url, "manager", cloud.keys.demo_password)
    title = page.locator(".wh-page-title")
    title.wait_for()
    page.goto(f"{app_url}/now")
    title.wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    # Nor does the page's own row of links name it.
    expect(page.get_by_role("link", name="运营看板")).to_have_count(1)
    assert page.url.endswith("/now")


def test_managers_see_figures_and_agents_do_not(agent: Agent, page: Page, cloud: Cloud, app_url: str) -> None:
    expect(page.get_by_role("link", name="运营看板")).to_have_count(0)
    page.context.clear_cookies()
    Agent(page).enter_the_door(app_url, "manager", cloud.keys.demo_password)
    # A manager lands on the supervisor's page and has no desk.
    page.get_by_role("link", name="运营看板").click()
    expect(page.locator(".wh-page-title")).to_have_text("运营看板")
    expect(page.locator(".wh-desk")).to_have_count(0)
    expect(page.get_by_test_id("stMetric").first).to_be_visible()


def finished(cloud: Cloud, folder: Path, interview: str) -> dict[str, str]:
    return exported(cloud, "csat", folder / "csat.csv")[interview]
