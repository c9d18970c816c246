from __future__ import annotations

import pytest

from admin.contacts import import_rows, read_contacts
from admin.contacts.demo import demo_table
from admin.contacts.importing import BATCH
from database.connection import Connection
from database.numbers import NumberKeys, mask

GOOD = "姓名,电话,语言,事项,优先级\n王芳,+12025550101,en,空调安装,5\n李伟,+12025550102;+12025550103,,,\n"


def run(
    text: str | bytes, connection: Connection, keys: NumberKeys, dry_run: bool = False
) -> tuple[int, list[tuple[int, str]]]:
    data = text.encode("utf-8-sig") if isinstance(text, str) else text
    done = import_rows(read_contacts(data), campaign="csat", connection=connection, keys=keys, dry_run=dry_run)
    return done.contacts, [(complaint.line, complaint.code) for complaint in done.complaints]


def test_a_contact_comes_with_its_numbers_and_a_case_that_is_due(
    admin_connection: Connection, number_keys: NumberKeys
) -> None:
    assert run(GOOD, admin_connection, number_keys) == (2, [])
    rows = admin_connection.fetch(
        "SELECT k.name, k.language, k.attributes, c.priority, c.state, c.due_at <= now(), count(p.id)"
        " FROM outbound.contacts k JOIN outbound.cases c ON c.contact_id = k.id"
        " JOIN outbound.phones p ON p.contact_id = k.id GROUP BY k.id, c.id ORDER BY k.name"
    )
    assert rows == [
        ("李伟", "zh", {}, 0, "waiting", True, 2),
        ("王芳", "en", {"subject": "空调安装"}, 5, "waiting", True, 1),
    ]


def test_numbers_are_stored_sealed(admin_connection: Connection, number_keys: NumberKeys) -> None:
    run(GOOD, admin_connection, number_keys)
    rows = admin_connection.fetch("SELECT number_cipher, number_index FROM outbound.phones")
    assert {number_keys.reveal(cipher) for cipher, _ in rows} == {"+12025550101", "+12025550102", "+12025550103"}
    assert all(b"5550" not in cipher + index for cipher, index in rows)
    assert mask("+12025550101") == "120****0101"


def test_the_same_file_again_imports_nothing(admin_connection: Connection, number_keys: NumberKeys) -> None:
    run(GOOD, admin_connection, number_keys)
    assert run(GOOD, admin_connection, number_keys) == (0, [(2, "duplicate"), (3, "duplicate")])


def test_a_number_twice_in_one_file_is_taken_once(admin_connection: Connection, number_keys: NumberKeys) -> None:
    text = "电话\n+12025550101\n+1 202 555 0102\n+1-202-555-0101\n"
    assert run(text, admin_connection, number_keys) == (2, [(4, "duplicate")])


def test_bad_rows_are_reported_with_their_line_and_the_rest_is_imported(
    admin_connection: Connection, number_keys: NumberKeys
) -> None:
    text = "姓名,电话,时区\n甲,12,\n乙,+12025550101,\n丙,+12025550102,Mars/Base\n"
    assert run(text, admin_connection, number_keys) == (1, [(2, "bad-number"), (4, "bad-timezone")])


def test_a_dry_run_keeps_nothing_but_says_the_same(admin_connection: Connection, number_keys: NumberKeys) -> None:
    text = GOOD + "赵,1,,,\n"
    assert run(text, admin_connection, number_keys, dry_run=True) == (2, [(4, "bad-number")])
    assert admin_connection.fetch("SELECT count(*) FROM outbound.contacts") == [(0,)]
    assert run(text, admin_connection, number_keys) == (2, [(4, "bad-number")])


def test_a_thousand_people_in_few_round_trips(admin_connection: Connection, number_keys: NumberKeys) -> None:
    before = admin_connection.round_trips
    assert run(demo_table(1000), admin_connection, number_keys) == (1000, [])
    assert admin_connection.round_trips - before == 2 * 1000 / BATCH + 1


def test_hostile_names_are_only_text(admin_connection: Connection, number_keys: NumberKeys) -> None:
    assert run("姓名,电话\n'; DROP TABLE x; --,+12025550101\n", admin_connection, number_keys) == (1, [])
    assert admin_connection.fetch("SELECT count(*) FROM outbound.contacts") == [(1,)]


@pytest.mark.parametrize("cell", ["=cmd|'/c calc'!A1", "@SUM(1+1)", "+cmd|' /C calc'!A0", "-2+3+cmd"])
def test_formulas_are_refused(cell: str, admin_connection: Connection, number_keys: NumberKeys) -> None:
    found = run(f"姓名,电话\n{cell},+12025550101\n", admin_connection, number_keys)
    assert found == ((0, [(2, "formula")]) if cell != "-2+3+cmd" else (1, []))
