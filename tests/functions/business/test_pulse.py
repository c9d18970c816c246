"""Whether a cell does its work, as the function itself says when it is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from database.connection import Connection
from database.failures import CannotConnect, NoneFree
from functions.business.connections import Connections
from functions.business.pulse import is_asked, pulse
from tests.harness.fresh_database import FreshDatabase


def test_only_the_question_itself_is_it() -> None:
    assert is_asked({"ask": "pulse"})
    assert not is_asked({"version": "2.0", "rawPath": "/c1/actions/ask.pulse", "headers": {"ask": "pulse"}})


def test_a_database_that_answers_is_alive(postgres: FreshDatabase) -> None:
    connections = Connections(lambda: postgres.connect("waihu_business"))

    assert pulse(connections) == {"alive": True}
    assert pulse(connections) == {"alive": True}


def test_a_connection_that_ended_unseen_is_not_the_cells_end(postgres: FreshDatabase) -> None:
    connections = Connections(lambda: postgres.connect("waihu_business"))
    pulse(connections)
    [[count]] = postgres.connect().fetch(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'waihu_business'"
        " AND datname = current_database()"
    )

    assert count == 1
    assert pulse(connections) == {"alive": True}


def raising(error: Exception) -> Callable[[], Connection]:
    def open_() -> Connection:
        raise error

    return open_


@pytest.mark.parametrize(("error", "alive"), [(CannotConnect("gone"), False), (NoneFree("all taken"), None)])
def test_a_database_that_is_away_is_not_alive_and_a_busy_one_is_neither(error: Exception, alive: bool | None) -> None:
    assert pulse(Connections(raising(error))) == {"alive": alive}
