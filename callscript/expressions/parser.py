"""Tokens made into a tree: precedence as in XPath 1.0, so that ODK's expressions mean here what they mean there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from callscript.expressions import problems as kinds
from callscript.expressions.lexer import NAME_ALONE, Token, TokenKind, place, tokenize
from callscript.expressions.patterns import compile_pattern
from callscript.expressions.signatures import SIGNATURES
from callscript.model.expression import Binary, Call, Expression, Literal, Name, Tree, Unary
from callscript.places import Span
from callscript.problems import fail
from callscript.spelling import closest

MAX_DEPTH = 100
"""Levels of nesting; also the longest chain of `+` or `=`. Chains of `and` and `or` may be as long as they like."""

_MAX_READING = 3 * MAX_DEPTH
"""Calls of the reader within each other, which stay far below Python's own limit."""

_PRECEDENCE = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
    "mod": 6,
}
_OPERATOR = TokenKind.OPERATOR
_WORDS = frozenset({"and", "or", "div", "mod", "lt", "le", "gt", "ge"})
_NOTHING = frozenset({"null", "NULL", "None", "none", "nil", "undefined"})
_A_VALUE = ("a value", "一个值")
_AN_OPERATOR = ("an operator or the end", "运算符或结尾")
_A_CLOSE = ("')'", " ')'")
_A_COMMA = ("',' or ')'", " ',' 或 ')'")


def parse(source: str, span: Span) -> Expression:
    """Read one expression; `span` is where its first character stands.

    Raises:
        ScriptError: with one problem, at the place in the expression where reading stopped.
    """
    if (alone := NAME_ALONE.fullmatch(source)) is not None:
        return Expression(span, source, Name(span, tuple(alone[1].split("."))), frozenset((alone[1],)))
    if not source.strip():
        fail(kinds.EMPTY_EXPRESSION, span)
    reader = _Reader(source, span, tokenize(source, span))
    tree = reader.whole()
    return Expression(span, source, tree, frozenset(reader.names))


