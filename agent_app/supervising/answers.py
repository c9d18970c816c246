"""Answers in the words that the agent saw."""

from __future__ import annotations

from typing import Any

from datasets.variables import Question


def words_of(value: Any, question: Question | None) -> str:
    """A stored value as people read it: an option's words, several joined by a comma."""
    if value is None:
        return ""
    labels = {category.value: category.label for category in question.categories} if question else {}
    if isinstance(value, list):
        return ", ".join(labels.get(str(each)) or str(each) for each in value)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return labels.get(str(value)) or str(value)
