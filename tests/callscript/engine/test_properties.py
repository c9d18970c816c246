"""Properties that hold whatever agents do: see `wandering`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.callscript.engine.wandering import Wandering

TestWandering = Wandering.TestCase
TestWandering.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
