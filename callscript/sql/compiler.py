"""Server actions -> compiled actions: every name resolved, every text `$n`, every problem collected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from callscript.model.expression import Expression
from callscript.model.server import (
    Fail,
    ServerAction,
    SqlChoose,
    SqlForeach,
    SqlIf,
    SqlPart,
    SqlSet,
    SqlText,
    SqlWhere,
    Statement,
)
from callscript.places import Span
from callscript.problems import Kind, Problem, ScriptError
from callscript.sql import kinds
from callscript.sql.compiled import (
    MAX_BYTES,
    CompiledAction,
    CompiledFail,
    CompiledStatement,
    Emitter,
    Slot,
    Test,
    Writer,
)
from callscript.sql.fragments import after_set, after_where, around_rounds
from callscript.sql.lexer import scan
from callscript.sql.names import Typed, is_list, resolve
from callscript.sql.paging import OPENING, check_paging, closing


def compile_action(action: ServerAction) -> CompiledAction:
    """The action, ready to run.

    Raises:
        ScriptError: with every problem of its SQL; `check_action` gives them without raising.
    """
    compiled, problems = _compile(action)
    if problems:
        raise ScriptError(problems)
    return compiled


def check_action(action: ServerAction) -> tuple[Problem, ...]:
    """Every problem of the action's SQL that can be seen without PostgreSQL's parser."""
    return tuple(_compile(action)[1])


def _compile(action: ServerAction) -> tuple[CompiledAction, list[Problem]]:
    room = _Room(action)
    room.check_names()
    check_paging(action, room.complain)
    steps: list[CompiledStatement | CompiledFail] = []
    for step in action.steps:
        if isinstance(step, Fail):
            steps.append(CompiledFail(step, room.reads_of([step.when]), room.test(step.when)))
            continue
        steps.append(_statement(step, room))
        room.earlier.append(step.name)
    return CompiledAction(action, tuple(steps)), room.problems


def _statement(statement: Statement, room: _Room) -> CompiledStatement:
    body = _Body(room)
    emit = body.statement(statement)
    static, slots = (None, ()) if body.dynamic else body.static_text()
    if static == "" or not statement.body:
        room.complain(kinds.EMPTY, statement.span)
    if static is not None and len(static.encode()) > MAX_BYTES:
        room.complain(kinds.TOO_LONG, statement.span, bytes=len(static.encode()), limit=MAX_BYTES)
    tests = [*body.tests, *([statement.when] if statement.when else [])]
    return CompiledStatement(
        statement=statement,
        reads=frozenset(body.rows_read) | room.reads_of(tests),
        when=room.test(statement.when) if statement.when else None,
        static=static,
        slots=slots,
        emit=emit,
    )


@dataclass
class _Room:
    """What is known while the statements of one action are compiled in order."""

    action: ServerAction
    earlier: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parameters = {parameter.name: parameter for parameter in self.action.parameters}

    def check_names(self) -> None:
        finishes = self.action.finishes
        if finishes is not None and finishes not in self.parameters:
            known = ", ".join(sorted(self.parameters)) or "-"
            self.complain(kinds.UNKNOWN_NAME, self.action.span, name=finishes, known=known)
        for parameter in self.action.parameters:
            if parameter.name == "session":
                self.complain(kinds.SHADOWED, parameter.span, name=parameter.name)
        for statement in self.action.statements:
            if statement.name == "session" or statement.name in self.parameters:
                self.complain(kinds.SHADOWED, statement.span, name=statement.name)

    def complain(self, kind: Kind, span: Span, **values: object) -> None:
        texts = {name: str(value) for name, value in values.items()}
        self.problems.append(Problem(kind, span, texts, self.action.id))

    def test(self, expression: Expression) -> Test:
        from callscript.expressions import compile_condition

        return compile_condition(expression)

    def reads_of(self, expressions: Iterable[Expression]) -> frozenset[str]:
        """Earlier statements whose rows these expressions look at."""
        names = {name.partition(".")[0] for expression in expressions for name in expression.names}
        return frozenset(name for name in names if name in self.earlier and name not in self.parameters)


class _Body:
    """Compiles one statement's parts; remembers what they read and whether anything varies.

    An element's text stands between blanks: authors do not think of the space before `AND`.
    """

    def __init__(self, room: _Room) -> None:
        self.room = room
        self.dynamic = False
        self.rows_read: set[str] = set()
        self.tests: list[Expression] = []
        self._loops: list[SqlForeach] = []
        self._pieces: list[str | Typed] = []

    def statement(self, statement: Statement) -> Emitter:
        """The whole text; where it is read by pages, within what orders and cuts it."""
        if statement.paging is None or not statement.paging.keys:
            return self.sequence(statement.body)
        opening = self._fixed((OPENING,))
        parts = self.sequence(statement.body)
        closing_ = self._fixed(tuple(closing(statement.paging, statement.name)))
        return lambda writer: opening(writer) + parts(writer) + closing_(writer)

    def sequence(self, parts: Iterable[SqlPart]) -> Emitter:
        emitters = tuple(self._part(part) for part in parts)
        if len(emitters) == 1:
            return emitters[0]
        return lambda writer: "".join([emit(writer) for emit in emitters])

    def static_text(self) -> tuple[str, tuple[Slot, ...]]:
        """The text of a statement in which nothing varies, and what it binds."""
        numbers: dict[Slot, int] = {}
        out: list[str] = []
        for piece in self._pieces:
            if isinstance(piece, str):
                out.append(piece)
                continue
            slot, cast = piece
            out.append(f"${numbers.setdefault(slot, len(numbers) + 1)}{cast}")
        return "".join(out).strip(), tuple(numbers)

    def _part(self, part: SqlPart) -> Emitter:
        if isinstance(part, SqlText):
            return self._text(part)
        self.dynamic = True
        match part:
            case SqlIf():
                return self._if(part)
            case SqlChoose():
                return self._choose(part)
            case SqlWhere():
                conditions = self.sequence(part.body)
                return lambda writer: after_where(conditions(writer))
            case SqlSet():
                assignments = self.sequence(part.body)
                return lambda writer: after_set(assignments(writer))
            case SqlForeach():
                return self._foreach(part)

    def _text(self, part: SqlText) -> Emitter:
        scanned = scan(part.text, part.span)
        for problem in scanned.problems:
            self.room.complain(problem.kind, problem.span, **problem.values)
        pieces: list[str | Typed] = []
        for piece in scanned.pieces:
            if isinstance(piece, str):
                pieces.append(piece)
                continue
            typed = resolve(piece, self._loops, self.room.parameters, self.room.earlier, self.room.complain)
            if typed is not None:
                pieces.append(typed)
                self.rows_read.update([typed[0].name] if typed[0].source == "row" else [])
        return self._fixed(tuple(pieces))

    def _fixed(self, pieces: tuple[str | Typed, ...]) -> Emitter:
        self._pieces.extend(pieces)
        return lambda writer: "".join(
            [piece if isinstance(piece, str) else writer.bind(piece[0]) + piece[1] for piece in pieces]
        )

    def _if(self, part: SqlIf) -> Emitter:
        test, body = self._test(part.test), self.sequence(part.body)
        return lambda writer: f" {body(writer)} " if test(writer) else " "

    def _choose(self, part: SqlChoose) -> Emitter:
        branches = tuple((self._test(branch.test), self.sequence(branch.body)) for branch in part.branches)
        otherwise = self.sequence(part.otherwise)

        def emit(writer: Writer) -> str:
            for test, body in branches:
                if test(writer):
                    return f" {body(writer)} "
            return f" {otherwise(writer)} "

        return emit

    def _foreach(self, part: SqlForeach) -> Emitter:
        if not is_list(self.room.parameters.get(part.over)):
            self.room.complain(kinds.NOT_A_LIST, part.span, name=part.over)
        for text in (part.opening, part.separator, part.closing):
            for problem in scan(text, part.span).problems:
                self.room.complain(problem.kind, part.span, **problem.values)
        opening, separator, closing = around_rounds(part)
        self._loops.append(part)
        body = self.sequence(part.body)
        self._loops.pop()

        def emit(writer: Writer) -> str:
            rounds = []
            for element in writer.bindings.lists[part.over]:
                writer.enter(part.item, element)
                rounds.append(body(writer))
                writer.leave()
            return f" {opening}{separator.join(rounds)}{closing} "

        return emit

    def _test(self, expression: Expression) -> Callable[[Writer], bool]:
        self.tests.append(expression)
        holds = self.room.test(expression)

        def test(writer: Writer) -> bool:
            if writer.scope is None:
                raise ValueError("a dynamic statement needs a scope for its tests")
            return holds(writer.scope)

        return test
