"""What the readers make of a sound script: the model, with places."""

from __future__ import annotations

from callscript.model.links import FailPolicy, Mode, Moment
from callscript.model.local import Action, End, Field, Level, Matrix, Repeat, Shuffle
from callscript.model.server import (
    Cardinality,
    Mask,
    Rows,
    SqlChoose,
    SqlForeach,
    SqlIf,
    SqlText,
    SqlWhere,
    Value,
    Verb,
)
from callscript.model.values import Special, ValueType
from callscript.parser import load_campaign, read_links, read_server
from callscript.places import Span
from tests.callscript.scripts import links, local, server


def action(body: str, before: str = "") -> Action:
    found = load_campaign({"local.xml": local(f'{before}<action id="a">{body}</action>')}).usable.local.nodes[0]
    assert isinstance(found, Action)
    return found


def field(attributes: str, body: str = "") -> Field:
    found = action(f'<data><field name="f" {attributes}>{body}</field></data>').items[0]
    assert isinstance(found, Field)
    return found


def test_a_field_has_its_attributes() -> None:
    found = field(
        'type="text" required="yes" special="dk refused" length="2..40" pattern="[a-z]+" label="甲" hint="乙"'
    )
    assert (
        found.type, found.required, found.specials, found.length, found.pattern,
    ) == (ValueType.TEXT, True, (Special.DK, Special.REFUSED), (2, 40), "[a-z]+")  # fmt: skip
    assert (found.label and found.label.key, found.hint and found.hint.key) == ("a/f/label", "a/f/hint")


def test_a_length_may_be_open_or_exact() -> None:
    lengths = [field(f'type="text" length="{each}"').length for each in ("5", "2..", "..9")]
    assert lengths == [(5, 5), (2, 1_000_000), (0, 9)]


def test_a_short_text_may_be_an_attribute_or_an_element() -> None:
    assert (field('type="text" label="甲"').label or None).source == "甲"  # type: ignore[union-attr]
    assert (field('type="text"', "<label>甲</label>").label or None).source == "甲"  # type: ignore[union-attr]


def test_the_place_of_an_expression_is_its_first_character() -> None:
    found = field('type="integer"\n   min="${x} + 1"').minimum
    assert found is not None
    assert Span("local.xml", 3, 9) == found.span


def test_a_condition_of_several_lines_joins_with_and() -> None:
    found = action("<condition><when>${x} = 1</when><when>${y} = 2</when></condition>").when
    assert found is not None
    assert {"x", "y"} == found.names
    assert found.source == "(${x} = 1) and (${y} = 2)"


def test_checks_and_nexts_stand_in_order() -> None:
    found = action(
        '<condition><check test="${x} = 1">一</check><check test="${x} = 2" level="soft">二</check></condition>'
        '<next action="b" when="${x} = 1"/><next action="c"/>'
    )
    assert [(c.level, c.message.key) for c in found.checks] == [(Level.HARD, "a/check/1"), (Level.SOFT, "a/check/2")]
    assert [(n.action, n.when is not None) for n in found.nexts] == [("b", True), ("c", False)]


def test_a_matrix_is_many_fields() -> None:
    lists = '<options id="o"><option value="1">一</option></options>'
    body = '<data><matrix id="m" type="choice" options="o" random="yes"><label>表</label><row name="r1">甲</row><row name="r2">乙</row></matrix></data>'  # noqa: E501
    found = action(body, lists).items[0]
    assert isinstance(found, Matrix)
    assert found.shuffled
    assert [(row.name, row.options, row.label.key if row.label else "") for row in found.rows] == [
        ("r1", "o", "a/r1/label"),
        ("r2", "o", "a/r2/label"),
    ]


def test_random_options_shuffle_every_field_that_uses_them() -> None:
    lists = '<options id="o" random="yes"><option value="1">一</option></options>'
    found = action('<data><field name="f" type="choice" options="o"/></data>', lists).items[0]
    assert isinstance(found, Field)
    assert found.shuffled


