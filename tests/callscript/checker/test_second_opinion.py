"""The editors' schemas as a second opinion: silent as long as they say what the check says, heard when they do not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from callscript.checker import check_files, check_routing, schemas
from callscript.parser.grammar.relaxng import FOLDER
from tests.callscript.scripts import SHIPPED, places, shipped


@pytest.fixture
def doctored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of schemas of one's own, in force."""
    copies = Path(shutil.copytree(FOLDER, tmp_path / "schemas"))
    monkeypatch.setattr(schemas, "FOLDER", copies)
    schemas.schema_of.cache_clear()
    yield copies
    schemas.schema_of.cache_clear()


def doctor(folder: Path, name: str, before: str, after: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after), encoding="utf-8")


def line_of(data: bytes, words: bytes) -> int:
    return data[: data.index(words)].count(b"\n") + 1


def test_a_schema_that_drifted_from_the_check_is_told_with_the_line(doctored: Path) -> None:
    doctor(doctored, "local.rng", 'name="end"', 'name="ende"')
    files = shipped("reminder")
    assert ("schema-disagrees", line_of(files["local.xml"], b"<end "), 1) in places(check_files(files).problems)


def test_each_document_has_its_schema(doctored: Path) -> None:
    for name in ("blocks", "links", "server"):
        doctor(doctored, f"{name}.rng", f'<element name="{name}">', '<element name="other">')
    problems = check_files(shipped("reminder")).problems
    told = {p.span.file for p in problems}
    assert {f"packs/outbound/{name}.xml" for name in ("blocks", "links", "server")} <= told
    assert {Path(file).stem for file in told} == {"blocks", "links", "server"}
    assert {"schema-disagrees"} == {p.code for p in problems}


def test_routing_is_asked_about_too(doctored: Path) -> None:
    data = (SHIPPED / "routing.xml").read_bytes()
    assert check_routing(data).problems == ()
    doctor(doctored, "routing.rng", 'name="draining"', 'name="drain"')
    expected = [("schema-disagrees", line_of(data, b"draining="), 1)] if b"draining=" in data else []
    assert places(check_routing(data).problems) == expected


def test_a_document_that_is_wrong_as_such_is_not_told_twice() -> None:
    files = shipped("reminder")
    files["local.xml"] = files["local.xml"].replace(b'required="yes"', b'required="true"', 1)
    assert [problem.code for problem in check_files(files).problems] == ["bad-value"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<local ", '<local xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" '),
        ("<action ", '<action xml:space="preserve" '),
        ("\n  <", "\n\u3000\u00a0 <"),
        ("<local ", '<?xml-model href="local.rng"?>\n<!-- 说明 -->\n<local '),
    ],
    ids=["schema location", "xml:space", "wide blanks", "processing instruction"],
)  # fmt: skip
def test_what_editors_and_word_processors_leave_behind_disturbs_neither(before: str, after: str) -> None:
    files = shipped("reminder")
    text = files["local.xml"].decode()
    assert before in text
    files["local.xml"] = text.replace(before, after).encode()
    assert check_files(files).problems == ()


def test_functions_and_the_agents_app_load_no_lxml() -> None:
    rooms = "functions.business.handler, functions.dispatch.handler, callscript.parser, callscript.engine"
    program = f"import sys, {rooms}; sys.exit('lxml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=SHIPPED.parent).returncode == 0
