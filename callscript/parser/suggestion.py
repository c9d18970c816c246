"""Did you mean …? The nearest of the words that would have been right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

LONGEST = 64
"""Nobody mistypes a word this long; comparing one would only cost time."""


def nearest(word: str, known: Iterable[str], aliases: Mapping[str, str] | None = None) -> str | None:
    """The known word that was probably meant by `word`, if one is near enough."""
    options = sorted(known)
    if aliases and aliases.get(word) in options:
        return aliases[word]
    if len(word) > LONGEST or len(options) > 2000:
        return None
    by_case = {option.lower(): option for option in options}
    found = get_close_matches(word.lower(), by_case, n=1, cutoff=0.6)
    return by_case[found[0]] if found else None


def hints(suggestion: str | None) -> dict[str, str]:
    """The values `hint` and `hint_zh` of a problem's templates; empty without a suggestion."""
    if suggestion is None:
        return {"hint": "", "hint_zh": ""}
    return {"hint": f" Did you mean {suggestion}?", "hint_zh": f"是否想写 {suggestion}？"}
