"""The database stops in mid-interview, the agent goes on, the app is killed: every answer arrives exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from local.cloud import Cloud
from tests.browser.export import answers_of, exported
from tests.browser.keys import Agent
from tests.browser.survey import PERSON, TOPICS, booking, days_ago, engineer, person, topics, visit_time

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

HISTORY = """
SELECT field, coalesce(special, value::text), count(*)
  FROM outbound.answer_history WHERE interview_id = %s GROUP BY 1, 2
"""


TYPED = {
    "outcome": "1.1",
    "who_answers": "self",
    "consent": "yes",
    "visit_happened": "yes",
    "overall": "4",
    "channel": "hotline",
    "wait_days": "1",
    "booking_ease": "4",
    "visit_clock": "10:00:00",
    "arrival": "on_time",
    "rate_manner": "5",
    "rate_skill": "5",
    "rate_explaining": "5",
    "rate_tidiness": "5",
    "poor_ratings": "0",
    "conduct": "tested",
    "solved": "first",
    "charged": "no",
    "bought": "no",
    "nps": "8",
    "nps_group": "passive",
    "nps_more": "Come on Saturdays",
    "buy_again": "4",
    "age_group": "45",
    "ratings_given": "5",
    "ratings_sum": "24",
    "service_score": "95",
    "satisfaction_index": "95",
    **TOPICS,
    **PERSON,
}


@pytest.fixture
def whole_again(cloud: Cloud, app_url: str) -> Iterator[None]:
    """Whatever the test leaves stopped runs again."""
    yield
    if cloud.database.postgres.pid is None:
        cloud.start_database()
    cloud.start_app()


@pytest.mark.usefixtures("whole_again")
def test_every_answer_exactly_once(page: Page, cloud: Cloud, app_url: str, tmp_path: Path) -> None:
    agent = Agent(page)
    agent.sign_in(app_url, "agent2", cloud.keys.demo_password)
    interview = agent.take_case("csat")
    agent.answer("self", "consent")
    agent.delivered()

    cloud.stop_database("immediate")
    agent.answer("yes", "screening")
    agent.answer("yes", "overall")
    agent.answer("4", "booking")
    expect(page.locator(".wh-banner.wh-away")).to_be_visible()
    page.reload()
    booking(agent, "hotline", 1, "4")
    visited = days_ago(3)
    visit_time(agent, visited, "10:00")
    agent.answer("on_time", "engineer")

    cloud.kill_app()
    cloud.start_app()
    agent.page.goto(app_url)
    agent.see("engineer")
    assert agent.interview == interview
    engineer(agent, "1")
    agent.go_on("conduct")
    agent.answer("tested", "solution")

    cloud.start_database()
    agent.answer("first", "charge")
    agent.answer("no", "bought")
    agent.answer("no", "recommend")
    agent.enter("8", "recommend_more")
    agent.enter("Come on Saturdays")
    topics(agent)
    agent.answer("4", "age")
    person(agent, "45")
    agent.delivered()

    row = exported(cloud, "csat", tmp_path / "csat.csv")[interview]
    assert answers_of(row) == TYPED | {"visit_date": visited}
    assert written_more_than_once(cloud, interview) == {}


@pytest.mark.usefixtures("whole_again")
def test_the_page_finds_a_new_process_by_itself(page: Page, cloud: Cloud, app_url: str) -> None:
    """The agent touches nothing: what was answered when the process died arrives, and what was typed after it."""
    agent = Agent(page)
    agent.sign_in(app_url, "agent2", cloud.keys.demo_password)
    interview = agent.take_case("csat")
    agent.answer("self", "consent")
    cloud.kill_app()
    agent.press("1", "Enter", "3")
    expect(page.locator(".wh-lost")).to_be_visible()
    cloud.start_app()
    agent.see("screening")
    expect(page.locator(".wh-lost")).to_have_count(0)
    assert agent.interview == interview
    assert list(agent.chosen()) == ["none"]
    agent.press("Shift+Enter")
    agent.see("consent")
    assert list(agent.chosen()) == ["yes"]
    agent.press("w")
    agent.see("wrong_number")
    agent.end()
    agent.delivered()


def written_more_than_once(cloud: Cloud, interview: str) -> dict[str, int]:
    """Answers that the append-only history holds more than once, though each was given once.

    A computed value may change as the interview goes on: then it is another one.
    """
    import psycopg

    with psycopg.connect(cloud.dsn_admin) as connection:
        counted = connection.execute(HISTORY, (interview,)).fetchall()
    assert counted
    return {f"{field}={value}": count for field, value, count in counted if count > 1}
