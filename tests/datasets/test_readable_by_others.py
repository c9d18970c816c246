"""Files of every format, read back by readers that are not ours."""

from __future__ import annotations

import csv
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from lxml import etree

from database.connection import Connection
from datasets.codebook import codebook_of
from datasets.csv_file import read_csv
from datasets.ddi_file import NAMESPACE
from datasets.snapshot import Wanted
from datasets.variables import Codebook
from datasets.writing import Format, write_file
from tests.datasets.conftest import FULL, HOSTILE, LOCAL, Interviews, campaign
from tests.datasets.ddi_content import faults


def written(tmp_path: Path, form: Format, connection: Connection, book: Codebook) -> Path:
    path = tmp_path / f"csat.{form}"
    write_file(path, form, connection, book, Wanted("csat"))
    assert path.is_file()
    return path


def test_spss(tmp_path: Path, filled: Interviews, admin_connection: Connection, book: Codebook) -> None:
    path = written(tmp_path, "sav", admin_connection, book)
    frame, meta = pyreadstat.read_sav(path, user_missing=True)
    assert meta.file_label == "Tea & people"
    assert meta.column_names_to_labels["age"] == "Age"
    assert meta.column_names_to_labels["why"] == "Why <so>?"
    assert list(frame["age"]) == [61, -99, -97]
    assert meta.missing_ranges["age"] == [{"lo": -99.0, "hi": -97.0}]
    assert meta.variable_value_labels["age"] == {-99.0: "Refused", -98.0: "Don't know", -97.0: "Not applicable"}
    assert frame["cold"][0] == -12.5
    assert meta.variable_value_labels["cold"][frame["cold"][1]] == "Don't know"
    assert frame["born"][0] == date(1965, 2, 28)
    assert frame["wakes"][0] == time(6, 30)
    assert frame["call_me"][0] == datetime(2026, 5, 2, 19, 30)  # noqa: DTZ001
    assert frame["started_at"][0] == datetime(2026, 5, 1, 10)  # noqa: DTZ001
    assert meta.variable_value_labels["brand"] | {} == {1.0: "Aroma", 2.0: "Bamboo", 3.0: "None", -98.0: "Don't know"}
    assert list(frame["brand"][:2]) == [2, -98]
    assert meta.variable_value_labels["rate"] == {1.0: "Bad", 5.0: "Good"}
    assert list(frame["all_a"][:2]) == [1, -99]
    assert (frame["all_b"][0], frame["all_z"][0]) == (0, 1)
    assert meta.column_names_to_labels["all_z"] == "All brands: None"
    assert list(frame["outcome_code"]) == [1100] * 3
    assert meta.variable_value_labels["outcome_code"][2112.0] == "Refusal by the respondent"
    assert list(frame["old"]) == [1, pytest.approx(float("nan"), nan_ok=True), 0]
    # A program that does not ask for user-missing values gets them as missing.
    plain, _ = pyreadstat.read_sav(path)
    assert plain["age"].isna().tolist() == [False, True, True]
    assert plain["why"].tolist()[0] == "good"


def test_stata(tmp_path: Path, filled: Interviews, admin_connection: Connection, book: Codebook) -> None:
    path = written(tmp_path, "dta", admin_connection, book)
    frame, meta = pyreadstat.read_dta(path, user_missing=True)
    assert list(frame["age"]) == [61, "b", "c"]
    assert meta.missing_user_values["age"] == ["b", "c"]
    labels_of: dict[str, Any] = meta.variable_value_labels
    assert labels_of["age"] == {"a": "Don't know", "b": "Refused", "c": "Not applicable"}
    assert frame["cold"][0] == -12.5
    assert frame["born"][0] == date(1965, 2, 28)
    assert frame["call_me"][0] == datetime(2026, 5, 2, 19, 30)  # noqa: DTZ001
    assert meta.variable_value_labels["brand"][2] == "Bamboo"
    # pandas' own reader, which shares no code with ReadStat
    with pd.read_stata(path, iterator=True, convert_categoricals=False) as own:
        alone = own.read()
        labels = own.variable_labels()
        values = own.value_labels()
    assert alone["age"].tolist()[0] == 61
    assert alone["age"].isna().tolist() == [False, True, True]
    assert alone["born"][0] == pd.Timestamp(1965, 2, 28)
    assert alone["started_at"][0] == pd.Timestamp(2026, 5, 1, 10)
    assert labels["all_z"] == "All brands: None"
    assert {"Aroma", "Bamboo", "None"} <= {text for each in values.values() for text in each.values()}


