"""`format-date()`: ODK's codes, in the interview's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from callscript.expressions.moments import local_datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

_CODES: dict[str, Callable[[datetime, bool], str]] = {
    "%Y": lambda at, _: f"{at.year:04d}",
    "%y": lambda at, _: f"{at.year % 100:02d}",
    "%m": lambda at, _: f"{at.month:02d}",
    "%n": lambda at, _: str(at.month),
    "%b": lambda at, chinese: f"{at.month}月" if chinese else _MONTHS[at.month - 1],
    "%d": lambda at, _: f"{at.day:02d}",
    "%e": lambda at, _: str(at.day),
    "%a": lambda at, chinese: (_DAYS_ZH if chinese else _DAYS)[at.weekday()],
    "%H": lambda at, _: f"{at.hour:02d}",
    "%h": lambda at, _: str(at.hour),
    "%M": lambda at, _: f"{at.minute:02d}",
    "%S": lambda at, _: f"{at.second:02d}",
    "%3": lambda at, _: f"{at.microsecond // 1000:03d}",
}
_CODE = re.compile("|".join(_CODES))


def format_date(text: str, layout: str, zone: str, language: str) -> str:
    """`text` (ISO date, date with time, or time of day) laid out; empty where it is none of these."""
    at = local_datetime(text, zone) or local_datetime(f"1970-01-01T{text}", zone)
    if at is None:
        return ""
    moment, chinese = at, language.startswith("zh")
    return _CODE.sub(lambda code: _CODES[code.group()](moment, chinese), layout)


def unknown_codes(layout: str) -> list[str]:
    """`%` signs of a layout that no code explains, each with the character after it."""
    return [found for found in re.findall("%.?", layout) if found not in _CODES]
