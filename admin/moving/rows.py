"""The rows of a campaign, from one cell's database into another's: both or neither, compared before anything is kept.

The old place is locked for the campaign (who calls meanwhile is told to try again), read, and emptied in one
transaction; the new one is filled in another. The new one is committed first: if all ends between the two, routing
still names the old place, which still has everything, and the next attempt begins by clearing the new one. So no case
is ever served twice.

Triggers rest while rows are written (they have had their effect on these very rows already), other campaigns of both
places go on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from admin.errors import AdminError
from admin.language import say
from admin.moving.tables import Table, tables
from database.connection import Connection

_PAGE = 1_000
_SESSIONS = """
INSERT INTO platform.revoked_sessions (session, reason)
SELECT DISTINCT j.session, 'moved: ' || $1 FROM platform.journal j
 WHERE j.campaign = $1 AND j.at > now() - interval '1 day' AND j.session <> ''
    ON CONFLICT DO NOTHING
"""
"""Who worked on it signs in anew and is led to the new place; what waits in their outboxes goes there."""
_HELD = "SELECT holder, count(*) FROM outbound.cases WHERE campaign = $1 AND state = 'held' GROUP BY 1 ORDER BY 1"
_SCHEMA = "SELECT array_agg(sha256 ORDER BY number) FROM public.schema_migrations"
_ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended('waihu campaign move', 0))"
"""One move a database at a time; so the same database cannot be both places either."""
_PEOPLE = "SELECT count(*) FROM outbound.contacts WHERE campaign = $1"
_LOCKED = ("outbound.contacts", "outbound.cases", "outbound.interviews")
_XIDS = "SELECT greatest(9000000000000000000, max(xid::text::numeric)) FROM platform.keys"
"""Where the transactions' numbers of moved keys begin: no transaction of the new place will ever have one of them."""


class NotMoved(AdminError):
    """Nothing was moved."""

    code = "not-moved"


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows went, by table; `shared` were added to what the new place has in common with others."""

    rows: dict[str, int]
    shared: dict[str, int]
    sessions: int
    """Ended at the old place."""


def move(
    campaign: str, here: Connection, there: Connection, progress: Callable[[str, int], None] = lambda _name, _rows: None
) -> Moved:
    """Moves every row of `campaign` from `here` to `there`; both signed in as who may migrate.

    Raises:
        NotMoved: cases are held, the schemas differ, or somebody wrote meanwhile; both are as they were.
    """
    if here.fetch(_SCHEMA) != there.fetch(_SCHEMA):
        raise NotMoved(
            say("The two cells' databases have different schemas.", "两个单元的数据库结构不同。"),
            say("Bring both up to date: `waihu migrate`.", "请先把两边都更新：waihu migrate。"),
        )
    with here.transaction():
        _begin(here)
        _lock(campaign, here)
        moved, shared = tables(here)
        with there.transaction():
            _begin(there)
            if there.fetch(_PEOPLE, campaign) != [(0,)] and here.fetch(_PEOPLE, campaign) == [(0,)]:
                return Moved({}, {}, 0)  # it went before, and only routing did not follow
            for table in moved:
                there.execute(f"DELETE FROM {table.name} t WHERE {table.where}", campaign)  # noqa: S608 - from the catalogue
            copied = {table.name: _copy(table, campaign, here, there, progress) for table in _in_order(moved)}
            _compare(moved, campaign, here, there)
            _triggers(there, "origin")
            there.execute("UPDATE outbound.cases SET state = state WHERE campaign = $1", campaign)  # makes their lanes
            added = {table.name: _add(table, campaign, here, there) for table in shared}
            sessions = here.execute(_SESSIONS, campaign)
            for table in moved:
                gone = here.execute(f"DELETE FROM {table.name} t WHERE {table.where}", campaign)  # noqa: S608 - from the catalogue
                if gone != copied[table.name]:
                    raise _meanwhile(table.name)
    return Moved({name: rows for name, rows in copied.items() if rows}, {n: r for n, r in added.items() if r}, sessions)


def _begin(connection: Connection) -> None:
    if connection.fetch(_ALONE) != [(True,)]:
        raise NotMoved(
            say("Both lead to the same database, or another campaign is being moved.",
                "两边指向同一个数据库，或正在移动另一个项目。"),
            say("Say where the new cell's is: WAIHU_DATABASE_HOST, and WAIHU_MIGRATION_HOST if it is set.",
                "请写明新单元的 WAIHU_DATABASE_HOST（设了 WAIHU_MIGRATION_HOST 时也要写）。"),
        )  # fmt: skip
    connection.execute("SET LOCAL timezone = 'UTC'")
    connection.execute("SET LOCAL statement_timeout = 0")
    _triggers(connection, "replica")


def _triggers(connection: Connection, role: str) -> None:
    """`replica`: they rest; `origin`: they work. Only who migrates may say it; rows belong to the owner."""
    connection.execute("SET LOCAL ROLE NONE")
    connection.execute(f"SET LOCAL session_replication_role = {role}")
    connection.execute("SET LOCAL ROLE waihu_owner")


def _lock(campaign: str, here: Connection) -> None:
    for name in _LOCKED:
        here.execute(f"SELECT FROM {name} WHERE campaign = $1 ORDER BY id FOR UPDATE", campaign)
    held = here.fetch(_HELD, campaign)
    if held:
        names = ", ".join(f"{agent} ({count})" for agent, count in held)
        raise NotMoved(
            say(f"Cases of {campaign} are held: {names}.", f"{campaign} 还有个案在坐席手里：{names}。"),
            say(
                'Give it groups="nobody" in routing.xml, publish that, and wait until they have ended.',
                '请先在 routing.xml 把它的班组改为 groups="nobody" 并发布，等他们结束。',
            ),
        )


def _in_order(moved: list[Table]) -> list[Table]:
    """Cells of quotas first, whose new numbers others take over; keys before what they were answered."""
    first = ("outbound.quota_cells", "platform.keys")
    return sorted(moved, key=lambda table: table.name not in first)


def _copy(
    table: Table, campaign: str, here: Connection, there: Connection, progress: Callable[[str, int], None]
) -> int:
    given = ", ".join(_taken(table.name, column) for column in table.columns)
    more = _numbers(table.name, campaign, here, there)
    sql = (
        f"INSERT INTO {table.name} ({', '.join(table.columns)}) SELECT {given} "  # noqa: S608 - names from the catalogue
        f"FROM (SELECT r.text::{table.name} AS x, r.number FROM unnest($1::text[]) WITH ORDINALITY r(text, number) "
        "OFFSET 0) y ORDER BY y.number"
    )
    rows = 0
    for page in _pages(table, campaign, here):
        parameters = [page] if not more else [page, f"{int(more) + rows}" if more.isdigit() else more]
        there.execute(sql, *parameters)
        rows += len(page)
        progress(table.name, rows)
    return rows


def _taken(name: str, column: str) -> str:
    """A column of the row that comes, as the new place has to have it."""
    value = f"(y.x).{column}"
    match name, column:
        case "outbound.cases", "lane":
            return "0"  # not what it was: so that it is made
        case "outbound.cases", "cells":
            new = "($2::jsonb ->> u.c::text)::integer"
            return f"ARRAY(SELECT {new} FROM unnest({value}) WITH ORDINALITY u(c, n) ORDER BY u.n)"  # noqa: S608
        case "outbound.quota_places", "cell":
            return f"($2::jsonb ->> {value}::text)::integer"
        case "platform.keys", "xid":
            return "($2::numeric + y.number)::text::xid8"
    return value


def _numbers(name: str, campaign: str, here: Connection, there: Connection) -> str:
    """What `$2` is, where a table's rows are numbered otherwise at the new place."""
    if name in ("outbound.cases", "outbound.quota_places"):
        cells = "SELECT quota, name, id FROM outbound.quota_cells WHERE campaign = $1"
        new = {(quota, cell): id_ for quota, cell, id_ in there.fetch(cells, campaign)}
        return json.dumps({str(id_): new[quota, cell] for quota, cell, id_ in here.fetch(cells, campaign)})
    if name == "platform.keys":
        return str(there.fetch(_XIDS)[0][0])
    return ""


