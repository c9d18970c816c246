"""Problems as a person reads them: where, what, the line itself with a caret under the place, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from admin.language import current, say
from callscript.problems import Problem

WIDEST_EXCERPT = 110


def show_problems(problems: Iterable[Problem], sources: Mapping[str, Path], console: Console) -> None:
    """Prints each problem; `sources` says which file on disk a path of the release is."""
    for problem in problems:
        file = sources.get(problem.span.file)
        console.print(_heading(problem, shown_path(file) if file else problem.span.file), soft_wrap=True)
        excerpt = _excerpt(problem, file)
        if excerpt is not None:
            console.print(excerpt, soft_wrap=True)
        mend = problem.mend(current())
        if mend:
            console.print(Text.assemble(("   → ", "green"), mend), soft_wrap=True)
        console.print()


def shown_path(file: Path) -> str:
    """`file` as someone in this folder would type it."""
    try:
        return str(file.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(file)


def count_line(problems: Iterable[Problem]) -> str:
    """Such as "2 errors, 1 warning"."""
    errors = sum(problem.is_error for problem in problems)
    warnings = sum(not problem.is_error for problem in problems)
    return say(
        f"{errors} error{'' if errors == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}",
        f"{errors} 个错误，{warnings} 个警告",
    )


def _heading(problem: Problem, path: str) -> Text:
    colour = "bold red" if problem.is_error else "bold yellow"
    severity = say("error", "错误") if problem.is_error else say("warning", "警告")
    place = ":".join([path, *(str(part) for part in (problem.span.line, problem.span.column) if part)])
    return Text.assemble((place, "bold"), ": ", (f"{severity} {problem.code}", colour), ": ", problem.what(current()))


def _excerpt(problem: Problem, file: Path | None) -> Text | None:
    if file is None or not problem.span.line:
        return None
    lines = file.read_bytes().decode("utf-8", errors="replace").splitlines()
    if problem.span.line > len(lines):
        return None
    line = lines[problem.span.line - 1]
    column = max(problem.span.column - 1, 0)
    cut = max(0, column - WIDEST_EXCERPT // 2)
    part = line[cut : cut + WIDEST_EXCERPT].replace("\t", " ")
    gutter = f"{problem.span.line:>6} │ "
    text = Text.assemble((gutter, "dim"), part)
    if problem.span.column:
        # Chinese characters are two cells wide: the caret counts cells, the column counts characters
        ahead = cell_len(part[: column - cut])
        text.append("\n" + " " * 6 + " │ " + " " * ahead, "dim")
        text.append("^", "bold red" if problem.is_error else "bold yellow")
    return text
