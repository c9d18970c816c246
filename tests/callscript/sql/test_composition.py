"""What is harmless in each part and hostile only when the parts are put together is not published either."""

from __future__ import annotations

import pytest

from callscript.parser import read_server
from callscript.sql.admission import admit
from callscript.sql.compiler import check_action

SCRIPT = (
    '<server xmlns="urn:waihu:server:1" pack="p"><action id="a" roles="agent"><param name="p" type="text"/>'
    '<param name="l" type="text" many="yes"/><select name="s" rows="0..n">{body}</select><data/></action></server>'
)


def when(text: str, value: str) -> str:
    return f"<if test=\"${{p}} = '{value}'\">{text}</if>"


def each(body: str, **around: str) -> str:
    attributes = " ".join(f'{name}="{text}"' for name, text in around.items())
    return f'<foreach over="l" item="i" {attributes}>{body}</foreach>'


COMPOSED = {
    "a function's name in one part, its call in another": "SELECT " + when("pg_sleep", "a") + when("(60)", "b"),
    "a name split over parts": f"SELECT pg_ {when('sleep', 'a')} (1)",
    "harmless with every part and with none": "SELECT greatest "
    + "".join(when(text, text[-1]) for text in ("(1) ,", "1 AS", "pg_sleep", ", greatest"))
    + " (10)"
    + "".join(when(", 2", f"pad{n}") for n in range(3)),
    "a schema that only one part gives": f"SELECT {when('outbound.', 'a')} pg_sleep (1)",
    "a comment from one part to another": f"SELECT 1 {when('/*', 'a')} , pg_sleep(1) {when('*/', 'b')}",
    "a quote from one part to another": f"SELECT 'x {when(chr(39), 'a')} , pg_sleep(1) --'",
    "a dollar quote over parts": f"SELECT $$ {when('$$', 'a')} , pg_sleep(1)",
    "a line comment between rounds": "SELECT 1 " + each(", :i", separator=" --") + ", pg_sleep(10)",
    "a line comment between rounds, more behind": "SELECT 1 " + each(", :i", separator=" -- ") + ", pg_sleep(1)\n , 3",
    "a comment around rounds": "SELECT 1 " + each(", :i", separator=" /* ", close=" */ ") + ", pg_sleep(1)",
    "several statements around rounds": "SELECT 1 " + each(":i", open="; DELETE FROM outbound.answers; SELECT "),
    "a pasted value around rounds": "SELECT 1 " + each(":i", open=", ${p} "),
    "a place around rounds": "SELECT 1 " + each(":i", open=", $2::text || ", separator="||"),
    "hostile with no round": "SELECT pg_catalog.greatest (1) AS x, "
    + each(":i", open="1 AS")
    + " pg_sleep (10)",
    "hostile with one round": "SELECT 1 " + each(" , 1 AS", open=", pg_sleep", separator=" x , 2 AS y, upper") + " (1)",
    "hostile with three rounds": "SELECT 1 " + each("( 1", separator=", pg_sleep", close=")))"),
    "two branches in one list": "SELECT 1 "
    + each("<choose><when test=\"${p} = 'a'\">, pg_sleep</when><otherwise> (:i)</otherwise></choose>", separator=""),
    "writes only in one branch": "WITH x AS (<choose><when test=\"${p} = 'a'\">SELECT 1</when>"
    "<otherwise>DELETE FROM outbound.answers RETURNING 1</otherwise></choose>) SELECT * FROM x",
    "a table's name as a value": "SELECT * FROM :p",
    "a column's name as a value": "SELECT k.:p FROM outbound.contacts k",
    "a direction as a value": "SELECT 1 ORDER BY 1 :p",
    "an operator as a value": "SELECT 1 :p 2",
    "a number as a value with more behind": "SELECT :p5, 1",
}  # fmt: skip


@pytest.mark.parametrize("name", COMPOSED)
def test_it_is_not_published(name: str) -> None:
    read = read_server(SCRIPT.format(body=COMPOSED[name].replace("&", "&amp;")).encode(), "server.xml")
    problems = list(read.problems)
    action = read.usable.actions.get("a")
    if action is not None:
        problems += [*check_action(action), *admit(action)]
    assert [problem for problem in problems if problem.is_error] != []
    assert all(problem.span.line and problem.mend() for problem in problems)


def test_an_empty_list_may_leave_what_cannot_be_read() -> None:
    """`IN ()` is an error when it runs; most scripts never come there."""
    body = f"SELECT c.id FROM outbound.cases c WHERE c.state IN {each(':i', open='(', close=')')}"
    action = read_server(SCRIPT.format(body=body).encode(), "server.xml").usable.actions["a"]
    assert [*check_action(action), *admit(action)] == []
