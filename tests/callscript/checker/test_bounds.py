"""What is called impossible is impossible, what is called certain is certain: held against every answer there is."""

# ruff: noqa: E501 - a script in lines as an author has them
from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from callscript.checker.context import Context
from callscript.checker.judging import Judge, Verdict
from callscript.expressions import FlatScope, compile_condition, compile_expression
from callscript.model.expression import Expression
from callscript.model.local import Action
from callscript.parser import load_campaign
from tests.callscript.scripts import local

SCRIPT = """<options id="abc"><option value="a">甲</option><option value="b">乙</option><option value="c">丙</option></options>
<options id="points"><option value="1">一</option><option value="3">三</option></options>
<action id="ask"><data><say>?</say>
  <field name="n" type="integer" min="0" max="3"/><field name="k" type="integer" min="-1" max="2" special="dk"/>
  <field name="x" type="decimal" min="0" max="1"/><field name="m" type="choices" options="abc" length="1..2"/>
  <field name="q" type="choice" options="points"/>
  <field name="d" type="date" min="2024-01-01" max="2024-01-03"/><field name="e" type="date"/><field name="t" type="time"/>
  <compute name="high" type="integer" value="if(${n} > 1, 1, 0) + if(${k} > 1, 1, 0)"/>
  <compute name="group" type="text" value="if(not(answered(${n})), 'none', if(${n} > 1, 'much', 'little'))"/>
</data></action>
<action id="asked"><condition><when>WHEN</when></condition><data><say>?</say></data></action>
<end id="e" outcome="1.1"/>"""

EVERY: dict[str, list[object]] = {
    "n": ["", 0, 1, 2, 3],
    "k": ["", -1, 0, 1, 2],
    "x": ["", 0.0, 0.3, 0.5, 1.0],
    "m": ["", ["a"], ["b"], ["c"], ["a", "b"], ["a", "c"], ["b", "c"]],
    "q": ["", "1", "3"],
    "d": ["", "2024-01-01", "2024-01-02", "2024-01-03"],
    "e": ["", "2023-12-31", "2024-01-02", "2024-01-04"],
    "t": ["", "00:00:00", "09:00:00", "12:30:00", "21:00:00", "23:59:59"],
}
COMPUTED = ("high", "group")

numbers = st.sampled_from(["-2", "-1", "0", "0.5", "1", "2", "3", "4", "6", "9"])
names = st.sampled_from(["${n}", "${k}", "${x}", "${n}", "number(${q})", "${high}", "count-selected(${m})"])
sums = st.recursive(
    st.one_of(names, numbers),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "div", "mod"]), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), numbers),
        st.builds("{}({})".format, st.sampled_from(["int", "round", "abs"]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max", "coalesce"]), inner, inner),
        st.builds("if({} > {}, {}, {})".format, names, numbers, inner, inner),
        st.builds("-{}".format, inner),
    ),
    max_leaves=4,
)
orders = st.sampled_from([">", ">=", "lt", "le", "=", "!="])
dates, clocks = st.sampled_from(["${d}", "${e}", "today()"]), st.sampled_from(["'09:00'", "'21:00'", "'23:59'"])
atoms = st.one_of(
    st.builds("{} {} {}".format, sums, orders, numbers),
    st.builds("{} {} {}".format, sums, orders, sums),
    st.builds("{} {} {}".format, dates, orders, dates),
    st.builds("${{d}} {} '2024-01-0{}'".format, orders, st.integers(1, 4)),
    st.builds("${{t}} {} {}".format, st.sampled_from([">", "le"]), clocks),
    st.builds("${{group}} {} '{}'".format, st.sampled_from(["=", "!="]), st.sampled_from(["much", "none", "mutch"])),
    st.builds("answered(${{{}}})".format, st.sampled_from([*EVERY, *COMPUTED])),
    st.builds("selected(${{m}}, '{}')".format, st.sampled_from("abc")),
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not({})".format, inner),
    ),
    max_leaves=4,
)


def judged(condition: str) -> tuple[Context, Expression, Verdict | None]:
    loaded = load_campaign({"local.xml": local(SCRIPT.replace("WHEN", escape(condition)))})
    assert loaded.draft is not None, loaded.problems
    context = Context.of(loaded.draft, loaded)
    action = context.outline.by_id["asked"].node
    assert isinstance(action, Action)
    assert action.when is not None
    judge = Judge(context)
    return context, action.when, judge.judge(action.when, judge.domains.full, ())


def scopes(context: Context, expression: Expression) -> Iterator[FlatScope]:
    """Every answer to what the expression reads, with what is computed from it, and before it is computed."""
    computes = {item.name: item for _, item in context.computes}
    read = set(expression.names) - computes.keys()
    for name in set(expression.names) & computes.keys():
        read |= computes[name].value.names
    asked = sorted(read)
    for values in product(*(EVERY[name] for name in asked)):
        answers = dict(zip(asked, values, strict=True))
        worth = {name: compile_expression(each.value)(FlatScope(answers)) for name, each in computes.items()}
        yield FlatScope({**answers, **worth})
        yield FlatScope({**answers, **dict.fromkeys(computes, "")})


@settings(max_examples=150, deadline=None)
@given(conditions)
def test_a_verdict_holds_for_every_answer(condition: str) -> None:
    context, expression, verdict = judged(condition)
    if verdict is None or (verdict.true is not None and verdict.false is not None):
        return
    holds = compile_condition(expression)
    assert {holds(scope) for scope in scopes(context, expression)} <= {verdict.true is not None}, condition


def test_the_property_can_fail_and_verdicts_are_reached() -> None:
    """So that the test above is not one of silence: these are decided, and the brute force sees both outcomes."""
    for condition, outcome in {
        "${n} + ${k} > 5": False,
        "${n} * 2 + 1 lt 0": False,
        "${high} > 2": False,
        "number(${q}) + ${n} > 6": False,
        "${group} = 'mutch'": False,
        "${t} > '21:00' and ${t} le '09:00'": False,
        "${d} > today() and ${d} lt today()": False,
        "count-selected(${m}) > 2": False,
        "coalesce(${n}, 0) >= 0": True,
        "not(${n} + 1 > 4)": True,
        "if(${n} > 1, 1, 0) le 1": True,
    }.items():
        context, expression, verdict = judged(condition)
        assert verdict is not None, condition
        assert (verdict.true is not None, verdict.false is not None) == (outcome, not outcome), condition
        assert {compile_condition(expression)(scope) for scope in scopes(context, expression)} == {outcome}
    context, expression, _ = judged("${n} + ${k} > 3")
    assert {compile_condition(expression)(scope) for scope in scopes(context, expression)} == {True, False}
