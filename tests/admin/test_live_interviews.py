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


def test_what_was_typed_is_what_is_exported_after_going_back_and_changing(cloud: Cloud, gateway: httpx.Client) -> None:
    one = agent(cloud, gateway, "csat")
    one.take()
    typed = one.answer_until("overall", who_answers="self", consent="yes", visit_happened="yes")
    one.answer(overall="1")
    assert one.node == "dissatisfied"
    off_path = one.answer_until("arrival", dissatisfied_why=["skill", "other"], dissatisfied_other="=太贵")
    one.answer(arrival="on_time")
    while one.node != "overall":
        one.back()
    one.answer(overall="4")
    typed |= {"overall": {"overall": "4"}, "arrival": {"arrival": "on_time"}}
    typed |= one.answer_until(nps=9, rate_explaining={"special": "dk"}, age_group={"special": "refused"}, amount="80")
    assert one.node == "done"
    row = exported(cloud, "csat", one.interview)
    expected = {name: cell_of(value) for node in typed for name, value in typed[node].items()}
    assert {name: row[name] for name in expected} == expected
    assert (row["outcome"], row["nps"], row["rate_explaining"]) == ("1.1", "9", "#dk")
    gone = {name for node in off_path if node not in one.places_on_path for name in off_path[node]}
    assert {"dissatisfied_why", "dissatisfied_other"} <= gone
    assert {row[name] for name in gone} == {""}
    story = " ".join(waihu(cloud, "trace", one.interview).split())
    assert "overall → outbound.save_answers done" in story
    assert "off the path" in story
    assert "1.1 Complete interview" in story


def cell_of(value: object) -> str:
    """A typed answer as the export shows it."""
    if isinstance(value, dict):
        return f"#{value['special']}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, list) else str(value)


def test_a_refusal_who_asks_never_to_be_called(cloud: Cloud, gateway: httpx.Client) -> None:
    one = agent(cloud, gateway, "csat")
    one.take()
    one.answer(who_answers="self")
    one.answer(consent="no")
    assert one.node == "refusal"
    one.answer(refused_by="respondent", refusal_reason="privacy", never_again="yes")
    assert one.node == "refused_by_respondent"
    assert {"outbound.do_not_call", "outbound.finish"} <= set(one.sent)
    assert exported(cloud, "csat", one.interview)["outcome"] == "2.112"


def test_a_refusal_in_the_middle_is_a_break_off_and_keeps_its_answers(cloud: Cloud, gateway: httpx.Client) -> None:
    one = agent(cloud, gateway, "csat")
    one.take()
    one.answer_until("booking", who_answers="self", consent="yes", visit_happened="yes", overall="4")
    one.leave("refusal")
    one.answer(refused_by="midway", refusal_reason="busy", never_again="no")
    assert one.node == "broken_off"
    row = exported(cloud, "csat", one.interview)
    assert (row["outcome"], row["overall"], row["refused_by"]) == ("2.12", "4", "midway")


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
