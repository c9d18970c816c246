"""In how few round trips an action runs: worked out from the script, asserted on the wire by tests.

Statements keep their document order (an update may be meant to be seen by the select after it); those that need no
earlier statement's rows go out together. COMMIT goes with the last of them unless something that the client must see
first can still abort the transaction (a `rows` contract, a `fail`) or must be written (a reply that holds rows).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from callscript.model.server import Record, Rows, ServerAction, Shape, Value
from callscript.sql.compiled import CompiledAction, CompiledFail, CompiledStatement

_ANY = (0, None)


class Plan(msgspec.Struct, frozen=True):
    """How an action runs; `rounds` holds statements' names in the order in which they are sent."""

    rounds: tuple[tuple[str, ...], ...]
    reads_only: bool
    """It runs in a read-only transaction: no key, no stored reply."""
    commits_with_last_round: bool
    constant_reply: bool
    """The reply holds nothing that the database returns: it is known before the statements run."""

    @property
    def round_trips(self) -> int:
        """Waits for the database of one run that goes well, with BEGIN and COMMIT."""
        return max(1, len(self.rounds)) + (0 if self.commits_with_last_round else 1)


def plan(compiled: CompiledAction) -> Plan:
    """The plan of `compiled`, whatever its parameters will be (a skipped statement costs no more)."""
    depths = _depths(compiled)
    last = max(depths.values(), default=1)
    rounds = tuple(tuple(name for name, depth in depths.items() if depth == each) for each in range(1, last + 1))
    reads_only = compiled.action.read_only and not compiled.action.reveals
    awaited = max((depths[name] for name in _awaited(compiled)), default=0)
    return Plan(
        rounds=rounds if depths else (),
        reads_only=reads_only,
        commits_with_last_round=reads_only or awaited < last,
        constant_reply=not _sources(compiled.action),
    )


def _depths(compiled: CompiledAction) -> Mapping[str, int]:
    """Statement -> the round in which it is sent, from 1; never before the statement above it."""
    depths: dict[str, int] = {}
    floor = 1
    for step in compiled.steps:
        if isinstance(step, CompiledFail):
            continue
        floor = max([floor, *(depths[name] + 1 for name in step.reads)])
        depths[step.name] = floor
    return depths


def _awaited(compiled: CompiledAction) -> frozenset[str]:
    """Statements whose results must be seen before COMMIT is sent."""
    contracts = (step.name for step in compiled.statements if _may_break(step))
    fails = (name for step in compiled.steps if isinstance(step, CompiledFail) for name in step.reads)
    return frozenset((*contracts, *fails, *_sources(compiled.action)))


def _may_break(step: CompiledStatement) -> bool:
    return (step.statement.rows.fewest, step.statement.rows.most) != _ANY


def _sources(action: ServerAction) -> frozenset[str]:
    """Statements that the reply reads."""
    names = {statement.name for statement in action.statements}
    return frozenset(name for name in _read_by(action.data) if name in names)


def _read_by(shapes: Iterable[Shape]) -> Iterable[str]:
    for shape in shapes:
        match shape:
            case Value():
                yield shape.column.partition(".")[0]
            case Record() | Rows():
                yield shape.source
                yield from (name for item in shape.items if not isinstance(item, Value) for name in _read_by([item]))
