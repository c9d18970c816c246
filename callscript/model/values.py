"""The types that values have in scripts, requests and replies: written once, used by every document."""

from __future__ import annotations

from enum import StrEnum


class ValueType(StrEnum):
    """Type of a field, a parameter or a value of a reply. The value is the word that authors write."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    CHOICE = "choice"
    CHOICES = "choices"
    PHONE = "phone"
    EMAIL = "email"
    UUID = "uuid"
    """Only in parameters and replies: identifiers."""
    JSON = "json"
    """Only in parameters and replies: passed on as it is."""
    ANSWERS = "answers"
    """Only in parameters: what changed in the interview since the last save, see `protocol.AnswerChange`."""


FIELD_TYPES = frozenset(ValueType) - {ValueType.UUID, ValueType.JSON, ValueType.ANSWERS}
"""Types that a survey author may give a field."""
NUMBERS = frozenset({ValueType.INTEGER, ValueType.DECIMAL})
MOMENTS = frozenset({ValueType.DATE, ValueType.TIME, ValueType.DATETIME})
TEXTS = frozenset({ValueType.TEXT, ValueType.PHONE, ValueType.EMAIL})
"""What an agent types letter by letter: these alone may have a pattern."""


class Special(StrEnum):
    """An answer that is no value: never a magic number, see the reference's table of meanings."""

    DK = "dk"
    REFUSED = "refused"
    NA = "na"
