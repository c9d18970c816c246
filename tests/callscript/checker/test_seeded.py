"""Slips put into the shipped campaigns, one at a time: each is found in its place, and nothing else.

Every code that a campaign's files can have is there twice or more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from callscript.catalogue import CATALOGUE, GROUPS
from callscript.checker import check_files
from callscript.model.campaign import Campaign
from callscript.problems import Problem
from callscript.sql.admission import admit
from tests.callscript.checker.slips import CAMPAIGNS, Slip, placed
from tests.callscript.checker.slips_as_documents import AS_DOCUMENTS, Bulky, bulky
from tests.callscript.checker.slips_in_conditions import IN_CONDITIONS
from tests.callscript.checker.slips_in_expressions import IN_EXPRESSIONS
from tests.callscript.checker.slips_in_meaning import IN_MEANING
from tests.callscript.checker.slips_in_passages import IN_PASSAGES
from tests.callscript.checker.slips_in_words import WORDS
from tests.callscript.checker.slips_unforeseen import UNFORESEEN
from tests.callscript.scripts import shipped

SLIPS = [*WORDS, *AS_DOCUMENTS, *IN_EXPRESSIONS, *IN_MEANING, *IN_CONDITIONS, *IN_PASSAGES, *UNFORESEEN]
BULKY = list(bulky())

ELSEWHERE = {
    "unknown-cell": "routing.xml is no campaign's: test_routing.py",
    "cell-without-version": "routing.xml is no campaign's: test_routing.py",
    "unpublished-campaign": "needs a bucket: tests/admin",
    "schema-disagrees": "needs a schema that drifted: test_second_opinion.py",
    "campaign-in-other-folder": "needs a folder: tests/admin",
    "sql-not-parsed": "needs a machine without pglast: tests/admin",
    "statement-not-prepared": "needs a database: tests/admin",
    **dict.fromkeys((kind.code for kind in GROUPS["Calling"]), "of calling.xml: test_calling.py"),
}


Told = list[tuple[str, str, int, int]]
"""Code, file, line and column of each problem."""


def admitted(campaign: Campaign) -> Iterable[Problem]:
    for server in campaign.servers.values():
        for action in server.actions.values():
            yield from admit(action)


def told(files: dict[str, bytes], code: str) -> Told:
    """Every problem; PostgreSQL's parser is asked where it is about SQL."""
    extra = (admitted,) if code.startswith("sql-") else ()
    return [(p.code, p.span.file, p.span.line, p.span.column) for p in check_files(files, extra).problems]


def not_found(slip: Slip) -> list[tuple[str, Told, Told]]:
    """Where the slip is placed but not told as expected: the place, what was expected, what was told."""
    places = list(placed(slip))
    if not places:
        pytest.fail(f"no shipped campaign's {slip.file} has the text that the slip changes: {slip.pattern}")
    wrong = []
    for where, defect in places:
        files, expected = defect.unmarked()
        found = [each for each in told(files, slip.code) if each[0] not in defect.also]
        if found != expected:
            wrong.append((where, expected, found))
    return wrong


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_slip_in_a_real_script_is_found_and_nothing_else(slip: Slip) -> None:
    assert not_found(slip) == []


@pytest.mark.parametrize("case", BULKY, ids=lambda case: f"{case.code}-{case.campaign}")
def test_a_script_that_outgrew_a_limit_is_told_where(case: Bulky) -> None:
    assert case.expected == told(case.files, case.code)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_the_scripts_themselves_are_sound(campaign: str) -> None:
    assert told(shipped(campaign), "sql-") == []


def test_every_code_is_placed_twice_or_more() -> None:
    count = Counter(case.code for case in BULKY)
    for slip in SLIPS:
        count[slip.code] += len(list(placed(slip)))
    assert {code: count[code] for code in CATALOGUE if count[code] < 2 and code not in ELSEWHERE} == {}