def test_excel(tmp_path: Path, filled: Interviews, admin_connection: Connection, book: Codebook) -> None:
    workbook = openpyxl.load_workbook(written(tmp_path, "xlsx", admin_connection, book))
    assert workbook.sheetnames == ["Data", "Variables", "Values"]
    rows = [list(row) for row in workbook["Data"].iter_rows(values_only=True)]
    first, second = (dict(zip(rows[0], row, strict=True)) for row in rows[1:3])
    assert (first["age"], first["cold"], first["born"]) == (61, -12.5, datetime(1965, 2, 28))  # noqa: DTZ001
    assert (first["wakes"], first["call_me"]) == (time(6, 30), datetime(2026, 5, 2, 19, 30))  # noqa: DTZ001
    assert (first["likes"], first["brand"], first["all"], first["why"]) == (True, "b", "a;z", "good")
    assert first["started_at"] == datetime(2026, 5, 1, 10)  # noqa: DTZ001
    assert (second["age"], second["born"], second["rate"], second["why"]) == ("#refused", "#refused", None, "#dk")
    values = list(workbook["Values"].iter_rows(values_only=True))
    assert ("brand", "b", "Bamboo") in values
    assert ("age", "#na", "Not applicable") in values
    about = list(workbook["Variables"].iter_rows(values_only=True))
    assert ("age", "Age", "integer", "How old are you, ${contact.name}?", "one") in about


def test_ddi(tmp_path: Path, filled: Interviews, admin_connection: Connection, book: Codebook) -> None:
    root = etree.parse(written(tmp_path, "ddi", admin_connection, book)).getroot()
    space: Any = {"d": NAMESPACE}
    assert root.tag == f"{{{NAMESPACE}}}codeBook"
    assert root.findtext("d:stdyDscr/d:citation/d:titlStmt/d:titl", namespaces=space) == "Tea & people"
    assert root.findtext(".//d:caseQnty", namespaces=space) == "3"
    (age,) = root.findall(".//d:var[@name='age']", space)
    assert age.findtext("d:labl", namespaces=space) == "Age"
    assert age.findtext("d:qstn/d:qstnLit", namespaces=space) == "How old are you, ${contact.name}?"
    missing = {each.findtext("d:catValu", namespaces=space): each.findtext("d:catStat", namespaces=space)
               for each in age.findall("d:catgry[@missing='Y']", space)}  # fmt: skip
    assert missing == {"-98": "0", "-99": "1", "-97": "1"}
    (brand,) = root.findall(".//d:var[@name='brand']", space)
    bamboo = brand.findall("d:catgry", space)[1]
    assert [child.text for child in bamboo] == ["2", "Bamboo", "b", "1"]
    # The names are those of the statistics files.
    other = tmp_path / "statistics"
    other.mkdir()
    _, meta = pyreadstat.read_sav(written(other, "sav", admin_connection, book))
    assert [each.get("name") for each in root.findall(".//d:var", space)] == meta.column_names


def test_csv_is_read_back_without_loss(
    tmp_path: Path, interviews: Interviews, admin_connection: Connection, book: Codebook
) -> None:
    for text in HOSTILE:
        interviews.add({**FULL, "why": text})
    interviews.add({"age": {"": "dk"}, "why": {"": "dk"}, "all": ["a;b", "c\\", "=d"]})
    path = written(tmp_path, "csv", admin_connection, book)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        back = [answers for _, answers in read_csv(lines, book)]
    assert sorted(answers["why", ""] for answers in back if isinstance(answers["why", ""], str)) == sorted(HOSTILE)
    special = next(answers for answers in back if isinstance(answers["why", ""], dict))
    assert special == {("age", ""): {"": "dk"}, ("why", ""): {"": "dk"}, ("all", ""): ["a;b", "c\\", "=d"]}
    assert all(
        answers["born", ""] == "1965-02-28" and answers["age", ""] == 61 for answers in back if answers != special
    )
    # Another reader sees the same cells, and none that begins like a formula.
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))[1:]
    assert frame.to_numpy().tolist() == rows
    assert len(rows) == len(HOSTILE) + 1
    assert "🍵" in "".join(frame["why"])
    cells = [cell for row in rows for cell in row]
    assert [
        cell for cell in cells if cell[:1] in tuple("=+-@\t\r＝") and not cell.lstrip("+-").replace(".", "").isdigit()
    ] == []


