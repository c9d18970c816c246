"""Reading by pages: every row once, whatever comes or goes; a page's beginning can be neither read nor made."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.functions.business.desks import Desk
from tests.functions.doubles import Replied, User

SERVER = """<?xml version="1.0" encoding="UTF-8"?>
<server xmlns="urn:waihu:server:1" pack="csat">
  <action id="newest" roles="agent supervisor">
    <param name="after" type="text"/><param name="like" type="text"/>
    <select name="things" order="at:datetime desc, id:integer" page="3" after="after">
      SELECT id, name, at FROM things <where><if test="answered(${like})">name LIKE :like</if></where> -- all of them
    </select>
    <data>
      <list name="things" from="things"><value name="id" type="integer"/></list>
      <value name="next" type="text" column="things.next_page"/>
    </data>
  </action>
  <action id="by_name" roles="agent">
    <param name="after" type="text"/>
    <select name="things" order="name:text, id:integer" page="2" after="after">SELECT id, name, n FROM things</select>
    <data>
      <list name="things" from="things"><value name="id" type="integer"/></list>
      <value name="next" type="text" column="things.next_page"/>
    </data>
  </action>
  <action id="by_n" roles="agent">
    <param name="after" type="text"/>
    <select name="things" order="n:integer" page="2" after="after">SELECT id, n FROM things;</select>
    <data>
      <list name="things" from="things"><value name="id" type="integer"/></list>
      <value name="next" type="text" column="things.next_page"/>
    </data>
  </action>
</server>
"""
ROWS = 10


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """Ten things, two of each moment, three of each name."""
    desk.release = desk.bucket.publish("csat", {"server.xml": SERVER.encode()})
    desk.admin.execute(
        "INSERT INTO outbound.things (id, name, n, at) SELECT g, 'n' || g % 4, g / 2, "
        "'2026-01-01T00:00:00.000001Z'::timestamptz + g / 2 * interval '1 microsecond' "
        "FROM generate_series(1, $1::int) g",
        ROWS,
    )
    return desk


def pages(desk: Desk, action: str, **given: Any) -> Iterator[list[int]]:
    after: str | None = None
    while True:
        replied = desk.call(action, {**given, "after": after})
        assert replied.status == 200, replied.body
        yield [row["id"] for row in replied.json["things"]]
        after = replied.json["next"]
        if after is None:
            return


@pytest.mark.parametrize("action", ["newest", "by_name"])
def test_every_row_comes_once_in_order(shelf: Desk, action: str) -> None:
    order = {"newest": "at DESC, id", "by_name": "name, id"}[action]
    whole = [row[0] for row in shelf.admin.fetch(f"SELECT id FROM outbound.things ORDER BY {order}")]
    assert [one for page in pages(shelf, action) for one in page] == whole


def test_the_last_page_says_so_and_may_be_full(shelf: Desk) -> None:
    assert [len(page) for page in pages(shelf, "newest")] == [3, 3, 3, 1]
    shelf.admin.execute("DELETE FROM outbound.things WHERE id = 1")
    assert [len(page) for page in pages(shelf, "newest")] == [3, 3, 3]
    assert list(pages(shelf, "newest", like="none")) == [[]]
    assert sorted(one for page in pages(shelf, "newest", like="n1") for one in page) == [5, 9]


def test_rows_that_come_or_go_neither_repeat_nor_hide_others(shelf: Desk) -> None:
    reading = pages(shelf, "newest")
    first = next(reading)
    shelf.admin.execute("DELETE FROM outbound.things WHERE id = $1", first[0])
    shelf.admin.execute("INSERT INTO outbound.things (id, name, at) VALUES (99, 'new', '2030-01-01')")
    rest = [one for page in reading for one in page]
    assert (sorted([*first, *rest]), 99 in rest) == (list(range(1, ROWS + 1)), False)


def asked(desk: Desk, after: str, action: str = "newest", **given: Any) -> Replied:
    return desk.call(action, {"after": after, **given})


def test_a_beginning_is_good_for_nothing_else(shelf: Desk) -> None:
    after = str(shelf.call("newest").json["next"])
    assert asked(shelf, after).status == 200
    refused = [
        asked(shelf, after, "by_name"),
        asked(shelf, after, like="n1"),
        asked(shelf, after[:-2] + ("AA" if after[-2:] != "AA" else "BB")),
        asked(shelf, after[1:]),
        asked(shelf, "x"),
        asked(shelf, "é"),
        asked(shelf, "A" * 5_000),
        asked(replace(shelf, user=User("wang")), after),
        asked(replace(shelf, release=shelf.bucket.publish("csat", {"server.xml": SERVER.encode() + b"\n"})), after),
    ]
    assert [(each.verdict, each.json["parameter"]) for each in refused] == [((422, "page_unknown"), "after")] * 9


def test_a_beginning_tells_nothing(shelf: Desk) -> None:
    shelf.admin.execute("UPDATE outbound.things SET name = 'canary-' || id")
    after = str(shelf.call("by_name").json["next"])
    assert b"canary" not in base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))


def test_an_order_that_would_lose_rows_is_refused(shelf: Desk) -> None:
    """A page that ended between two rows of one key would lose the second; NULL stands neither before nor behind."""
    assert shelf.call("by_n").verdict == (500, "reply_mismatch")
    shelf.admin.execute("UPDATE outbound.things SET n = id")
    assert len([one for page in pages(shelf, "by_n") for one in page]) == ROWS
    shelf.admin.execute("UPDATE outbound.things SET n = NULL WHERE id > 1")
    assert shelf.call("by_n").verdict == (500, "reply_mismatch")
