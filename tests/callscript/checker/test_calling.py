"""`calling.xml`: what is read, and every slip by its code and line."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from callscript.catalogue import GROUPS
from callscript.checker import check_calling, check_files
from callscript.model.campaign import Campaign
from callscript.parser.calling import minutes, weekdays
from tests.callscript.checker import slips_of_calling as of_calling
from tests.callscript.scripts import shipped

WHOLE = """<calling xmlns="urn:waihu:calling:1" campaign="csat">
  <window days="mon-fri" from="09:00" to="20:30"/>
  <window days="sat sun" from="10:00" to="22:00"/>
  <holiday date="2026-10-01" name="国庆节"/>
  <part name="day" days="mon-fri" from="09:00" to="17:00"/>
  <part name="weekend" days="sat-sun" from="10:00" to="18:00"/>
  <limits attempts="8" per-number="4" per-day="2" per-part="3" spread="1" gap="2h"/>
  <appointments wait="10m" late="15m" slot="30m" places="4"/>
  <lease seconds="40"/>
  <outcome code="2.11" final="no" retry="7d" times="1" skill="conversion" other-agent="yes"/>
  <quota id="region" attribute="region"><cell value="north" target="200"/></quota>
  <quota id="who" answer="sex age"><cell name="young women" value="f|18-29" target="50"/></quota>