def test_a_codebook_holds_to_the_schema(tmp_path: Path, filled: Interviews, admin_connection: Connection) -> None:
    """With several releases, rounds, special answers, hostile texts and an answer without a question."""
    filled.add({**{f"age[{number}]": number for number in range(3)}, "why": HOSTILE[4], "stranger": "x"})
    older = campaign(LOCAL.replace('<option value="b">Bamboo</option>', ""))
    book = codebook_of("csat", {"r2": campaign(), "r1": older})
    root = etree.parse(written(tmp_path, "ddi", admin_connection, book)).getroot()
    assert faults(root) == []
    assert [each.text for each in root.iter(f"{{{NAMESPACE}}}version")] == ["r2", "r1"]
    # The judge is awake: a child out of its place, a child too many and an unknown value are told.
    variable = next(root.iter(f"{{{NAMESPACE}}}var"))
    variable.append(variable[0])
    variable.set("intrvl", "now and then")
    root[2][0].extend([etree.Element(f"{{{NAMESPACE}}}verStmt") for _ in range(2)])
    told = faults(root)
    assert [fault.split(" ")[0] for fault in told] == ["fileTxt", "var", "var"]


LONG = "how_satisfied_were_you_with_the_visit_of_our_engineer"


@pytest.mark.parametrize("form", ["sav", "dta"])
def test_names_that_are_equal_when_cut_keep_their_own_values(
    form: Format, tmp_path: Path, interviews: Interviews, admin_connection: Connection
) -> None:
    """Names of 53 letters that differ in the last one, their several choices, rounds and special answers."""
    fields = "".join(
        f'<field name="{LONG}_{end}" type="choices" options="brands" special="refused" label="{end}"/>'
        f'<field name="{LONG}_n{end}" type="integer" special="dk" label="n{end}"/>'
        for end in "ab"
    )
    book = codebook_of("csat", {"r2": campaign(LOCAL.replace('<field name="age"', f'{fields}<field name="age"'))})
    interviews.add({f"{LONG}_a": ["a"], f"{LONG}_b": ["b", "z"], f"{LONG}_na": 1, f"{LONG}_nb": {"": "dk"}})
    interviews.add({f"{LONG}_nb[{place}]": place for place in (1, 2)}, started="2026-05-01T11:00:00Z")
    path = written(tmp_path, form, admin_connection, book)
    frame, meta = (pyreadstat.read_sav if form == "sav" else pyreadstat.read_dta)(path, user_missing=True)
    assert max(map(len, frame.columns)) <= 28
    assert len({name.lower() for name in frame.columns}) == len(frame.columns)
    by_label = {label: name for name, label in meta.column_names_to_labels.items()}
    chosen = {f"{end}: {brand}": frame[by_label[f"{end}: {brand}"]][0] for end in "ab" for brand in ("Aroma", "Bamboo")}
    assert chosen == {"a: Aroma": 1, "a: Bamboo": 0, "b: Aroma": 0, "b: Bamboo": 1}
    assert frame[by_label["na"]][0] == 1
    assert frame[by_label["nb"]][0] == (-98 if form == "sav" else "a")
    rounds = [name for name in frame.columns if name.startswith("how_satisfied") and meta.column_names_to_labels[name]
              in ("nb [1]", "nb [2]")]  # fmt: skip
    assert [frame[name][1] for name in rounds] == [1, 2]


@pytest.mark.parametrize("form", ["xlsx", "sav", "dta"])
def test_hostile_texts_stay_texts(
    form: Format, tmp_path: Path, interviews: Interviews, admin_connection: Connection, book: Codebook
) -> None:
    for text in HOSTILE:
        interviews.add({"why": text})
    path = written(tmp_path, form, admin_connection, book)
    if form == "xlsx":
        workbook = openpyxl.load_workbook(path)
        _heading, *cells = next(column for column in workbook["Data"].iter_cols() if column[0].value == "why")
        assert {cell.data_type for cell in cells} == {"s", "inlineStr"} & {cell.data_type for cell in cells}
        read = [openpyxl.utils.escape.unescape(cell.value) for cell in cells]
        # Excel has no room for more than 32,767 characters.
        expected = [text if len(text) <= 32_767 else text[:32_766] + "…" for text in HOSTILE]
    else:
        read = (pyreadstat.read_sav if form == "sav" else pyreadstat.read_dta)(path, user_missing=True)[0][
            "why"
        ].tolist()
        marked = ["'" + text if text in ("#dk", "'#refused") else text for text in HOSTILE]
        # SPSS has no room for more than 32,767 bytes, and knows no blanks at the end of a text.
        cut = [text if len(text) <= 32_767 else text[:32_764] + "…" for text in marked]
        expected = [text.rstrip(" ") for text in cut] if form == "sav" else marked
    assert sorted(read) == sorted(expected)