@dataclass(slots=True)
class _Reader:
    source: str
    span: Span
    tokens: list[Token]
    names: set[str] = field(default_factory=set)
    at: int = 0
    depth: int = 0
    on_one_line: bool = False

    def __post_init__(self) -> None:
        self.on_one_line = self.span.column > 0 and "\n" not in self.source

    def whole(self) -> Tree:
        tree, _ = self.expression(1)
        if self.token.kind is not TokenKind.END:
            self.unexpected(_AN_OPERATOR)
        return tree

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def place(self, token: Token) -> Span:
        if self.on_one_line:
            return Span(self.span.file, self.span.line, self.span.column + token.offset)
        return place(self.source, self.span, token.offset)

    def unexpected(self, expected: tuple[str, str]) -> NoReturn:
        where = self.place(self.token)
        plain = self.token.text.lower()
        if self.token.kind is TokenKind.WORD and plain in _WORDS:
            fail(kinds.FOREIGN_OPERATOR, where, found=self.token.text, plain=plain)
        found = str(self.token)
        found_zh = "结尾" if self.token.kind is TokenKind.END else found
        fail(kinds.UNEXPECTED, where, found=found, found_zh=found_zh, expected=expected[0], expected_zh=expected[1])

    def checked(self, height: int) -> int:
        if height > MAX_DEPTH:
            fail(kinds.EXPRESSION_TOO_DEEP, self.span, limit=MAX_DEPTH)
        return height

    def enter(self) -> None:
        self.depth += 1
        if self.depth > _MAX_READING:
            fail(kinds.EXPRESSION_TOO_DEEP, self.span, limit=MAX_DEPTH)

    def expression(self, lowest: int) -> tuple[Tree, int]:
        """A tree of operators that bind at least as tightly as `lowest`, and its height."""
        self.enter()
        left, height = self.operand()
        while True:
            token = self.tokens[self.at]
            precedence = _PRECEDENCE[token.text] if token.kind is _OPERATOR else 0
            if precedence < lowest:
                self.depth -= 1
                return left, height
            if precedence <= 2:
                left, height = self.chain(token.text, precedence, (left, height))
                continue
            self.at += 1
            right, other = self.expression(precedence + 1)
            left = Binary(self.place(token), token.text, left, right)
            height = self.checked(max(height, other) + 1)

    def chain(self, operator: str, precedence: int, first: tuple[Tree, int]) -> tuple[Tree, int]:
        """`a and b and c …` as a balanced tree: the same meaning in the same order, but never deep."""
        operands, operators = [first], []
        while (token := self.tokens[self.at]).kind is _OPERATOR and token.text == operator:
            operators.append(token)
            self.at += 1
            operands.append(self.expression(precedence + 1))
        return self.balanced(operator, operands, operators)

    def balanced(
        self, operator: str, operands: Sequence[tuple[Tree, int]], operators: Sequence[Token]
    ) -> tuple[Tree, int]:
        if len(operands) == 1:
            return operands[0]
        middle = (len(operands) + 1) // 2
        left, left_height = self.balanced(operator, operands[:middle], operators[: middle - 1])
        right, right_height = self.balanced(operator, operands[middle:], operators[middle:])
        tree = Binary(self.place(operators[middle - 1]), operator, left, right)
        return tree, self.checked(max(left_height, right_height) + 1)

    def operand(self) -> tuple[Tree, int]:
        """A value, a call, something in parentheses, or one of these with minus signs before it."""
        self.enter()
        token = self.token
        self.at += 1
        result: tuple[Tree, int]
        if token.kind is TokenKind.NUMBER:
            result = Literal(self.place(token), float(token.text)), 1
        elif token.kind is TokenKind.TEXT:
            result = Literal(self.place(token), token.text), 1
        elif token.kind is TokenKind.NAME:
            self.names.add(token.text)
            result = Name(self.place(token), tuple(token.text.split("."))), 1
        elif token.kind is _OPERATOR and token.text == "-":
            inner, height = self.operand()
            result = Unary(self.place(token), "-", inner), self.checked(height + 1)
        elif token.kind is TokenKind.SYMBOL and token.text == "(":
            result = self.expression(1)
            self.take(")", _A_CLOSE)
        elif token.kind is TokenKind.WORD:
            result = self.call(token)
        else:
            self.at -= 1
            self.unexpected(_A_VALUE)
        self.depth -= 1
        return result

    def sees(self, symbol: str) -> bool:
        return self.token.kind is TokenKind.SYMBOL and self.token.text == symbol

    def take(self, symbol: str, expected: tuple[str, str]) -> None:
        if not self.sees(symbol):
            self.unexpected(expected)
        self.at += 1

    def call(self, word: Token) -> tuple[Tree, int]:
        if not self.sees("("):
            self.bare(word)
        self.at += 1
        arguments: list[Tree] = []
        height = 0
        if self.sees(")"):
            self.at += 1
            return self.made(word, arguments), 1
        while True:
            argument, other = self.expression(1)
            arguments.append(argument)
            height = max(height, other)
            if not self.sees(","):
                break
            self.at += 1
        self.take(")", _A_COMMA)
        return self.made(word, arguments), self.checked(height + 1)

    def bare(self, word: Token) -> NoReturn:
        function = word.text if word.text in SIGNATURES else None
        hint = f", a function {function}(…)" if function else ", nothing at all ''" if word.text in _NOTHING else ""
        hint_zh = f"，函数写作 {function}(…)" if function else "，没有值写作 ''" if word.text in _NOTHING else ""
        fail(kinds.BARE_WORD, self.place(word), found=word.text, hint=hint, hint_zh=hint_zh)

    def made(self, word: Token, arguments: list[Tree]) -> Tree:
        """The call of a known function with the right number of arguments."""
        where = self.place(word)
        signature = SIGNATURES.get(word.text)
        if signature is None:
            near = closest(word.text, SIGNATURES)
            hint = f"Did you mean {near}()? " if near else ""
            hint_zh = f"是否想写 {near}()？" if near else ""
            fail(kinds.UNKNOWN_FUNCTION, where, found=word.text, hint=hint, hint_zh=hint_zh)
        if not signature.fewest <= len(arguments) <= signature.most:
            fail(kinds.ARGUMENT_COUNT, where, function=word.text, given=len(arguments), usage=signature.usage)
        if word.text in {"true", "false"}:
            return Literal(where, word.text == "true")
        if word.text == "regex":
            self.check_pattern(arguments[1])
        return Call(where, word.text, tuple(arguments))

    def check_pattern(self, pattern: Tree) -> None:
        if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
            fail(kinds.PATTERN_NOT_LITERAL, pattern.span)
        compile_pattern(pattern.value, pattern.span)
