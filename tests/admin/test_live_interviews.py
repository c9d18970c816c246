"""The shipped campaigns, worked through the whole cloud; what was typed is what is exported."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.bench.desk import sit_down
from local.cloud import Cloud
from tests.harness.live_agent import LiveAgent

pytestmark = pytest.mark.cloud

ROOT = Path(__file__).parents[2]


@pytest.fixture
def gateway(cloud: Cloud) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cloud.gateway_url, timeout=30) as client:
        yield client


def agent(
    cloud: Cloud, gateway: httpx.Client, campaign: str, person: str = "agent1", language: str = "zh"
) -> LiveAgent:
    desk = sit_down(cloud, person)
    return LiveAgent(gateway, desk.access_token, desk.session, campaign, language)


def waihu(cloud: Cloud, *arguments: str) -> str:
    """What the command prints, run as an administrator would."""
    done = subprocess.run(
        [sys.executable, "-m", "admin", "--language", "en", *arguments],
        env={**os.environ, **cloud.admin_environment, "COLUMNS": "160"}, cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8-sig")


def exported(cloud: Cloud, campaign: str, interview: str) -> dict[str, str]:
    rows = csv.DictReader(waihu(cloud, "answers", "export", campaign).splitlines())
    return next(row for row in rows if row["interview"] == interview)


def test_a_survey_with_back_and_a_changed_answer(cloud: Cloud, gateway: httpx.Client) -> None:
    one = agent(cloud, gateway, "csat")
    one.take()
    for answers in (
        {"who_answers": "self"},
        {"consent": "yes"},
        {"visit_happened": "yes"},
        {"overall": "1"},
        {"dissatisfied_why": ["skill", "other"], "dissatisfied_other": "=太贵"},
        {"dissatisfied_most": "other"},
        {"channel": "app", "wait_days": 2, "booking_ease": "5"},
    ):
        one.answer(**answers)
    assert one.node == "visit_time"
    for _ in range(4):
        one.back()
    assert one.node == "overall"
    one.answer(overall="4")
    assert one.node == "visit_time"
    one.answer(visit_date="2020-01-01", visit_clock={"special": "dk"})
    assert [complaint.code for complaint in one.complaints] == ["soft-check"]
    one.answer(visit_date="2020-01-01", visit_clock={"special": "dk"}, confirmed=True)
    one.answer(arrival="on_time")
    one.answer(rate_manner="5", rate_skill="4", rate_explaining={"special": "dk"}, rate_tidiness="3")
    one.answer(conduct=["card", "covers"])
    one.answer(solved="first")
    one.answer(charged="yes", amount="120.5", price_told="yes", price_fair="fair")
    one.answer(bought="yes", products=["fridge", "other"], product_other="净水器")
    one.answer(product_year=2024, product_rating="5", product_trouble="no")
    one.answer(product_year=2025, product_rating="3", product_trouble="yes")
    one.answer(defect_what="漏水", defect_state="solved")
    one.answer()
    one.answer(nps=9)
    one.answer(nps_praise="快")
    for _ in range(2):
        if one.node == "image":
            one.answer(image_quality="5", image_price="4", image_promise="5")
        else:
            one.answer(contact_ways=["chat"])
    one.answer(buy_again="5")
    one.answer(age_group={"special": "refused"})
    one.answer(household_size=2, children=0, home="rented")
    one.answer(call_again="yes")
    assert one.node == "done"
    row = exported(cloud, "csat", one.interview)
    assert {name: text for name, text in row.items() if text and name not in _AROUND} == {
        "outcome": "1.1",
        "language": "zh",
        "agent": row["agent"],
        "who_answers": "self",
        "consent": "yes",
        "visit_happened": "yes",
        "overall": "4",
        "channel": "app",
        "wait_days": "2",
        "booking_ease": "5",
        "visit_date": "2020-01-01",
        "visit_clock": "#dk",
        "arrival": "on_time",
        "rate_manner": "5",
        "rate_skill": "4",
        "rate_explaining": "#dk",
        "rate_tidiness": "3",
        "poor_ratings": "0",
        "conduct": "card;covers",
        "solved": "first",
        "charged": "yes",
        "amount": "120.5",
        "price_told": "yes",
        "price_fair": "fair",
        "bought": "yes",
        "products": "fridge;other",
        "product_other": "净水器",
        "product_year[fridge]": "2024",
        "product_rating[fridge]": "5",
        "product_trouble[fridge]": "no",
        "product_points[fridge]": "5",
        "product_rated[fridge]": "1",
        "product_year[other]": "2025",
        "product_rating[other]": "3",
        "product_trouble[other]": "yes",
        "product_points[other]": "3",
        "product_rated[other]": "1",
        "defect_what[other]": "漏水",
        "defect_state[other]": "solved",
        "defect_open[other]": "0",
        "products_count": "2",
        "products_rated": "2",
        "product_average": "4",
        "defects_open": "0",
        "nps": "9",
        "nps_group": "promoter",
        "nps_praise": "快",
        "image_quality": "5",
        "image_price": "4",
        "image_promise": "5",
        "contact_ways": "chat",
        "buy_again": "5",
        "age_group": "#refused",
        "household_size": "2",
        "children": "0",
        "home": "rented",
        "call_again": "yes",
        "ratings_given": "4",
        "ratings_sum": "16",
        "service_score": "75",
        "product_score": "75",
        "satisfaction_index": "75",
    }
    story = " ".join(waihu(cloud, "trace", one.interview).split())
    assert "overall → outbound.save_answers done" in story
    assert "dissatisfied #" in story
    assert "off the path" in story
    assert "1.1 Complete interview" in story


_AROUND = ("interview", "case", "release", "started_at", "ended_at")


def test_a_refusal_who_asks_never_to_be_called(cloud: Cloud, gateway: httpx.Client) -> None:
    one = agent(cloud, gateway, "csat")
    one.take()
    one.answer(who_answers="self")
    one.answer(consent="no")
    assert one.node == "refusal"
    one.answer(refusal_reason="privacy", never_again="yes")
    assert one.node == "refused"
    assert {"outbound.do_not_call", "outbound.finish"} <= set(one.sent)
    assert exported(cloud, "csat", one.interview)["outcome"] == "2.11"


def test_a_call_back_taken_by_its_key(cloud: Cloud, gateway: httpx.Client) -> None:
    one = agent(cloud, gateway, "csat")
    one.take()
    one.answer(who_answers="self")
    one.leave("callback")
    one.answer(callback_at="2020-01-01T10:00", callback_kind="hard")
    assert [complaint.code for complaint in one.complaints] == ["hard-check"]
    one.answer(callback_at="2037-01-01T10:00", callback_kind="hard", callback_note="找王女士")
    assert one.node == "called_back"
    assert "outbound.arrange_callback" in one.sent
    assert exported(cloud, "csat", one.interview)["outcome"] == "2.21"


def test_another_business_in_english(cloud: Cloud, gateway: httpx.Client) -> None:
    one = agent(cloud, gateway, "reminder", "agent3", "en")
    one.take()
    one.answer(person="self")
    one.answer(decision="move")
    one.answer(new_date="2037-05-01", new_half_day="morning")
    assert [complaint.code for complaint in one.complaints] == ["soft-check"]
    one.answer(new_date="2037-05-01", new_half_day="morning", confirmed=True)
    assert one.node == "moved"
    row = exported(cloud, "reminder", one.interview)
    assert (row["decision"], row["new_date"], row["outcome"]) == ("move", "2037-05-01", "1.1")


def test_an_open_interview_ends_on_its_release_and_the_next_case_asks_the_new_question(
    cloud: Cloud, gateway: httpx.Client, scripts: Path
) -> None:
    opened = agent(cloud, gateway, "reminder", "agent3")
    opened.take()
    local = scripts / "campaigns" / "reminder" / "local.xml"
    text = local.read_text(encoding="utf-8")
    local.write_text(text.replace('name="preparation_understood"', 'name="listened"'), encoding="utf-8")
    waihu(cloud, "publish", "reminder", "--scripts", str(scripts))
    try:
        following = next_release(cloud, gateway, opened.release)
        for one, field in ((opened, "preparation_understood"), (following, "listened")):
            if one is following:
                one.take()
            one.answer(person="self")
            one.answer(decision="confirm")
            one.answer(**{field: True})
            assert one.node == "confirmed"
            row = exported(cloud, "reminder", one.interview)
            assert (row[field], row["release"]) == ("true", one.release[:12])
    finally:
        waihu(cloud, "rollback", "reminder")


def next_release(cloud: Cloud, gateway: httpx.Client, before: str) -> LiveAgent:
    """An agent whose session has the new release: dispatch remembers pointers for some seconds."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        one = agent(cloud, gateway, "reminder", "agent3")
        if one.release != before:
            return one
        time.sleep(0.2)
    raise AssertionError("the new release never came")


def test_status_counts_what_was_done(cloud: Cloud, gateway: httpx.Client) -> None:
    one = agent(cloud, gateway, "reminder", "agent3")
    one.take()
    assert "agent3" in waihu(cloud, "status")
    one.answer(person="wrong")
    one.answer()
    assert one.node == "wrong_person"
    assert "Out of sample, wrong person" in waihu(cloud, "status", "reminder")
