"""What the client gives, checked and converted by the types that the script declares.

A parameter becomes two things: what SQL binds (`bindings`), and what expressions read (`values`). A phone number
becomes its cipher and its blind index; neither SQL nor an expression sees it.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from callscript.model.server import Parameter, ServerAction
from callscript.model.values import ValueType
from callscript.protocol import AnswerChange
from database.numbers import NumberKeys, NumberRefused
from database.values import Json
from functions.business.errors import PARAMETER_MISSING, PARAMETER_UNKNOWN, PARAMETER_WRONG
from functions.business.request import is_uuid
from functions.hosting.errors import Refused

MAX_TEXT = 100_000
"""Characters of one text."""
_BIGINT = 1 << 63
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]{0,63}")
"""A misspelt name is told; something else in its place is not repeated."""
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class _Wrong(Exception):
    """A value is not of its parameter's type."""


class Given(msgspec.Struct):
    """The parameters of one call, converted."""

    bindings: dict[str, object] = msgspec.field(default_factory=dict)
    values: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def lists(self) -> Mapping[str, list[dict[str, object]]]:
        """What `<foreach>` goes through, by parameter; made when it is asked for."""
        return _Elements(self.bindings)


class _Elements(dict[str, list[dict[str, object]]]):
    def __init__(self, bindings: Mapping[str, object]) -> None:
        self._bindings = bindings

    def __missing__(self, name: str) -> list[dict[str, object]]:
        value = self._bindings[name]
        value = value.value if isinstance(value, Json) else value
        if value is not None and not isinstance(value, list):
            raise Refused(PARAMETER_WRONG, parameter=name)
        self[name] = [_element(item) for item in value or ()]
        return self[name]


def convert(action: ServerAction, given: Mapping[str, Any], numbers: Callable[[], NumberKeys]) -> Given:
    """What `action` gets of what was given; what was left out has its default, else it is NULL.

    Raises:
        Refused: `parameter_unknown`, `parameter_missing`, `parameter_wrong`, naming the parameter.
    """
    known = {parameter.name for parameter in action.parameters}
    for name in given:
        if name not in known:
            raise Refused(PARAMETER_UNKNOWN, parameter=name if _NAME.fullmatch(name) else None)
    converted = Given()
    for parameter in action.parameters:
        try:
            _take(parameter, given.get(parameter.name), numbers, converted)
        except _Wrong as error:
            raise Refused(PARAMETER_WRONG, parameter=parameter.name) from error
    return converted


def _take(parameter: Parameter, raw: Any, numbers: Callable[[], NumberKeys], into: Given) -> None:
    name, kind = parameter.name, parameter.type
    if _is_absent(raw, kind):
        if parameter.default is not None:
            raw = parameter.default
        elif parameter.required:
            raise Refused(PARAMETER_MISSING, parameter=name)
        else:
            raw = "" if raw == "" and kind is ValueType.TEXT else None
    if raw is None:
        into.bindings |= {name: None, f"{name}.cipher": None, f"{name}.index": None}
        return
    if kind is ValueType.PHONE:
        into.bindings |= _phone(raw, name, numbers())
        into.values[name] = "given"  # so that answered(${…}) can be asked; the number itself cannot
        return
    value = _many(raw, _READERS[kind]) if parameter.many else _READERS[kind](raw)
    into.bindings[name] = Json(value) if kind in (ValueType.JSON, ValueType.ANSWERS) else value
    into.values[name] = _for_expressions(value)


def _is_absent(raw: Any, kind: ValueType) -> bool:
    """`''` is how expressions say "unanswered"."""
    return raw is None or (raw == "" and kind is not ValueType.JSON)


def _many(raw: Any, read: Callable[[Any], Any]) -> list[Any]:
    if not isinstance(raw, list):
        raise _Wrong
    return [read(item) for item in raw]


