"""Reading expressions: what binds how, where everything stands, what is refused, and that nothing else is raised."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callscript.expressions import parse
from callscript.expressions.lexer import MAX_LENGTH
from callscript.expressions.parser import MAX_DEPTH
from callscript.expressions.unanswered import nodes
from callscript.model.expression import Binary, Literal, Name, Tree, Unary
from callscript.places import NOWHERE, Span
from callscript.problems import Problem, ScriptError

HERE = Span("local.xml", 7, 11)


def shape(tree: Tree) -> str:
    """The tree with every parenthesis that it implies."""
    if isinstance(tree, Literal):
        return repr(tree.value)
    if isinstance(tree, Name):
        return tree.text
    if isinstance(tree, Unary):
        return f"(- {shape(tree.operand)})"
    if isinstance(tree, Binary):
        return f"({shape(tree.left)} {tree.operator} {shape(tree.right)})"
    return f"{tree.function}({', '.join(map(shape, tree.arguments))})"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", "(1.0 + (2.0 * 3.0))"),
        ("1 - 2 - 3", "((1.0 - 2.0) - 3.0)"),
        ("2 * 3 div 4 mod 5", "(((2.0 * 3.0) div 4.0) mod 5.0)"),
        ("-1 + -${a}", "((- 1.0) + (- a))"),
        ("-2 * 3", "((- 2.0) * 3.0)"),
        ("1 < 2 = true()", "((1.0 < 2.0) = True)"),
        ("1 = 2 < 3", "(1.0 = (2.0 < 3.0))"),
        ("${a} or ${b} and ${c}", "(a or (b and c))"),
        ("(${a} or ${b}) and ${c}", "((a or b) and c)"),
        ("${a} lt 1 and ${b} ge 2", "((a < 1.0) and (b >= 2.0))"),
        ("${a} le 1 or ${b} gt 2", "((a <= 1.0) or (b > 2.0))"),
        ("${a}>=1", "(a >= 1.0)"),
        ('${ contact.name } != "it\'s"', '(contact.name != "it\'s")'),
        ("${满意度} = .5", "(满意度 = 0.5)"),
        ("if(not(${a}),'x',5.)", "if(not(a), 'x', 5.0)"),
        ("selected-at(${a}, 0)\n=\t'b'", "(selected-at(a, 0.0) = 'b')"),
        ("${a-b} - 1", "(a-b - 1.0)"),
        ("1\u3000+\u00a02", "(1.0 + 2.0)"),
    ],
)
def test_precedence(source: str, expected: str) -> None:
    assert shape(parse(source, HERE).tree) == expected


def test_names_are_those_that_it_reads() -> None:
    expression = parse("${a} + sum(${b.c}) * count(${a})", HERE)
    assert expression.names == {"a", "b.c"}


def test_nodes_know_their_places() -> None:
    tree = parse("${age} >= 18 and\n  selected(${brands}, 'a')", HERE).tree
    found = {shape(each): (each.span.line, each.span.column) for each in nodes(tree)}
    assert found["age"] == (7, 11)
    assert found["18.0"] == (7, 21)
    assert found["(age >= 18.0)"] == (7, 18)
    assert found["selected(brands, 'a')"] == (8, 3)
    assert found["'a'"] == (8, 23)


REFUSED = [
    ("", "empty-expression", 11),
    ("   ", "empty-expression", 11),
    ("1 +", "unexpected-in-expression", 14),
    ("1 2", "unexpected-in-expression", 13),
    ("(1", "unexpected-in-expression", 13),
    ("1)", "unexpected-in-expression", 12),
    ("and 1", "unexpected-in-expression", 11),
    ("1 + * 2", "unexpected-in-expression", 15),
    ("substr('a', 1", "unexpected-in-expression", 24),
    ("min(,)", "unexpected-in-expression", 15),
    ("+1", "unexpected-in-expression", 11),
    ("1 ~ 2", "strange-character", 13),
    ("1 = .", "bare-dot", 15),
    (". >= 18", "bare-dot", 11),
    ("null", "bare-word", 11),
    ("\x00", "strange-character", 11),
    ("1 == 2", "foreign-operator", 13),
    ("1 && 2", "foreign-operator", 13),
    ("1 || 2", "foreign-operator", 13),
    ("1 <> 2", "foreign-operator", 13),
    ("!${a}", "foreign-operator", 11),
    ("${a} ＝ 1", "full-width-character", 16),
    ("（1）", "full-width-character", 11),
    ("${a} = ‘x’", "full-width-character", 18),
    ("'abc", "unclosed-quote", 11),
    ("1 = \"abc'", "unclosed-quote", 15),
    ("${a", "unclosed-name", 11),
    ("${a + ${b}", "unclosed-name", 11),
    ("${}", "bad-name", 11),
    ("${1a}", "bad-name", 11),
    ("${a b}", "bad-name", 11),
    ("${a.}", "bad-name", 11),
    ("age > 1", "bare-word", 11),
    ("true", "bare-word", 11),
    ("not ${a}", "bare-word", 11),
    ("selectd(${a}, 'b')", "unknown-function", 11),
    ("pulldata('a')", "unknown-function", 11),
    ("if(1, 2)", "argument-count", 11),
    ("today(1)", "argument-count", 11),
    ("concat()", "argument-count", 11),
    ("regex(${a}, ${b})", "pattern-not-literal", 23),
    ("regex(${a}, 5)", "pattern-not-literal", 23),
    ("regex(${a}, '(')", "bad-pattern", 23),
    ("regex(${a}, '(?=x)')", "bad-pattern", 23),
    ("regex(${a}, '(a)\\1')", "bad-pattern", 23),
    ("regex(${a}, '(a{1000}){1000}')", "bad-pattern", 23),
]


@pytest.mark.parametrize(("source", "code", "column"), REFUSED)
def test_refused(source: str, code: str, column: int) -> None:
    with pytest.raises(ScriptError) as caught:
        parse(source, HERE)
    assert [(problem.code, problem.span) for problem in caught.value.problems] == [(code, Span("local.xml", 7, column))]


def test_misspelt_function_is_named() -> None:
    with pytest.raises(ScriptError) as caught:
        parse("strats-with(${a}, 'b')", NOWHERE)
    assert "starts-with()" in caught.value.problems[0].mend("en")
    assert "starts-with()" in caught.value.problems[0].mend("zh")


DEEP = [
    "(" * 5_000,
    "-" * 5_000 + "1",
    "not(" * 2_000 + "true()" + ")" * 2_000,
    "1" + " + 1" * 2_000,
    "1" + " = 1" * 2_000,
    "if(true(), 1, " * 600 + "0" + ")" * 600,
    "(1 or 1 and 1 = 1 < 1 + 1 * " * 300 + "1",
    "${a " * 2_000,
    "1 < (" * 1_500,
]


@pytest.mark.parametrize("source", DEEP, ids=lambda source: source[:12])
def test_too_deep(source: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse(source[:MAX_LENGTH], NOWHERE)
    assert caught.value.problems[0].code in {"expression-too-deep", "unclosed-name"}


def test_too_long() -> None:
    with pytest.raises(ScriptError) as caught:
        parse("1" * (MAX_LENGTH + 1), NOWHERE)
    assert caught.value.problems[0].code == "expression-too-long"


def test_deepest_tree_can_be_worked_with() -> None:
    """Equality, hash and pickling of frozen trees recurse: what is accepted must stay within Python's limits."""
    sources = ["1" + " + 1" * (MAX_DEPTH - 1), "(" * 90 + "1" + ")" * 90, "not(" * 90 + "true()" + ")" * 90]
    for source in sources:
        tree = parse(source, NOWHERE).tree
        assert hash(tree) == hash(parse(source, NOWHERE).tree)
        assert tree == parse(source, NOWHERE).tree
        assert pickle.loads(pickle.dumps(tree)) == tree  # noqa: S301 - our own


