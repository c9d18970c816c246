"""Which interviews and columns come, and that a file is whole or is not there."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.folders import CHECKOUT_SCRIPTS, collect, find_campaign
from callscript.parser import load_campaign
from database.connection import Connection
from datasets.codebook import codebook_of, merge_orders
from datasets.columns import add_code, codes_of
from datasets.csv_file import read_csv
from datasets.gathering import outcome_number
from datasets.marks import cell, read_cell
from datasets.names import Names
from datasets.snapshot import PAGE, Wanted, snapshot
from datasets.statistics_files import special_codes
from datasets.variables import FRAME_NAMES, SPECIALS, Category, Codebook, Kind
from datasets.writing import Format, write_file
from tests.datasets.conftest import FULL, LOCAL, Interviews, campaign
from tests.harness.fresh_database import FreshDatabase

ALL = Wanted("csat")


def rows(tmp_path: Path, connection: Connection, book: Codebook, wanted: Wanted = ALL) -> list[dict[str, str]]:
    path = tmp_path / "out.csv"
    write_file(path, "csv", connection, book, wanted)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_columns_are_the_scripts_and_only_what_is_on_the_path(
    tmp_path: Path, interviews: Interviews, admin_connection: Connection, book: Codebook
) -> None:
    interviews.add({"age": 9, "why": ..., "brand": "b"})
    (row,) = rows(tmp_path, admin_connection, book)
    assert list(row)[: len(FRAME_NAMES)] == list(FRAME_NAMES)
    assert list(row)[len(FRAME_NAMES) :] == [question.field for question in book.questions]
    assert (row["age"], row["why"], row["brand"], row["agent"], row["outcome"]) == ("9", "", "b", "li", "1.1")
    assert row["external_id"].startswith("'=P")


def test_rounds_are_columns_in_order_and_strangers_stand_last(
    tmp_path: Path, interviews: Interviews, admin_connection: Connection, book: Codebook
) -> None:
    interviews.add({**{f"age[{number}]": number for number in (10, 2, 1)}, "gone": "x"})
    (row,) = rows(tmp_path, admin_connection, book)
    names = [name for name in row if name not in FRAME_NAMES]
    assert names[:3] == ["age[1]", "age[2]", "age[10]"]
    assert (names[-1], row["gone"], row["age[10]"]) == ("gone", "x", "10")


def test_codes_of_open_answers_stand_beside_them_where_coders_agree_or_one_decided(
    tmp_path: Path, interviews: Interviews, admin_connection: Connection, book: Codebook
) -> None:
    given = [("a", "a", None), ("a", "b", None), ("a", "b", "b")]
    held = [interviews.add({"why": "x"}) for _ in given]
    run = admin_connection.execute
    for code, title in (("a", "Price"), ("b", "Service")):
        run("INSERT INTO supervision.frames (campaign, field, code, title) VALUES ('csat', 'why', $1, $2)", code, title)
    for interview, codes in zip(held, given, strict=True):
        for coder, chosen in zip(("li", "wang", "boss"), codes, strict=True):
            if chosen:
                run(
                    "INSERT INTO supervision.codings (interview_id, field, coder, campaign, code, final)"
                    " VALUES (CAST($1 AS uuid), 'why', $2, 'csat', $3, $4)", interview, coder, chosen, coder == "boss",
                )  # fmt: skip
    found = {row["interview"]: row["why_code"] for row in rows(tmp_path, admin_connection, book)}
    assert [found[interview] for interview in held] == ["a", "", "b"]


def test_unfinished_and_since(
    tmp_path: Path, interviews: Interviews, admin_connection: Connection, book: Codebook
) -> None:
    old = interviews.add(FULL, started="2026-01-01T10:00:00Z")
    moment = admin_connection.fetch("SELECT clock_timestamp()")[0][0]
    fresh = interviews.add(FULL, started="2026-01-02T10:00:00Z", outcome=None)
    assert [row["interview"] for row in rows(tmp_path, admin_connection, book)] == [old]
    both = Wanted("csat", unfinished=True)
    assert len(rows(tmp_path, admin_connection, book, both)) == 2
    new = Wanted("csat", unfinished=True, since=moment)
    assert [row["interview"] for row in rows(tmp_path, admin_connection, book, new)] == [fresh]


def test_one_snapshot_for_all_pages(
    tmp_path: Path, interviews: Interviews, admin_connection: Connection, postgres: FreshDatabase, book: Codebook
) -> None:
    for number in range(3):
        interviews.add({"age": number})
    admin_connection.execute(
        "INSERT INTO outbound.contacts (id, campaign) SELECT gen_random_uuid(), 'csat' FROM generate_series(1, $1)",
        PAGE,
    )
    admin_connection.execute(
        "INSERT INTO outbound.cases (campaign, contact_id) SELECT 'csat', id FROM outbound.contacts"
        " WHERE external_id IS NULL"
    )
    admin_connection.execute(
        "INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language, outcome)"
        " SELECT gen_random_uuid(), 'csat', id, 0, 'li', 'r1', 'zh', '1.1' FROM outbound.cases c"
        " WHERE NOT EXISTS (SELECT FROM outbound.interviews i WHERE i.case_id = c.id)"
    )
    with snapshot(admin_connection, Wanted("csat")) as open_snapshot:
        reading = open_snapshot.interviews()
        seen = [next(reading)]
        other = postgres.connect("waihu_admin")
        other.execute("UPDATE outbound.interviews SET started_at = started_at + interval '1 year'")
        other.execute("DELETE FROM outbound.answers")
        seen += reading
    assert len({each.frame[0] for each in seen}) == len(seen) == PAGE + 3
    assert sum(bool(each.answers) for each in seen) == 3


class Cancelled(Exception):
    pass


@pytest.mark.parametrize("form", ["csv", "xlsx", "sav", "dta", "ddi"])
def test_a_cancelled_export_leaves_what_was_there(
    form: Format, tmp_path: Path, filled: Interviews, admin_connection: Connection, book: Codebook
) -> None:
    path = tmp_path / "out"
    path.write_text("the old file")

    def begun(total: int) -> object:
        assert total == 3

        def tick(_: int) -> None:
            raise Cancelled

        return tick

    with pytest.raises(Cancelled):
        write_file(path, form, admin_connection, book, Wanted("csat"), begun=begun)  # type: ignore[arg-type]
    assert [file.name for file in tmp_path.iterdir()] == ["out"]
    assert path.read_text() == "the old file"
    # The connection is in order, and nothing of the snapshot is left open.
    assert admin_connection.fetch("SELECT 1") == [(1,)]
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("snapshot")] == []


def test_labels_come_from_every_release_the_newest_first() -> None:
    newer = campaign(LOCAL.replace('<option value="b">Bamboo</option>', "").replace('label="Age"', 'label="Years"'))
    older = campaign(LOCAL.replace('<field name="wakes" type="time"', '<field name="sleeps" type="time"'))
    book = codebook_of("csat", {"new": newer, "old": older})
    questions = {question.field: question for question in book.questions}
    assert questions["age"].label == "Years"
    assert [each.value for each in questions["brand"].categories] == ["a", "z", "b"]
    names = list(questions)
    assert names.index("sleeps") == names.index("wakes") - 1 or names.index("sleeps") == names.index("born") + 1


def test_a_field_whose_type_changed_is_text() -> None:
    older = campaign(LOCAL.replace('name="age" type="integer" min="0"', 'name="age" type="text"'))
    book = codebook_of("csat", {"new": campaign(), "old": older})
    assert book.questions[0].kind is Kind.TEXT


def test_a_field_that_only_an_older_release_had_stands_where_it_stood() -> None:
    assert merge_orders([["a", "c"], ["a", "b", "c", "d"]]) == ["a", "b", "c", "d"]
    assert merge_orders([["a", "b"], ["z", "b", "y", "a"]]) == ["z", "a", "b", "y"]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=4))
def test_merging_orders_loses_and_doubles_nothing_and_keeps_the_newest_order(orders: list[list[str]]) -> None:
    merged = merge_orders(orders)
    assert sorted(merged) == sorted({name for order in orders for name in order})
    if orders:
        assert [name for name in merged if name in orders[0]] == orders[0]


def test_the_shipped_fields_come_in_document_order_with_chinese_or_english_labels() -> None:
    scripts = load_campaign(collect(find_campaign("reminder", CHECKOUT_SCRIPTS), CHECKOUT_SCRIPTS).files).usable
    fields = [question.field for question in codebook_of("reminder", {"r": scripts}).questions]
    assert fields[:4] == ["person", "decision", "preparation_understood", "new_date"]
    assert fields.index("cancel_other") < fields.index("callback_at")
    chinese, english = (codebook_of("reminder", {"r": scripts}, language).questions[0] for language in ("", "en"))
    assert chinese.label != english.label
    assert english.label.isascii()


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")))
def test_any_text_is_read_back(text: str) -> None:
    written = cell(text)
    assert read_cell(written, Kind.TEXT) == (text or None)
    assert not written.startswith(("=", "@", "\t", "\r", "\n"))


@given(st.lists(st.text(alphabet="ab;\\'=#", min_size=1), min_size=1))
def test_any_choices_are_read_back(chosen: list[str]) -> None:
    assert read_cell(cell(chosen), Kind.CHOICES) == chosen


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"), (7.5, "7.5"), (-5, "-5"), ({"": "dk"}, "#dk"), (None, ""), ("+8613800000000", "+8613800000000"),
        ("-3.5", "-3.5"), ("@SUM(A1)", "'@SUM(A1)"), ("-cmd", "'-cmd"), ("\t=x", "'\t=x"), (["=a", "b"], "'=a;b"),
    ],
)  # fmt: skip
def test_cells(value: object, expected: str) -> None:
    assert cell(value) == expected


def test_names_of_variables_are_taken_by_spss_and_stata() -> None:
    headings = [
        "age",
        "AGE",
        "brand_score[a]",
        "brand_score[a/2]",
        "with",
        "str8",
        "_x",
        "9lives",
        "好",
        "a-b",
        "x" * 60,
        "x" * 61,
    ]
    names = Names()
    given_names = [names(heading) for heading in headings]
    assert len({name.lower() for name in given_names}) == len(headings)
    assert all(len(name) <= 32 and name[0].isalpha() and name.isascii() for name in given_names)
    assert given_names[0] == "age"
    assert given_names[2] == "brand_score_a"
    again = Names()
    assert [again(heading) for heading in headings] == given_names


def test_codes_of_choices() -> None:
    assert codes_of((Category("1", ""), Category("5", ""))) == {"1": 1.0, "5": 5.0}
    assert codes_of((Category("01", ""), Category("5", ""))) == {"01": 1.0, "5": 2.0}
    codes = codes_of((Category("a", ""), Category("b", "")))
    assert [add_code(codes, value) for value in ("new", "9", "2")] == [3.0, 9.0, 10.0]
    assert [outcome_number(code) for code in ("1.1", "2.10", "2.112", "3.161")] == [1100, 2100, 2112, 3161]


def _column(numbers: list[float]) -> Iterator[float]:
    import numpy as np

    from datasets.columns import Column, Measured

    yield from special_codes(Column("x", "x", "", Measured.NUMBER, np.array(numbers))).values()


def test_codes_of_special_answers_are_below_every_answer() -> None:
    assert list(_column([0, 5])) == [-97, -98, -99]
    assert list(_column([-96.5])) == [-97, -98, -99]
    assert list(_column([-97])) == [-997, -998, -999]
    assert list(_column([-998])) == [-9997, -9998, -9999]
    assert list(_column([float("nan")])) == [-97, -98, -99]
    assert len(SPECIALS) == 3


def test_a_cell_that_was_changed_by_hand_is_named(
    tmp_path: Path, filled: Interviews, admin_connection: Connection, book: Codebook
) -> None:
    path = tmp_path / "out.csv"
    write_file(path, "csv", admin_connection, book, Wanted("csat"))
    text = path.read_text("utf-8-sig").replace(",61,", ",sixty,", 1)
    with pytest.raises(ValueError, match="row 2, column age: 'sixty'"):
        list(read_csv(text.splitlines(keepends=True), book))


def test_paradata_tell_changes_with_the_value_before(interviews: Interviews, admin_connection: Connection) -> None:
    import io

    from datasets.paradata import What, write_paradata

    held = interviews.add({"why": "=1", "age": {"": "dk"}})
    admin_connection.execute(
        "INSERT INTO supervision.paradata (interview_id, place, campaign, entered, departed, changed, confirmed,"
        " milliseconds) VALUES (CAST($1 AS uuid), 'one', 'csat', 2, 1, 1, 0, 4200)", held,
    )  # fmt: skip
    found: dict[str, list[dict[str, str]]] = {}
    kinds: tuple[What, ...] = ("visits", "calls", "changes")
    for what in kinds:
        out = io.StringIO(newline="")
        write_paradata(out, admin_connection, ALL, what)
        out.seek(0)
        found[what] = list(csv.DictReader(out))
    assert [(row["place"], row["entered"], row["milliseconds"]) for row in found["visits"]] == [("one", "2", "4200")]
    assert found["calls"] == []
    assert {(row["field"], row["old"], row["new"]) for row in found["changes"]} == {
        ("why", "", "'=1"),
        ("age", "", "#dk"),
    }
