"""What an interview's course must be, worked out naively: walk the model from the start with the answers given.

Shares nothing with the engine but the compiled expressions. Slow, without memory, short enough to be seen to be right.
It knows what the wandering script uses: actions, repeats, ends, exits, conditions, checks, filtered options, computes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from callscript.expressions import compile_condition, compile_field
from callscript.expressions.scope import UNANSWERED, Value
from callscript.model.campaign import Campaign
from callscript.model.local import Action, Check, Compute, End, Field, Level, Matrix, Node, Repeat

Rounds = tuple[str, ...]
Given = dict[str, dict[str, tuple[Any, str]]]
"""Place -> field -> value (None: left empty) and special, of every place that was left."""
STOP = "\0stop"


@dataclass
class Reference:
    """One walk. Read `path`, `visible`, `hidden`, `outcome` after `walk()`."""

    campaign: Campaign
    given: Given
    exits: dict[str, str] = field(default_factory=dict)
    """Place at which an exit was taken -> exit id."""
    confirmed: set[tuple[str, int, str]] = field(default_factory=set)
    """Place, check number and the values that it read."""
    now_ms: int = 0
    timezone: str = "Asia/Shanghai"
    language: str = "zh"
    path: list[str] = field(default_factory=list)
    visible: dict[tuple[str, Rounds], tuple[Any, str]] = field(default_factory=dict)
    hidden: dict[str, set[str]] = field(default_factory=dict)
    raised: list[tuple[str, int, str]] = field(default_factory=list)
    """Soft checks that stopped the walk, as `confirmed` holds them."""
    outcome: str = ""
    _rounds: Rounds = ()
    _repeats: tuple[str, ...] = ()

    def walk(self) -> Reference:
        self._level(self.campaign.local.nodes)
        return self

    # --- the flow ----------------------------------------------------------------------------------------------------
    def _level(self, nodes: Sequence[Node]) -> str | None:
        """Walk nodes in order; a target that is not among them, or STOP, is handed to the level around."""
        number = 0
        while number < len(nodes):
            signal = self._node(nodes[number])
            if signal is None:
                number += 1
                continue
            ids = [node.id for node in nodes]
            if signal not in ids:
                return signal
            number = ids.index(signal)
        return None

    def _node(self, node: Node) -> str | None:
        if isinstance(node, End):
            self.path.append(self._place(node.id))
            self.outcome = node.outcome
            return STOP
        assert isinstance(node, Action | Repeat)
        if node.when is not None and not compile_condition(node.when)(self):
            return None
        return self._repeat(node) if isinstance(node, Repeat) else self._action(node)

    def _repeat(self, node: Repeat) -> str | None:
        if node.over:
            chosen = self.value(node.over)
            keys = [str(each) for each in (chosen if isinstance(chosen, list) else [])]
        else:
            assert node.count is not None
            count = compile_field(node.count, "integer")(self)  # type: ignore[arg-type]
            keys = [str(each) for each in range(1, count + 1)] if isinstance(count, int) else []
        for key in keys:
            self._rounds, self._repeats = (*self._rounds, key), (*self._repeats, node.id)
            signal = self._level(node.nodes)
            self._rounds, self._repeats = self._rounds[:-1], self._repeats[:-1]
            if signal is not None:
                return signal
        return None

    def _action(self, node: Action) -> str | None:
        place = self._place(node.id)
        self._see(node, place)
        if any(not isinstance(item, Compute) for item in node.items):
            self.path.append(place)
            if place in self.exits:
                exit_ = next(each for each in self.campaign.local.exits if each.id == self.exits[place])
                return exit_.action
            if place not in self.given or not self._is_right(node, place):
                return STOP
        for next_ in node.nexts:
            if next_.when is None or compile_condition(next_.when)(self):
                return next_.action
        return None

    def _see(self, node: Action, place: str) -> None:
        given, hidden = self.given.get(place, {}), set[str]()
        for item in node.items:
            if isinstance(item, Compute):
                value = compile_field(item.value, item.type)(self)
                self.visible[(item.name, self._rounds)] = (None if value == UNANSWERED else value, "")
            for asked in fields_in(item):
                if not self._is_asked(asked, node):
                    hidden.add(asked.name)
                elif asked.name in given:
                    self.visible[(asked.name, self._rounds)] = given[asked.name]
        self.hidden[place] = hidden

    def _is_asked(self, asked: Field, node: Action) -> bool:
        if asked.when is not None:
            return compile_condition(asked.when)(self)
        asking = [
            (sibling.name, option.value)
            for item in node.items
            for sibling in fields_in(item)
            for option in (self.campaign.local.options[sibling.options].options if sibling.options else ())
            if option.other == asked.name
        ]
        return not asking or any(value in (self.value(name) or ()) for name, value in asking)

    def _is_right(self, node: Action, place: str) -> bool:
        for item in node.items:
            for asked in fields_in(item):
                value, special = self.visible.get((asked.name, self._rounds), (None, ""))
                if asked.name in self.hidden[place] or special:
                    continue
                if asked.required and value is None:
                    return False
                if value is not None and asked.options and not self._is_offered(asked, value):
                    return False
        return all(self._holds(check, number, place) for number, check in enumerate(node.checks))

    def _is_offered(self, asked: Field, value: Any) -> bool:
        options = {each.value: each for each in self.campaign.local.options[asked.options or ""].options}
        for each in value if isinstance(value, list) else [value]:
            option = options.get(each)
            if option is None or (option.when is not None and not compile_condition(option.when)(self)):
                return False
        return True

    def _holds(self, check: Check, number: int, place: str) -> bool:
        values = {name: self.value(name) for name in sorted(check.test.names)}
        if "" in values.values() or compile_condition(check.test)(self):
            return True
        mark = (place, number, repr(values))
        if check.level is Level.SOFT and mark in self.confirmed:
            return True
        if check.level is Level.SOFT:
            self.raised.append(mark)
        return False

    def _place(self, node: str) -> str:
        return f"{node}@{'/'.join(self._rounds)}" if self._rounds else node

    # --- scope -------------------------------------------------------------------------------------------------------
    @property
    def position(self) -> int:
        return 0

    def value(self, name: str) -> Value:
        if name in self._repeats:
            return self._rounds[self._repeats.index(name)]
        for depth in range(len(self._rounds), -1, -1):
            held = self.visible.get((name, self._rounds[:depth]))
            if held is not None:
                return UNANSWERED if held[0] is None else held[0]
        return UNANSWERED

    def rounds(self, name: str) -> Sequence[Value]:
        held = [value for (each, _), (value, _special) in self.visible.items() if each == name]
        return [UNANSWERED if value is None else value for value in held]

    def special(self, name: str) -> str:
        return self.visible.get((name, self._rounds), (None, ""))[1]

    def option_label(self, name: str, value: str) -> str:  # noqa: ARG002 - texts are not this reference's business
        return value

    @property
    def on_path(self) -> dict[str, Any]:
        """As `Play.on_path`."""
        return {
            f"{name}@{'/'.join(rounds)}" if rounds else name: special or value
            for (name, rounds), (value, special) in self.visible.items()
            if special or value is not None
        }


def fields_in(item: object) -> Iterable[Field]:
    if isinstance(item, Field):
        return (item,)
    return item.rows if isinstance(item, Matrix) else ()