def _pages(table: Table, campaign: str, here: Connection) -> Iterator[list[str]]:
    """The rows as PostgreSQL writes them, in the order in which they were numbered, where they were."""
    order = " ORDER BY t.id" if "id" not in table.columns and table.name in _NUMBERED else ""
    quoted = "'" + campaign.replace("'", "''") + "'"  # a cursor takes no parameters
    where = table.where.replace("$1", quoted)
    here.execute(f"DECLARE moving NO SCROLL CURSOR FOR SELECT t::text FROM {table.name} t WHERE {where}{order}")  # noqa: S608
    while page := [text for (text,) in here.fetch(f"FETCH {_PAGE} FROM moving")]:
        yield page
    here.execute("CLOSE moving")


_NUMBERED = frozenset({"outbound.answer_history", "desk.agent_states", "outbound.quota_cells"})


def _compare(moved: list[Table], campaign: str, here: Connection, there: Connection) -> None:
    """Count and digest of each table, without what is numbered otherwise."""
    for table in moved:
        same = [f"t.{column}" for column in table.columns if _taken(table.name, column) == f"(y.x).{column}"]
        sql = (
            f"SELECT count(*), sum(hashtextextended(ROW({', '.join(same)})::text, 0)::numeric) "  # noqa: S608
            f"FROM {table.name} t WHERE {table.where}"
        )
        if here.fetch(sql, campaign) != there.fetch(sql, campaign):
            raise _meanwhile(table.name)


def _add(table: Table, campaign: str, here: Connection, there: Connection) -> int:
    columns = ", ".join(table.columns)
    sql = (
        f"INSERT INTO {table.name} ({columns}) SELECT {', '.join(f'(y.x).{column}' for column in table.columns)} "  # noqa: S608
        f"FROM (SELECT r::{table.name} AS x FROM unnest($1::text[]) r OFFSET 0) y ON CONFLICT DO NOTHING"
    )
    return sum(there.execute(sql, page) for page in _pages(table, campaign, here))


def _meanwhile(name: str) -> NotMoved:
    return NotMoved(
        say(f"Somebody wrote into {name} meanwhile.", f"移动期间有人写入了 {name}。"),
        say("Nothing was moved. Try again when nobody imports or works on it.", "没有移动。请在没有导入和作业时重试。"),
    )
