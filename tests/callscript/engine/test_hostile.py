"""Strange events, damaged states, made up expressions: nothing raises, what cannot be used is refused."""

from __future__ import annotations

import pytest

from tests.fuzz import events, expressions, states


@pytest.mark.parametrize("first", range(0, 24, 6))
def test_no_event_raises_and_every_state_can_be_stored(first: int) -> None:
    for seed in range(first, first + 6):
        events.attempt(seed)


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_a_damaged_state_is_refused_or_goes_on(first: int) -> None:
    for seed in range(first, first + 100):
        states.attempt(seed)


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_an_expression_is_refused_with_its_place_or_runs(first: int) -> None:
    for seed in range(first, first + 100):
        expressions.attempt(seed)
