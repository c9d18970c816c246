"""What `<where>` and `<set>` make of the text inside them."""

from __future__ import annotations

import re

_LEADING_CONNECTIVE = re.compile(r"\A\s*(?:AND|OR)\b", re.IGNORECASE)


def after_where(text: str) -> str:
    """`WHERE` and the conditions without a leading AND or OR; nothing at all without conditions."""
    conditions = _LEADING_CONNECTIVE.sub("", text).strip()
    return f" WHERE {conditions} " if conditions else " "


def after_set(text: str) -> str:
    """`SET` and the assignments without commas at either end; nothing at all without assignments."""
    assignments = text.strip().strip(",").strip()
    return f" SET {assignments} " if assignments else " "
