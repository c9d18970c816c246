from __future__ import annotations

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
