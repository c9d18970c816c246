"""Settings as typed models: the one place that knows the environment variables' names.

The CDK app and the local cloud both take a function's variables from its model, so that they cannot drift.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Self, get_type_hints

PREFIX = "WAIHU_"


class SettingsError(Exception):
    """A function's environment lacks a variable, or holds a wrong value; the text names it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """Base of each function's settings: field `script_bucket` is variable `WAIHU_SCRIPT_BUCKET`."""

    @classmethod
    def variable(cls, field: str) -> str:
        return PREFIX + field.upper()

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """Every variable that this function reads."""
        return tuple(cls.variable(field.name) for field in dataclasses.fields(cls))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The settings that `environment` holds.

        Raises:
            SettingsError: if a variable is missing or is no number where one is wanted.
        """
        hints = get_type_hints(cls)
        values: dict[str, object] = {}
        for field in dataclasses.fields(cls):
            name = cls.variable(field.name)
            text = environment.get(name)
            if text is not None:
                values[field.name] = _read(name, text, hints[field.name])
            elif field.default is dataclasses.MISSING:
                raise SettingsError(f"The environment variable {name} is missing: {cls.__name__} needs it.")
        return cls(**values)

    def to_environment(self) -> dict[str, str]:
        """The variables that give back these settings."""
        return {self.variable(field.name): _write(getattr(self, field.name)) for field in dataclasses.fields(self)}


def _read(name: str, text: str, wanted: type) -> object:
    try:
        if wanted is int:
            return int(text)
        if wanted is float:
            return float(text)
    except ValueError as error:
        raise SettingsError(f"The environment variable {name} is {text!r}, which is no {wanted.__name__}.") from error
    if wanted is bool:
        return text == "true"
    return text


def _write(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
