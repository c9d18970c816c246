"""Did you mean …? The nearest known word to a misspelt one, at a cost that hostile input cannot blow up."""

from __future__ import annotations

from collections.abc import Iterable

MOST_CANDIDATES = 5_000
LONGEST_WORD = 60


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a slip of the keyboard would turn into `word`, or None where none is near.

    Near is: the same but for case and separators, or at most a third of its letters (and at most 3) changed, added,
    left out or swapped with their neighbour. Ties go to the first.
    """
    if not word or len(word) > LONGEST_WORD:
        return None
    plain = _plain(word)
    allowed = min(3, max(1, len(word) // 3))
    best, best_distance = None, allowed + 1
    for number, candidate in enumerate(candidates):
        if number >= MOST_CANDIDATES:
            break
        if abs(len(candidate) - len(word)) >= best_distance and _plain(candidate) != plain:
            continue
        distance = 0 if _plain(candidate) == plain else _distance(word, candidate, best_distance)
        if distance < best_distance:
            best, best_distance = candidate, distance
    return best


def _plain(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "").replace(".", "")


def _distance(left: str, right: str, limit: int) -> int:
    """Edits between two words, counting a swap of neighbours as one; `limit` or more is said as `limit`."""
    if len(left) > LONGEST_WORD or len(right) > LONGEST_WORD:
        return limit
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) >= limit:
            return limit
        before, previous = previous, current
    return previous[-1]
