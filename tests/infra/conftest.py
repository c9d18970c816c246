"""The synthesised profiles; see `synthesis`."""

from __future__ import annotations

import pytest

from tests.infra.synthesis import PROFILES, Synthesised, synthesised


@pytest.fixture(scope="session", params=PROFILES)
def deployed(request: pytest.FixtureRequest) -> Synthesised:
    """Each profile in turn."""
    return synthesised(request.param)
