"""The satisfaction survey's longer screens, answered by keys as a practised agent does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.browser.keys import Agent


def days_ago(days: int) -> str:
    """A day as agents type it, in Shanghai, where the demonstration's customers live."""
    return f"{datetime.now(UTC) + timedelta(hours=8) - timedelta(days=days):%Y-%m-%d}"


def booking(agent: Agent, channel: str, days: int, ease: str) -> None:
    agent.see("booking")
    agent.choose(channel, field="channel")
    agent.press("Enter")
    agent.type(str(days))
    agent.press("Enter")
    agent.choose(ease, field="booking_ease")
    agent.go_on("visit_time")


def visit_time(agent: Agent, day: str, clock: str) -> None:
    agent.see("visit_time")
    agent.type(day)
    agent.press("Enter")
    agent.enter(clock, "arrival")


def engineer(agent: Agent, digit: str) -> None:
    """The matrix, whose rows come in an order drawn for this interview: every row the same way."""
    agent.see("engineer")
    agent.press(digit, "Enter", digit, "Enter", digit, "Enter", digit)


def product(agent: Agent, name: str, year: str, rating: str, trouble: str) -> None:
    """One round of the roster, up to whether it had any fault."""
    agent.see(f"product_use@{name}")
    agent.type(year)
    agent.press("Enter")
    agent.choose(rating, field="product_rating")
    agent.press("Enter")
    agent.choose(trouble, field="product_trouble")
    agent.go_on()


def topics(agent: Agent) -> None:
    """Two screens, in an order drawn for this interview."""
    for _ in range(2):
        if agent.place == "image":
            agent.press("2", "Enter", "2", "Enter", "2")
        else:
            agent.choose("message")
        agent.go_on()
    agent.see("future")


TOPICS = {"image_quality": "4", "image_price": "4", "image_promise": "4", "contact_ways": "message"}


def person(agent: Agent, age: str) -> None:
    """A household of one, in its own home; then the last words, of which there are none."""
    agent.see("age")
    agent.answer(age, "household")
    agent.type("1")
    agent.press("Enter")
    agent.choose("owned", field="home")
    agent.go_on("closing")
    agent.press("Enter")
    agent.choose("yes", field="call_again")
    agent.end()


PERSON = {"household_size": "1", "home": "owned", "call_again": "yes"}
