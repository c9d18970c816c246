"""Limits and outcomes in `calling.xml`: numbers that contradict each other, or that nothing can ever reach."""

from __future__ import annotations

from collections.abc import Iterator

from callscript.checker import kinds_calling as kinds
from callscript.checker.kinds import UNKNOWN_OUTCOME
from callscript.model.calling import Calling, Hours, NextStep
from callscript.model.outcomes import DEAD_NUMBERS, INTERVIEWS, OUTCOMES, meant
from callscript.parser.suggestion import hints
from callscript.problems import Problem

DAY = 1440
"""Minutes."""
_RANGES = {
    "lease_seconds": (20, 3600, "20", "3600"),
    "slot_minutes": (5, 240, "5m", "4h"),
    "gap_minutes": (0, 60 * DAY, "0m", "60d"),
    "hard_wait_minutes": (0, DAY, "0m", "1d"),
    "late_minutes": (0, DAY, "0m", "1d"),
}
"""Column -> least and most of its number, and as they are written."""
LONGEST_RETRY = 366 * DAY
SIGN_OF_LIFE = 20
"""Seconds between two signs of life of an agent's desk."""
_WAIT, _LATE = 10, 15
"""Minutes of `appointments` where nothing is said."""


def of_limits(calling: Calling, *, whole: bool) -> Iterator[Problem]:
    for column, (least, most, least_text, most_text) in _RANGES.items():
        if not least <= calling.numbers.get(column, least) <= most:
            setting = calling.settings[column]
            values = {"name": setting.name, "least": least_text, "most": most_text}
            yield Problem(kinds.OUT_OF_RANGE, setting.span, values)
    yield from _never_reached(calling, whole=whole)
    yield from _within_a_day(calling, whole=whole)
    yield from _appointments(calling)
    lease = calling.numbers.get("lease_seconds")
    if lease is not None and SIGN_OF_LIFE <= lease < 2 * SIGN_OF_LIFE:
        values = {"least": str(2 * SIGN_OF_LIFE), "every": str(SIGN_OF_LIFE)}
        yield Problem(kinds.LEASE_TOO_SHORT, calling.settings["lease_seconds"].span, values)


def _never_reached(calling: Calling, *, whole: bool) -> Iterator[Problem]:
    """Limits of a part of the calls that are above that of all calls, and the other way round."""
    attempts = calling.settings.get("max_attempts")
    if attempts is None:
        return
    most = calling.numbers["max_attempts"]
    for column in ("max_per_number", "max_per_day", "max_per_part", "spread"):
        setting = calling.settings.get(column)
        if setting is not None and calling.numbers[column] > most:
            yield Problem(kinds.LIMIT_NEVER_REACHED, setting.span, {"name": str(setting), "other": str(attempts)})
    in_parts = calling.numbers.get("max_per_part", most) * len(calling.parts)
    if calling.parts and whole and in_parts < most and _all_in_parts(calling):
        values = {"name": str(attempts), "most": str(in_parts), "other": str(calling.settings["max_per_part"])}
        yield Problem(kinds.ATTEMPTS_NEVER_REACHED, attempts.span, values)


def _all_in_parts(calling: Calling) -> bool:
    """Does every minute of every window belong to a part?"""
    return bool(calling.windows) and all(
        _covered(window, day, calling.parts) for window in calling.windows for day in window.days
    )


def _covered(window: Hours, day: int, parts: tuple[Hours, ...]) -> bool:
    at = window.opens
    for part in sorted(parts, key=lambda part: part.opens):
        if day in part.days and part.opens <= at < part.closes:
            at = part.closes
    return at >= window.closes


def _within_a_day(calling: Calling, *, whole: bool) -> Iterator[Problem]:
    """A gap so long that fewer calls fit into any day than are allowed on one."""
    setting, gap = calling.settings.get("max_per_day"), calling.numbers.get("gap_minutes", 0)
    if setting is None or not gap or not whole:
        return
    fits = 1 + max((_longest_stretch(calling, day) - 1) // gap for day in range(1, 8))
    if fits < calling.numbers["max_per_day"] <= calling.numbers.get("max_attempts", 10**9):
        values = {"name": str(setting), "gap": calling.settings["gap_minutes"].text, "fits": str(fits)}
        yield Problem(kinds.DAY_TOO_SHORT, setting.span, values)


def _longest_stretch(calling: Calling, day: int) -> int:
    """Minutes from the first opening of a day to its last closing."""
    if not calling.windows:
        return DAY
    hours = [window for window in calling.windows if day in window.days]
    if not hours:
        return 1
    return _clock(max(each.closes for each in hours)) - _clock(min(each.opens for each in hours))


def _clock(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _appointments(calling: Calling) -> Iterator[Problem]:
    wait, late = calling.numbers.get("hard_wait_minutes", _WAIT), calling.numbers.get("late_minutes", _LATE)
    setting = calling.settings.get("hard_wait_minutes") or calling.settings.get("late_minutes")
    if setting is not None and wait > late:
        yield Problem(kinds.LATE_BEFORE_FREE, setting.span, {"wait": str(wait), "late": str(late)})


def of_outcomes(calling: Calling) -> Iterator[Problem]:
    for outcome in calling.outcomes:
        if outcome.code not in OUTCOMES:
            yield Problem(UNKNOWN_OUTCOME, outcome.span, {"code": outcome.code, **hints(meant(outcome.code))})
            continue
        yield from _outcome(calling, outcome)


def _outcome(calling: Calling, outcome: NextStep) -> Iterator[Problem]:
    closes = OUTCOMES[outcome.code] if outcome.final is None else outcome.final
    if closes:
        useless = [name for name, said in _after(outcome) if said]
        if useless:
            values = {"code": outcome.code, "names": ", ".join(useless), "names_zh": "、".join(useless)}
            yield Problem(kinds.NOTHING_AFTER, outcome.span, values)
    elif outcome.retry_minutes == 0 or (outcome.retry_minutes is None and OUTCOMES[outcome.code]):
        yield Problem(kinds.RETRY_MISSING, outcome.span, {"code": outcome.code})
    elif outcome.code in INTERVIEWS:
        yield Problem(kinds.INTERVIEWED_AGAIN, outcome.span, {"code": outcome.code})
    if not closes and outcome.retry_minutes:
        yield from _retry(calling, outcome, outcome.retry_minutes)


def _after(outcome: NextStep) -> Iterator[tuple[str, bool]]:
    """What an outcome says of the next call. Where a dead number ends it, the contact's next one is called at once."""
    yield "retry", outcome.retry_minutes is not None
    if outcome.code not in DEAD_NUMBERS:
        yield "times", outcome.times is not None
        yield "skill", outcome.skill is not None
        yield "other-agent", bool(outcome.other_agent)
        yield "next-number", bool(outcome.next_number)


def _retry(calling: Calling, outcome: NextStep, retry: int) -> Iterator[Problem]:
    if retry > LONGEST_RETRY:
        yield Problem(kinds.OUT_OF_RANGE, outcome.span, {"name": "retry", "least": "1m", "most": "366d"})
    gap = calling.settings.get("gap_minutes")
    if gap is not None and retry < calling.numbers["gap_minutes"]:
        values = {"code": outcome.code, "gap": gap.text}
        yield Problem(kinds.RETRY_WITHIN_GAP, outcome.span, values)
    attempts = calling.settings.get("max_attempts")
    if outcome.times is not None and attempts is not None and outcome.times >= calling.numbers["max_attempts"]:
        values = {"name": f'times="{outcome.times}"', "other": str(attempts)}
        yield Problem(kinds.LIMIT_NEVER_REACHED, outcome.span, values)
