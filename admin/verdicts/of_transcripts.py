"""What transcripts showed: shares covered, what is not covered by line, what no search reached."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from admin.language import say
from admin.verdicts.for_people import shown_path
from callscript.places import Span
from callscript.problems import Problem
from callscript.transcripts import Coverage, Point, Result, Unreached


def show_coverage(coverage: Coverage, sources: Mapping[str, Path], console: Console, *, options: bool) -> None:
    """Three shares, then every node and branch (with `options` every option) that nothing touched, by place."""
    names = {"nodes": say("nodes", "节点"), "branches": say("branches", "分支"), "options": say("options", "选项")}
    told = [
        f"{names[what]} {done}/{whole} ({_percent(done, whole)})" for what, (done, whole) in coverage.shares.items()
    ]
    console.print("  " + "   ".join(told))
    missing = [(span, say(f"node {name}", f"节点 {name}")) for name, span in coverage.missing_nodes]
    missing += [(point.span, branch(point)) for point in coverage.missing_branches]
    if options:
        missing += [
            (span, say(f"{name} = {value}", f"{name} = {value}")) for (name, value), span in coverage.missing_options
        ]
    if missing:
        console.print(say("Not covered:", "没有走到："))
        _list(missing, sources, console)
    impossible = coverage.points.impossible
    if impossible:
        console.print(say("Left out, since no answers lead there:", "不计入（任何答案都到不了）："))
        _list([(point.span, branch(point)) for point in impossible], sources, console)


def show_unreached(unreached: Iterable[Unreached], sources: Mapping[str, Path], console: Console) -> None:
    """What the search did not reach, with the reason."""
    found = [(each.point.span, f"{branch(each.point)}: {_reason(each)}") for each in unreached]
    if found:
        console.print(say("Not reached:", "没有走到："))
        _list(found, sources, console)


def _reason(each: Unreached) -> str:
    if not each.tries:
        if not each.reads:
            return say("no interview came there", "没有一次访问到达此处")
        return say("no interview came where it is decided", "没有一次访问到达判断处")
    names = ", ".join(each.reads) or "-"
    return say(
        f"{each.tries} combinations of answers to {names} (and what they hang on) did not lead there",
        f"试了 {names}（及其依赖的答案）的 {each.tries} 种组合，都没有走到",
    )


def branch(point: Point) -> str:
    """A branch in words."""
    name, kind, which = point.key
    yes = point.outcome
    number = int(which) + 1 if isinstance(which, int) else 0
    texts = {
        "next": say(f"{name}: its next no. {number} taken", f"{name}：走第 {number} 个 next"),
        "otherwise": say(f"{name}: no next holds", f"{name}：没有 next 成立"),
        "exit": say(f"exit {name} taken", f"走出口 {name}"),
        "rounds": say(f"{name}: at least one round", f"{name}：至少一轮"),
        "when": say(f"{name}: asked", f"{name}：进入") if yes else say(f"{name}: passed over", f"{name}：跳过"),
        "check": say(f"{name}: check no. {number} holds", f"{name}：第 {number} 个检查通过")
        if yes
        else say(f"{name}: check no. {number} fails", f"{name}：第 {number} 个检查不通过"),
        "link": say(f"link {name} called", f"链接 {name} 调用")
        if yes
        else say(f"link {name} not called", f"链接 {name} 不调用"),
        "text": say(f"{name}: text shown", f"{name}：显示文字")
        if yes
        else say(f"{name}: text not shown", f"{name}：不显示文字"),
        "field": say(f"{name}: {which} asked", f"{name}：询问 {which}")
        if yes
        else say(f"{name}: {which} not asked", f"{name}：不询问 {which}"),
        "option": say(f"{name}: option {which} offered", f"{name}：提供选项 {which}")
        if yes
        else say(f"{name}: option {which} not offered", f"{name}：不提供选项 {which}"),
    }
    return texts[kind]


def _list(found: Iterable[tuple[Span, str]], sources: Mapping[str, Path], console: Console) -> None:
    for span, text in sorted(found):
        console.print(f"  [bold]{escape(_place(span, sources))}[/] {escape(text)}", soft_wrap=True)


def _place(span: Span, sources: Mapping[str, Path]) -> str:
    path = sources.get(span.file)
    return str(Span(shown_path(path), span.line, span.column) if path else span)


def _percent(done: int, whole: int) -> str:
    """Rounded down, so that 100 % means all."""
    return f"{100 * done // whole if whole else 100} %"


def as_json(
    campaign: str,
    results: Iterable[Result],
    problems: Iterable[Problem],
    coverage: Coverage,
    sources: Mapping[str, Path],
) -> str:
    """The report for programs."""
    report: dict[str, Any] = {
        "campaign": campaign,
        "transcripts": [{"title": each.transcript.title, "passed": each.passed} for each in results],
        "problems": [
            {"code": problem.code, "place": _place(problem.span, sources), "what": problem.what()}
            for problem in problems
        ],
        "coverage": {what: {"covered": done, "all": whole} for what, (done, whole) in coverage.shares.items()},
        "missing": {
            "nodes": [{"node": name, "place": _place(span, sources)} for name, span in coverage.missing_nodes],
            "branches": [
                {"branch": list(point.key), "outcome": point.outcome, "place": _place(point.span, sources)}
                for point in coverage.missing_branches
            ],
            "options": [{"field": name, "value": value} for (name, value), _ in coverage.missing_options],
        },
    }
    return json.dumps(report, ensure_ascii=False, indent=2)
