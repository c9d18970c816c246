"""Names of variables that SPSS and Stata take: at most 28 letters, digits and `_`, unique whatever their case."""

from __future__ import annotations

import hashlib
import re

LONGEST = 28
"""Both have room for 32. A set of value labels in Stata's file is named by pyreadstat: the variable's name and a
number, which has room for four digits."""
_SPSS = "all and by eq ge gt le lt ne not or to with"
_STATA = "byte double float if in int long using strl _all _b _cons _n _pi _rc _skip _coef _pred _weight"
_RESERVED = frozenset(f"{_SPSS} {_STATA}".split())
_STR = re.compile(r"str[0-9]+")


class Names:
    """Gives each heading a name of its own; the same headings in the same order get the same names."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def __call__(self, heading: str) -> str:
        name = re.sub(r"[^A-Za-z0-9_]+", "_", heading).strip("_") or "v"
        if not name[0].isalpha():
            name = f"v{name}"
        if name.lower() in _RESERVED or _STR.fullmatch(name.lower()):
            name += "_"
        if len(name) > LONGEST or name.lower() in self._taken:
            mark = hashlib.sha256(heading.encode()).hexdigest()[:5]
            name = f"{name[: LONGEST - 6]}_{mark}"
        number = 2
        unique = name
        while unique.lower() in self._taken:
            unique = f"{name[: LONGEST - 4]}_{number}"
            number += 1
        self._taken.add(unique.lower())
        return unique
