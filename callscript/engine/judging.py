"""Whether a node may be left: its fields' own constraints first, then the script's checks."""

from __future__ import annotations

import hashlib
from typing import Any

from callscript.engine.messages import message
from callscript.engine.offers import not_offered
from callscript.engine.program import ActionStep, PreparedCheck, PreparedField, Worth
from callscript.engine.sight import Sight
from callscript.engine.state import Answer, Record
from callscript.engine.steps import Complaint
from callscript.expressions.conventions import conventions_of
from callscript.expressions.fields import to_field
from callscript.expressions.formatting import number_written, written
from callscript.expressions.moments import days_of_text
from callscript.model.values import MOMENTS, NUMBERS, ValueType


def judge_fields(step: ActionStep, record: Record, sight: Sight) -> list[Complaint]:
    """What is wrong with the answers that the node's record holds."""
    complaints = []
    for field in step.fields:
        if field.name not in record.hidden:
            found = judge_field(field, record.answers.get(field.name), sight)
            if found is not None:
                complaints.append(found)
    return complaints


def judge_field(field: PreparedField, answer: Answer | None, sight: Sight) -> Complaint | None:
    """Why this answer cannot stay, or None."""
    if answer is not None and answer.special:
        return None if answer.special in field.specials else _complain("special-not-offered", field, sight)
    if answer is None or answer.value is None:
        return _complain("required", field, sight) if field.required else None
    value = answer.value
    if field.options is not None:
        found = _judge_options(field, value, sight)
        if found is not None:
            return found
    return _judge_limits(field, value, sight) or _judge_shape(field, value, sight)


def _judge_options(field: PreparedField, value: Any, sight: Sight) -> Complaint | None:
    assert field.options is not None  # noqa: S101 - said by the caller
    chosen = value if isinstance(value, list) else [value]
    gone = not_offered(field.options, chosen, sight)
    if gone is not None:
        option = field.options.by_value.get(gone)
        if option is None:
            return _complain("not-an-option", field, sight)
        return _complain("option-gone", field, sight, option=option.label[sight.language](sight))
    if len(chosen) > 1:
        for each in chosen:
            option = field.options.by_value.get(each)
            if option is not None and option.exclusive:
                return _complain("exclusive-option", field, sight, option=option.label[sight.language](sight))
    return None


def _judge_limits(field: PreparedField, value: Any, sight: Sight) -> Complaint | None:
    if field.minimum is None and field.maximum is None:
        return None
    held = _comparable(value, field.type, sight)
    low, high = limit_of(field, field.minimum, sight), limit_of(field, field.maximum, sight)
    timely = field.type in MOMENTS
    if low is not None and held < _comparable(low, field.type, sight):
        return _complain("too-early" if timely else "too-small", field, sight, limit=_written(low, field, sight))
    if high is not None and held > _comparable(high, field.type, sight):
        return _complain("too-late" if timely else "too-large", field, sight, limit=_written(high, field, sight))
    return None


def limit_of(field: PreparedField, limit: Worth | None, sight: Sight) -> Any:
    """A limit as a value of the field's type; None where there is none now (an unanswered field sets no limit)."""
    if limit is None:
        return None
    worth = limit(sight)
    if field.type is ValueType.INTEGER and isinstance(worth, int | float) and not isinstance(worth, bool):
        return worth  # 0.5 as least whole number means 1, not 0
    found = to_field(worth, field.type, sight.timezone)
    return None if found == "" else found


def _comparable(value: Any, kind: ValueType, sight: Sight) -> Any:
    if kind in {ValueType.DATE, ValueType.DATETIME}:
        return days_of_text(value, sight.timezone)
    return value


def _written(limit: Any, field: PreparedField, sight: Sight) -> str:
    if field.type in NUMBERS:
        return number_written(limit, conventions_of(sight.language))
    return written(limit, field.type, sight.language, sight.timezone)


def _judge_shape(field: PreparedField, value: Any, sight: Sight) -> Complaint | None:
    if field.length is not None and isinstance(value, str | list):
        fewest, most = field.length
        many = isinstance(value, list)
        if len(value) < fewest:
            return _complain("too-few" if many else "too-short", field, sight, limit=fewest)
        if len(value) > most:
            return _complain("too-many" if many else "too-long", field, sight, limit=most)
    if field.pattern is not None and isinstance(value, str) and field.pattern.fullmatch(value) is None:
        if field.pattern_message is not None:
            said = field.pattern_message[sight.language](sight)
            return Complaint(code="pattern", message=said, field=field.name)
        return _complain("pattern", field, sight)
    return None


def _complain(code: str, field: PreparedField, sight: Sight, **values: object) -> Complaint:
    return Complaint(code=code, message=message(code, sight.language, **values), field=field.name)


def judge_checks(step: ActionStep, record: Record, sight: Sight) -> tuple[list[Complaint], tuple[str, ...]]:
    """The script's checks that do not hold, and the marks of the soft ones among them.

    A soft check whose mark was confirmed is not raised again until an answer that it reads changes.
    """
    complaints, marks = [], []
    for check in step.checks:
        if not all(_is_answered(sight, name) for name in check.needs) or check.test(sight):
            continue
        if check.soft:
            mark = _mark(check, sight)
            if mark in record.confirmed:
                continue
            marks.append(mark)
        said = check.message[sight.language](sight)
        field = next((name for name in check.reads if name in step.by_name and name not in record.hidden), None)
        code = "soft-check" if check.soft else "hard-check"
        complaints.append(Complaint(code=code, message=said, field=field, soft=check.soft))
    return complaints, tuple(marks)


def _mark(check: PreparedCheck, sight: Sight) -> str:
    """The check's number and a digest of what it read: a confirmation holds for these very answers."""
    seen = [(name, sight.value(name), sight.special(name), list(sight.rounds(name))) for name in check.reads]
    return f"{check.number}:{hashlib.sha256(repr(seen).encode()).hexdigest()[:10]}"


def _is_answered(sight: Sight, name: str) -> bool:
    found = sight.value(name)
    return found not in ("", [])


def needs_attention(step: ActionStep, record: Record, sight: Sight) -> bool:
    """Whether a node that was left before has to be seen again."""
    if not record.attended:
        return True
    if not step.changing:
        return False
    if judge_fields(step, record, sight):
        return True
    complaints, _ = judge_checks(step, record, sight)
    return bool(complaints)
