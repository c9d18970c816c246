"""Expressions give what ODK's own engine gives, except where the page says that they do not."""

from __future__ import annotations

from typing import Any

import pytest

from callscript.expressions import FlatScope, compile_field, parse
from callscript.expressions.compiler import value_of
from callscript.expressions.moments import Moment
from callscript.expressions.unanswered import nodes
from callscript.expressions.values import answer_text
from callscript.model.expression import Call, Expression
from callscript.model.values import ValueType
from callscript.places import NOWHERE
from tests.callscript.odk import generated
from tests.callscript.odk.harness import NOW_MS, ZONE, ask_odk, ask_odk_in_rounds
from tests.callscript.odk.scopes import Answers
from tests.callscript.odk.tables import ANSWERS, FIELDS, RAISES, Row, rows
from tests.callscript.odk.tricky import KEPT, TRICKY, TRICKY_ANSWERS, TRICKY_FIELDS

pytestmark = pytest.mark.odk


def test_generated_expressions_agree() -> None:
    batches = generated.batches(1, forms=12, each=200)
    theirs = ask_odk(
        generated.FIELDS, [(values, [(source, ValueType.TEXT) for source in sources]) for values, sources in batches]
    )
    compared, disagreements = 0, []
    for (values, sources), results in zip(batches, theirs, strict=True):
        scope = Answers(generated.FIELDS.types, values)
        for source, odk in zip(sources, results, strict=True):
            expression = parse(source, NOWHERE)
            ours = compile_field(expression, ValueType.TEXT)(scope)
            compared += 1
            if ours != odk and not _has_no_moment(expression, scope):
                disagreements.append((source, ours, odk, {name: values.get(name) for name in expression.names}))
    assert disagreements == []
    assert compared >= 2_000


def _has_no_moment(expression: Expression, scope: Answers) -> bool:
    """Whether `date()` of something that is no date stands in it: decision `no-such-moment`."""
    for tree in nodes(expression.tree):
        if isinstance(tree, Call) and tree.function == "date":
            value = value_of(tree)(scope)
            if isinstance(value, Moment) and value != value:  # noqa: PLR0124 - NaN alone differs from itself
                return True
    return False


def test_tricky_expressions_agree() -> None:
    questions = [(source, ValueType.TEXT) for source in TRICKY]
    questions += [(source, kind) for kind, sources in KEPT.items() for source in sources]
    theirs = ask_odk(TRICKY_FIELDS, [(TRICKY_ANSWERS, questions)])[0]
    scope = Answers(TRICKY_FIELDS.types, TRICKY_ANSWERS)
    ours = [answer_text(compile_field(parse(source, NOWHERE), kind)(scope)) for source, kind in questions]
    disagreements = [each for each in zip(questions, ours, theirs, strict=True) if each[1] != each[2]]
    assert disagreements == []


def test_decisions_are_the_only_disagreements() -> None:
    """Each difference on the page is real, on both sides; what is no difference any more must go from the page."""
    decided = [row for row in rows() if row.decision]
    results = ask_odk(FIELDS, [(ANSWERS, [(row.source, row.kind) for row in decided])])[0]
    assert [_seen(row, result) for row, result in zip(decided, results, strict=True)] == [row.odk for row in decided]
    assert [row.source for row in decided if row.here == row.odk] == []


def test_other_examples_of_the_page_agree() -> None:
    common = [row for row in rows() if not row.decision and not _is_our_own(row)]
    results = ask_odk(FIELDS, [(ANSWERS, [(row.source, row.kind) for row in common])])[0]
    assert [(row.source, result) for row, result in zip(common, results, strict=True)] == [
        (row.source, row.here) for row in common
    ]


def _is_our_own(row: Row) -> bool:
    """`answered` and `special` are not ODK's; `coalesce`, `concat` and `join` take more arguments than ODK's do."""
    calls = {tree.function for tree in nodes(parse(row.source, NOWHERE).tree) if isinstance(tree, Call)}
    return bool(calls & {"answered", "special"})


INSIDE = (
    "position()",
    "${score}",
    "${score} + position()",
    "concat(position(), '/', ${paid})",
    "sum(${score})",
    "count(${score})",
    "max(${score}, 5)",
    "join('-', ${score}, position())",
    "if(position() = 1, 'first', 'later')",
    "${score} > ${kids}",
)


def test_expressions_within_a_repeat_agree() -> None:
    """Inside its repeat a name is this round's, for aggregates too; `position()` counts the rounds from 1."""
    theirs = ask_odk_in_rounds(FIELDS, ANSWERS, INSIDE)
    ours = []
    for position, score in enumerate(ANSWERS["score"], 1):
        scope = FlatScope({**ANSWERS, "score": score}, now_ms=NOW_MS, timezone=ZONE, position=position)
        ours.append([compile_field(parse(source, NOWHERE), ValueType.TEXT)(scope) for source in INSIDE])
    assert ours == theirs


def _seen(row: Row, result: Any) -> str:
    return RAISES if isinstance(result, dict) else str(result)
