from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from infra.profile import PROFILES, ProfileError, named


@pytest.mark.parametrize(
    ("field", "value"),
    [("proxy_percent", 0), ("proxy_percent", 101), ("business_concurrency", 41), ("log_days", 0)],
)
def test_a_wrong_value_names_its_field_and_range(field: str, value: int) -> None:
    change: dict[str, Any] = {field: value}

    with pytest.raises(ProfileError, match=rf"field {field} is {value}: it must be between"):
        dataclasses.replace(PROFILES["demo"], **change)


def test_an_unknown_profile_names_those_that_exist() -> None:
    with pytest.raises(ProfileError, match="demo, small, large"):
        named("huge")
