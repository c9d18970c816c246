"""The editors' schemas: made from the grammar, true of every good script, false of every broken one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from callscript.parser.grammar import GRAMMARS
from callscript.parser.grammar.relaxng import FOLDER, schema_of
from callscript.parser.grammar.rules import Grammar
from callscript.parser.interface import interface_of
from tests.callscript.checker.defects import Defect
from tests.callscript.checker.defects_between import DEFECTS
from tests.callscript.parser.documents import STRUCTURE
from tests.callscript.scripts import SHIPPED

SCRIPTS = sorted(SHIPPED.rglob("*.xml"))


def schema(name: str) -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(str(FOLDER / f"{name}.rng")))


def kind_of(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".xml").replace("interface", "server")


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.name)
def test_the_schemas_are_those_of_the_grammars(grammar: Grammar) -> None:
    written = (FOLDER / f"{grammar.name}.rng").read_text(encoding="utf-8")
    assert schema_of(grammar) == written, "python -m callscript.parser.grammar.relaxng"


def test_an_editor_is_told_of_every_schema() -> None:
    settings = json.loads((FOLDER.parents[1] / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    told = {Path(each["systemId"]).name for each in settings["xml.fileAssociations"]}
    assert told == {f"{grammar.name}.rng" for grammar in GRAMMARS}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.relative_to(SHIPPED).as_posix())
def test_every_shipped_script_is_valid(script: Path) -> None:
    schema(kind_of(script.name)).assertValid(etree.parse(str(script)))


@pytest.mark.parametrize("script", [script for script in SCRIPTS if script.name == "server.xml"], ids=str)
def test_an_interface_is_valid(script: Path) -> None:
    schema("server").assertValid(etree.fromstring(interface_of(script.read_bytes())).getroottree())


SEEN_BY_SCHEMAS = [defect for defect in STRUCTURE if defect.code != "text-said-twice"]
"""The schemas allow a text either way; that it is only one of them is for the check to say."""


@pytest.mark.parametrize("defect", SEEN_BY_SCHEMAS, ids=lambda defect: defect.code)
def test_what_the_structure_check_refuses_the_schema_refuses(defect: Defect) -> None:
    files, expected = defect.unmarked()
    broken = {file for _, file, _, _ in expected}
    assert broken
    for file in broken:
        assert not schema(kind_of(file)).validate(etree.fromstring(files[file]).getroottree())


MEANING = [defect for defect in DEFECTS if defect.code not in {"bad-translation-file", "missing-attribute"}]
"""The one is of no schema's files; the other is there for what the check makes of a file that is not whole."""


@pytest.mark.parametrize("defect", MEANING, ids=lambda defect: defect.code)
def test_what_only_meaning_can_refuse_the_schema_accepts(defect: Defect) -> None:
    files, _ = defect.unmarked()
    for file, data in files.items():
        if file.endswith(".xml"):
            schema(kind_of(file)).assertValid(etree.fromstring(data).getroottree())
