"""docs/database.md says what the live schema holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.harness.fresh_database import FreshDatabase

PAGE = Path(__file__).parents[2].joinpath("docs", "database.md").read_text()


def table_rows(heading: str) -> list[list[str]]:
    """The cells of the first table under `## heading`."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|---")][1:]


def test_tables_and_columns(postgres: FreshDatabase) -> None:
    live = dict(
        postgres.connect().fetch(
            """
            SELECT c.oid::regclass::text, array_agg(a.attname::text ORDER BY a.attnum)
              FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relnamespace IN ('platform'::regnamespace, 'outbound'::regnamespace)
               AND c.relkind IN ('r', 'p') AND NOT c.relispartition
             GROUP BY c.oid
            """
        )
    )
    documented = {name.strip("`"): columns.split(", ") for name, columns in table_rows("Tables")}
    assert documented == live


def test_functions_that_scripts_may_call(postgres: FreshDatabase) -> None:
    rows = postgres.connect().fetch(
        """
        SELECT p.pronamespace::regnamespace::text, p.proname::text, pg_get_function_arguments(p.oid)
          FROM pg_proc p
         WHERE p.pronamespace IN ('platform'::regnamespace, 'outbound'::regnamespace)
           AND has_function_privilege('waihu_scripts', p.oid, 'EXECUTE')
        """
    )
    # results are documented in words
    live = {f"{schema}.{name}({', '.join(a for a in inputs.split(', ') if a and not a.startswith('OUT '))})"
            for schema, name, inputs in rows}  # fmt: skip
    section = PAGE.split("Functions that the login roles", 1)[1].split("\n\n`waihu_admin` may call", 1)[0]
    documented = set(re.findall(r"^\| `((?:platform|outbound)\.[^`]+)` \|", section, re.MULTILINE))
    assert documented == {plainly(call) for call in live}


def test_functions_of_the_administrator(postgres: FreshDatabase) -> None:
    rows = postgres.connect().fetch(
        """
        SELECT n.nspname || '.' || p.proname || '(' || pg_get_function_arguments(p.oid) || ')'
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname IN ('platform', 'outbound') AND has_function_privilege('waihu_admin', p.oid, 'EXECUTE')
        """
    )
    sentence = PAGE.split("`waihu_admin` may call", 1)[1].split("\n\n", 1)[0]
    assert set(re.findall(r"`(\w+\.[^`]+)`", sentence)) == {plainly(call) for (call,) in rows}


def plainly(call: str) -> str:
    """A function's arguments as this page writes them."""
    return re.sub(r"(DEFAULT [^:,)]+)::\w+", r"\1", call).replace("timestamp with time zone", "timestamptz")


def test_timeouts(postgres: FreshDatabase) -> None:
    documented = {row[0].strip("`"): row[2] for row in table_rows("Roles")}
    for role in ("waihu_business", "waihu_slow"):
        rows = postgres.connect(role).fetch(
            "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), "
            "current_setting('idle_in_transaction_session_timeout')"
        )
        live = ", ".join(rows[0])
        assert documented[role].replace(" ", "") == live.replace(" ", "")


@pytest.mark.parametrize("code", ["WH001", "WH002", "WH003", "WH004", "WH005", "WH010", "WH011"])
def test_errors_of_our_own(code: str) -> None:
    assert f"| `{code}` |" in PAGE


def test_no_error_is_undocumented() -> None:
    sql = "".join(path.read_text() for path in Path(__file__).parents[2].glob("database/migrations/*.sql"))
    assert set(re.findall(r"'(WH\d{3})'", sql)) == set(re.findall(r"^\| `(WH\d{3})` \|", PAGE, re.MULTILINE))
