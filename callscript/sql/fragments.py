"""What `<where>`, `<set>` and `<foreach>` make of the text inside and around them."""

from __future__ import annotations

import re

from callscript.model.server import SqlForeach
from callscript.sql.lexer import scan

_LEADING_CONNECTIVE = re.compile(r"\A\s*(?:AND|OR)\b", re.IGNORECASE)


def after_where(text: str) -> str:
    """`WHERE` and the conditions without a leading AND or OR; nothing at all without conditions."""
    conditions = _LEADING_CONNECTIVE.sub("", text).strip()
    return f" WHERE {conditions} " if conditions else " "


def after_set(text: str) -> str:
    """`SET` and the assignments without commas at either end; nothing at all without assignments."""
    assignments = text.strip().strip(",").strip()
    return f" SET {assignments} " if assignments else " "


def around_rounds(part: SqlForeach) -> tuple[str, str, str]:
    """What opens, parts and closes the rounds, without comments: one would hide what stands behind it, or not."""
    opening, separator, closing = (
        "".join(piece if isinstance(piece, str) else f":{piece}" for piece in scan(text, part.span).pieces)
        for text in (part.opening, part.separator, part.closing)
    )
    return opening, separator, closing
