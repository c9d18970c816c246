"""Whether an expression's result fits the field or parameter that it becomes."""

from __future__ import annotations

from callscript.expressions import problems as kinds
from callscript.expressions.comparing import Report
from callscript.expressions.moments import days_of_text, local_datetime
from callscript.expressions.sorts import Sort, Typed, is_numeric, reads_as_number
from callscript.model.values import TEXTS, ValueType
from callscript.places import Span

_ANY_TEXT = frozenset(Sort) - {Sort.OPAQUE}
_FITTING: dict[ValueType, frozenset[Sort]] = {
    **dict.fromkeys(TEXTS, _ANY_TEXT),
    ValueType.INTEGER: frozenset({Sort.INTEGER}),
    ValueType.DECIMAL: frozenset({Sort.INTEGER, Sort.DECIMAL}),
    ValueType.DATE: frozenset({Sort.DATE, Sort.DATETIME}),
    ValueType.TIME: frozenset({Sort.TIME, Sort.DATETIME}),
    ValueType.DATETIME: frozenset({Sort.DATETIME}),
    ValueType.CHOICE: frozenset({Sort.CHOICE, Sort.TEXT}),
    ValueType.CHOICES: frozenset({Sort.CHOICE, Sort.CHOICES, Sort.TEXT}),
    ValueType.UUID: frozenset({Sort.TEXT}),
    ValueType.JSON: frozenset(Sort),
    ValueType.ANSWERS: frozenset({Sort.OPAQUE}),
}
_NAMES = {
    ValueType.TEXT: ("text", "文字"),
    ValueType.PHONE: ("phone number", "电话号码"),
    ValueType.EMAIL: ("e-mail address", "邮箱"),
    ValueType.INTEGER: ("whole number", "整数"),
    ValueType.DECIMAL: ("number", "数字"),
    ValueType.DATE: ("date", "日期"),
    ValueType.TIME: ("time of day", "时间"),
    ValueType.DATETIME: ("date with time", "日期时间"),
    ValueType.CHOICE: ("choice", "单选"),
    ValueType.CHOICES: ("list of choices", "多选"),
    ValueType.UUID: ("identifier", "标识"),
    ValueType.JSON: ("value", "值"),
    ValueType.ANSWERS: ("list of changed answers", "已变更的回答列表"),
}
_HINTS = {
    (Sort.DECIMAL, ValueType.INTEGER): "round()",
    (Sort.DAYS, ValueType.DATE): "date()",
    (Sort.DAYS, ValueType.DATETIME): "date()",
    (Sort.TEXT, ValueType.INTEGER): "int()",
    (Sort.TEXT, ValueType.DECIMAL): "number()",
    (Sort.TEXT, ValueType.DATE): "date()",
    (Sort.CHOICE, ValueType.INTEGER): "int()",
    (Sort.CHOICE, ValueType.DECIMAL): "number()",
    (Sort.BOOLEAN, ValueType.INTEGER): "if(…, 1, 0)",
    (Sort.BOOLEAN, ValueType.DECIMAL): "if(…, 1, 0)",
    (Sort.BOOLEAN, ValueType.CHOICE): "if(…, 'yes', 'no')",
}


def check_wanted(report: Report, span: Span, typed: Typed, wants: ValueType) -> None:
    """Report a result that a field of type `wants` could not keep. Conditions are checked elsewhere."""
    if typed.sort in {Sort.UNKNOWN, Sort.NOTHING} or typed.sort in _FITTING[wants] or _literal_fits(typed, wants):
        return
    if wants in {ValueType.INTEGER, ValueType.DECIMAL} and is_numeric(typed):
        return
    function = _HINTS.get((typed.sort, wants))
    hint = f"Wrap it in {function}." if function else "Write an expression that gives one."
    hint_zh = f"请用 {function} 转换。" if function else "请改写表达式。"
    wanted, wanted_zh = _NAMES[wants]
    found = {"found": typed.sort.english, "found_zh": typed.sort.chinese}
    report(kinds.WRONG_TYPE, span, wanted=wanted, wanted_zh=wanted_zh, hint=hint, hint_zh=hint_zh, **found)


def _literal_fits(typed: Typed, wants: ValueType) -> bool:
    text = typed.text
    if text is None:
        return False
    if wants in {ValueType.INTEGER, ValueType.DECIMAL}:
        return reads_as_number(text) and (wants is ValueType.DECIMAL or "." not in text)
    if wants in {ValueType.DATE, ValueType.DATETIME}:
        return local_datetime(text, "UTC") is not None and ("T" in text or wants is ValueType.DATE)
    at = days_of_text(text, "UTC")
    return wants is ValueType.TIME and at == at and ":" in text  # noqa: PLR0124 - NaN alone differs from itself
