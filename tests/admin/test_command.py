"""The command as someone types it: exit status, what it says, what it leaves behind."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import boto3
import pytest

from admin import language
from admin.application import run
from admin.contacts.demo import demo_table
from database.connection import Query
from tests.admin.conftest import Deployment
from tests.admin.test_outbound_pack import LI, Desk, changes
from tests.harness.fresh_database import FreshDatabase

COMMANDS: tuple[list[str], ...] = (
    [], ["new"], ["check"], ["publish"], ["rollback"], ["status"], ["contacts"], ["contacts", "import"],
    ["contacts", "demo"], ["answers", "export"], ["trace"], ["migrate"], ["keys", "load"], ["upkeep"],
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, "--help"]) == 0
    assert len(capsys.readouterr().out) > 100


def test_the_language_comes_from_option_or_locale() -> None:
    assert language.choose(["--language", "zh"], {"LANG": "en_US.UTF-8"}) == "zh"
    assert language.choose(["check"], {"LANG": "zh_CN.UTF-8"}) == "zh"
    assert language.choose(["--language=en"], {"LANG": "zh_CN.UTF-8"}) == "en"
    assert language.choose([], {}) == "en"


def test_help_is_in_chinese_where_asked_for() -> None:
    arguments = [sys.executable, "-m", "admin", "--language", "zh", "--help"]
    said = subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert "检查脚本" in said.stdout


def test_a_wrong_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--formatt", "json"]) == 2
    assert "--formatt" in capsys.readouterr().err


def test_without_a_cloud_the_command_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["status"]) == 1
    assert "./run" in capsys.readouterr().err


def test_a_new_campaign_checks_clean_and_is_never_overwritten(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["new", "teahouse", "--title", "茶馆 <&> 回访"]) == 0
    assert run(["check", "teahouse", "--format", "json"]) == 0
    local = deployment.scripts / "campaigns" / "teahouse" / "local.xml"
    local.write_text(local.read_text(encoding="utf-8") + "<!-- mine -->", encoding="utf-8")
    assert run(["new", "teahouse"]) == 1
    assert "<!-- mine -->" in local.read_text(encoding="utf-8")
    assert run(["new", "Tea House"]) == 1


@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_a_new_campaign_has_the_words_of_the_command(
    deployment: Deployment, spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "_chosen", spoken)
    assert run(["new", "teahouse"]) == 0
    local = (deployment.scripts / "campaigns" / "teahouse" / "local.xml").read_text(encoding="utf-8")
    assert f' language="{spoken}" ' in local
    assert ("谢谢您，再见！" in local) == (spoken == "zh")
    assert run(["check", "teahouse", "--format", "json"]) == 0


def test_an_error_stands_below_the_warnings_beside_the_count(
    deployment: Deployment, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "_chosen", "en")
    assert run(["new", "teahouse"]) == 0
    assert run(["translate", "teahouse", "zh"]) == 0
    local = deployment.scripts / "campaigns" / "teahouse" / "local.xml"
    local.write_text(local.read_text(encoding="utf-8").replace('action="refusal"', 'action="refussal"'), "utf-8")
    capsys.readouterr()
    assert run(["check", "teahouse"]) == 1
    told = capsys.readouterr().out
    assert told.rindex("missing-translation") < told.index("unknown-action") < told.index("1 error")


def test_a_script_in_another_campaigns_folder_is_refused(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(deployment.scripts / "campaigns" / "csat", deployment.scripts / "campaigns" / "copy")
    assert run(["publish", "copy"]) == 1
    assert "campaign-in-other-folder" in capsys.readouterr().err
    assert deployment.bucket.campaigns() == []


def test_an_unknown_campaign_is_named_with_those_there_are(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "cast"]) == 1
    assert "csat" in capsys.readouterr().err


def test_the_life_of_a_campaign(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", "--all", "--routing", "--comment", "first"]) == 0
    first = deployment.bucket.pointer("reminder")
    local = deployment.scripts / "campaigns" / "reminder" / "local.xml"
    local.write_text(local.read_text(encoding="utf-8").replace("提前十分钟", "提前五分钟"), encoding="utf-8")
    assert run(["publish", "reminder", "-m", "five minutes"]) == 0
    second = deployment.bucket.pointer("reminder")
    assert first is not None
    assert second is not None
    assert (second.pointer.previous, second.pointer.comment) == (first.pointer.release, "five minutes")
    assert run(["rollback", "reminder"]) == 0
    back = deployment.bucket.pointer("reminder")
    assert back is not None
    assert back.pointer.release == first.pointer.release
    capsys.readouterr()
    assert run(["status", "reminder"]) == 0
    said = capsys.readouterr().out
    assert first.pointer.release[:12] in said
    assert "five minutes" in said


def test_contacts_from_a_file(deployment: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["publish", "--all"])
    file = tmp_path / "people.csv"
    file.write_bytes(demo_table(20) + "坏行,123,,,,,\n".encode())
    assert run(["contacts", "import", str(file), "--campaign", "csat", "--dry-run"]) == 0
    assert deployment.admin.fetch("SELECT count(*) FROM outbound.contacts") == [(0,)]
    assert run(["contacts", "import", str(file), "--campaign", "csat"]) == 1
    assert deployment.admin.fetch("SELECT count(*) FROM outbound.contacts") == [(0,)]
    assert run(["contacts", "import", str(file), "--campaign", "csat", "--accept-good"]) == 0
    said = capsys.readouterr().out
    assert f"{file}:22" in said
    assert "bad-number" in said
    assert deployment.admin.fetch("SELECT count(*) FROM outbound.contacts") == [(20,)]
    assert run(["contacts", "import", str(file), "--campaign", "unknown"]) == 1
    assert run(["contacts", "import", str(tmp_path / "none.csv"), "--campaign", "csat"]) == 1


@pytest.fixture
def interview(deployment: Deployment, postgres: FreshDatabase, tmp_path: Path) -> str:
    """An interview that li held and finished, with one answer changed and one off the path."""
    run(["publish", "--all"])
    file = tmp_path / "people.csv"
    file.write_bytes(demo_table(3))
    run(["contacts", "import", str(file), "--campaign", "csat"])
    desk = Desk(deployment.admin, postgres.connect("waihu_business"))
    held, _, _ = desk.take(LI)
    desk.call(LI, "dial", held)
    desk.call(LI, "save_answers", held, answers=changes(nps=3, nps_why="=HYPERLINK()"))
    off = json.dumps([{"field": "nps_why", "value": "=HYPERLINK()", "on_path": False, "step": 2, "at": 2}])
    desk.call(LI, "save_answers", held, answers=off)
    desk.finish(LI, held, "1.1", changes(age_group="30"))
    release = deployment.bucket.pointer("csat")
    assert release is not None
    deployment.admin.execute("UPDATE outbound.interviews SET release = $1", release.pointer.release)
    return held


def test_answers_to_a_file(interview: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "csat.csv"
    assert run(["answers", "export", "csat", "--output", str(file)]) == 0
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    assert (row["interview"], row["nps"], row["nps_why"], row["age_group"]) == (interview, "3", "", "30")
    assert list(tmp_path.glob("*.part")) == []


def test_answers_of_a_campaign_that_was_never_published(deployment: Deployment) -> None:
    assert run(["answers", "export", "csat"]) == 1


def test_the_story_of_an_interview(interview: str, deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    logs = boto3.client("logs", region_name="ap-southeast-1")
    logs.create_log_group(logGroupName="/aws/lambda/business")
    logs.create_log_stream(logGroupName="/aws/lambda/business", logStreamName="s")
    line = json.dumps({"level": "ERROR", "message": "boom", "interview": interview, "round_trips": 1})
    event = {"timestamp": int(time.time() * 1000), "message": line}
    logs.put_log_events(logGroupName="/aws/lambda/business", logStreamName="s", logEvents=[event])
    capsys.readouterr()
    assert run(["trace", interview]) == 0
    said = capsys.readouterr().out
    for part in (
        "attempt 1: li took the case",
        "number shown to the dialler",
        "1.1 Complete interview",
        "round_trips=1",
    ):
        assert part in " ".join(said.split())
    assert "nps" in said
    assert "HYPERLINK" not in said
    assert run(["trace", interview, "--values"]) == 0
    assert "HYPERLINK" in capsys.readouterr().out


def test_the_story_by_case_contact_and_correlation(
    interview: str, deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    ((case, contact),) = deployment.admin.fetch(
        "SELECT c.id, c.contact_id FROM outbound.cases c JOIN outbound.interviews i ON i.case_id = c.id"
        " WHERE i.id = $1",
        uuid.UUID(interview),
    )
    for identity in (str(case), str(contact), "correlation"):
        capsys.readouterr()
        assert run(["trace", identity, "--no-logs"]) == 0
        assert "outbound.test" in capsys.readouterr().out


def test_nothing_is_known_of_a_strange_id(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trace", "no-such-thing", "--no-logs"]) == 1
    assert run(["trace", str(uuid.uuid4()), "--no-logs"]) == 1


def test_migrating_what_is_current_changes_nothing(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["migrate"]) == 0
    assert "0 new" in capsys.readouterr().out


def test_session_keys_reach_the_database(deployment: Deployment, postgres: FreshDatabase) -> None:
    assert run(["keys", "load"]) == 0
    owner = postgres.connect()
    rows = owner.run_pipeline([Query("SELECT secret FROM platform.session_keys WHERE key_id = 'k9'")])[0].rows
    assert rows == [(bytes.fromhex("ab" * 32),)]


def test_every_shipped_statement_is_prepared_on_the_live_schema(deployment: Deployment) -> None:
    assert run(["check", "--database"]) == 0


def test_a_column_that_is_not_there_is_found_on_the_live_schema(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    server = deployment.scripts / "outbound" / "server.xml"
    text = server.read_text(encoding="utf-8").replace("RETURNING at\n", "RETURNING att AS at\n")
    server.write_text(text, encoding="utf-8")
    assert run(["check", "csat", "--database", "--format", "json"]) == 1
    (found,) = [
        problem for problem in json.loads(capsys.readouterr().out)["problems"] if problem["severity"] == "error"
    ]
    line = text[: text.index("att AS at")].count("\n") + 1
    assert (found["code"], found["file"], found["line"]) == (
        "statement-not-prepared",
        "scripts_bucket/outbound/server.xml",
        line,
    )