def test_options_may_stand_inside_their_field() -> None:
    campaign = load_campaign(
        {
            "local.xml": local(
                '<action id="a"><data><field name="f" type="choice">'
                '<option value="1">一</option></field></data></action>'
            )
        }
    ).usable
    assert [option.label.key for option in campaign.local.options["f"].options] == ["options/f/1"]


def test_repeats_and_shuffles_nest() -> None:
    body = '<repeat id="r" over="f"><shuffle id="s"><action id="a"/></shuffle></repeat><end id="e" outcome="2.11"><say>再见</say></end>'  # noqa: E501
    repeat, end = load_campaign({"local.xml": local(body)}).usable.local.nodes
    assert isinstance(repeat, Repeat)
    assert isinstance(repeat.nodes[0], Shuffle)
    assert isinstance(end, End)
    assert (end.outcome, end.say[0].text.key) == ("2.11", "e/say/1")


def test_a_server_action_has_its_steps_and_shape() -> None:
    body = (
        '<action id="x" roles="agent admin" class="slow" reveals="yes">'
        '<param name="p" type="integer" many="yes"/>'
        '<select name="s" rows="1..n">SELECT :p</select><fail when="answered(${s.a})" code="no">不行</fail>'
        '<update name="u" rows="0..1" when="answered(${p})">UPDATE t</update>'
        '<on-error sqlstate="23505" code="twice" constraint="k">重复</on-error>'
        '<data><list name="l" from="s"><value name="v" type="phone" column="c" mask="dialler"/></list></data></action>'
    )
    found = read_server(server(body), "server.xml").usable.actions["x"]
    assert [statement.verb for statement in found.statements] == [Verb.SELECT, Verb.UPDATE]
    assert [Cardinality(1, None), Cardinality(0, 1)] == [statement.rows for statement in found.statements]
    assert (found.roles, found.reveals, found.action_class) == (("agent", "admin"), True, "slow")
    assert (
        found.on_errors[0].message and found.on_errors[0].message.key,
        found.on_errors[0].constraint,
    ) == ("server/c/x/twice", "k")
    rows = found.data[0]
    assert isinstance(rows, Rows)
    value = rows.items[0]
    assert isinstance(value, Value)
    assert (value.column, value.mask) == ("c", Mask.DIALLER)


def test_sql_keeps_its_parts_in_order_and_their_places() -> None:
    body = (
        '<action id="x" roles="agent"><select name="s">SELECT 1\n'
        '  <where><if test="answered(${p})">AND a = :p</if></where>'
        '<choose><when test="true()">x</when><otherwise>y</otherwise></choose>'
        '<foreach over="p" item="i" open="(" close=")">:i</foreach> <![CDATA[ a < b ]]></select></action>'
    )
    found = read_server(server(body), "server.xml").usable.actions["x"].statements[0].body
    assert [SqlText, SqlWhere, SqlChoose, SqlForeach, SqlText] == [type(part) for part in found]
    where, loop, last = found[1], found[3], found[4]
    assert isinstance(where, SqlWhere)
    assert isinstance(where.body[0], SqlIf)
    assert Span("server.xml", 3, 36) == where.body[0].body[0].span
    assert isinstance(loop, SqlForeach)
    assert (loop.opening, loop.separator, loop.closing) == ("(", ",", ")")
    assert isinstance(last, SqlText)
    assert last.text.strip() == "a < b"


def test_links_have_defaults_by_moment_and_mode() -> None:
    found = read_links(
        links(
            '<call id="a" on="start" action="p.a"/><call id="b" on="leave" action="p.b"/>'
            '<call id="c" on="enter" node="n" action="p.c" fail-action="x"><take name="t" path="r.s"/></call>'
        ),
        "links.xml",
    ).usable.links
    assert [(link.moment, link.node, link.mode, link.fail) for link in found] == [
        (Moment.START, "", Mode.WAIT, FailPolicy.ASK),
        (Moment.LEAVE, "*", Mode.BACKGROUND, FailPolicy.RETRY),
        (Moment.ENTER, "n", Mode.WAIT, FailPolicy.GO_TO),
    ]
    assert found[2].takes[0].path == ("r", "s")
