"""The bill and the model: every price has a source, the page is what the program computes, more work costs more."""

from __future__ import annotations

import dataclasses
import math
import re
import statistics
import tomllib

import pytest

from infra.costs.__main__ import BEGIN, DOCS, END, run, tables
from infra.costs.bill import PRICES, SECTIONS, bill, read_prices
from infra.costs.capacity import PEAK, limits
from infra.costs.measured import measured
from infra.costs.simulation import Cell, simulate
from infra.costs.work import Work
from infra.profile import PROFILES


def test_every_price_names_its_page_and_the_table_its_day() -> None:
    text = PRICES.read_text()
    sections = re.findall(r"^\[(\w+)\](.*)$", text, re.MULTILINE)

    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", read_prices()["as_of"])
    assert all("https://aws.amazon.com/" in comment for _, comment in sections)
    assert set(dict(sections)) == {name for name, value in tomllib.loads(text).items() if isinstance(value, dict)}


def test_every_item_rests_on_sections_of_the_table_that_say_what_they_were_held_against() -> None:
    prices = read_prices()
    named = {section for sections in SECTIONS.values() for section in sections}

    assert named == {name for name, value in prices.items() if isinstance(value, dict)}
    assert all(isinstance(prices[section]["seen"], str) for section in named)
    assert set(SECTIONS) == set(bill(PROFILES["demo"], prices, Work()))


def test_the_page_is_what_the_program_computes() -> None:
    page = (DOCS / "costs.md").read_text()

    assert page.partition(BEGIN)[2].partition(END)[0].strip() == "\n".join(tables(run())).strip()


@pytest.mark.parametrize("name", PROFILES)
def test_more_work_costs_more_and_is_within_the_budget(name: str) -> None:
    profile, prices = PROFILES[name], read_prices()
    usual = bill(profile, prices, Work())
    twice = bill(profile, prices, dataclasses.replace(Work(), interviews_an_hour=12.0))

    assert sum(usual.values()) < sum(twice.values())
    assert sum(usual.values()) < profile.monthly_budget_dollars
    assert all(limit.share < 1 for limit in limits(profile, Work()))


def test_the_bill_of_small_is_what_a_hand_reckons() -> None:
    """50 agents, 176 hours: 31.68 million agent seconds, an eighth of a call each. Quantities by hand, prices from the
    table."""
    p = read_prices()
    found = bill(PROFILES["small"], p, Work())
    calls, hours = 3.96, 730  # millions a month; hours a month
    turns = 2.112  # millions: 0.0417 answers and three times 0.0083 attempts a second
    by_hand = {
        "database": 2 * (hours * p["rds"]["m7g.large"] + 100 * p["rds"]["storage_gb_month"]),
        "RDS Proxy": hours * 2 * p["rds_proxy"]["per_vcpu_hour"],
        "HTTP API": calls * p["http_api"]["per_million_requests"],
        "Fargate": 2 * hours * (p["fargate"]["per_vcpu_hour"] + 2 * p["fargate"]["per_gb_hour"]),
        "load balancer": hours * (p["load_balancer"]["per_hour"] + p["load_balancer"]["per_lcu_hour"]),
        "NAT, endpoint, addresses": hours * (2 * p["nat"]["per_hour"] + 2 * p["endpoint"]["per_zone_hour"])
        + 11.88 * p["nat"]["per_gb"] + 4 * hours * p["address"]["per_hour"],
        # Of a turn six kilobytes twice over for the transaction, and four for the call that is settled.
        "DynamoDB": turns * (16 * p["dynamodb"]["per_million_writes"] + 6 * p["dynamodb"]["per_million_reads"]),
        "logs, metrics, alarms": 4.752 * p["logs"]["per_gb_in"] + 450 * p["logs"]["per_metric_month"]
        + 5 * p["logs"]["per_dashboard_month"] + 47 * p["logs"]["per_alarm_month"],
        "secrets and keys": 7 * p["secrets"]["per_secret_month"] + 2 * p["kms"]["per_key_month"],
        "Cognito": 50 * p["cognito"]["plus"],
        "Lambda": calls * (p["lambda"]["per_million_requests"]
                           + 1000 * Work().business_milliseconds * p["lambda"]["per_gb_second"]),
    }  # fmt: skip

    assert found == pytest.approx(by_hand, rel=1e-6)
    assert 5 < Work().business_milliseconds < 10  # of measured times, with the network's round trips


def erlang_c_wait(calls_a_second: float, service_seconds: float, servers: int) -> float:
    """Mean seconds in the queue of M/M/c (Erlang's second formula)."""
    offered = calls_a_second * service_seconds
    free = 1 - offered / servers
    all_busy = offered**servers / math.factorial(servers) / free
    waits = all_busy / (sum(offered**k / math.factorial(k) for k in range(servers)) + all_busy)
    return waits * service_seconds / (servers * free)


def test_the_model_queues_as_erlang_and_little_say() -> None:
    """Enough functions for all, so that only the database's two processors make anyone wait."""
    work, service = Work(), measured()["database_milliseconds"] / 1000
    two, plenty = (
        simulate(Cell(agents=1_500, concurrency=5_000, processors=count, burst=PEAK), work, seconds=40.0)
        for count in (2, 500)
    )
    rate = 1_500 * work.actions_a_second * PEAK
    waits = [open_ for second, open_ in two.waiting if second >= 5]

    assert two.calls_a_second == pytest.approx(rate)
    assert two.database_busy == pytest.approx(rate * service / 2, rel=0.03)  # utilisation
    assert statistics.fmean(waits) == pytest.approx(rate * two.mean / 1000, rel=0.2)  # Little
    assert two.mean - plenty.mean == pytest.approx(1000 * erlang_c_wait(rate, service, 2), rel=0.15)
    assert plenty.mean == pytest.approx(work.business_milliseconds, rel=0.1)


def test_a_cell_with_too_many_agents_turns_calls_away_and_one_with_few_does_not() -> None:
    few, many = (simulate(Cell(agents=agents, concurrency=10), Work(), seconds=10) for agents in (100, 12_000))

    assert few.turned_away == 0
    assert many.turned_away > 0.1
    assert many.database_busy > 0.9
    assert few.p99 < many.p99


def test_what_waited_for_a_database_is_taken_when_it_is_back() -> None:
    seen = simulate(Cell(agents=500, concurrency=150, away=(5, 15)), Work(), seconds=25)
    waiting = dict(seen.waiting)

    assert waiting[4.0] < 10
    assert waiting[14.0] > 300
    assert waiting[24.0] < 10
    assert seen.turned_away == 0
