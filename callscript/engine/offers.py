"""Which options a field offers from where it stands, and in which order."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from callscript.engine.program import PreparedField, PreparedOptions
from callscript.engine.sight import Sight, delivered
from callscript.engine.steps import OptionView

T = TypeVar("T")


def shuffled(items: Sequence[T], seed: int, *what: str) -> list[T]:
    """`items` in an order drawn from the interview's seed: the same for the same `what`, on every machine."""
    digest = hashlib.sha256("\x1f".join((str(seed), *what)).encode()).digest()
    order = list(items)
    random.Random(int.from_bytes(digest[:8])).shuffle(order)  # noqa: S311 - an order of questions is no secret
    return order


def option_views(field: PreparedField, sight: Sight) -> tuple[OptionView, ...]:
    """The options as the agent sees them. In random order "none of these" and "other" stay at the end."""
    work, options = sight.work, field.options
    if options is None:
        return ()
    if options.source:
        views = [OptionView(value=value, label=label) for value, label in delivered(work.takes, options)]
    else:
        views = [
            OptionView(
                value=option.value,
                label=option.label[sight.language](sight),
                exclusive=option.exclusive,
                other=option.other,
            )
            for option in options.options
            if option.when is None or option.when(sight)
        ]
    if not field.shuffled:
        return tuple(views)
    first = [view for view in views if not (view.exclusive or view.other)]
    last = [view for view in views if view.exclusive or view.other]
    return (*shuffled(first, work.state.seed, field.name, sight.place), *last)


def not_offered(options: PreparedOptions, chosen: Sequence[str], sight: Sight) -> str | None:
    """The first of the chosen values that is not offered now."""
    if options.source:
        known = {value for value, _ in delivered(sight.work.takes, options)}
        return next((value for value in chosen if value not in known), None)
    for value in chosen:
        option = options.by_value.get(value)
        if option is None or (option.when is not None and not option.when(sight)):
            return value
    return None


def in_list_order(options: PreparedOptions, chosen: Sequence[str], takes: Mapping[str, Any]) -> list[str]:
    """The chosen values as their list has them, whatever was ticked first; what it does not have comes last."""
    listed = [value for value, _ in delivered(takes, options)] if options.source else list(options.by_value)
    places = {value: place for place, value in enumerate(listed)}
    return sorted(chosen, key=lambda value: places.get(value, len(places)))
