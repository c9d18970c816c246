"""Which SQL may go live: a table of what is admitted and of what is refused, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from callscript.model.server import SqlChoose, SqlForeach, SqlIf, SqlText, SqlWhere, Verb
from callscript.model.values import ValueType
from callscript.parser import read_server
from callscript.sql.admission import admit, decide
from callscript.sql.variants import variants
from tests.callscript.sql.server_scripts import HERE, action, expression, parameter, statement

SELECT, INSERT, UPDATE, DELETE, CALL = Verb.SELECT, Verb.INSERT, Verb.UPDATE, Verb.DELETE, Verb.CALL
STATEMENT, FUNCTION, RELATION = "sql-forbidden-statement", "sql-forbidden-function", "sql-forbidden-relation"


@pytest.mark.parametrize(
    ("verb", "sql"),
    [
        (SELECT, "SELECT id, count(*) OVER () FROM cases WHERE due_at <= now() AND name ILIKE $1::text LIMIT 5"),
        (SELECT, "VALUES (1), (2)"),
        (SELECT, "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT sum(n) FROM t"),
        (SELECT, "SELECT a.* FROM jsonb_to_recordset($1::jsonb) AS a(field text, at bigint)"),
        (SELECT, "SELECT extract(epoch FROM now()), position('a' IN 'b'), substring('abc' FROM 2), trim('x')"),
        (SELECT, "SELECT now() AT TIME ZONE 'UTC', (now(), now()) OVERLAPS (now(), now())"),
        (SELECT, "SELECT overlay('a' PLACING 'b' FROM 1), 'a' LIKE 'b' ESCAPE 'c', 'a' SIMILAR TO 'b'"),
        (SELECT, "SELECT platform.current_agent(), outbound.due($1::text), pg_catalog.lower('A')"),
        (SELECT, "SELECT ARRAY(SELECT 1), CASE WHEN true THEN 1 END, (SELECT max(x) FROM unnest($1::int[]) AS x)"),
        (SELECT, "SELECT json_build_object('a', 1), JSON_ARRAYAGG(x), xmlelement(name a) FROM t"),
        (INSERT, "INSERT INTO answers SELECT $1::uuid ON CONFLICT (id) DO UPDATE SET x = excluded.x RETURNING id"),
        (UPDATE, "UPDATE t SET a = $1 FROM u WHERE t.id = u.id RETURNING t.*"),
        (
            UPDATE,
            "WITH due AS MATERIALIZED (SELECT 1 FROM c FOR UPDATE SKIP LOCKED), x AS (UPDATE c SET a = 1) SELECT 1",
        ),
        (DELETE, "DELETE FROM t USING u WHERE t.id = u.id"),
        (CALL, "CALL outbound.sweep($1::int)"),
        (CALL, "SELECT outbound.sweep($1::int)"),
    ],
)
def test_admitted(verb: Verb, sql: str) -> None:
    assert [refusal.values for refusal in decide(sql, verb).refusals] == []


@pytest.mark.parametrize(
    ("code", "sql"),
    [
        ("sql-syntax", "SELEC 1"),
        ("sql-empty", ""),
        ("sql-several", "SELECT 1; SELECT 2"),
        ("sql-several", "SELECT 1; COMMIT"),
        (STATEMENT, "BEGIN"),
        (STATEMENT, "COMMIT"),
        (STATEMENT, "ROLLBACK AND CHAIN"),
        (STATEMENT, "SAVEPOINT a"),
        (STATEMENT, "PREPARE TRANSACTION 'x'"),
        (STATEMENT, "SET search_path = x"),
        (STATEMENT, "SET LOCAL statement_timeout = 0"),
        (STATEMENT, "SET TRANSACTION READ WRITE"),
        (STATEMENT, "SET ROLE waihu_owner"),
        (STATEMENT, "RESET ROLE"),
        (STATEMENT, "SHOW ALL"),
        (STATEMENT, "DISCARD ALL"),
        (STATEMENT, "PREPARE p AS SELECT 1"),
        (STATEMENT, "EXECUTE p"),
        (STATEMENT, "DEALLOCATE ALL"),
        (STATEMENT, "DECLARE c CURSOR FOR SELECT 1"),
        (STATEMENT, "FETCH 1 FROM c"),
        (STATEMENT, "LISTEN x"),
        (STATEMENT, "NOTIFY x"),
        (STATEMENT, "LOCK TABLE t"),
        (STATEMENT, "CREATE TEMP TABLE t (a int)"),
        (STATEMENT, "CREATE TABLE t AS SELECT 1"),
        (STATEMENT, "SELECT 1 INTO TEMP t"),
        (STATEMENT, "DROP TABLE t"),
        (STATEMENT, "ALTER TABLE t DISABLE ROW LEVEL SECURITY"),
        (STATEMENT, "TRUNCATE t"),
        (STATEMENT, "GRANT ALL ON t TO PUBLIC"),
        (STATEMENT, "COPY t TO '/tmp/x'"),
        (STATEMENT, "DO $$ BEGIN COMMIT; END $$"),
        (STATEMENT, "EXPLAIN ANALYZE DELETE FROM t"),
        (STATEMENT, "VACUUM"),
        (STATEMENT, "MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE"),
        (STATEMENT, "WITH x AS (MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE RETURNING 1) SELECT 1"),
        (STATEMENT, "UPDATE t SET a = 1 WHERE CURRENT OF c"),
        (FUNCTION, "SELECT set_config('role', 'x', false)"),
        (FUNCTION, "SELECT \"set_config\"('role', 'x', false)"),
        (FUNCTION, "SELECT pg_catalog.set_config('role', 'x', false)"),
        (FUNCTION, "SELECT Set_Config/**/('role', 'x', false)"),
        (FUNCTION, "SELECT U&\"set\\005fconfig\"('role', 'x', false)"),
        (FUNCTION, "SELECT current_setting('waihu.reader')"),
        (FUNCTION, "SELECT nextval('s')"),
        (FUNCTION, "SELECT setval('s', 1)"),
        (FUNCTION, "SELECT pg_advisory_lock(1)"),
        (FUNCTION, "SELECT pg_advisory_xact_lock(1)"),
        (FUNCTION, "SELECT (1::bigint).pg_advisory_lock"),
        (FUNCTION, "SELECT pg_sleep(9)"),
        (FUNCTION, "SELECT 1 FROM pg_sleep(9)"),
        (FUNCTION, "SELECT 1 ORDER BY pg_sleep(9)"),
        (FUNCTION, "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING RETURNING pg_sleep(9)"),
        (FUNCTION, "WITH a AS (SELECT pg_notify('x', 'y')) SELECT 1"),
        (FUNCTION, "SELECT query_to_xml('DELETE FROM t', true, true, '')"),
        (FUNCTION, "SELECT ts_stat('SELECT 1')"),
        (FUNCTION, "SELECT ts_rewrite('a'::tsquery, 'SELECT 1')"),
        (FUNCTION, "SELECT pg_read_file('/etc/passwd')"),
        (FUNCTION, "SELECT lo_import('/etc/passwd')"),
        (FUNCTION, "SELECT dblink_exec('x', 'y')"),
        (FUNCTION, "SELECT pg_terminate_backend(1)"),
        (FUNCTION, "SELECT pg_export_snapshot()"),
        (FUNCTION, "SELECT txid_current(), pg_current_xact_id()"),
        (FUNCTION, "SELECT platform.begin_action('a','b','c','d','e','f','g','h','i','j','k','l')"),
        (FUNCTION, "SELECT platform.store_reply('x')"),
        (FUNCTION, "SELECT platform.note_failure()"),
        (FUNCTION, "SELECT platform.sign_out('a', 'b', 'c')"),
        (FUNCTION, "SELECT crypto.hmac('a', 'b', 'c')"),
        (FUNCTION, "SELECT no_schema_of_ours(1)"),
        (FUNCTION, "CALL platform.something()"),
        (FUNCTION, "SELECT 1 FROM t TABLESAMPLE tricky(1)"),
        (RELATION, "SELECT * FROM platform.journal"),
        (RELATION, "INSERT INTO platform.keys VALUES (1)"),
        (RELATION, "UPDATE pg_settings SET setting = 'x'"),
        (RELATION, "UPDATE pg_catalog.pg_settings SET setting = 'x'"),
        (RELATION, "SELECT * FROM pg_stat_activity"),
        (RELATION, "SELECT * FROM information_schema.tables"),
        (RELATION, "SELECT * FROM pg_temp.t"),
        (RELATION, "SELECT * FROM other.outbound.cases"),
        (RELATION, "SELECT * FROM public.schema_migrations"),
        (RELATION, "SELECT 'a'::pg_temp.evil"),
        (RELATION, "SELECT 1 WHERE EXISTS (SELECT FROM platform.session_keys)"),
    ],
)
def test_refused(code: str, sql: str) -> None:
    assert {code} == {refusal.code for verb in Verb for refusal in decide(sql, verb).refusals} - {"sql-other-verb"}


@pytest.mark.parametrize(
    ("verb", "sql"),
    [
        (SELECT, "DELETE FROM t"),
        (SELECT, "WITH gone AS (DELETE FROM t RETURNING 1) SELECT * FROM gone"),
        (CALL, "WITH gone AS (DELETE FROM t RETURNING 1) SELECT outbound.f() FROM gone"),
        (INSERT, "SELECT 1"),
        (INSERT, "UPDATE t SET a = 1"),
        (DELETE, "WITH x AS (INSERT INTO t VALUES (1)) SELECT 1"),
    ],
)
def test_an_element_does_what_its_name_says(verb: Verb, sql: str) -> None:
    assert [refusal.code for refusal in decide(sql, verb).refusals] == ["sql-other-verb"]


def test_a_lock_has_no_place_in_an_action_that_only_reads() -> None:
    locking = statement("a", "SELECT 1 FROM t FOR SHARE", verb=SELECT)
    writing = statement("b", "UPDATE t SET a = 1")
    assert [[p.code for p in admit(action(*steps))] for steps in ((locking,), (locking, writing))] == [
        ["sql-lock-in-read"],
        [],
    ]


def test_every_branch_is_seen_and_each_reason_told_once() -> None:
    hidden = SqlIf(HERE, expression("${x} = 1"), (SqlText(HERE, "AND pg_sleep(1) IS NULL"),))
    choose = SqlChoose(
        HERE, (SqlIf(HERE, expression("${x} = 2"), (SqlText(HERE, "nextval('s')"),)),), (SqlText(HERE, "1"),)
    )
    script = action(
        statement("s", "SELECT ", choose, " FROM t", SqlWhere(HERE, (SqlText(HERE, "a = :x"), hidden)), verb=SELECT),
        parameters=[parameter("x", ValueType.INTEGER)],
    )
    assert sorted(str(problem.values["name"]) for problem in admit(script)) == ["nextval", "pg_sleep"]


def test_a_problem_names_its_line() -> None:
    script = action(statement("s", "\n  SELECT 1,\n    pg_sleep(1)", verb=SELECT))
    assert [(problem.span.line, problem.node) for problem in admit(script)] == [(HERE.line + 2, "act")]


def test_optional_comparisons_are_there_all_or_not_at_all() -> None:
    ifs = [SqlIf(HERE, expression("${x} = 1"), (SqlText(HERE, f"AND c.c{n} = :x"),)) for n in range(20)]
    texts = variants([SqlText(HERE, "SELECT 1 WHERE true "), *ifs])
    assert [text.count("$1") for text in texts] == [20, 0]


def test_what_can_be_put_together_in_too_many_ways_is_not_admitted() -> None:
    ifs = [SqlIf(HERE, expression("${x} = 1"), (SqlText(HERE, f"+ {n}"),)) for n in range(11)]
    few = statement("s", "SELECT 1 ", *ifs[:10], verb=SELECT)
    many = statement("s", "SELECT 1 ", *ifs, verb=SELECT)
    x = parameter("x", ValueType.INTEGER)
    assert [str(problem) for problem in admit(action(few, parameters=[x]))] == []
    assert [problem.code for problem in admit(action(many, parameters=[x]))] == ["sql-too-many-texts"]


def test_foreach_is_seen_with_its_separator_and_without() -> None:
    each = SqlForeach(HERE, "ids", "id", (SqlText(HERE, "(:id)"),), "VALUES ", ", ")
    assert variants([SqlText(HERE, "INSERT INTO t "), each]) == (
        "INSERT INTO t  VALUES ($1)",
        "INSERT INTO t  VALUES ($1), ($1)",
        "INSERT INTO t  VALUES ($1), ($1), ($1)",
    )


@pytest.mark.parametrize("pack", sorted(Path("scripts_bucket").glob("*/server.xml")), ids=str)
def test_shipped_packs_are_admitted(pack: Path) -> None:
    server = read_server(pack.read_bytes(), str(pack)).usable
    assert [str(problem) for each in server.actions.values() for problem in admit(each)] == []
