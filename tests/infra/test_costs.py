"""The bill and the model: every price has a source, the page is what the program computes, more work costs more."""

from __future__ import annotations

import dataclasses
import re
import tomllib

import pytest

from infra.costs.__main__ import AGENTS, AGENTS_A_CELL, BEGIN, DOCS, END, tables
from infra.costs.bill import PRICES, bill, read_prices
from infra.costs.capacity import limits
from infra.costs.simulation import simulate
from infra.costs.work import Work
from infra.profile import LARGE, PROFILES


def test_every_price_names_its_page_and_the_table_its_day() -> None:
    text = PRICES.read_text()
    sections = re.findall(r"^\[(\w+)\](.*)$", text, re.MULTILINE)

    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", read_prices()["as_of"])
    assert all("https://aws.amazon.com/" in comment for _, comment in sections)
    assert set(dict(sections)) == {name for name, value in tomllib.loads(text).items() if isinstance(value, dict)}


def test_the_page_is_what_the_program_computes() -> None:
    page = (DOCS / "costs.md").read_text()
    seen = [simulate(agents, -(-agents // AGENTS_A_CELL), LARGE.business_concurrency, Work()) for agents in AGENTS]

    assert page.partition(BEGIN)[2].partition(END)[0].strip() == "\n".join(tables(seen)).strip()


@pytest.mark.parametrize("name", PROFILES)
def test_more_work_costs_more_and_is_within_the_budget(name: str) -> None:
    profile, prices = PROFILES[name], read_prices()
    usual = bill(profile, prices, Work())
    twice = bill(profile, prices, dataclasses.replace(Work(), interviews_an_hour=12.0))

    assert sum(usual.values()) < sum(twice.values())
    assert sum(usual.values()) < profile.monthly_budget_dollars
    assert all(limit.share < 1 for limit in limits(profile, Work()))


def test_a_cell_with_too_many_agents_refuses_and_one_with_few_does_not() -> None:
    few, many = (simulate(agents, 1, 10, Work(), seconds=5) for agents in (100, 60_000))

    assert few.refused == 0
    assert many.refused > 0.1
    assert many.busy > 0.9
