"""Contact files as people really save them, and what is kept of them: all, or nothing, and it is said."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from admin.contacts import Contact, Defaults, Imported, import_rows, read_contacts
from admin.contacts.report import report_table
from admin.contacts.rows import checked
from admin.contacts.workbook import MOST_UNPACKED, read_workbook
from admin.do_not_call import add_numbers, numbers_in
from admin.errors import AdminError, UnreadableTable
from database.connection import Connection
from database.numbers import NumberKeys

HEADER = ("姓名", "电话", "电话2", "地区", "次数", "会员号")


def workbook(*rows: tuple[Any, ...], header: tuple[str, ...] = HEADER, title: str = "名单") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in (header, *rows):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


WHEN = datetime(2026, 12, 1, 10, 30)  # noqa: DTZ001 - a cell of a workbook has no zone
DECLARED = {"次数": "integer", "会员号": "external_id"}


def load(data: bytes, connection: Connection, keys: NumberKeys, **options: Any) -> Imported:
    header = read_contacts(data, Defaults("US")).table.header
    declared = {heading: field for heading, field in DECLARED.items() if heading in header}
    file = read_contacts(data, Defaults("US"), declared)
    return import_rows(file, campaign=options.pop("campaign", "csat"), connection=connection, keys=keys, **options)


def codes(done: Imported) -> list[tuple[int, str, str]]:
    return sorted((each.line, each.code, each.column) for each in done.complaints)


def test_a_workbook_with_types_numbers_and_the_customers_own_id(
    admin_connection: Connection, number_keys: NumberKeys
) -> None:
    data = workbook(
        ("王芳", 12025550101, "+12025550102", "north", 3, "A1"), ("李强", "202-555-0103", None, "", "07", "A2")
    )
    done = load(data, admin_connection, number_keys)
    assert (done.contacts, codes(done), done.kept) == (2, [], True)
    rows = admin_connection.fetch("SELECT name, external_id, attributes FROM contacts ORDER BY external_id")
    assert rows == [("王芳", "A1", {"地区": "north", "次数": 3}), ("李强", "A2", {"次数": 7})]
    phones = admin_connection.fetch("SELECT position, kind, region FROM phones ORDER BY contact_id, position")
    assert {(kind, region) for _, kind, region in phones} == {("fixed or mobile", "US")}
    assert admin_connection.fetch("SELECT contacts, left_out, refused FROM imports") == [(2, 0, 0)]


def test_one_wrong_row_and_nothing_is_imported(admin_connection: Connection, number_keys: NumberKeys) -> None:
    data = workbook(("王芳", "+12025550101", "", "", 1, ""), ("李强", "12", "", "", 2, ""))
    done = load(data, admin_connection, number_keys, accept_good=False)
    assert (codes(done), done.kept) == ([(3, "bad-number", "电话")], False)
    assert admin_connection.fetch("SELECT (SELECT count(*) FROM contacts), (SELECT count(*) FROM imports)") == [(0, 0)]
    done = load(data, admin_connection, number_keys, accept_good=True)
    assert (done.contacts, done.kept) == (1, True)


def test_who_is_known_listed_erased_or_elsewhere_is_left_out_and_said(
    admin_connection: Connection, number_keys: NumberKeys
) -> None:
    load(workbook(("甲", "+12025550101", "", "", "", "A1")), admin_connection, number_keys)
    load(workbook(("乙", "+12025550102", "", "", "", "")), admin_connection, number_keys, campaign="reminder")
    load(workbook(("丙", "+12025550103", "", "", "", "")), admin_connection, number_keys, campaign="reminder")
    gone = admin_connection.fetch("SELECT id FROM contacts WHERE name = '丙'")[0][0]
    admin_connection.fetch("SELECT outbound.erase_contact($1, 'chen', 'asked')", gone)
    add_numbers(
        ["+12025550104", "+12025550105"], campaign="", source="national", until=None, who="chen",
        connection=admin_connection, keys=number_keys,
    )  # fmt: skip
    people = workbook(
        ("甲", "+12025550101", "", "", "", ""), ("乙", "+12025550102", "", "", "", ""),
        ("丙", "+12025550103", "", "", "", ""), ("丁", "+12025550104", "", "", "", ""),
        ("戊", "+12025550105", "+12025550106", "", "", ""), ("己", "+12025550107", "", "", "", "A1"),
        ("庚", "+12025550108", "", "", "", "B1"), ("辛", "+12025550109", "", "", "", "B1"),
    )  # fmt: skip
    done = load(people, admin_connection, number_keys, accept_good=False)
    assert codes(done) == [
        (2, "duplicate", ""), (3, "elsewhere", ""), (4, "erased", ""), (5, "do-not-call", ""),
        (7, "duplicate", ""), (9, "duplicate", ""),
    ]  # fmt: skip
    assert (done.contacts, done.left_out, done.refused, done.kept) == (3, 5, 0, True)
    # one of the two numbers is free: only that one can be taken
    assert admin_connection.fetch(
        "SELECT barred_until FROM cases c JOIN contacts k ON k.id = c.contact_id WHERE k.name = '戊' AND"
        " callable_from <= now()"
    )
    again = load(workbook(("乙", "+12025550102", "", "", "", "")), admin_connection, number_keys, elsewhere=False,
                 campaign="third")  # fmt: skip
    assert (again.contacts, codes(again)) == (0, [(2, "elsewhere", "")])


def test_formulas_are_refused_and_dates_are_read(admin_connection: Connection, number_keys: NumberKeys) -> None:
    data = workbook(
        ("王芳", "=A1&B1", WHEN),
        ("李强", "+12025550102", WHEN),
        header=("姓名", "电话", "预约时间"),
    )
    done = load(data, admin_connection, number_keys)
    assert codes(done) == [(2, "formula", "电话")]
    assert admin_connection.fetch("SELECT attributes ->> 'subject_at' FROM contacts") == [("2026-12-01T10:30",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_usual_encoding_is_recognised(
    encoding: str, admin_connection: Connection, number_keys: NumberKeys
) -> None:
    data = "姓名,电话\n欧阳建国,+12025550101\n".encode(encoding)
    assert read_contacts(data).table.encoding.startswith(encoding.partition("-sig")[0][:6])
    assert load(data, admin_connection, number_keys).contacts == 1
    assert admin_connection.fetch("SELECT name FROM contacts") == [("欧阳建国",)]


def test_rows_with_too_many_cells_or_values_of_another_type(
    admin_connection: Connection, number_keys: NumberKeys
) -> None:
    text = "姓名,电话,次数,会员号\n甲,+12025550101,many,\n乙,+12025550102,1,B,x,y\n丙,+12025550103,2,\n"
    done = load(text.encode(), admin_connection, number_keys)
    assert codes(done) == [(2, "bad-attribute", "次数"), (3, "too-many-cells", "")]


def test_zones_by_number(admin_connection: Connection, number_keys: NumberKeys) -> None:
    file = read_contacts("电话\n+12025550101\n+8613800000000\n".encode(), Defaults(timezone="by-number"))
    import_rows(file, campaign="csat", connection=admin_connection, keys=number_keys)
    found = admin_connection.fetch("SELECT timezone FROM contacts ORDER BY 1")
    assert found == [("America/New_York",), ("Asia/Shanghai",)]


def zipped(name: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, "x")
    return data.getvalue()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("１３９１２３４５６７８", ["+8613912345678"]),
        ("＋８６ １３９-１２３４-５６７８", ["+8613912345678"]),
        ("0086 13912345678", ["+8613912345678"]),
        ("8613912345678", ["+8613912345678"]),
        ("'13912345678", ["+8613912345678"]),
        ('"=""13912345678"""', ["+8613912345678"]),
        ("13912345678.0", ["+8613912345678"]),
        ("1.3912345678E10", ["+8613912345678"]),
        ("(010)65551234", ["+861065551234"]),
        ("13912345678 13912345679", ["+8613912345678", "+8613912345679"]),
        ('"13912345678,13912345679"', ["+8613912345678", "+8613912345679"]),
        ("1.39E+10", "number-as-float"),
        ("13912345678转12", "extension"),
        ("010-65551234 ext 12", "extension"),
        ("=A1", "formula"),
        ("长" * 200_000, "cell-too-long"),
        ("139\x0712345678", "control-character"),
        ("139123456789", "bad-number"),
    ],
)
def test_numbers_as_people_and_spreadsheets_write_them(cell: str, expected: object) -> None:
    (row,) = read_contacts(f"姓名,电话\n甲,{cell}\n".encode())
    assert (list(row.phones) if isinstance(row, Contact) else row.code) == expected


