"""Did you mean …? The nearest of the words that would have been right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callscript.spelling import closest


def nearest(word: str, known: Iterable[str], aliases: Mapping[str, str] | None = None) -> str | None:
    """The known word that was probably meant by `word`, if one is near enough.

    `aliases` are words of similar tools that no slip of the keyboard would explain.
    """
    options = sorted(known)
    if aliases and aliases.get(word) in options:
        return aliases[word]
    return closest(word, options)


def hints(suggestion: str | None) -> dict[str, str]:
    """The values `hint` and `hint_zh` of a problem's templates; empty without a suggestion."""
    if suggestion is None:
        return {"hint": "", "hint_zh": ""}
    return {"hint": f" Did you mean {suggestion}?", "hint_zh": f"是否想写 {suggestion}？"}
