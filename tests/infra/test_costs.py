"""The bill and the model: every price has a source, the page is what the program computes, more work costs more."""

from __future__ import annotations

import dataclasses
import re
import tomllib

import pytest

from infra.costs.__main__ import BEGIN, DOCS, END, run, tables
from infra.costs.bill import PRICES, SECTIONS, bill, read_prices
from infra.costs.capacity import limits
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


def test_a_cell_with_too_many_agents_turns_calls_away_and_one_with_few_does_not() -> None:
    few, many = (simulate(Cell(agents=agents, concurrency=10), Work(), seconds=30) for agents in (100, 12_000))

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
