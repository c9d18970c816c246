"""A program that tells which of its branches were taken. The engine runs it like any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from callscript.engine.program import (
    ActionStep,
    Condition,
    EndStep,
    PreparedField,
    PreparedItem,
    PreparedMatrix,
    PreparedOptions,
    PreparedStep,
    PreparedText,
    Program,
    RepeatStep,
)
from callscript.engine.state import State
from callscript.expressions import Scope
from callscript.transcripts.points import Hit, Key


class Watch:
    """`program` puts into `hits` what it does; `looked` adds what only a state shows."""

    def __init__(self, program: Program) -> None:
        self.hits: set[Hit] = set()
        self.entered: set[str] = set()
        self.chosen: set[tuple[str, str]] = set()
        self.program = self._watched(program)

    def looked(self, state: State) -> None:
        """See in a state which nodes were entered, which fields asked and which options chosen."""
        for entry in state.entries():
            step = self.program.nodes[entry.ordinal]
            record = state.record(entry.ordinal, entry.place)
            if record.passed:
                continue
            self.entered.add(step.id)
            if isinstance(step, RepeatStep) and record.rounds:
                self.hits.add(((step.id, "rounds", 0), True))
            if not isinstance(step, ActionStep) or not record.attended:
                continue
            self.hits.update(((step.id, "field", name), name not in record.hidden) for name in step.conditional)
            for name, answer in record.answers.items():
                if name in step.by_name and name not in record.hidden:
                    self.chosen.update((name, each) for each in _chosen(answer.value, answer.special))

    def took_exit(self, exit_id: str) -> None:
        self.hits.add(((exit_id, "exit", 0), True))

    # --- wrapping ----------------------------------------------------------------------------------------------------
    def _watched(self, program: Program) -> Program:
        lists = {options.id: self._list(options) for options in _lists_in(program)}
        links = {
            name: replace(link, when=self._told((name, "link", 0), link.when)) for name, link in program.links.items()
        }
        return replace(
            program,
            nodes=tuple(self._step(step, lists) for step in program.nodes),
            lists={name: lists.get(options.id, options) for name, options in program.lists.items()},
            links=links,
        )

    def _told(self, key: Key, when: Condition | None) -> Condition | None:
        if when is None:
            return None
        true, false = (key, True), (key, False)

        def told(scope: Scope) -> bool:
            held = when(scope)
            self.hits.add(true if held else false)
            return held

        return told

    def _list(self, options: PreparedOptions) -> PreparedOptions:
        told = tuple(
            replace(each, when=self._told((options.id, "option", each.value), each.when)) for each in options.options
        )
        return replace(options, options=told, by_value={each.value: each for each in told})

    def _step(self, step: PreparedStep, lists: dict[str, PreparedOptions]) -> PreparedStep:
        changes: dict[str, Any] = {"when": self._told((step.id, "when", 0), step.when)}
        if isinstance(step, EndStep):
            changes["items"] = tuple(self._text(step.id, number, each) for number, each in enumerate(step.items))
        elif isinstance(step, ActionStep):
            changes |= self._action(step, lists)
        return replace(step, **changes)

    def _action(self, step: ActionStep, lists: dict[str, PreparedOptions]) -> dict[str, Any]:
        items = tuple(self._item(step.id, number, each, lists) for number, each in enumerate(step.items))
        fields = tuple(each for item in items for each in _fields(item))
        by_name = {each.name: each for each in fields}
        return {
            "items": items,
            "fields": fields,
            "by_name": by_name,
            "worked_out": tuple(by_name.get(each.name, each) for each in step.worked_out),
            "checks": tuple(
                replace(each, test=self._told((step.id, "check", each.number), each.test) or each.test)
                for each in step.checks
            ),
            "nexts": self._nexts(step),
        }

    def _nexts(self, step: ActionStep) -> tuple[Any, ...]:
        last = len(step.nexts) - 1
        return tuple(
            replace(each, when=self._next(step.id, number, each.when, last=number == last))
            for number, each in enumerate(step.nexts)
        )

    def _next(self, node: str, number: int, when: Condition | None, *, last: bool) -> Condition:
        taken, otherwise = ((node, "next", number), True), ((node, "otherwise", 0), True)

        def told(scope: Scope) -> bool:
            held = when is None or when(scope)
            if held:
                self.hits.add(taken)
            elif last:
                self.hits.add(otherwise)
            return held

        return told

    def _item(self, node: str, number: int, item: PreparedItem, lists: dict[str, PreparedOptions]) -> PreparedItem:
        if isinstance(item, PreparedText):
            return self._text(node, number, item)
        if isinstance(item, PreparedMatrix):
            return replace(item, rows=tuple(_with_list(row, lists) for row in item.rows))
        return _with_list(item, lists)

    def _text(self, node: str, number: int, text: PreparedText) -> PreparedText:
        return replace(text, when=self._told((node, "text", number), text.when))


def _with_list(field: PreparedField, lists: dict[str, PreparedOptions]) -> PreparedField:
    return replace(field, options=lists[field.options.id]) if field.options is not None else field


def _fields(item: PreparedItem) -> tuple[PreparedField, ...]:
    if isinstance(item, PreparedText):
        return ()
    return item.rows if isinstance(item, PreparedMatrix) else (item,)


def _lists_in(program: Program) -> Iterator[PreparedOptions]:
    for step in program.nodes:
        for field in step.fields if isinstance(step, ActionStep) else ():
            if field.options is not None:
                yield field.options


def _chosen(value: Any, special: str) -> list[str]:
    if special:
        return [f"#{special}"]
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
