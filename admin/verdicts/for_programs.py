"""Problems as data: our own JSON, and SARIF 2.1.0 (OASIS), which GitHub and editors read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from admin.language import current
from admin.verdicts.for_people import shown_path
from callscript.problems import Problem

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(campaign: str, problems: Iterable[Problem], sources: Mapping[str, Path], rounds: Mapping[str, int]) -> str:
    """`{campaign, ok, problems: [{code, severity, file, line, column, node, what, mend}], round_trips}`."""
    found = [_plain(problem, sources) for problem in problems]
    ok = all(problem["severity"] != "error" for problem in found)
    verdict = {"campaign": campaign, "ok": ok, "problems": found, "round_trips": dict(rounds)}
    return json.dumps(verdict, ensure_ascii=False, indent=2)


def as_sarif(problems: Iterable[Problem], sources: Mapping[str, Path]) -> str:
    """A SARIF log with one run; every code that occurs is a rule."""
    found = tuple(problems)
    kinds = {problem.code: problem.kind for problem in found}
    rules = [
        {
            "id": code,
            "shortDescription": {"text": kind.what["en"]},
            "help": {"text": kind.mend["en"]},
            "defaultConfiguration": {"level": kind.severity.value},
        }
        for code, kind in sorted(kinds.items())
    ]
    driver = {"name": "waihu check", "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(p, sources) for p in found],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _plain(problem: Problem, sources: Mapping[str, Path]) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.kind.severity.value,
        "file": _path(problem, sources),
        "line": problem.span.line,
        "column": problem.span.column,
        "node": problem.node,
        "what": problem.what(current()),
        "mend": problem.mend(current()),
    }


def _result(problem: Problem, sources: Mapping[str, Path]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _path(problem, sources)}}
    if problem.span.line:
        region = {"startLine": problem.span.line}
        place["region"] = region | ({"startColumn": problem.span.column} if problem.span.column else {})
    return {
        "ruleId": problem.code,
        "level": problem.kind.severity.value,
        "message": {"text": f"{problem.what(current())} {problem.mend(current())}".strip()},
        "locations": [{"physicalLocation": place}],
    }


def _path(problem: Problem, sources: Mapping[str, Path]) -> str:
    file = sources.get(problem.span.file)
    return Path(shown_path(file)).as_posix() if file else problem.span.file
