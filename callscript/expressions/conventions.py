"""How numbers, dates and lists are written in the languages that interviews are held in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

_ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Conventions:
    """One language's habits."""

    decimal_sign: str = "."
    group_sign: str = ","
    between: str = ", "
    """Between the elements of a list."""
    yes: str = "yes"
    no: str = "no"
    dont_know: str = "don't know"
    refused: str = "refused"
    not_applicable: str = "not applicable"
    day: Callable[[date], str] = date.isoformat
    day_first: bool = False
    """Whether `3/4/2024` is the third of April."""

    def special(self, code: str) -> str:
        """A special answer in words; nothing for no such answer."""
        return {"dk": self.dont_know, "refused": self.refused, "na": self.not_applicable}.get(code, "")


_CHINESE = Conventions(
    between="、",
    yes="是",
    no="否",
    dont_know="不知道",
    refused="拒答",
    not_applicable="不适用",
    day=lambda day: f"{day.year}年{day.month}月{day.day}日",
)
_ENGLISH = Conventions(day=lambda day: f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}", day_first=True)
_COMMA = Conventions(decimal_sign=",", group_sign=".", day_first=True)
_BY_LANGUAGE = {
    "zh": _CHINESE,
    "en": _ENGLISH,
    "en-us": Conventions(day=lambda day: f"{_ENGLISH_MONTHS[day.month - 1]} {day.day}, {day.year}", day_first=False),
    "ja": Conventions(
        between="、",
        yes="はい",
        no="いいえ",
        dont_know="わからない",
        refused="回答拒否",
        not_applicable="該当なし",
        day=_CHINESE.day,
    ),
    **dict.fromkeys(("de", "es", "id", "it", "nl", "pt", "tr", "vi", "da", "el"), _COMMA),
    **dict.fromkeys(("fr", "ru", "pl", "cs", "sv", "fi", "nb", "uk"), Conventions(",", "\u00a0", day_first=True)),
}


def conventions_of(language: str) -> Conventions:
    """By BCP 47 tag, else by its first part; a language without an entry writes ISO dates and English numbers."""
    tag = language.lower().replace("_", "-")
    return _BY_LANGUAGE.get(tag) or _BY_LANGUAGE.get(tag.partition("-")[0]) or Conventions()


def english_month(word: str) -> int | None:
    """1 to 12 of `may`, `Sept` or `December`; None for any other word."""
    lower = word.lower()
    found = [n for n, name in enumerate(_ENGLISH_MONTHS, 1) if len(lower) >= 3 and name.lower().startswith(lower)]
    return found[0] if found else None
