"""Dates and times in expressions: days since 1970 as numbers, ISO text as texts, read and written as ODK does.

A date is the moment at which it begins in the interview's time zone, so that `today() - ${born}` counts days and
`date('2024-05-01')` equals `'2024-05-01'`. A time of day counts as its part of a day: `12:00` is 0.5.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_ISO = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?)?)?"
    r"(?P<offset>Z|[-+](?:0[0-9]|1[0-4]):[0-5][0-9])?)?"
)
_TIME = re.compile(
    r"(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9])(?:\.(?P<part>[0-9]+))?)?"
)
_UNPADDED = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(T.*)?")


class Moment(float):
    """A date or moment made by an expression: a number of days that reads as ISO text."""

    __slots__ = ("spoken", "zone")
    spoken: str | None
    zone: str

    @property
    def text(self) -> str:
        """The local date; with time and offset unless it is midnight; empty for no moment at all."""
        if self.spoken is None:
            self.spoken = _spoken(self, self.zone)
        return self.spoken


def moment(days: float, zone: str, spoken: str | None = None) -> Moment:
    made = Moment(days)
    made.zone = zone
    made.spoken = spoken
    return made


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo | timezone:
    """The IANA zone of that name; UTC where there is none, so that no interview stops over it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


@lru_cache(maxsize=64)
def today(now_ms: int, zone: str) -> Moment:
    """The moment at which the local day of `now_ms` began."""
    local = datetime_at(now_ms, zone)
    if local is None:
        return moment(math.nan, zone, "")
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment(_days(midnight), zone)


def now(now_ms: int, zone: str) -> Moment:
    return moment(now_ms / DAY_MS, zone)


def datetime_at(ms: float, zone: str) -> datetime | None:
    """Milliseconds since 1970 as local time; None outside the years 1 to 9999."""
    try:
        return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone_of(zone))
    except (OverflowError, ValueError):
        return None


def from_days(days: float, zone: str) -> Moment:
    """What `date()` makes of a number: a moment, to the millisecond."""
    if not math.isfinite(days) or datetime_at(days * DAY_MS, zone) is None:
        return moment(math.nan, zone, "")
    return moment(math.floor(days * DAY_MS + 0.5) / DAY_MS, zone)


@lru_cache(maxsize=4_096)
def local_datetime(text: str, zone: str) -> datetime | None:
    """An ISO date, or date with time and maybe offset, as local time; None where `text` is none."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    offset = match["offset"]
    if offset is not None and offset != "Z" and match["minute"] is None:
        return None
    day, hour, minute, second = match["day"], match["hour"] or "00", match["minute"] or "00", match["second"] or "00"
    fraction = (match["fraction"] or "")[:6].ljust(6, "0")
    try:
        found = datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}.{fraction}{_colon(offset)}")
        here = zone_of(zone)
        return found.replace(tzinfo=here) if offset is None else found.astimezone(here)
    except (ValueError, OverflowError):
        return None


def _colon(offset: str | None) -> str:
    return "" if offset is None else "+00:00" if offset == "Z" else offset


@lru_cache(maxsize=4_096)
def days_of_text(text: str, zone: str) -> float:
    """An ISO date as days since 1970, a time of day as its part of a day; NaN for any other text."""
    found = local_datetime(text, zone)
    if found is not None:
        return _days(found)
    match = _TIME.fullmatch(text)
    if match is None:
        return math.nan
    seconds = int(match["hour"]) * 3600 + int(match["minute"]) * 60 + int(match["second"] or 0)
    return (seconds + float(f"0.{match['part'] or 0}")) / 86_400


def date_of_text(text: str, zone: str) -> Moment:
    """What `date()` makes of a text: also `2024-5-1`; no moment where the text is none."""
    found = local_datetime(text, zone)
    if found is None:
        match = _UNPADDED.fullmatch(text)
        if match is not None:
            year, month, day, rest = match.groups()
            found = local_datetime(f"{year}-{month:0>2}-{day:0>2}{rest or ''}", zone)
    return moment(math.nan, zone, "") if found is None else moment(_days(found), zone)


def _days(local: datetime) -> float:
    return ((local - _EPOCH) // _MILLISECOND) / DAY_MS


def _spoken(days: float, zone: str) -> str:
    local = datetime_at(days * DAY_MS, zone) if math.isfinite(days) else None
    if local is None:
        return ""
    whole = local + timedelta(microseconds=500)
    local = whole.replace(microsecond=whole.microsecond // 1000 * 1000)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return local.strftime("%Y-%m-%d").rjust(10, "0")
    return iso_datetime(local)


def iso_datetime(local: datetime) -> str:
    """`2024-05-01T14:30:00.000+08:00`; a part of a second without its last zeros, as ODK writes it."""
    fraction = f"{local.microsecond // 1000:03d}".rstrip("0") or "000"
    offset = local.strftime("%z")
    day = f"{local.year:04d}-{local.month:02d}-{local.day:02d}"
    return f"{day}T{local.hour:02d}:{local.minute:02d}:{local.second:02d}.{fraction}{offset[:3]}:{offset[3:5]}"
