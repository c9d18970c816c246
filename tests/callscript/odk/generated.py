"""Random expressions that check clean, among random answers: by a seed, so that any failure replays."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from callscript.expressions import NameType, infer, parse
from callscript.model.values import ValueType
from callscript.places import NOWHERE
from tests.callscript.odk.harness import Fields

BRANDS = ("acer", "benq", "casio", "dell")
STARS = ("1", "2", "3", "4", "5")
FIELDS = Fields(
    {
        "age": NameType(ValueType.INTEGER),
        "kids": NameType(ValueType.INTEGER),
        "paid": NameType(ValueType.DECIMAL),
        "rate": NameType(ValueType.DECIMAL),
        "name": NameType(ValueType.TEXT),
        "town": NameType(ValueType.TEXT),
        "brand": NameType(ValueType.CHOICE, frozenset(BRANDS)),
        "stars": NameType(ValueType.CHOICE, frozenset(STARS)),
        "owned": NameType(ValueType.CHOICES, frozenset(BRANDS)),
        "born": NameType(ValueType.DATE),
        "visit": NameType(ValueType.DATE),
        "called": NameType(ValueType.DATETIME),
        "score": NameType(ValueType.INTEGER, repeats=("roster",)),
    }
)
_NUMBERS = ("0", "1", "2", "3", "5", "7", "10", "18", "0.5", "2.25", "100", ".1", "12.", "1000000")
_TEXTS = ("'a'", "'王小明'", "'yes'", '"it\'s"', "'A b c'", "'北京'", "'007'", "' x '", "''")
_DATES = ("'2024-05-01'", "'1999-12-31'", "'2024-02-29'", "'2001-01-01'")
_LAYOUTS = ("'%Y-%m-%d'", "'%d/%n/%y'", "'%e %b %Y'", "'%Y年%n月%e日'")
_PATTERNS = ("'^[a-z]+$'", "'[0-9]{3}'", "'^(a|b)'", "'明$'", "'^.{2,3}$'", "'\\d'", "'^\\w+$'")


class Writer:
    """Writes random expressions, of a wanted sort and at most so deep."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret is made of it

    def pick(self, *makers: Callable[[int], str], depth: int) -> str:
        return self.random.choice(makers)(depth - 1)

    def one_of(self, options: tuple[str, ...]) -> str:
        return self.random.choice(options)

    def expression(self, depth: int) -> str:
        return self.pick(self.number, self.text, self.condition, self.date_text, depth=depth + 1)

    def number(self, depth: int) -> str:
        if depth <= 0:
            return self.random.choice(
                [self.one_of(_NUMBERS), self.one_of(("${age}", "${kids}", "${paid}", "${rate}")), "number(${stars})"]
            )
        return self.pick(self.arithmetic, self.function_of_numbers, self.counted, self.days, depth=depth)

    def arithmetic(self, depth: int) -> str:
        operator = self.one_of(("+", "-", "*", "div", "mod", "+", "-"))
        text = f"{self.number(depth)} {operator} {self.number(depth)}"
        return self.one_of((f"({text})", text, f"-({text})"))

    def function_of_numbers(self, depth: int) -> str:
        a, b = self.number(depth), self.number(depth)
        return self.one_of(
            (
                f"int({a})",
                f"round({a})",
                f"round({a}, {self.one_of(('0', '1', '2', '-1'))})",
                f"abs({a})",
                f"min({a}, {b})",
                f"max({a}, {b}, {self.number(0)})",
                f"if({self.condition(depth)}, {a}, {b})",
                f"coalesce({a}, {b})",
                f"number({a})",
                f"number(string({a}))",
                "sum(${score})",
                "max(${score})",
                "count(${score})",
            )
        )

    def counted(self, depth: int) -> str:
        return self.one_of(
            (f"string-length({self.text(depth)})", "count-selected(${owned})", "count-selected(${brand})")
        )

    def days(self, depth: int) -> str:
        return self.one_of(
            (
                "today() - ${born}",
                "${visit} - ${born}",
                f"int((today() - {self.date(depth)}) div 365.25)",
                "int(now() - ${called})",
                f"int({self.date(depth)})",
            )
        )

    def date(self, depth: int) -> str:
        if depth <= 0:
            return self.one_of(("${born}", "${visit}", "today()", f"date({self.one_of(_DATES)})"))
        return f"date({self.date(depth - 1)} + {self.one_of(('1', '7', '30', '365', '-1'))})"

    def date_text(self, depth: int) -> str:
        date = self.date(depth)
        return self.one_of((date, f"format-date({date}, {self.one_of(_LAYOUTS)})", f"string({date})"))

    def text(self, depth: int) -> str:
        if depth <= 0:
            return self.random.choice(
                [self.one_of(_TEXTS), self.one_of(("${name}", "${town}", "${brand}", "${owned}", "${paid}", "${age}"))]
            )
        a, b, number = self.text(depth - 1), self.text(depth - 1), self.one_of(("0", "1", "2", "-1", "-3", "9"))
        return self.one_of(
            (
                f"concat({a}, {b})",
                f"concat({a}, {self.number(depth - 1)}, {b})",
                f"join({self.one_of(_TEXTS)}, {a}, {b})",
                "join(', ', ${score})",
                "concat(${score}, '!')",
                f"substr({a}, {number})",
                f"substr({a}, {number}, {self.one_of(('0', '2', '-1', '5'))})",
                f"string({self.number(depth - 1)})",
                f"if({self.condition(depth - 1)}, {a}, {b})",
                f"coalesce({a}, {b})",
                f"selected-at(${{owned}}, {self.one_of(('0', '1', '2', '5', '-1'))})",
                self.date_text(depth - 1),
            )
        )

    def condition(self, depth: int) -> str:
        if depth <= 0:
            return self.atom()
        a, b = self.condition(depth - 1), self.condition(depth - 1)
        number, other = self.number(depth - 1), self.number(depth - 1)
        order = self.one_of(("<", "<=", ">", ">="))
        return self.one_of(
            (
                f"{a} and {b}",
                f"({a} or {b})",
                f"not({a})",
                f"({number} {order} {other})",
                f"({number} {self.one_of(('=', '!='))} {self.one_of(_NUMBERS)})",
                f"({self.text(depth - 1)} {self.one_of(('=', '!='))} {self.one_of(_TEXTS)})",
                f"({self.date(depth - 1)} {order} {self.date(depth - 1)})",
                f"contains({self.text(depth - 1)}, {self.text(depth - 1)})",
                f"starts-with({self.text(depth - 1)}, {self.one_of(_TEXTS)})",
                f"ends-with({self.text(depth - 1)}, {self.one_of(_TEXTS)})",
                f"regex({self.text(depth - 1)}, {self.one_of(_PATTERNS)})",
                f"(({a}) = ({b}))",
            )
        )

    def atom(self) -> str:
        brand, star = self.one_of(BRANDS), self.one_of(STARS)
        number = self.one_of(_NUMBERS)
        return self.one_of(
            (
                f"selected(${{owned}}, '{brand}')",
                f"selected(${{brand}}, '{brand}')",
                f"${{brand}} = '{brand}'",
                f"${{brand}} != '{brand}'",
                f"${{stars}} >= {star}",
                f"${{stars}} = '{star}'",
                f"${{stars}} = {star}",
                f"${{age}} >= {number}",
                f"${{paid}} < {number}",
                f"${{rate}} = {number}",
                "${kids} = ''",
                "${name} != ''",
                "${name} = ${town}",
                "${owned} = ''",
                "${age} > ${kids}",
                "${paid} >= ${age}",
                "${born} < ${visit}",
                "${born} = ${visit}",
                "${visit} = today()",
                f"${{born}} > {self.one_of(_DATES)}",
                "${called} < now()",
                "${called} > ${visit}",
                "true()",
                "false()",
            )
        )

    def day(self) -> str:
        chance = self.random
        return f"{chance.randint(1950, 2030)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"

    def values(self) -> dict[str, Any]:
        """Answers of one interview, about a quarter of them missing."""
        chance = self.random
        found: dict[str, Any] = {
            "age": chance.choice([0, 1, 17, 18, 65, -3, chance.randint(0, 2_000_000_000)]),
            "kids": chance.randint(0, 9),
            "paid": chance.choice([0.0, 0.1, 12.5, 99.99, -4.75, 1234567.891, 3.0]),
            "rate": chance.choice([1e-7, 0.25, 1.0, 2.5, 1e15, 0.1 + 0.2]),
            "name": chance.choice(["王小明", "a", "Ann Lee", "007", "3", "2024-05-01", " x ", "it's"]),
            "town": chance.choice(["北京", "a", "New York", "12.50", "true"]),
            "brand": chance.choice(BRANDS),
            "stars": chance.choice(STARS),
            "owned": chance.sample(BRANDS, chance.randint(1, 4)),
            "born": self.day(),
            "visit": chance.choice([self.day(), "2024-05-01"]),
            "called": f"{self.day()}T{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}:00.000+08:00",
        }
        answered = {name: value for name, value in found.items() if chance.random() > 0.25}
        answered["score"] = [chance.choice([1, 2, 5, 10, ""]) for _ in range(chance.randint(1, 4))]
        if chance.random() > 0.3:
            answered["score"] = [value or 3 for value in answered["score"]]
        return answered


def batches(seed: int, *, forms: int, each: int) -> list[tuple[dict[str, Any], list[str]]]:
    """`forms` sets of answers with `each` different expressions, none of which the type check refuses."""
    made = []
    for number in range(forms):
        writer = Writer(seed * 1_000 + number)
        values = writer.values()
        sources: dict[str, None] = {}
        while len(sources) < each:
            source = writer.expression(writer.random.randint(0, 3))
            if not any(problem.is_error for problem in infer(parse(source, NOWHERE), FIELDS.types).problems):
                sources[source] = None
        made.append((values, list(sources)))
    return made
