"""Answers as text in CSV, and back again: marks for special answers, and texts that a spreadsheet would run disarmed.

Every text that could be taken for something else gets one `'` in front, and reading takes one away; so a file that was
written can be read without loss. The signs are those of OWASP's page on CSV injection, with their full-width forms.
"""

from __future__ import annotations

import re
from typing import Any

from datasets.variables import SPECIALS, Kind

_SPECIAL_MARKS = {special: f"#{special}" for special in SPECIALS}
_FORMULA = "=+\\-@\t\r\n＝＋－＠"
_DANGEROUS = re.compile(rf"'*(?:[{_FORMULA}]|#(?:{'|'.join(SPECIALS)})$)")
_DISARMED = re.compile(rf"'+(?:[{_FORMULA}]|#(?:{'|'.join(SPECIALS)})$)")
_MARK = re.compile(rf"'*#(?:{'|'.join(SPECIALS)})$")
_NUMBER = re.compile(r"[+-][0-9]+(?:\.[0-9]*)?")
_UNESCAPED = re.compile(r"(?<!\\)((?:\\\\)*);")


def cell(value: Any) -> str:
    """An answer of the snapshot (JSON value, `{"": special}`, None) as a cell of CSV."""
    if value is None:
        return ""
    kind = type(value)
    if kind is str:
        return disarmed(value)
    if kind is dict:
        return _SPECIAL_MARKS.get(value[""], f"#{value['']}")
    if kind is bool:
        return "true" if value else "false"
    if kind is list:
        return disarmed(";".join(_escaped(str(each)) for each in value))
    return repr(value)


def disarmed(text: str) -> str:
    """The text with a `'` in front where a spreadsheet would run it, or we would take it for a mark. Numbers stay."""
    return f"'{text}" if _DANGEROUS.match(text) and not _NUMBER.fullmatch(text) else text


def kept_apart(text: str) -> str:
    """The text with a `'` in front where it would be taken for the mark of a special answer."""
    return f"'{text}" if _MARK.match(text) else text


def read_cell(text: str, kind: Kind) -> Any:
    """The answer that `cell` wrote, for a variable of this kind.

    Raises:
        ValueError: the text is none that `cell` writes for it.
    """
    if not text:
        return None
    if text[0] == "#" and text[1:] in SPECIALS:
        return {"": text[1:]}
    plain = text[1:] if _DISARMED.match(text) else text
    match kind:
        case Kind.BOOLEAN:
            return {"true": True, "false": False}[plain]
        case Kind.INTEGER:
            return int(plain)
        case Kind.CHOICES:
            return [_unescaped(part) for part in _UNESCAPED.sub("\\1\0", plain).split("\0")]
        case _:
            return plain


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;")


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