@pytest.mark.parametrize("value", ["nan", "inf", "1e999"])
def test_a_number_that_no_database_keeps_is_the_rows_mistake(value: str) -> None:
    (row,) = read_contacts(f"电话,x\n+12025550101,{value}\n".encode(), columns={"x": "decimal"})
    assert (row.line, getattr(row, "code", "")) == (2, "bad-attribute")


@pytest.mark.parametrize("zone", ["Bejing", "posix/Asia/Shanghai", "Factory", "localtime", "../etc/passwd"])
def test_what_is_to_hold_for_all_rows_is_checked_before_any(zone: str) -> None:
    with pytest.raises(AdminError, match="time zone"):
        checked(Defaults(timezone=zone))


def test_remarks_that_begin_with_a_dash_or_an_at_are_no_formulas() -> None:
    (row,) = read_contacts("电话,a,b,c\n+12025550101,-无,@zhang,- none\n".encode())
    assert isinstance(row, Contact)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0 and so on", "old kind"),
        (b"PK\x03\x04 no zip at all", "only a part of one"),
        (zipped("word/document.xml"), "no Excel workbook"),
        (b"%PDF-1.4", "PDF"),
        ("\ufeff<html><table>".encode(), "HTML"),
        (b'[{"phone": "1"}]', "JSON"),
        ("姓名,电话\n".encode(), "no row below"),
        ("王芳,+12025550101\n".encode(), "Line 1 holds a number"),
        ("客户名单,,\n姓名,电话,地区\n".encode(), "line 2"),
        ("姓名,电话,备注,备注\n".encode(), "Columns 3"),
        ("姓名,电话,,备注\n甲,+12025550101,x,y\n".encode(), "Line 2: column 3"),
        (b"name,phone\nAnn,+1202555\x000101\nBob,2\n", "Line 2: it holds a zero byte"),
        ("姓名,电话\n".encode() + "王芳,+12025550101\n".encode("gb18030"), "Line 2 is in another encoding"),
        (b'name,phone,note\nAnn,1,"' + b"x\n" * 200_000, "Line 2: a quotation mark is opened"),
        (b'name,phone\nAnn,1\n"B"x,2\n', "Line 3: something follows"),
        (b"", "empty"),
        ("姓名,地址\n甲,乙\n".encode(), "no column"),
        (b"\xff\xfe\x00", "neither"),
        (b'name,phone\n"Ann,1\n', "Line 2"),
    ],
)
def test_files_that_cannot_be_read_at_all(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read_contacts(data)
    assert words in refused.value.what
    assert refused.value.mend


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/workbook.xml", "w") as part:
        block = b"\0" * 10_000_000
        for _ in range(MOST_UNPACKED // len(block) + 1):
            part.write(block)
    with pytest.raises(UnreadableTable, match="unpacks to"):
        read_contacts(data.getvalue())


def test_another_sheet_and_one_that_is_not_there() -> None:
    data = workbook(("王芳", "+12025550101"), header=("姓名", "电话"), title="十二月")
    assert len(read_contacts(data, sheet="十二月")) == 1
    with pytest.raises(UnreadableTable) as refused:
        read_contacts(data, sheet="一月")
    assert "十二月" in refused.value.mend
    book = openpyxl.Workbook()
    book.create_sheet("十二月")
    empty = io.BytesIO()
    book.save(empty)
    with pytest.raises(UnreadableTable) as refused:
        read_contacts(empty.getvalue())
    assert "十二月" in refused.value.mend


def rewritten(data: bytes, part: str, *changes: tuple[bytes, bytes]) -> bytes:
    """A workbook with one of its parts changed, or (without changes) left out."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            for was, now in changes if name == part else ():
                assert was in content
                content = content.replace(was, now)
            if name != part or changes:
                new.writestr(name, content)
    return changed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
TWO = workbook(("王芳", "+12025550101"), ("李强", "+12025550102"), header=("姓名", "电话"))


def test_a_workbook_that_counts_its_rows_wrong_loses_none() -> None:
    told = rewritten(TWO, SHEET, (b'<dimension ref="A1:B3"', b'<dimension ref="A1"'))
    assert [row.cells[0] for row in read_workbook(told).rows] == ["王芳", "李强"]


def test_a_hidden_sheet_is_read_only_when_named() -> None:
    book = openpyxl.load_workbook(io.BytesIO(TWO))
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("shown")
    for row in (("姓名", "电话"), ("丁", "+12025550103")):
        shown.append(row)
    data = io.BytesIO()
    book.save(data)
    assert [row.cells[0] for row in read_workbook(data.getvalue()).rows] == ["丁"]
    assert len(read_contacts(data.getvalue(), sheet="名单")) == 2


def test_a_space_in_the_last_line_of_a_sheet_is_no_row() -> None:
    last = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t> </t></is></c></row></sheetData>'
    assert len(read_contacts(rewritten(TWO, SHEET, (b"</sheetData>", last)))) == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (rewritten(TWO, SHEET), "no sheet of cells"),
        (rewritten(TWO, SHEET, (b'<row r="3"', b'<row r="2000000000"')), "Row 1048577"),
        (rewritten(TWO, SHEET, (b"</worksheet>", b"")), "only a part"),
    ],
    ids=["no sheet", "a row beyond the last", "cut off"],
)
def test_workbooks_that_are_broken_inside(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read_contacts(data)
    assert words in refused.value.what
    assert refused.value.mend


def test_the_report_is_a_table_that_no_spreadsheet_runs(admin_connection: Connection, number_keys: NumberKeys) -> None:
    done = load("电话,=cmd()\n12,x\n".encode(), admin_connection, number_keys)
    report = report_table("=people.csv", done.complaints)
    rows = list(csv.reader(io.StringIO(report.decode("utf-8-sig"))))
    assert [len(row) for row in rows] == [7, 7]
    assert (rows[1][0], rows[1][1], rows[1][4]) == ("'=people.csv", "2", "bad-number")
    assert all("12" not in cell for cell in rows[1][5:])


def test_nothing_stays_of_an_import_that_breaks_off(admin_connection: Connection, number_keys: NumberKeys) -> None:
    rows = list(read_contacts(workbook(*((f"p{n}", f"+1202555{n:04}", "", "", "", "") for n in range(100, 200)))))

    def breaking() -> Any:
        yield from rows * 3
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_rows(breaking(), campaign="csat", connection=admin_connection, keys=number_keys)
    assert admin_connection.fetch("SELECT count(*) FROM contacts") == [(0,)]


def test_lists_of_numbers(number_keys: NumberKeys) -> None:
    assert numbers_in(b"+12025550101\n+12025550102\n12\n", "US")[0] == ["+12025550101", "+12025550102"]
    good, wrong = numbers_in("姓名,电话\n甲,2025550103\n乙,5\n".encode(), "US")
    assert (good, [(each.line, each.code) for each in wrong]) == (["+12025550103"], [(3, "bad-number")])


def test_a_list_is_not_told_to_have_no_headings_for_its_spaces(number_keys: NumberKeys) -> None:
    assert numbers_in(b"+1 202 555 0101\n+1 202 555 0102\n", "US")[0] == ["+12025550101", "+12025550102"]
