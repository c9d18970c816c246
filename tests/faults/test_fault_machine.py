"""The fault machine itself: a short run over every fault, and the judges' own sight.

The long run is by hand: `python -m tests.faults --seeds 25 --answers 100000`, `python -m tests.faults.known_bad`.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest

from local.layout import CHECKOUT
from tests.faults import invariants
from tests.faults.__main__ import run_seeds
from tests.faults.defects import DEFECTS, Defect
from tests.faults.ledger import Given, Meant, Sent, Took
from tests.faults.seed import FAULTS, Wishes

ANY_TIME = 300.0
"""Seconds; the tests promise no times, the long run by hand asks for five."""


def test_every_fault_once() -> None:
    """On a machine of which nothing is known: what was stored is judged, how fast agents come back is not."""
    wishes = Wishes(
        seeds=[int(os.environ.get("FAULT_SEED", "1"))], faults=list(FAULTS), agents=4, patience=ANY_TIME, brisk=True,
        think_seconds=0.15, contacts=1500,
    )  # fmt: skip
    outcome = run_seeds(wishes)
    assert outcome.wrong == {}, f"again: python -m tests.faults --seed {outcome.seeds[0]} --agents 4 --brisk"
    assert {each.name for each in outcome.fired if each.times} == set(FAULTS)
    assert outcome.acknowledged > 100


AT = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
STORED: dict[str, Any] = {
    "answers": [("i1", "q", 5, True, "li", 1)],
    "history": [("i1", "q", None, 5, 1, False, "li")],
    "interviews": [("i1", "c1", 1, "li", "r", "1.1", True)],
    "attempts": [("i1", "c1", 1, "li")],
    "cases": [("c1", 1, 1, "closed", None, "1.1")],
    "keys": [
        ("li", "k1", "7", AT, "outbound.next_case", "i1"),
        ("li", "k2", "8", AT, "outbound.save_answers", "i1"),
    ],
    "replies": [("li", "k1", {"case": {"lease_until": "2026-11-23T08:01:00+00:00"}})],
    "journal": [
        ("li", "k1", "7", AT, "outbound.next_case", "i1", "done", "r", "", None),
        ("li", "k2", "8", AT, "outbound.save_answers", "i1", "done", "r", "s1", None),
    ],
}
TOLD = (
    Took("li", "i1", "c1", 1),
    Meant("li", "i1", 1, {"q": 5}),
    Given("li", "i1", 1, 1.0),
    Sent("li", "i1", "k2", "outbound.save_answers", "s1", 1.0, ok=True, status=200),
)


def judged(**changes: Any) -> set[str]:
    """Names of the invariants that are broken once tables (by name) or what agents were told (`told`) are changed."""
    told = changes.pop("told", TOLD)
    log = changes.pop("log", ())
    evidence = invariants.Evidence(told, {**STORED, **changes}, log, 0, set(), ())
    return {name for name, wrong in invariants.judge(evidence).items() if wrong}


def test_a_day_without_faults_is_found_good() -> None:
    assert judged() == set()


@pytest.mark.parametrize(
    ("changes", "invariant"),
    [
        ({"answers": []}, "lost"),
        ({"answers": [("i1", "q", 6, True, "li", 1)]}, "lost"),
        ({"history": [*STORED["history"], *STORED["history"]]}, "doubled"),
        ({"journal": [*STORED["journal"], STORED["journal"][1]]}, "doubled"),
        ({"history": [("i1", "q", None, 9, 1, False, "li")]}, "doubled"),
        ({"told": (*TOLD, Took("wang", "i2", "c1", 1))}, "doubly owned"),
        ({"interviews": [*STORED["interviews"], ("i2", "c1", 2, "wang", "r", None, False)]}, "doubly owned"),
        ({"keys": STORED["keys"][:1]}, "disagreement"),
        ({"replies": []}, "disagreement"),
        ({"history": []}, "disagreement"),
        ({"attempts": []}, "disagreement"),
        ({"told": (*TOLD, Sent("li", "i1", "k9", "outbound.finish", "end", 1.0, ok=True))}, "disagreement"),
    ],
)
def test_what_is_wrong_is_seen(changes: dict[str, Any], invariant: str) -> None:
    assert invariant in judged(**changes)


def test_a_refusal_that_no_log_tells_of_is_seen() -> None:
    refused = Sent(
        "li", "i1", "k3", "outbound.save_answers", "s1", 1.0, ok=False, code="busy", status=503, correlation="c",
        told_node="s1", own=True,
    )  # fmt: skip
    line = {"correlation_id": "c", "code": "busy", "node": "s1", "action": "outbound.save_answers", "outcome": "failed"}
    assert judged(told=(*TOLD, refused)) == {"unnamed failure"}
    assert judged(told=(*TOLD, refused), log=(line,)) == set()
    assert judged(told=(*TOLD, refused), log=({**line, "node": "other"},)) == {"unnamed failure"}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_what_a_defect_breaks_is_still_there(defect: Defect) -> None:
    """The product moves on; a defect that no longer fits would be a verdict about nothing."""
    for edit in defect.edits:
        assert edit.old in (CHECKOUT / edit.file).read_text()
    assert set(defect.faults) <= set(FAULTS)