</calling>"""


def test_a_whole_file() -> None:
    read = check_calling(WHOLE.encode())
    assert read.problems == ()
    calling = read.document
    assert calling is not None
    assert [(each.days, each.opens, each.closes) for each in calling.windows] == [
        ((1, 2, 3, 4, 5), "09:00", "20:30"),
        ((6, 7), "10:00", "22:00"),
    ]
    assert calling.numbers == {
        "max_attempts": 8, "max_per_number": 4, "max_per_day": 2, "max_per_part": 3, "spread": 1, "gap_minutes": 120,
        "hard_wait_minutes": 10, "late_minutes": 15, "slot_minutes": 30, "slot_places": 4, "lease_seconds": 40,
    }  # fmt: skip
    outcome = calling.outcomes[0]
    assert (outcome.final, outcome.retry_minutes, outcome.times, outcome.skill) == (False, 10080, 1, "conversion")
    assert [(quota.source, dict(quota.cells[0].match)) for quota in calling.quotas] == [
        ("attribute", {"region": "north"}),
        ("answer", {"sex": "f", "age": "18-29"}),
    ]


@pytest.mark.parametrize(
    ("text", "days"), [("mon-fri", (1, 2, 3, 4, 5)), ("sat mon", (1, 6)), ("sat-mon", (1, 6, 7)), ("wed", (3,))]
)
def test_days(text: str, days: tuple[int, ...]) -> None:
    assert weekdays(text) == days


def test_lengths_of_time() -> None:
    assert [minutes(text) for text in ("20m", "4h", "7d")] == [20, 240, 10080]


WINDOWS, PARTS = ("".join(f"{line}\n" for line in WHOLE.splitlines() if what in line) for what in ("<window", "<part"))
MANY_PARTS = "".join(f'<part name="p{n}" days="mon" from="18:{n:02}" to="18:{n + 1:02}"/>' for n in range(14))
"""With those that are there, one more than can be told apart."""

SLIPS = [
    ('from="09:00" to="20:30"', 'from="21:00" to="20:30"', "empty-hours", 2),
    ('days="sat sun" from="10:00"', 'days="fri" from="20:00"', "hours-overlap", 3),
    ("2026-10-01", "2026-02-30", "no-such-date", 4),
    ('<holiday date="2026-10-01" name="国庆节"/>', '<holiday date="2026-10-01"/>' * 2, "calling-twice", 4),
    ('name="weekend" days="sat-sun" from="10:00"', 'name="dawn" days="sat" from="03:00"', None, 0),
    ('from="09:00" to="17:00"', 'from="04:00" to="08:00"', "part-never-open", 5),
    ('final="no" retry="7d"', 'final="no"', "retry-missing", 10),
    ('attribute="region"', 'answer="a" attribute="region"', "quota-source", 11),
    (' attribute="region"', "", "quota-source", 11),
    ("f|18-29", "f", "quota-values", 12),
    ('seconds="40"', 'seconds="4"', "setting-out-of-range", 9),
    ('from="09:00" to="20:30"', 'from="9" to="20:30"', "bad-value", 2),
    ('days="sat sun" from="10:00" to="22:00"', 'days="sat sun" from="10:00" to="10:00"', "empty-hours", 3),
    ('days="sat sun" from="10:00"', 'days="mon sun" from="10:00"', "hours-overlap", 3),
    ("2026-10-01", "2026-13-01", "no-such-date", 4),
    ('<part name="weekend"', '<part name="day"', "calling-twice", 6),
    ('days="sat-sun" from="10:00" to="18:00"', 'days="sat" from="02:00" to="05:00"', "part-never-open", 6),
    ('  <quota id="region"', '  <outcome code="1.1" final="no"/><quota id="region"', "retry-missing", 11),
    ('answer="sex age"', "", "quota-source", 12),
    ("18-29", "18|29", "quota-values", 12),
    ('slot="30m"', 'slot="0m"', "setting-out-of-range", 8),
    (WINDOWS, "", "no-window", 1),
    (PARTS, "", "spread-without-parts", 5),
    (PARTS, PARTS + MANY_PARTS, "too-many-parts", 7),
]


@pytest.mark.parametrize(("was", "now", "code", "line"), SLIPS)
def test_slips(was: str, now: str, code: str | None, line: int) -> None:
    assert was in WHOLE
    read = check_calling(WHOLE.replace(was, now).encode())
    found = [(problem.code, problem.span.line) for problem in read.problems]
    # windows that are taken away leave parts of the week alone, too
    assert [each for each in found if each[0] != "part-never-open" or code == each[0]] == (
        [(code, line)] if code else []
    )


def test_without_windows_it_warns_and_without_parts_nothing_can_be_spread() -> None:
    bare = '<calling xmlns="urn:waihu:calling:1" campaign="csat"><limits spread="1"/></calling>'
    read = check_calling(bare.encode())
    assert {(problem.code, problem.is_error) for problem in read.problems} == {
        ("no-window", False),
        ("spread-without-parts", True),
    }


def test_more_parts_than_can_be_told_apart() -> None:
    many = "".join(f'<part name="p{n}" days="mon" from="09:{n:02}" to="09:{n + 1:02}"/>' for n in range(16))
    text = WHOLE.split("  <part", maxsplit=1)[0] + many + '<limits per-part="3"/></calling>'
    assert [problem.code for problem in check_calling(text.encode()).problems] == ["too-many-parts"]


@cache
def campaign_of_slips() -> Campaign:
    files = {**shipped("csat"), "local.xml": of_calling.LOCAL, "links.xml": of_calling.LINKS}
    del files["translations/en.po"]
    checked = check_files(files)
    assert checked.campaign is not None, checked.problems
    return checked.campaign


def told(text: str, campaign: Campaign | None = None) -> list[tuple[str, int]]:
    read = check_calling(text.encode(), folder="poll", campaign=campaign or campaign_of_slips())
    return [(problem.code, problem.span.line) for problem in read.problems]


@pytest.mark.parametrize(("was", "now", "codes"), of_calling.SLIPS)
def test_a_slip_in_a_real_file_is_found_at_its_line_and_nothing_else(was: str, now: str, codes: str) -> None:
    line = of_calling.WHOLE.count("\n", 0, of_calling.WHOLE.index(was)) + 1
    assert told(of_calling.WHOLE.replace(was, now, 1)) == [(code, line) for code in codes.split()]


@pytest.mark.parametrize(("left_out", "code", "line"), of_calling.WITHOUT)
def test_what_is_left_out_is_missed(left_out: str, code: str, line: int) -> None:
    lines = [each for each in of_calling.WHOLE.splitlines() if left_out not in each]
    text = of_calling.WHOLE.replace(left_out, "") if left_out.startswith(" ") else "\n".join(lines)
    assert told(text) == [(code, line)]


@pytest.mark.parametrize("name", ["whole", *of_calling.SOUND])
def test_a_sound_file_has_no_finding(name: str) -> None:
    body = of_calling.SOUND.get(name)
    root = '<calling xmlns="urn:waihu:calling:1" campaign="poll">'
    assert told(of_calling.WHOLE if body is None else f"{root}{body}</calling>") == []


def test_a_quota_by_answer_needs_a_script_that_asks_for_a_place() -> None:
    campaign = campaign_of_slips()
    without = replace(campaign, links=tuple(link for link in campaign.links if link.id != "place"))
    assert told(of_calling.WHOLE, without) == [("quota-never-taken", 20)]
    few = of_calling.SOUND["one call a day"] + '<quota id="v" answer="vote"><cell value="true" target="1"/></quota>'
    root = '<calling xmlns="urn:waihu:calling:1" campaign="poll">\n'
    assert told(f"{root}{few}</calling>", without) == [("quota-never-taken", 2)]


def test_every_code_of_calling_is_shown_twice_or_more() -> None:
    count = Counter(code for _, _, code, _ in SLIPS)
    count.update(code for _, _, codes in of_calling.SLIPS for code in codes.split())
    count.update(code for _, code, _ in of_calling.WITHOUT)
    once = {"no-window", "spread-without-parts", "too-many-parts", "parts-without-limit"}
    count["quota-never-taken"] += 2
    found = {kind.code: count[kind.code] + (kind.code in once) for kind in GROUPS["Calling"]}
    assert {code: times for code, times in found.items() if times < 2} == {}
