"""Dates and times as people type them: ISO, the usual Chinese ways, and the language's own order."""

from __future__ import annotations

import re
from datetime import date, time

from callscript.expressions.conventions import Conventions, english_month
from callscript.expressions.input_problems import InputProblem, input_problem
from callscript.expressions.moments import iso_datetime, local_datetime

_YEAR_FIRST = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*[日号]?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{4})")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s+([0-9]{4})")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})")
_CLOCK = re.compile(r"([0-9]{1,2})\s*[:点时h]\s*(半|[0-9]{1,2})?\s*分?(?:\s*[:钟]?\s*([0-9]{1,2})(?:\.[0-9]+)?\s*秒?)?")
_COMPACT_CLOCK = re.compile(r"([0-9]{2})([0-9]{2})()")
_HOUR_ALONE = re.compile(r"([0-9]{1,2})()()")
_HALF = re.compile(r"^(上午|早上|凌晨|中午|下午|晚上|am|pm)?\s*(.*?)\s*(am|pm|a\.m\.|p\.m\.)?$")
_AFTERNOON = frozenset({"下午", "晚上", "pm", "p.m."})
_MORNING = frozenset({"上午", "早上", "凌晨", "am", "a.m."})
_DATE_AND_TIME = re.compile(
    r"(.*?(?:[0-9]{4}|日|号|[0-9]{4}\s*[-/.]\s*[0-9]{1,2}\s*[-/.]\s*[0-9]{1,2}))[\s,，T]*((?:上午|早上|凌晨|中午|下午|晚上)?\s*[0-9].*)"
)


def read_date(text: str, habits: Conventions) -> str | InputProblem:
    """`2024-05-01` of a date; a year takes four digits, so that none is guessed."""
    parts = _date_parts(text.lower(), habits)
    if parts is None:
        return input_problem("not-a-date", example=habits.day(date(2024, 5, 21)))
    year, month, day = parts
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return input_problem("no-such-day")


def _date_parts(text: str, habits: Conventions) -> tuple[int, int, int] | None:
    match = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return int(match[1]), int(match[2]), int(match[3])
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        return (year, second, first) if habits.day_first else (year, first, second)
    if (match := _DAY_MONTH.fullmatch(text)) and (month := english_month(match[2])):
        return int(match[3]), month, int(match[1])
    if (match := _MONTH_DAY.fullmatch(text)) and (month := english_month(match[1])):
        return int(match[3]), month, int(match[2])
    return None


def read_time(text: str) -> str | InputProblem:
    """`14:30:00` of a time of day."""
    half = _HALF.fullmatch(text.lower())
    if half is None:
        return input_problem("not-a-time")
    halves = {half[1], half[3]}
    clock = half[2]
    match = _CLOCK.fullmatch(clock) or _COMPACT_CLOCK.fullmatch(clock)
    if match is None and (halves - {None}):
        match = _HOUR_ALONE.fullmatch(clock)
    if match is None:
        return input_problem("not-a-time")
    hour, minute, second = int(match[1]), 30 if match[2] == "半" else int(match[2] or 0), int(match[3] or 0)
    if halves & _AFTERNOON and hour < 12:
        hour += 12
    elif halves & _MORNING and hour == 12:
        hour = 0
    try:
        return time(hour, minute, second).isoformat()
    except ValueError:
        return input_problem("not-a-time")


def read_datetime(text: str, habits: Conventions, zone: str) -> str | InputProblem:
    """`2024-05-01T14:30:00.000+08:00` of a date with a time, in `zone` unless it has an offset of its own."""
    wrong = input_problem("not-a-date-and-time", example=habits.day(date(2024, 5, 21)))
    at = local_datetime(text.replace(" ", "T", 1), zone)
    if at is None or len(text) <= len("2024-05-01"):
        match = _DATE_AND_TIME.fullmatch(text)
        if match is None:
            return wrong
        day, clock = read_date(match[1].strip(), habits), read_time(match[2].strip())
        if isinstance(day, InputProblem) or isinstance(clock, InputProblem):
            return wrong
        at = local_datetime(f"{day}T{clock}", zone)
    return wrong if at is None else iso_datetime(at)
