"""What goes into PostgreSQL comes out of it again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database.connection import Connection
from database.values import Json, decoder, encode
from local.postgres import EmbeddedPostgres
from tests.harness.fresh_database import superuser

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)
MOMENTS = st.datetimes(min_value=dt.datetime(1, 1, 2), max_value=dt.datetime(9999, 12, 30), timezones=st.just(dt.UTC))  # noqa: DTZ001
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)
VALUES: dict[str, st.SearchStrategy[object]] = {
    "text": TEXT,
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "double precision": st.floats(allow_nan=False),
    "numeric": NUMBERS,
    "bytea": st.binary(),
    "date": st.dates(),
    "time": st.times(),
    "timestamptz": MOMENTS,
    "uuid": st.uuids(),
    "jsonb": st.dictionaries(TEXT, JSON),
    "text[]": st.lists(st.none() | TEXT),
    "bigint[]": st.lists(st.integers(-(2**63), 2**63 - 1)),
    "bytea[]": st.lists(st.binary()),
    "numeric[]": st.lists(NUMBERS),
    "timestamptz[]": st.lists(MOMENTS),
    "uuid[]": st.lists(st.uuids()),
    "boolean[]": st.lists(st.booleans()),
}


@pytest.fixture(scope="module")
def connection(postgres_server: EmbeddedPostgres) -> Iterator[Connection]:
    with superuser(postgres_server) as connection:
        connection.execute("SET timezone = 'Asia/Shanghai'")
        yield connection


@pytest.mark.parametrize("sql_type", VALUES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_there_and_back(connection: Connection, sql_type: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[sql_type])
    assert connection.fetch(f"SELECT CAST($1 AS {sql_type})", value) == [(value,)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON)
def test_any_json(connection: Connection, value: object) -> None:
    assert connection.fetch("SELECT CAST($1 AS jsonb)", Json(value)) == [(value,)]


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, b"t"),
        (Decimal("1E+3"), b"1E+3"),
        (float("inf"), b"inf"),
        (Colour.RED, b"red"),
        ([], b"{}"),
        (Json([]), b"[]"),
        ([{"a": 1}], b'[{"a":1}]'),
        ((1, None, "a,b"), b'{"1",NULL,"a,b"}'),
        ([[1, 2], [3, 4]], b'{{"1","2"},{"3","4"}}'),
        (dt.timedelta(days=1, seconds=2, microseconds=3), b"1 days 2 seconds 3 microseconds"),
        (uuid.UUID(int=0), b"00000000-0000-0000-0000-000000000000"),
    ],
)
def test_encoded(value: object, expected: bytes | None) -> None:
    assert encode(value) == expected


@pytest.mark.parametrize(
    ("oid", "text", "expected"),
    [
        (1184, "infinity", "infinity"),
        (1184, "2026-11-23 08:00:00.5+08", dt.datetime(2026, 11, 23, 0, 0, 0, 500000, dt.UTC)),
        (1184, "2026-11-23 05:45:00+05:45", dt.datetime(2026, 11, 23, tzinfo=dt.UTC)),
        (1082, "0044-03-15 BC", "0044-03-15 BC"),
        (1009, '[0:1]={a,"b\\"c"}', ["a", 'b"c']),
        (1007, "{{1,2},{NULL,4}}", [[1, 2], [None, 4]]),
        (1009, '{"NULL",NULL,""}', ["NULL", None, ""]),
        (701, "NaN", pytest.approx(float("nan"), nan_ok=True)),
        (3802, '{"a": null}', {"a": None}),
        (99999, "as it is", "as it is"),
    ],
)
def test_decoded(oid: int, text: str, expected: object) -> None:
    assert decoder(oid)(text) == expected
