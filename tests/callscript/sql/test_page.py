"""`docs/sql.md` says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from callscript.model.values import ValueType
from callscript.sql.allowed import FUNCTIONS, PLATFORM_FUNCTIONS
from callscript.sql.names import SESSION_TYPES, SQL_TYPES

PAGE = Path("docs/sql.md").read_text()


def test_the_functions_are_those_allowed() -> None:
    (listed,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert set(listed.split()) == FUNCTIONS
    assert {name for name in PLATFORM_FUNCTIONS if f"`{name}`" in PAGE} == PLATFORM_FUNCTIONS


def test_every_session_value_is_named() -> None:
    named = set(" ".join(re.findall(r"`:session\.([a-z ]+)`", PAGE)).split())
    assert named == set(SESSION_TYPES)


def test_every_type_is_told_with_its_sql_type() -> None:
    rows = re.findall(r"^\| ([a-z, ]+) \| [^|]+ \| ([^|]+) \|$", PAGE[PAGE.index("## Types") :], re.MULTILINE)
    told = {kind: sql for kinds, sql in rows for kind in kinds.split(", ")}
    others = [kind for kind in ValueType if kind is not ValueType.PHONE]
    missing = {kind for kind in others if f"`{SQL_TYPES[kind]}`" not in told[kind.value]}
    assert (set(told), missing) == ({kind.value for kind in ValueType}, set())
