"""What the supervisors' pages work out: figures of cases, productivity, coding."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from admin.queue import reason_words
from agent_app.supervising.answers import words_of
from agent_app.supervising.coding import agreement_of, disagreements, open_questions
from agent_app.supervising.figures_of_cases import attempt_rows, outcome_rows, productivity, standing_of
from agent_app.texts import TEXTS
from datasets.variables import Category, Codebook, Kind, Question
from tests.harness.fresh_database import FreshDatabase


def count(outcome: str, state: str, attempts: int, cases: int, category: str | None = None) -> dict[str, Any]:
    titles = {"title_zh": outcome and f"中{outcome}", "title_en": outcome and f"en {outcome}"}
    return {"outcome": outcome, "state": state, "attempts": attempts, "cases": cases, "category": category, **titles}


COUNTS = [
    count("", "waiting", 0, 70), count("1.1", "closed", 1, 10, "interview"), count("2.112", "closed", 2, 5, "refusal"),
    count("3.13", "waiting", 3, 5, "unknown"), count("3.13", "held", 1, 10, "unknown"),
]  # fmt: skip


def test_cases_that_were_never_called_count_only_where_asked_for() -> None:
    called, whole = standing_of(COUNTS, only_called=True), standing_of(COUNTS, only_called=False)
    assert (called.cases, called.called, called.closed, called.held) == (100, 30, 15, 10)
    assert called.rates["RR1"] == Fraction(10, 30)
    assert whole.rates["RR1"] == Fraction(10, 100)
    assert called.attempts_a_complete == Fraction(10 + 10 + 15 + 10, 10)
    assert standing_of(COUNTS, only_called=True, e=Fraction(1, 2)).rates["RR3"] == Fraction(10, 15) / Fraction(3, 2)
    assert standing_of([], only_called=True).attempts_a_complete is None


def test_tables_of_outcomes_and_attempts() -> None:
    rows = outcome_rows(COUNTS, "en", "Not called yet")
    assert [(row["code"], row["title"], row["cases"], row["held"]) for row in rows[:2]] == [
        ("–", "Not called yet", 70, 0),
        ("3.13", "en 3.13", 15, 10),
    ]
    assert {(row["attempts"], row["kind"]): row["cases"] for row in attempt_rows(COUNTS)} == {
        (0, "open"): 70, (1, "interview"): 10, (1, "open"): 10, (2, "closed"): 5, (3, "open"): 5,
    }  # fmt: skip


def test_productivity_says_nothing_of_no_time() -> None:
    day = {"present_seconds": 7200, "ready_seconds": 1800, "talk_seconds": 3600, "wrap_seconds": 0, "interviews": 5,
           "attempts": 20}  # fmt: skip
    assert productivity(day) == {"interviews_an_hour": 2.5, "attempts_a_complete": 4.0, "talk_share": 2 / 3}
    none = dict.fromkeys(day, 0)
    assert set(productivity(none).values()) == {None}


def test_agreement_of_two_and_of_more() -> None:
    two = [{"coders": ["a", "b"], "codes": [x, y], "final": None} for x, y in ("aa", "ab", "bb", "bb")]
    found = agreement_of(two)
    assert (found.answers, found.kappa) == (4, Fraction(1, 2))
    assert found.alpha is not None
    assert [pair["codes"] for pair in disagreements(two)] == [["a", "b"]]
    three = [*two, {"coders": ["a", "c"], "codes": ["a", "a"], "final": None}]
    assert agreement_of(three).kappa is None


def test_other_specify_is_coded_back_to_its_own_question() -> None:
    brand = Question("brand", Kind.CHOICE, "Brand", categories=(Category("a", "Aroma"),))
    other, why = Question("brand_other", Kind.TEXT, "Which?"), Question("why", Kind.TEXT, "Why?")
    book = Codebook("c", "C", "en", (brand, other, why), others={"brand_other": "brand"})
    found = open_questions(book, book.others)
    assert [(one.question.field, [each.value for each in one.options]) for one in found] == [
        ("brand_other", ["a"]),
        ("why", []),
    ]
    assert (words_of("a", brand), words_of(["a", "z"], brand), words_of(None, brand)) == ("Aroma", "Aroma, z", "")


def test_each_reason_that_the_queue_can_give_has_words_for_supervisors_and_admins(postgres: FreshDatabase) -> None:
    with postgres.connect() as connection:
        [[source]] = connection.fetch("SELECT prosrc FROM pg_proc WHERE proname = 'queue_state'")
    reasons = set(re.findall(r"(?:THEN|ELSE) '(\w+)'", str(source)))
    assert {"ready", "limits", "no_number", "window"} <= reasons
    assert {f"reason.{reason}" for reason in reasons} <= TEXTS.keys()
    assert all(reason_words(reason) for reason in reasons)