def _element(item: Any) -> dict[str, object]:
    """An element for `<foreach>`: itself under the empty name, its members under theirs."""
    if not isinstance(item, dict):
        return {"": item}
    members = {name: Json(value) if isinstance(value, list | dict) else value for name, value in item.items()}
    return {"": Json(item), **members}


def _for_expressions(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _phone(raw: Any, name: str, keys: NumberKeys) -> dict[str, object]:
    text = _text(raw)
    try:
        return {f"{name}.cipher": keys.seal(text), f"{name}.index": keys.blind_index(text)}
    except NumberRefused as error:
        raise _Wrong from error


# --- one reader for each type ----------------------------------------------------------------------------------------


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > MAX_TEXT or "\0" in raw:
        raise _Wrong
    try:
        raw.encode()
    except UnicodeEncodeError as error:
        raise _Wrong from error
    return raw


def _integer(raw: Any) -> int:
    if isinstance(raw, str) and re.fullmatch(r"-?\d{1,19}", raw):
        raw = int(raw)  # a parameter's default is text
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if not isinstance(raw, int) or isinstance(raw, bool) or not -_BIGINT <= raw < _BIGINT:
        raise _Wrong
    return raw


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str) or len(str(raw)) > 64:
        raise _Wrong
    if isinstance(raw, float) and not math.isfinite(raw):
        raise _Wrong
    try:
        value = Decimal(str(raw))
    except InvalidOperation as error:
        raise _Wrong from error
    if not value.is_finite() or abs(value.adjusted()) > 64:
        raise _Wrong
    return value


def _boolean(raw: Any) -> bool:
    if raw in ("true", "false") and isinstance(raw, str):
        return raw == "true"
    if not isinstance(raw, bool):
        raise _Wrong
    return raw


def _date(raw: Any) -> str:
    return _moment(raw, _DATE, dt.date.fromisoformat)


def _time(raw: Any) -> str:
    return _moment(raw, _TIME, dt.time.fromisoformat)


def _datetime(raw: Any) -> str:
    """With an offset: without one nobody could say which moment is meant."""
    text = _text(raw)
    try:
        value = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise _Wrong from error
    if value.tzinfo is None:
        raise _Wrong
    return value.isoformat()


def _moment(raw: Any, form: re.Pattern[str], read: Callable[[str], object]) -> str:
    text = _text(raw)
    if not form.fullmatch(text):
        raise _Wrong
    try:
        read(text)
    except ValueError as error:
        raise _Wrong from error
    return text


def _email(raw: Any) -> str:
    text = _text(raw)
    if not _EMAIL.fullmatch(text) or len(text) > 254:
        raise _Wrong
    return text


def _choices(raw: Any) -> list[str]:
    return _many(raw, _text)


def _uuid(raw: Any) -> str:
    text = _text(raw)
    if not is_uuid(text):
        raise _Wrong
    return text


def _json(raw: Any) -> Any:
    _encoded(raw)
    return raw


def _encoded(raw: Any) -> bytes:
    data = msgspec.json.encode(raw)
    if b"\\u0000" in data:
        raise _Wrong
    return data


_CHANGES = msgspec.json.Decoder(list[AnswerChange])


def _answers(raw: Any) -> Any:
    try:
        return msgspec.to_builtins(_CHANGES.decode(_encoded(raw)))
    except msgspec.ValidationError as error:
        raise _Wrong from error


_READERS: dict[ValueType, Callable[[Any], Any]] = {
    ValueType.TEXT: _text,
    ValueType.INTEGER: _integer,
    ValueType.DECIMAL: _decimal,
    ValueType.BOOLEAN: _boolean,
    ValueType.DATE: _date,
    ValueType.TIME: _time,
    ValueType.DATETIME: _datetime,
    ValueType.CHOICE: _text,
    ValueType.CHOICES: _choices,
    ValueType.EMAIL: _email,
    ValueType.UUID: _uuid,
    ValueType.JSON: _json,
    ValueType.ANSWERS: _answers,
}
