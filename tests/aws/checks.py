"""Checks of a pooler between us and PostgreSQL: those of our ways that RDS Proxy's documentation does not speak of.

Each takes what opens a connection, and raises `Failed` saying what was seen. They change nothing in the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from database.connection import Connection, Query
from database.failures import DatabaseFailure

Open = Callable[[], Connection]
CLIENTS, ROUNDS = 20, 50


class Failed(Exception):
    """The pooler does not do what we rely on; the text says what was seen."""


def one_sync_is_one_transaction(open_: Open) -> str:
    """BEGIN, statements and COMMIT in one pipeline with one Sync: one server connection, one transaction, one wait."""
    with open_() as connection:
        before = connection.round_trips
        who = Query("SELECT pg_backend_pid(), pg_current_xact_id()::text, now()")
        results = connection.run_pipeline([Query("BEGIN"), who, who, Query("COMMIT")])
        first, second = results[1].rows[0], results[2].rows[0]
        if first != second or connection.round_trips - before != 1:
            raise Failed(f"two statements of one transaction saw {first} and {second}")
        return f"server connection {first[0]}"


def nobody_gets_anothers_answer(open_: Open) -> str:
    """Many clients at once, each asking for its own words."""
    wrong: list[str] = []
    started = threading.Barrier(CLIENTS)

    def ask(client: int) -> None:
        with open_() as connection:
            started.wait(60)
            for number in range(ROUNDS):
                mine = f"client {client} round {number}"
                told = Query("SELECT $1::text, pg_backend_pid()", (mine,))
                results = connection.run_pipeline([Query("BEGIN"), told, told, Query("COMMIT")])
                answers = {results[1].rows[0], results[2].rows[0]}
                if len(answers) != 1 or next(iter(answers))[0] != mine:
                    wrong.append(f"{mine} was told {answers}")

    with ThreadPoolExecutor(CLIENTS) as pool:
        for each in [pool.submit(ask, client) for client in range(CLIENTS)]:
            each.result()
    if wrong:
        raise Failed(f"{len(wrong)} of {CLIENTS * ROUNDS}: {wrong[0]}")
    return f"{CLIENTS * ROUNDS} transactions of {CLIENTS} clients"


def a_setting_ends_with_its_transaction(open_: Open) -> str:
    """What a function sets for the transaction (who reads, how long) is there in it, and gone for the next client."""
    shown = Query("SELECT current_setting('statement_timeout'), coalesce(current_setting('waihu.reader', true), '')")
    with open_() as one, open_() as other:
        limit = Query("SELECT platform.limit_time($1)", (1234,))
        inside = one.run_pipeline([Query("BEGIN READ ONLY"), limit, shown, Query("COMMIT")])[2].rows[0]
        if inside[0] != "1234ms":
            raise Failed(f"inside its transaction the setting was {inside[0]}")
        for connection in (one, other) * 10:
            after = connection.run_pipeline([Query("BEGIN"), shown, Query("COMMIT")])[1].rows[0]
            if after[0] == "1234ms" or after[1]:
                raise Failed(f"in a later transaction the setting was {after}")
    return f"{inside[0]} inside, {after[0]} after"


def an_error_leaves_the_connection_in_step(open_: Open) -> str:
    """After a refused statement in the middle of a pipeline the next answers are those of the next questions."""
    with open_() as connection:
        for number in range(5):
            bad = [Query("BEGIN"), Query("SELECT 1"), Query("SELECT 1 / 0"), Query("SELECT 2"), Query("COMMIT")]
            try:
                connection.run_pipeline(bad)
            except DatabaseFailure as failure:
                if (failure.sqlstate, failure.query_index) != ("22012", 2):
                    raise Failed(f"the error was told as {failure}") from failure
            else:
                raise Failed("an error in the pipeline was not told")
            answer = connection.run_pipeline([Query("SELECT $1::int", (number,))])[0].rows
            if answer != [(number,)]:
                raise Failed(f"after an error, {number} was answered by {answer}")
    return "5 errors"


def transactions_are_not_bound_to_one_server_connection(open_: Open) -> str:
    """How many server connections serve one client: one alone is no fault, where nobody else asks."""
    with open_() as connection:
        pids = {connection.fetch("SELECT pg_backend_pid()")[0][0] for _ in range(20)}
    return f"{len(pids)} server connections for 20 transactions"


EVERY: Sequence[Callable[[Open], str]] = (
    one_sync_is_one_transaction,
    an_error_leaves_the_connection_in_step,
    a_setting_ends_with_its_transaction,
    nobody_gets_anothers_answer,
    transactions_are_not_bound_to_one_server_connection,
)
