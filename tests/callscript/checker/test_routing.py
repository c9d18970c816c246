from __future__ import annotations

import pytest

from callscript.checker import check_routing
from tests.callscript.scripts import SHIPPED, places


def routing(body: str) -> bytes:
    return f'<routing xmlns="urn:waihu:routing:1">\n{body}\n</routing>'.encode()


CELL = '<cell id="c1"><version name="live" weight="1"/></cell>'


def test_the_shipped_routing_is_sound() -> None:
    assert check_routing((SHIPPED / "routing.xml").read_bytes()).problems == ()


def test_a_campaign_lives_in_a_cell_that_exists() -> None:
    found = check_routing(routing(CELL + '<campaign id="a" cell="c2" groups="g"/>'))
    assert [("unknown-cell", 2, len(CELL) + 1)] == places(found.problems)
    assert "c1" in found.problems[0].what("en")


def test_a_cell_without_a_version_that_takes_sessions_is_refused_unless_it_drains() -> None:
    weightless = '<cell id="c1"{}><version name="live" weight="0"/></cell>'
    assert places(check_routing(routing(weightless.format(""))).problems) == [("cell-without-version", 2, 1)]
    assert places(check_routing(routing(weightless.format(' draining="yes"'))).problems) == []


def test_a_second_campaign_of_the_same_id_is_refused() -> None:
    twice = '<campaign id="a" cell="c1" groups="g"/>\n<campaign id="a" cell="c1" groups="g"/>'
    assert places(check_routing(routing(CELL + twice)).problems) == [("duplicate-id", 3, 15)]


WHOLE = """<routing xmlns="urn:waihu:routing:1">
  <cell id="c1">
    <version name="live" weight="90"/>
    <version name="canary" weight="10"/>
  </cell>
  <cell id="c2" draining="yes">
    <version name="live" weight="0"/>
  </cell>
  <campaign id="csat" cell="c1" groups="service clinic">
    <title lang="zh">满意度</title>
    <title lang="en">Satisfaction</title>
  </campaign>
  <campaign id="reminder" cell="c2" groups="service">
    <title lang="zh">提醒</title>
  </campaign>
</routing>"""


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ('weight="90"', 'weight="90%"', "bad-value"),
        ('weight="90"', 'weight="0.9"', "bad-value"),
        ('weight="90"', 'weight="-90"', "bad-value"),
        (' weight="90"', "", "missing-attribute"),
        ('name="canary"', 'name="live"', "duplicate-id"),
        ('name="canary"', 'name="灰度"', "bad-value"),
        ('<cell id="c2"', '<cell id="c1"', "duplicate-id"),
        ('<cell id="c2"', "<cell", "missing-attribute"),
        ('<cell id="c2"', '<cell id="c2/x"', "bad-value"),
        (' draining="yes"', ' draining="true"', "bad-value"),
        (' draining="yes"', ' drain="yes"', "unknown-attribute"),
        (' draining="yes"', "", "cell-without-version"),
        ('cell="c1"', 'cell="C1"', "unknown-cell"),
        ('cell="c1"', 'cell="c1 c2"', "bad-value"),
        ('groups="service clinic"', 'groups="service,clinic"', "bad-value"),
        ('groups="service clinic"', 'groups="service service"', "duplicate-id"),
        ('groups="service clinic"', 'groups=""', "bad-value"),
        ('<campaign id="reminder"', '<campaign id="csat"', "duplicate-id"),
        ('<title lang="en">', '<title lang="zh">', "duplicate-id"),
        ('<title lang="en">', "<title>", "missing-attribute"),
        ("Satisfaction", "R & D", "raw-ampersand"),
    ],
)
def test_a_slip_is_found_at_its_line_and_nothing_else(was: str, now: str, code: str) -> None:
    line = WHOLE.count("\n", 0, WHOLE.index(was)) + 1
    problems = check_routing(WHOLE.replace(was, now, 1).encode()).problems
    assert [(problem.code, problem.span.line) for problem in problems] == [(code, line)]


def test_the_routing_of_the_slips_is_sound() -> None:
    assert check_routing(WHOLE.encode()).problems == ()
