"""Engines with a defect put in on purpose: the property tests must catch every one.

python -m tests.callscript.engine.known_bad            # all, with a verdict each; exit code 1 if one goes unseen
python -m tests.callscript.engine.known_bad leak        # those whose name begins so
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from callscript.engine import answering, calls, interview, judging, screens, seeing, sight, stored, walking
from callscript.engine.program import ActionStep
from callscript.engine.state import Chunk
from callscript.engine.working import Working
from tests.callscript.engine.wandering import Wandering

SETTINGS = settings(
    max_examples=1500,
    stateful_step_count=40,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True, slots=True)
class Defect:
    name: str
    what: str
    patches: Callable[[], list[Any]]


def _off_path_leaks() -> list[Any]:
    """Expressions see answers that the path no longer passes."""

    def held(_: sight.Sight, record: Any, name: str) -> Any:
        answer = record.answers.get(name)
        return "" if answer is None or answer.value is None else answer.value

    return [mock.patch.object(sight.Sight, "_held", held)]


def _saves_leak() -> list[Any]:
    """Saves tell of every answer as if it were on the path."""
    return [mock.patch.object(calls, "on_path", return_value=True)]


def _back_forgets() -> list[Any]:
    """Back empties the node that it goes to."""
    see = interview._see

    def forgetting(work: Working, index: int) -> str:
        work.change(work.entry(index), answers={}, attended=False)
        return see(work, index)

    return [mock.patch.object(interview, "_see", forgetting)]


def _back_loses_the_rest() -> list[Any]:
    """Back takes everything after the node off the path."""
    see = interview._see

    def cutting(work: Working, index: int) -> str:
        work.cut(index + 1)
        return see(work, index)

    return [mock.patch.object(interview, "_see", cutting)]


def _resume_drops_a_field() -> list[Any]:
    """A stored state lacks the last answer of every node with several."""
    short = stored._short_record

    def dropping(record: Any) -> list[Any]:
        if len(record.answers) > 1:
            record = replace(record, answers=dict(list(record.answers.items())[:-1]))
        return short(record)

    return [mock.patch.object(stored, "_short_record", dropping)]


def _first_next_ignored() -> list[Any]:
    """The first `next` of a node is passed over."""
    follow = walking.follow

    def ignoring(work: Working, index: int) -> Any:
        step = work.program.nodes[work.entry(index).ordinal]
        if not isinstance(step, ActionStep) or not step.nexts:
            return follow(work, index)
        nodes = list(work.program.nodes)
        nodes[step.ordinal] = dataclasses.replace(step, nexts=step.nexts[1:])
        with mock.patch.object(work, "program", dataclasses.replace(work.program, nodes=tuple(nodes))):
            return follow(work, index)

    return [mock.patch.object(walking, "follow", ignoring)]


def _kept_answers_are_not_judged() -> list[Any]:
    """A changed answer makes another one wrong, and nobody asks again."""
    return [mock.patch.object(walking, "needs_attention", lambda _step, record, _sight: not record.attended)]


def _readers_not_asked() -> list[Any]:
    """A changed answer does not reach the computes and conditions that read it."""

    def nothing(work: Working) -> None:
        work.dirty = ()

    return [mock.patch.object(walking, "_ask_readers", nothing)]


def _only_whole_first_round() -> list[Any]:
    """Repeats end after their first round."""
    rounds = walking._rounds
    return [mock.patch.object(walking, "_rounds", lambda step, seen: rounds(step, seen)[:1])]


def _deltas_forget_what_went_off() -> list[Any]:
    """A save does not tell that an answer has left the path."""
    changes = calls._changes
    return [mock.patch.object(calls, "_changes", lambda work, pack: (c for c in changes(work, pack) if c.on_path))]


def _state_is_changed_in_place() -> list[Any]:
    """A step writes into the state that it was given."""

    def put(self: Working, ordinal: int, place: str, record: Any) -> None:
        chunk: Chunk = self.records[ordinal >> 5]
        chunk[place], chunk.raw = record, None

    return [mock.patch.object(Working, "put", put)]


def _soft_checks_confirmed_for_ever() -> list[Any]:
    """Once confirmed, a soft check is never raised again, whatever is answered then."""
    return [mock.patch.object(judging, "_mark", lambda check, _sight: str(check.number))]


def _hidden_fields_take_answers() -> list[Any]:
    """What was typed into a field that is not asked counts when it is asked."""
    return [mock.patch.object(answering, "_restore")]


def _computes_lag() -> list[Any]:
    """A compute keeps its first value."""
    kept = seeing._kept
    return [mock.patch.object(seeing, "_kept", lambda held, value, work: held or kept(held, value, work))]


def _special_is_a_value() -> list[Any]:
    """A special answer is kept as if it were typed."""
    read = answering._read

    def typed(work: Working, asked: Any, raw: Any, tried: Any) -> None:
        read(work, asked, raw, tried)
        _value, special = tried.answers.get(asked.name, (None, ""))
        if special:
            tried.answers[asked.name] = (special, "")

    return [mock.patch.object(answering, "_read", typed)]


def _back_skips_one() -> list[Any]:
    """Back goes two screens back."""
    previous = screens.previous

    def twice(work: Working, index: int) -> int | None:
        first = previous(work, index)
        return None if first is None else previous(work, first)

    return [mock.patch.object(interview, "previous", twice)]


DEFECTS = tuple(
    Defect(make.__name__.removeprefix("_").replace("_", "-"), (make.__doc__ or "").strip(), make)
    for make in (
        _off_path_leaks,
        _saves_leak,
        _back_forgets,
        _back_loses_the_rest,
        _back_skips_one,
        _resume_drops_a_field,
        _first_next_ignored,
        _kept_answers_are_not_judged,
        _readers_not_asked,
        _only_whole_first_round,
        _deltas_forget_what_went_off,
        _state_is_changed_in_place,
        _soft_checks_confirmed_for_ever,
        _hidden_fields_take_answers,
        _computes_lag,
        _special_is_a_value,
    )
)


@contextmanager
def broken(defect: Defect) -> Iterator[None]:
    """The engine with this defect, inside the `with` block."""
    patches = defect.patches()
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in reversed(patches):
            patch.stop()


def caught_by(defect: Defect) -> str | None:
    """What the property tests say of the broken engine; None if they pass."""
    with broken(defect), redirect_stdout(StringIO()):  # the example that fails is for those who look for it
        try:
            run_state_machine_as_test(Wandering, settings=SETTINGS)
        except BaseException as error:
            return type(error).__name__
    return None


def main(names: list[str]) -> int:
    sound = caught_by(Defect("none", "The engine as it is.", list))
    if sound:
        print(f"The engine itself fails ({sound}): nothing can be said about defects.")
        return 1
    chosen = [each for each in DEFECTS if not names or any(each.name.startswith(name) for name in names)]
    unseen = 0
    for defect in chosen:
        found = caught_by(defect)
        unseen += found is None
        print(f"{'caught' if found else 'UNSEEN':7} {defect.name:32} {defect.what}  [{found or '-'}]", flush=True)
    print(f"{len(chosen) - unseen} of {len(chosen)} defects caught")
    return 1 if unseen or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