def test_long_chains_are_balanced() -> None:
    source = " or ".join(f"${{q{number}}} = 'a'" for number in range(500))
    tree = parse(source, NOWHERE).tree
    order = [each.text for each in nodes(tree) if isinstance(each, Name)]
    assert len(order) == 500
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [part for each in level if isinstance(each, Binary) for part in (each.left, each.right)]
    assert deepest < 15


def _fragments() -> st.SearchStrategy[str]:
    pieces = [
        "${a}",
        "${b.c}",
        "'x'",
        "1",
        ".5",
        "(",
        ")",
        ",",
        " and ",
        " or ",
        " = ",
        " < ",
        "-",
        "*",
        " div ",
        "not(",
    ]
    pieces += [
        "selected(",
        "if(",
        "regex(",
        "'",
        '"',
        "${",
        "}",
        "（",
        "é",
        "\n",
        "today()",
        "concat(",
        "e1",
        "==",
        "\\",
    ]
    return st.lists(st.sampled_from(pieces), max_size=40).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.one_of(_fragments(), st.text(max_size=80)))
def test_nothing_but_script_errors(source: str) -> None:
    problems = problems_of(source)
    assert len(problems) <= 1
    assert all(problem.what("zh") and problem.mend("en") for problem in problems)


def problems_of(source: str) -> tuple[Problem, ...]:
    try:
        parse(source, HERE)
    except ScriptError as error:
        return error.problems
    return ()


@pytest.mark.parametrize(
    "source",
    [
        "'" * (MAX_LENGTH - 1),
        "${" * (MAX_LENGTH // 2),
        "a" * MAX_LENGTH,
        "a-" * (MAX_LENGTH // 2),
        "1." * 5_000,
        "1 " * 5_000,
        "${a.b.c.d}" * 1_000,
        " " * MAX_LENGTH,
        f"concat({','.join(['1'] * 201)})",
    ],
    ids=lambda source: source[:8],
)
def test_hostile_is_refused(source: str) -> None:
    assert len(problems_of(source)) == 1
