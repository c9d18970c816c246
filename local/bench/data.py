"""Data out: 100,000 interviews of 100 fields in each format, and the supervisor's pages over 1,000,000 cases.

Each export runs in a process of its own, so that its memory is its own. The peer is PostgreSQL's own COPY of the same
answers, one row an answer: what leaving the database costs before anything is made of it. WAIHU_BENCH_SHARE=0.01 makes
everything smaller, to try the bench itself.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from database.connection import Connection
from database.migrate import apply
from local.bench.data_pages import pages
from local.bench.row import Row
from local.postgres import EmbeddedPostgres, Endpoint

SHARE = float(os.environ.get("WAIHU_BENCH_SHARE", "1"))
INTERVIEWS, FIELDS = int(100_000 * SHARE), 100
SECONDS_GOAL, MEGABYTES_GOAL = 60.0, 500.0
FORMATS = ("csv", "xlsx", "sav", "dta", "ddi")
_TOGETHER = 40
"""So many interviews are held at once: their answers lie between one another's, as they do in life."""

_FILL = """
DO $$ BEGIN FOR b IN 0..{blocks} LOOP
  INSERT INTO outbound.answers (interview_id, field, campaign, agent, value, special)
  SELECT i.id, 'f' || lpad(f::text, 3, '0'), 'big', 'li',
         CASE WHEN h % 20 = 0 THEN NULL WHEN f <= 60 THEN to_jsonb('o' || (h % 5)) WHEN f <= 80 THEN to_jsonb(h % 11)
              WHEN f <= 85 THEN to_jsonb(((h % 10000) / 100.0)::text)
              WHEN f <= 90 THEN jsonb_build_array('o1', 'o' || (2 + h % 3))
              WHEN f <= 95 THEN to_jsonb('2026-05-' || lpad((1 + h % 28)::text, 2, '0'))
              ELSE to_jsonb('回答 answer text ' || h) END,
         CASE WHEN h % 20 = 0 THEN (ARRAY['dk', 'refused', 'na'])[1 + h % 3] END
    FROM public.numbered i, generate_series(1, {fields}) f,
         LATERAL (SELECT abs(hashint8(i.n * 1000 + f))::bigint AS h) x
   WHERE i.n BETWEEN b * {together} + 1 AND (b + 1) * {together} ORDER BY f, i.n;
END LOOP; END $$
"""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="waihu-bench-") as folder:
        yield from _exports(Path(folder))
    yield from pages(SHARE)


def _exports(folder: Path) -> Iterator[Row]:
    server = EmbeddedPostgres(folder / "data", durable=False)
    server.start()
    try:
        password = secrets.token_hex(8)
        with _connected(server.endpoint("postgres")) as connection:
            apply(connection, passwords={"waihu_admin": password, "waihu_business": password, "waihu_slow": password})
            _fill(connection)
        peer = _copy(server)
        for form in FORMATS:
            yield from _measured(folder, server.endpoint("postgres", "waihu_admin", password), form, peer)
    finally:
        server.destroy()


def _connected(place: Endpoint) -> Connection:
    return Connection.open(place.host, place.port, place.database, place.user, place.password)


def _fill(connection: Connection) -> None:
    """Without the tables' own rules: what they do for each answer is not what is measured here."""
    connection.execute("SET session_replication_role = replica")
    connection.execute(
        "INSERT INTO outbound.contacts (campaign, external_id) SELECT 'big', 'P' || g FROM generate_series(1, $1) g",
        INTERVIEWS,
    )
    connection.execute(
        "INSERT INTO outbound.cases (campaign, contact_id, state, outcome, language, timezone, parts, callable_from, lane)"  # noqa: E501
        " SELECT 'big', id, 'closed', '1.1', 'zh', 'UTC', 0, now(), 0 FROM outbound.contacts"
    )
    connection.execute(
        "INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language, outcome, started_at,"
        " ended_at) SELECT gen_random_uuid(), 'big', id, 0, 'li', 'r', 'zh', '1.1', at, at + interval '17 min'"
        " FROM (SELECT id, timestamptz '2026-10-01' + row_number() OVER () * interval '26 s' AS at FROM outbound.cases) c"  # noqa: E501
    )
    connection.execute(
        "CREATE TABLE public.numbered AS SELECT row_number() OVER (ORDER BY started_at) AS n, id FROM outbound.interviews"  # noqa: E501
    )
    connection.execute("CREATE INDEX ON public.numbered (n)")
    connection.execute(_FILL.format(blocks=INTERVIEWS // _TOGETHER, fields=FIELDS, together=_TOGETHER))
    connection.execute("RESET session_replication_role")
    for table in ("answers", "interviews", "cases", "contacts"):
        connection.execute(f"VACUUM ANALYZE outbound.{table}")


def _copy(server: EmbeddedPostgres) -> float:
    import psycopg

    place = server.endpoint("postgres")
    begun = time.monotonic()
    with (
        psycopg.connect(
            host=place.host, port=place.port, dbname=place.database, user=place.user, password=place.password
        ) as connection,
        connection.cursor().copy(
            "COPY (SELECT interview_id, field, round, value, special FROM outbound.answers WHERE campaign = 'big')"
            " TO STDOUT (FORMAT csv)"
        ) as copy,
        Path(os.devnull).open("wb") as nowhere,
    ):
        nowhere.writelines(copy)
    return time.monotonic() - begun


def _measured(folder: Path, place: Endpoint, form: str, peer: float) -> Iterator[Row]:
    told = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "local.bench.data_export", form, str(folder / f"big.{form}")],
        env={**os.environ, "WAIHU_BENCH_DATABASE": json.dumps([place.host, place.port, place.database, place.user,
                                                              place.password])},
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    seconds, megabytes, processor = json.loads(told.stdout)
    what = f"{INTERVIEWS:,} × {FIELDS}, {form}"
    yield Row(
        bench="data", metric=what, value=seconds, unit="s", spread=f"{processor:.1f} s of processor of its own",
        peer="COPY, a row an answer", peer_value=peer, ratio=seconds / peer, goal=f"<= {SECONDS_GOAL:g}",
        holds=seconds <= SECONDS_GOAL,
    )  # fmt: skip
    yield Row(
        bench="data", metric=f"{what}, memory", value=megabytes, unit="MB", goal=f"<= {MEGABYTES_GOAL:g}",
        holds=megabytes <= MEGABYTES_GOAL,
    )  # fmt: skip
