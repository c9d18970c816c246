from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.contacts.columns import map_columns
from admin.contacts.complaints import Complaint
from admin.contacts.demo import demo_contacts, demo_table
from admin.contacts.rows import Contact, Defaults, read_rows
from admin.contacts.table import Table, detect_encoding, read_table
from admin.errors import UnreadableTable

TEXT = "姓名,电话\n欧阳娜娜,+12025550123\n"


def read(text: str) -> list[Contact | Complaint]:
    table = read_table(text.encode())
    return list(read_rows(table.rows, table.header, map_columns(table.header), Defaults()))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_every_encoding_that_excel_writes_reads_the_same(data: bytes, encoding: str) -> None:
    assert encoding == detect_encoding(data)
    assert read_table(data).header == ("姓名", "电话")
    assert read_table(data).rows[0].cells == ("欧阳娜娜", "+12025550123")


@given(st.text(alphabet="王李张娜,;\t\"' =+a1", max_size=40))
def test_any_text_reads_or_says_why_not(text: str) -> None:
    with suppress(UnreadableTable):
        assert isinstance(read_table(text.encode("gb18030")), Table)


@given(st.binary(max_size=60))
def test_any_bytes_read_or_say_why_not(data: bytes) -> None:
    with suppress(UnreadableTable):
        assert isinstance(read_table(data), Table)


def test_line_numbers_are_those_of_the_file() -> None:
    table = read_table('name,phone,备注\r\n甲,+12025550101,"两\r\n行"\r\n\r\n乙,+12025550102,x\r\n'.encode())
    assert [row.line for row in table.rows] == [2, 5]


def test_broken_quoting_names_the_line() -> None:
    with pytest.raises(UnreadableTable, match="Line 3"):
        read_table(b'name,phone\na,1\n"b"x,2\n')


def test_a_file_without_phones_is_refused() -> None:
    with pytest.raises(UnreadableTable, match="phone"):
        map_columns(("姓名", "地址"))


def test_headings_in_both_languages_and_several_phones() -> None:
    columns = map_columns(("客户姓名", "手机号", "电话2", "Time Zone", "会员等级", "事项"))
    assert (
        columns.name,
        columns.phones,
        columns.fields,
        columns.attributes,
    ) == (0, (1, 2), {"timezone": 3}, {4: "会员等级", 5: "subject"})


def test_columns_that_the_administrator_maps() -> None:
    columns = map_columns(("a", "b"), {"a": "name", "b": "phone"})
    assert (columns.name, columns.phones) == (0, (1,))
    with pytest.raises(UnreadableTable):
        map_columns(("a", "b"), {"c": "phone"})


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "no-phone"),
        ("123", "bad-number"),
        ("1.38E+10", "number-as-float"),
        ("abc", "bad-number"),
        ("139\x0100138000", "control-character"),
        ("1" * 1001, "cell-too-long"),
    ],
)
def test_a_bad_row_is_reported_and_the_rest_is_read(cell: str, code: str) -> None:
    bad, good = read(f"姓名,电话\n甲,{cell}\n乙,+12025550101\n")
    assert isinstance(bad, Complaint)
    assert (2, code) == (bad.line, bad.code)
    assert isinstance(good, Contact)
    assert good.phones == ("+12025550101",)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("时区", "Asia/Nowhere", "bad-timezone"),
        ("时区", "../../etc/passwd", "bad-timezone"),
        ("语言", "?", "bad-language"),
        ("优先级", "high", "bad-priority"),
        ("预约时间", "下周一", "bad-time"),
    ],
)
def test_each_column_is_checked(column: str, cell: str, code: str) -> None:
    (complaint,) = read(f"电话,{column}\n+12025550101,{cell}\n")
    assert isinstance(complaint, Complaint)
    assert (2, column, code) == (complaint.line, complaint.column, complaint.code)


def test_a_complaint_never_repeats_the_number() -> None:
    (complaint,) = read("电话\n13900138\n")
    assert isinstance(complaint, Complaint)
    assert "13900138" not in complaint.what + complaint.mend


def test_numbers_become_e164_whatever_the_typing() -> None:
    (contact,) = read(
        "电话,备用电话\n139-0013-8000；+1 (202) 555-0123,"
        "\uff11\uff13\uff19\uff10\uff10\uff11\uff13\uff18\uff10\uff10\uff10\n"
    )
    assert isinstance(contact, Contact)
    assert contact.phones == ("+8613900138000", "+12025550123")


def test_chinese_dates_are_understood() -> None:
    (contact,) = read("电话,预约时间\n+12025550101,2026年12月3日 9:30\n")
    assert isinstance(contact, Contact)
    assert contact.attributes["subject_at"] == "2026-12-03T09:30"


def test_demo_contacts_are_the_same_each_time_distinct_and_pass_the_gate() -> None:
    assert list(demo_contacts(50)) == list(demo_contacts(50))
    table = read_table(demo_table(1000))
    contacts = list(read_rows(table.rows, table.header, map_columns(table.header), Defaults()))
    assert all(isinstance(contact, Contact) for contact in contacts)
    numbers = [number for contact in contacts if isinstance(contact, Contact) for number in contact.phones]
    assert len(contacts) == 1000
    assert len(numbers) == len(set(numbers))
    assert all(number[5:].startswith("55501") for number in numbers)


def test_the_clinics_contacts_have_appointments() -> None:
    assert all("subject_at" in contact.attributes for contact in demo_contacts(20, kind="clinic"))
