"""May this SQL go live? Decided by PostgreSQL's own parser, when publishing; never imported by a function.

What is refused would pin a connection of RDS Proxy, break the platform's transaction, or reach around it. The roles
of the database refuse most of it again at run time: this gate tells the author before, and closes what roles cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pglast import ast, parse_sql
from pglast.enums import XmlExprOp
from pglast.parser import ParseError
from pglast.visitors import Visitor

from callscript.model.server import ServerAction, SqlText, Statement, Verb
from callscript.places import Span
from callscript.problems import Kind, Problem, ScriptError
from callscript.sql import kinds
from callscript.sql.allowed import is_system, may_call, may_cast_to, may_follow_dot, may_operate
from callscript.sql.compiler import compile_action
from callscript.sql.paging import OPENING, closing_text
from callscript.sql.variants import MOST, ROUNDS, TooManyTexts, variants

_VERBS: dict[type, Verb] = {
    ast.SelectStmt: Verb.SELECT,
    ast.InsertStmt: Verb.INSERT,
    ast.UpdateStmt: Verb.UPDATE,
    ast.DeleteStmt: Verb.DELETE,
    ast.CallStmt: Verb.CALL,
}
_WRITES = frozenset((Verb.INSERT, Verb.UPDATE, Verb.DELETE))
_READS_XML = frozenset((XmlExprOp.IS_XMLPARSE, XmlExprOp.IS_XMLROOT, XmlExprOp.IS_XMLCONCAT, XmlExprOp.IS_DOCUMENT))
"""A quoted text that stands in these is read as a document, which may name entities: of files, or without end."""
_LEXICAL = (kinds.PASTED, kinds.UNTERMINATED, kinds.SEVERAL)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against a statement; `values` fill the kind's texts, `at` is a character of the text or -1."""

    kind: Kind = field(hash=False)
    values: tuple[tuple[str, str], ...] = ()
    at: int = -1

    @property
    def code(self) -> str:
        return self.kind.code


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of one text; admitted when there is no reason against it."""

    refusals: tuple[Refusal, ...]
    locks: bool = False
    """It locks rows that it reads."""

    @property
    def admitted(self) -> bool:
        return not self.refusals


def decide(sql: str, verb: Verb) -> Decision:
    """Whether `sql`, with `$n` for its parameters, may be the text of a `<verb>` element."""
    try:
        statements = parse_sql(sql)
    except ParseError as error:
        reason, *place = error.args
        # At the end of the text there is no place.
        return Decision((_refusal(kinds.SYNTAX, place[0] if place else None, reason=str(reason)),))
    if len(statements) != 1:
        return Decision((Refusal(kinds.SEVERAL if statements else kinds.EMPTY),))
    inspection = _Inspection()
    inspection(statements)
    refusals = [*inspection.refusals]
    if not refusals and not _does(verb, inspection.verbs):
        refusals.append(
            _refusal(kinds.OTHER_VERB, None, verb=verb.value, found="/".join(sorted(inspection.verbs)).upper())
        )
    return Decision(tuple(dict.fromkeys(refusals)), inspection.locks)


def admit(action: ServerAction) -> Iterator[Problem]:
    """Every reason against the action's statements, in each form that their dynamic parts can take."""
    unread = _unread(action)
    for statement in action.statements:
        if statement.name in unread:
            continue
        seen: set[Refusal] = set()
        try:
            for text, refusal in _refusals(statement, reads=action.read_only):
                plain = Refusal(refusal.kind, refusal.values)
                if plain not in seen:
                    seen.add(plain)
                    yield Problem(refusal.kind, _place(statement, text, refusal.at), dict(refusal.values), action.id)
        except TooManyTexts:
            values = {"statement": statement.name, "most": str(MOST)}
            yield Problem(kinds.TOO_MANY_TEXTS, statement.span, values, action.id)


def _refusals(statement: Statement, *, reads: bool) -> Iterator[tuple[str, Refusal]]:
    """Every text and reason against it.

    With an empty list a `<foreach>` may leave what PostgreSQL cannot read: that is an error when it runs, and harms
    nobody.
    """
    known = set()
    for rounds in (ROUNDS, (0, *ROUNDS)):
        for text in _texts(statement, rounds):
            if text in known:
                continue
            known.add(text)
            decision = decide(text, statement.verb)
            refusals = decision.refusals
            if decision.locks and reads:
                refusals = (*refusals, Refusal(kinds.LOCK_IN_READ))
            for refusal in refusals:
                if rounds is ROUNDS or refusal.kind not in (kinds.SYNTAX, kinds.EMPTY):
                    yield text, refusal


def _unread(action: ServerAction) -> set[str]:
    """Statements in which the lexer is lost: the checker says so, and PostgreSQL could only repeat it."""
    try:
        compile_action(action)
    except ScriptError as error:
        spans = [problem.span for problem in error.problems if problem.kind in _LEXICAL]
    else:
        return set()
    found = set()
    for statement, following in zip(action.statements, (*action.statements[1:], None), strict=True):
        if any(statement.span <= span and (following is None or span < following.span) for span in spans):
            found.add(statement.name)
    return found


def _texts(statement: Statement, rounds: Sequence[int]) -> Iterator[str]:
    """Every text that PostgreSQL may get of the statement, as it gets it."""
    paging = statement.paging
    around = (OPENING, closing_text(paging, statement.name)) if paging and paging.keys else ("", "")
    for text in variants(statement.body, rounds):
        yield f"{around[0]}{text}{around[1]}"


