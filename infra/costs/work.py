"""What agents ask of the system: the assumptions, in one place, and the rates that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

from infra.costs.measured import milliseconds

HOURS_A_MONTH = 730.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One agent's work. Changing a figure here changes every table and plot."""

    hours_a_month: float = 22 * 8
    interviews_an_hour: float = 6.0
    """Completed; most calls end sooner."""
    attempts_a_complete: float = 5.0
    questions_a_complete: int = 25
    answers_a_save: float = 1.0
    """The desk sends answers as they are given."""
    heartbeat_seconds: float = 20.0
    other_calls_an_attempt: float = 4.0
    """Next case, dial, finish, state of the agent."""
    state_kilobytes: float = 4.0
    """Of an interview in the desk's table (measured: 43 KiB with 500 answers)."""
    log_kilobytes_an_action: float = 1.2
    lambda_gigabytes: float = 1.0

    @property
    def attempts_a_second(self) -> float:
        """Of one agent at work."""
        return self.interviews_an_hour * self.attempts_a_complete / 3600

    @property
    def saves_a_second(self) -> float:
        return self.interviews_an_hour * self.questions_a_complete / self.answers_a_save / 3600

    @property
    def rates(self) -> dict[str, float]:
        """Calls a second of one agent at work, by the action that was measured for it (`measured.toml`)."""
        small = self.attempts_a_second * (self.other_calls_an_attempt - 1) + 1 / self.heartbeat_seconds
        return {"save_answers": self.saves_a_second, "next_case": self.attempts_a_second, "heartbeat": small}

    @property
    def actions_a_second(self) -> float:
        """Calls of the business function by one agent at work."""
        return self.saves_a_second + self.attempts_a_second * self.other_calls_an_attempt + 1 / self.heartbeat_seconds

    @property
    def business_milliseconds(self) -> float:
        """A function's mean time for an action: what was measured, and the network's round trips."""
        return sum(rate * milliseconds(action) for action, rate in self.rates.items()) / self.actions_a_second

    @property
    def turns_a_second(self) -> float:
        """Writes of an interview's state by one agent: each key that answers or goes on."""
        return self.saves_a_second + 3 * self.attempts_a_second
