"""Coding of open answers: which questions are open, how far coders agree, where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from datasets.variables import Category, Codebook, Kind, Question
from measures.agreement import cohens_kappa, krippendorffs_alpha


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """`options` are those of the question whose "other, which?" this is: what answers are coded back to."""

    question: Question
    options: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """`kappa` only where all pairs are of the same two coders."""

    answers: int
    kappa: Fraction | None
    alpha: Fraction | None


def open_questions(book: Codebook, others: Mapping[str, str]) -> list[OpenQuestion]:
    """Questions answered in free text, in the order of the script.

    Args:
        others: text field -> the question whose option asks for it.
    """
    by_name = {question.field: question for question in book.questions}
    return [
        OpenQuestion(
            question, by_name[others[question.field]].categories if others.get(question.field) in by_name else ()
        )
        for question in book.questions
        if question.kind is Kind.TEXT and not question.computed and not question.categories
    ]


def agreement_of(pairs: Iterable[Mapping[str, Any]]) -> Agreement:
    """Agreement over answers that were coded twice or more (rows of `supervision.frame`)."""
    held = list(pairs)
    coders = {tuple(pair["coders"]) for pair in held}
    two = len(coders) == 1 and all(len(each) == 2 for each in coders)
    kappa = cohens_kappa((pair["codes"][0], pair["codes"][1]) for pair in held) if two else None
    return Agreement(len(held), kappa, krippendorffs_alpha(pair["codes"] for pair in held))


def disagreements(pairs: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Answers that were given different codes, the undecided ones first."""
    differing = [pair for pair in pairs if len(set(pair["codes"])) > 1]
    return sorted(differing, key=lambda pair: pair["final"] is not None)


def usable(codes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Code -> meaning, of those in use."""
    return {each["code"]: each["title"] for each in codes if not each["retired"]}
