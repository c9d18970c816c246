"""A text that a field's pattern matches: the shortest that its parts allow.

Reads as much of RE2's syntax as patterns of answers are made of. What it makes is asked of RE2 itself: a pattern with
more in it has no sample, never a wrong one.
"""

from __future__ import annotations

from callscript.expressions import compile_pattern
from callscript.places import NOWHERE
from callscript.problems import ScriptError

MOST_TIMES = 1_000
_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "t": "\t", "n": "\n"}
_NAMED = {"digit": "0", "upper": "A", "space": " ", "punct": "-", "xdigit": "0"}
_NOTHING_WIDE = frozenset("AzbB")
_OTHERWISE = "a0A中 -."
"""What a class that excludes letters may still allow."""


def sample(pattern: str) -> str:
    """A text that `pattern` matches as a whole; empty where none was found."""
    try:
        matches = compile_pattern(pattern, NOWHERE).fullmatch
        text = _Reader(pattern).alternatives()
    except (ScriptError, IndexError, ValueError, RecursionError):
        return ""
    return text if matches(text) is not None else ""


class _Reader:
    """Goes through a pattern once; whatever it cannot read raises ValueError or IndexError."""

    def __init__(self, pattern: str) -> None:
        self._left = list(reversed(pattern))

    def _sees(self, character: str) -> bool:
        return bool(self._left) and self._left[-1] == character

    def _until(self, end: str) -> str:
        found = ""
        while not self._sees(end):
            found += self._left.pop()
        self._left.pop()
        return found

    def alternatives(self) -> str:
        """The first alternative up to a `)` or the end; the others are read past."""
        first = self._sequence()
        while self._sees("|"):
            self._left.pop()
            self._sequence()
        return first

    def _sequence(self) -> str:
        made = ""
        while self._left and not self._sees("|") and not self._sees(")"):
            part = self._part()
            made += part * self._times()
        return made

    def _times(self) -> int:
        fewest = 1
        while self._left and self._left[-1] in "*+?{":
            sign = self._left.pop()
            if sign == "{":
                fewest *= int(self._until("}").partition(",")[0])
            elif sign in "*?":
                fewest = 0
        return min(fewest, MOST_TIMES)

    def _part(self) -> str:
        character = self._left.pop()
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escaped(self._left.pop())
        if character in "^$":
            return ""
        return "a" if character == "." else character

    def _group(self) -> str:
        if self._sees("?"):
            self._left.pop()
            if self._sees("P") or self._sees("<"):
                self._until(">")
            else:
                while self._left[-1] not in ":)":  # flags, such as (?i)
                    self._left.pop()
                if self._left.pop() == ")":
                    return ""
        made = self.alternatives()
        if self._left.pop() != ")":
            raise ValueError
        return made

    def _escaped(self, letter: str) -> str:
        if letter in _NOTHING_WIDE:
            return ""
        if letter in "pP":
            name = self._until("}")[1:] if self._sees("{") else self._left.pop()
            return "中" if name in {"Han", "L", "Lo"} else "a"
        return _CLASSES.get(letter, letter)

    def _class(self) -> str:
        """One member of a class; of one that excludes, the first usual letter that is none of its members."""
        written, excludes = "[", self._sees("^")
        first = self._member()
        written += first[1]
        sampled = first[0]
        while not self._sees("]"):
            written += self._member()[1]
        self._left.pop()
        if not excludes:
            return sampled
        allowed = compile_pattern(written + "]", NOWHERE)
        return next((each for each in _OTHERWISE if allowed.fullmatch(each) is not None), "")

    def _member(self) -> tuple[str, str]:
        """A member, or the sign that the class excludes: a sample of it, and how it is written."""
        character = self._left.pop()
        if character == "[" and self._sees(":"):
            name = self._until("]")
            return _NAMED.get(name.strip(":^"), "a"), f"[{name}]"
        if character != "\\":
            return character, character
        letter = self._left.pop()
        if letter in "pP" and self._sees("{"):
            return "中", f"\\{letter}{self._until('}')}}}"
        return _CLASSES.get(letter, letter), f"\\{letter}"
