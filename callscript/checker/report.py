"""Problems for people and for tools: text with the line and a caret, JSON, SARIF. Strings and dicts, no printing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from callscript.problems import Problem, Severity

_RED, _YELLOW, _BOLD, _DIM, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[0m"
_WIDEST = 160
"""Columns of a source line that are shown; longer ones are cut around the place."""
_TAB = "    "

_WORDS: dict[str, dict[Severity, str]] = {
    "en": {Severity.ERROR: "error", Severity.WARNING: "warning"},
    "zh": {Severity.ERROR: "错误", Severity.WARNING: "警告"},
}
_SOUND = {"en": "No problem found.", "zh": "没有发现问题。"}


def as_text(
    problems: Iterable[Problem], files: Mapping[str, bytes], *, language: str = "en", colour: bool = False
) -> str:
    """Every problem with its place, its line with a caret below, and what to do; a count at the end."""
    listed = list(problems)
    if not listed:
        return _SOUND.get(language, _SOUND["en"]) + "\n"
    lines: dict[str, list[str]] = {}
    blocks = [_block(problem, _lines(problem, files, lines), language, colour=colour) for problem in listed]
    return "\n".join([*blocks, summary(listed, language)]) + "\n"


def summary(problems: Iterable[Problem], language: str = "en") -> str:
    """`2 errors, 1 warning`."""
    listed = list(problems)
    errors = sum(problem.is_error for problem in listed)
    warnings = len(listed) - errors
    if language == "zh":
        return f"{errors} 个错误，{warnings} 个警告"
    return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"


def _lines(problem: Problem, files: Mapping[str, bytes], known: dict[str, list[str]]) -> list[str]:
    file = problem.span.file
    if file not in known:
        known[file] = files.get(file, b"").decode("utf-8", "replace").split("\n")
    return known[file]


def _block(problem: Problem, lines: list[str], language: str, *, colour: bool) -> str:
    paint = _Paint(colour)
    words = _WORDS.get(language, _WORDS["en"])
    tone = _RED if problem.is_error else _YELLOW
    severity = paint(f"{words[problem.kind.severity]} {problem.code}", tone)
    head = f"{paint(str(problem.span), _BOLD)}: {severity}: {problem.what(language)}"
    mend = f"  → {problem.mend(language)}"
    return "\n".join([head, *_excerpt(problem, lines, paint, tone), mend, ""])


def _excerpt(problem: Problem, lines: list[str], paint: _Paint, tone: str) -> list[str]:
    span = problem.span
    if not 0 < span.line <= len(lines):
        return []
    line = lines[span.line - 1].rstrip("\r")
    column = max(span.column - 1, 0)
    begin = max(0, column - _WIDEST // 2) if len(line) > _WIDEST else 0
    shown = line[begin : begin + _WIDEST]
    before = line[begin:column].replace("\t", _TAB)
    number = f"{span.line:>6} | "
    caret = " " * (len(number) + width(before)) + paint("^", tone)
    return [paint(number, _DIM) + _safe(shown.replace("\t", _TAB)), caret]


def _safe(text: str) -> str:
    """Control characters of a hostile script do not reach the terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def width(text: str) -> int:
    """Columns that a terminal takes for `text`: two for a Chinese character."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


class _Paint:
    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, text: str, tone: str) -> str:
        return f"{tone}{text}{_PLAIN}" if self._colour else text


def as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """One object for each problem, for tools: texts in every language."""
    return [
        {
            "code": problem.code,
            "severity": problem.kind.severity.value,
            "file": problem.span.file,
            "line": problem.span.line,
            "column": problem.span.column,
            "node": problem.node,
            "what": {language: problem.what(language) for language in problem.kind.what},
            "mend": {language: problem.mend(language) for language in problem.kind.mend},
        }
        for problem in problems
    ]


def as_sarif(problems: Iterable[Problem], *, version: str = "1", language: str = "en") -> dict[str, Any]:
    """A SARIF 2.1.0 log (OASIS): what code hosts and editors read."""
    listed = list(problems)
    kinds = {problem.code: problem.kind for problem in listed}
    rules = [
        {
            "id": code,
            "shortDescription": {"text": kind.what.get(language, kind.what["en"])},
            "help": {"text": kind.mend.get(language, kind.mend["en"])},
            "defaultConfiguration": {"level": kind.severity.value},
        }
        for code, kind in sorted(kinds.items())
    ]
    order = {code: index for index, code in enumerate(sorted(kinds))}
    driver = {"name": "waihu check", "version": version, "rules": rules}
    results = [_result(problem, order[problem.code], language) for problem in listed]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _result(problem: Problem, rule: int, language: str) -> dict[str, Any]:
    region = {"startLine": max(problem.span.line, 1), "startColumn": max(problem.span.column, 1)}
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.kind.severity.value,
        "message": {"text": f"{problem.what(language)} {problem.mend(language)}".strip()},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": problem.span.file}, "region": region}}],
    }
