"""What an agent types, made into a value of the field's type, by the habits of the interview's language."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from callscript.expressions.conventions import Conventions, conventions_of
from callscript.expressions.functions import words
from callscript.expressions.input_problems import InputProblem, input_problem
from callscript.expressions.moment_reading import read_date, read_datetime, read_time
from callscript.expressions.scope import UNANSWERED, Value
from callscript.model.values import ValueType

MAX_TEXT = 10_000
"""Characters of one text answer."""
MAX_INPUT = 300
"""Characters typed into a field of any other type."""
_LONGEST = {ValueType.TEXT: MAX_TEXT, ValueType.CHOICES: MAX_TEXT}
MAX_DIGITS = 15
"""Digits that JSON's numbers carry exactly: what was typed is what is stored and exported."""

_CHINESE_UNITS = {"万": 10_000, "亿": 100_000_000}
_YES = frozenset({"yes", "y", "true", "1", "是", "对", "有", "好"})
_NO = frozenset({"no", "n", "false", "0", "否", "不", "不是", "没有", "无"})
_PHONE = re.compile(r"\+?[0-9]{3,15}")
_PHONE_SIGNS = re.compile(r"[\s\-–—()/.·]+")
_EMAIL = re.compile(r"[^@\s,;]{1,64}@[^@\s,;.]+(?:\.[^@\s,;.]+)+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


def read_input(raw: Value, kind: ValueType, language: str, timezone: str = "UTC") -> Value | InputProblem:
    """The value that `raw` (typed text, or JSON of the value itself) means; `''` where nothing was given.

    `timezone` is the IANA zone of a date and time without an offset. Whether an option exists, or a number lies
    within its limits, is for the caller to check.
    """
    if raw is None or raw == [] or (isinstance(raw, str) and not raw.strip()):
        return UNANSWERED
    reader = _READERS.get(kind)
    if reader is None:
        return raw
    if isinstance(raw, str) and len(raw) > _LONGEST.get(kind, MAX_INPUT):
        return input_problem("text-too-long", most=_LONGEST.get(kind, MAX_INPUT))
    return reader(raw, language, timezone)


def _plain(raw: Value) -> str:
    """Typed text with full-width letters and digits made half-width, and no space around it."""
    return unicodedata.normalize("NFKC", str(raw)).strip()


def _text(raw: Value, _: str, __: str) -> Value | InputProblem:
    return _CONTROLS.sub(" ", unicodedata.normalize("NFC", str(raw).replace("\r\n", "\n"))).strip()


def _number(raw: Value, language: str, _: str) -> Decimal | InputProblem:
    habits = conventions_of(language)
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return _no_number(habits)
    text = repr(raw) if isinstance(raw, float) else _plain(raw)
    sign, digits = _split_sign(text)
    unit = _CHINESE_UNITS.get(digits[-1:], 1)
    plain = _plain_number(digits[:-1].rstrip() if unit > 1 else digits, habits)
    if plain is None:
        return _no_number(habits)
    try:
        number = Decimal(sign + plain) * unit
    except InvalidOperation:
        return _no_number(habits)
    if not number.is_finite() or len(number.normalize().as_tuple().digits) > MAX_DIGITS or abs(number) >= 10**15:
        return input_problem("number-too-long")
    return number


def _no_number(habits: Conventions) -> InputProblem:
    return input_problem("not-a-number", example=f"1234{habits.decimal_sign}5")


def _split_sign(text: str) -> tuple[str, str]:
    sign = "-" if text[:1] in {"-", "−", "–"} else ""
    return sign, text[1:].lstrip() if text[:1] in {"-", "−", "–", "+"} else text


def _plain_number(text: str, habits: Conventions) -> str | None:
    """`1,234.5` as `1234.5`; None where it is no number by these habits."""
    group = re.escape(habits.group_sign) if habits.group_sign.strip() else r"[ \u00a0\u202f]"
    grouped = rf"[0-9]{{1,3}}(?:(?:{group}|[ \u00a0\u202f'])[0-9]{{3}})+"
    match = re.fullmatch(rf"({grouped}|[0-9]+)?(?:{re.escape(habits.decimal_sign)}([0-9]*))?", text)
    if match and (match[1] or match[2]):
        return f"{re.sub('[^0-9]', '', match[1] or '') or '0'}.{match[2] or '0'}"
    return text if re.fullmatch(r"[0-9]+\.[0-9]+(?:e[+-]?[0-9]{1,2})?|[0-9]+e[+-]?[0-9]{1,2}", text) else None


def _decimal(raw: Value, language: str, zone: str) -> Value | InputProblem:
    number = _number(raw, language, zone)
    return number if isinstance(number, InputProblem) else float(number)


def _integer(raw: Value, language: str, zone: str) -> Value | InputProblem:
    number = _number(raw, language, zone)
    if isinstance(number, InputProblem):
        return number
    return int(number) if number == number.to_integral_value() else input_problem("not-whole")


def _boolean(raw: Value, language: str, _: str) -> Value | InputProblem:
    if isinstance(raw, bool):
        return raw
    habits = conventions_of(language)
    text = _plain(raw).casefold()
    if text in _YES or text == habits.yes:
        return True
    if text in _NO or text == habits.no:
        return False
    return input_problem("not-yes-or-no", yes=habits.yes, no=habits.no)


def _date(raw: Value, language: str, _: str) -> Value | InputProblem:
    return read_date(_plain(raw), conventions_of(language))


def _time(raw: Value, _: str, __: str) -> Value | InputProblem:
    return read_time(_plain(raw))


def _datetime(raw: Value, language: str, zone: str) -> Value | InputProblem:
    return read_datetime(_plain(raw), conventions_of(language), zone)


def _choice(raw: Value, _: str, __: str) -> Value | InputProblem:
    if isinstance(raw, list) and len(raw) == 1:
        return _choice(raw[0], "", "")
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return input_problem("not-an-option")
    return str(raw).strip()


def _choices(raw: Value, _: str, __: str) -> Value | InputProblem:
    given = words(raw) if isinstance(raw, str) else raw
    if not isinstance(given, list | tuple):
        return input_problem("not-an-option")
    read = [_choice(each, "", "") for each in given]
    wrong = next((each for each in read if isinstance(each, InputProblem)), None)
    return wrong or list(dict.fromkeys(read))


def _phone(raw: Value, language: str, _: str) -> Value | InputProblem:
    text = _PHONE_SIGNS.sub("", _plain(raw))
    if text.startswith("00"):
        text = f"+{text[2:]}"
    if _PHONE.fullmatch(text):
        return text
    return input_problem("not-a-phone", example="138 0013 8000" if language.startswith("zh") else "+44 20 7946 0018")


def _email(raw: Value, _: str, __: str) -> Value | InputProblem:
    text = _plain(raw)
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        return input_problem("not-an-email")
    person, _at, domain = text.rpartition("@")
    return f"{person}@{domain.lower()}"


def _uuid(raw: Value, _: str, __: str) -> Value | InputProblem:
    try:
        return str(uuid.UUID(str(raw)))
    except ValueError:
        return input_problem("not-an-identifier")


_READERS: dict[ValueType, Callable[[Value, str, str], Value | InputProblem]] = {
    ValueType.TEXT: _text,
    ValueType.INTEGER: _integer,
    ValueType.DECIMAL: _decimal,
    ValueType.BOOLEAN: _boolean,
    ValueType.DATE: _date,
    ValueType.TIME: _time,
    ValueType.DATETIME: _datetime,
    ValueType.CHOICE: _choice,
    ValueType.CHOICES: _choices,
    ValueType.PHONE: _phone,
    ValueType.EMAIL: _email,
    ValueType.UUID: _uuid,
}