def _does(verb: Verb, found: set[Verb]) -> bool:
    """A statement does what its element says if it, or a part of its WITH, is of that verb; reads write nothing."""
    writes = found & _WRITES
    return not writes if verb in (Verb.SELECT, Verb.CALL) else verb in writes


def _place(statement: Statement, text: str, at: int) -> Span:
    """The line of the script where character `at` stands: exact in a statement without dynamic parts."""
    first = statement.body[0] if statement.body else None
    if at < 0 or len(statement.body) != 1 or not isinstance(first, SqlText):
        return statement.span
    skipped = len(first.text) - len(first.text.lstrip())
    lines = first.text[:skipped].count("\n") + text[:at].count("\n")
    return Span(first.span.file, first.span.line + lines, 0) if lines else first.span


def _refusal(kind: Kind, at: int | None, **values: str) -> Refusal:
    return Refusal(kind, tuple(values.items()), -1 if at is None else at)


class _Inspection(Visitor):
    """Walks a parsed statement and collects what speaks against it."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []
        self.verbs: set[Verb] = set()
        self.locks = False

    def visit(self, _: Any, node: Any) -> None:
        """Called for every node that has no method of its own."""
        kind = type(node)
        if not kind.__name__.endswith("Stmt") or kind is ast.RawStmt:
            return
        if kind in _VERBS:
            self.verbs.add(_VERBS[kind])
        else:
            self._forbid(kind.__name__.removesuffix("Stmt"))

    def visit_SelectStmt(self, _: Any, node: Any) -> None:  # noqa: N802 - named by pglast
        self.verbs.add(Verb.SELECT)
        if node.intoClause is not None:
            self._forbid("SELECT INTO")
        self.locks = self.locks or bool(node.lockingClause)

    def visit_FuncCall(self, _: Any, node: Any) -> None:  # noqa: N802
        names = [part.sval for part in node.funcname]
        schema = ".".join(names[:-1])
        if not may_call(schema, names[-1]):
            self._refuse(kinds.FORBIDDEN_FUNCTION, node.location, name=".".join(names))

    def visit_RangeVar(self, _: Any, node: Any) -> None:  # noqa: N802
        schema, name = node.schemaname or "", node.relname
        if is_system(schema) or node.catalogname or (not schema and name.startswith("pg_")):
            self._refuse(kinds.FORBIDDEN_RELATION, node.location, name=f"{schema}.{name}" if schema else name)

    def visit_TypeName(self, _: Any, node: Any) -> None:  # noqa: N802
        names = [part.sval for part in node.names or ()]
        if names and not may_cast_to(tuple(names)):
            self._refuse(kinds.FORBIDDEN_RELATION, node.location, name=".".join(names))

    def visit_A_Indirection(self, _: Any, node: Any) -> None:  # noqa: N802
        self._follow_dots(node.indirection, -1)

    def visit_ColumnRef(self, _: Any, node: Any) -> None:  # noqa: N802
        self._follow_dots(node.fields[1:], node.location)

    def visit_A_Expr(self, _: Any, node: Any) -> None:  # noqa: N802
        names = [part.sval for part in node.name]
        if not may_operate(".".join(names[:-1])):
            self._refuse(kinds.FORBIDDEN_FUNCTION, node.location, name=".".join(names))

    def visit_SubLink(self, _: Any, node: Any) -> None:  # noqa: N802
        names = [part.sval for part in node.operName or ()]
        if not may_operate(".".join(names[:-1])):
            self._refuse(kinds.FORBIDDEN_FUNCTION, node.location, name=".".join(names))

    def visit_SortBy(self, _: Any, node: Any) -> None:  # noqa: N802
        names = [part.sval for part in node.useOp or ()]
        if not may_operate(".".join(names[:-1])):
            self._refuse(kinds.FORBIDDEN_FUNCTION, node.location, name=".".join(names))

    def _follow_dots(self, parts: Any, at: int) -> None:
        """`x.f` and `(x).f` are `f(x)` where x has no column f."""
        for part in parts:
            name = getattr(part, "sval", "") or ""
            if not may_follow_dot(name):
                self._refuse(kinds.FORBIDDEN_FUNCTION, at, name=name)

    def visit_CurrentOfExpr(self, _: Any, __: Any) -> None:  # noqa: N802
        self._forbid("CURRENT OF")

    def visit_XmlExpr(self, _: Any, node: Any) -> None:  # noqa: N802
        if node.op in _READS_XML:
            self._forbid(node.op.name.removeprefix("IS_"))

    def visit_XmlSerialize(self, _: Any, __: Any) -> None:  # noqa: N802
        self._forbid("XMLSERIALIZE")

    def visit_RangeTableFunc(self, _: Any, __: Any) -> None:  # noqa: N802
        self._forbid("XMLTABLE")

    def visit_RangeTableSample(self, _: Any, node: Any) -> None:  # noqa: N802
        names = ".".join(part.sval for part in node.method)
        if names not in ("bernoulli", "system"):
            self._refuse(kinds.FORBIDDEN_FUNCTION, node.location, name=names)

    def _forbid(self, what: str) -> None:
        self._refuse(kinds.FORBIDDEN_STATEMENT, -1, what=what)

    def _refuse(self, kind: Kind, at: int | None, **values: str) -> None:
        self.refusals.append(_refusal(kind, at, **values))
