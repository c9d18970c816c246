"""Scripts broken as people break them: each is refused with its place, by `check` and by `publish`; what runs stays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from admin.application import run
from tests.admin.conftest import Deployment


@dataclass(frozen=True)
class Defect:
    """In `file` the first `good` becomes `bad`; the problem stands where `at` begins in the broken file."""

    file: str
    good: str
    bad: str
    code: str
    at: str

    def apply(self, scripts: Path) -> tuple[int, int]:
        """Breaks the script; returns line and column of the place."""
        path = scripts / self.file
        text = path.read_text(encoding="utf-8")
        assert self.good in text
        broken = text.replace(self.good, self.bad, 1)
        path.write_text(broken, encoding="utf-8")
        ahead = broken[: broken.index(self.at)]
        return ahead.count("\n") + 1, len(ahead) - ahead.rfind("\n")


LOCAL = "campaigns/reminder/local.xml"
SERVER, LINKS, BLOCKS = "outbound/server.xml", "outbound/links.xml", "outbound/blocks.xml"
DEFECTS = {
    "not well-formed": Defect(LOCAL, "<title>开场</title>", "<title>开场</titel>", "tag-mismatch", "</titel>"),
    "never closed": Defect(LOCAL, "</local>", "", "unclosed-element", "<local"),
    "doctype": Defect(
        LOCAL, "<!-- App", "<!DOCTYPE local [<!ENTITY a 'b'>]>\n<!-- App", "doctype-refused", "<!DOCTYPE"
    ),
    "unknown element": Defect(LOCAL, "<say>您好，", "<spaek/><say>您好，", "unknown-element", "<spaek"),
    "unknown attribute": Defect(LOCAL, 'special="dk refused"', 'spezial="dk refused"', "unknown-attribute", "spezial"),
    "wrong type": Defect(LOCAL, 'type="date"', 'type="day"', "bad-value", 'type="day"'),
    "wrong number": Defect(LOCAL, 'type="date"', 'type="date" min="zero"', "bare-word", 'min="zero"'),
    "dangling next": Defect(LOCAL, '"cancelled"/>', '"canceled"/>', "unknown-action", '<next action="canceled"'),
    "dangling exit": Defect(BLOCKS, 'action="silent">', 'action="slient">', "unknown-action", '<exit id="silent"'),
    "misspelt name": Defect(LOCAL, "${decision} = 'move'", "${decison} = 'move'", "unknown-name", "${decison}"),
    "option not in list": Defect(LOCAL, "${decision} = 'move'", "${decision} = 'moove'", "unknown-option", "'moove'"),
    "text against number": Defect(
        LOCAL, "${decision} = 'move'", "${decision} > 'move'", "not-a-number", "${decision} >"
    ),
    "unfinished": Defect(
        LOCAL, "${decision} = 'move'", "${decision} = ", "unexpected-in-expression", '${decision} = "'
    ),
    "unknown list": Defect(
        LOCAL, 'options="half_days"', 'options="half_dyas"', "unknown-options", 'options="half_dyas"'
    ),
    "unknown block": Defect(LOCAL, "outbound.exits", "outbound.exit", "unknown-block", 'block="outbound.exit"'),
    "raw less-than in SQL": Defect(
        SERVER, "i.id = :interview\n", "i.id = :interview AND 1 < 2\n", "raw-less-than", "< 2"
    ),
    "two statements": Defect(SERVER, "RETURNING at\n", "RETURNING at; DELETE FROM x\n", "sql-several", "; DELETE"),
    "pasted value": Defect(SERVER, "a.round, ''", "a.round, '${m}'", "sql-pasted", "${m}"),
    "unknown parameter": Defect(
        SERVER, "= :interview AND c.id", "= :intervew AND c.id", "sql-unknown-name", ":intervew"
    ),
    "link to nowhere": Defect(
        LINKS, 'action="outbound.park"', 'action="outbound.prak"', "unknown-server-action", '<call id="park"'
    ),
    "parameter not given": Defect(
        LINKS,
        '    <give name="kind" value="${callback_kind}"/>\n',
        "",
        "missing-parameter",
        '<call id="arrange_callback"',
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_broken_script_is_refused_with_its_place(
    name: str, scripts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(scripts.parent)
    defect = DEFECTS[name]
    line, column = defect.apply(scripts)
    assert run(["check", "reminder", "--format", "json"]) == 1
    verdict = json.loads(capsys.readouterr().out)
    found = [problem for problem in verdict["problems"] if problem["severity"] == "error"]
    places = [(problem["code"], problem["file"], problem["line"]) for problem in found]
    expected_file = f"scripts_bucket/{defect.file}"
    same_line = [problem for problem in found if (problem["file"], problem["line"]) == (expected_file, line)]
    assert same_line, f"{(expected_file, line, column)} not among {places}"
    assert defect.code in [problem["code"] for problem in same_line]
    assert all(problem["what"] and problem["mend"] for problem in found)


def test_publishing_a_broken_script_leaves_what_runs(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["publish", "--all", "--routing"]) == 0
    before = deployment.bucket.pointer("reminder")
    line, _ = DEFECTS["dangling next"].apply(deployment.scripts)
    assert run(["publish", "reminder"]) == 1
    said = capsys.readouterr().err
    assert f"scripts_bucket/campaigns/reminder/local.xml:{line}:" in said
    assert "unknown-action" in said
    assert deployment.bucket.pointer("reminder") == before


@pytest.mark.parametrize("language", ["en", "zh"])
def test_problems_are_told_in_both_languages(
    language: str, scripts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from admin import language as speech

    monkeypatch.chdir(scripts.parent)
    DEFECTS["dangling next"].apply(scripts)
    speech.use(language)
    assert run(["check", "reminder"]) == 1
    assert ("错误" in capsys.readouterr().out) == (language == "zh")


def test_sarif_names_rule_and_region(
    scripts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(scripts.parent)
    line, _ = DEFECTS["dangling next"].apply(scripts)
    assert run(["check", "reminder", "--format", "sarif"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["runs"]
    results = [result for result in found["results"] if result["ruleId"] == "unknown-action"]
    region = results[0]["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == line
    assert "unknown-action" in [rule["id"] for rule in found["tool"]["driver"]["rules"]]
