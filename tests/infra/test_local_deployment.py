"""The app deployed by the CDK's command into a local AWS server, and worked with: what was deployed answers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from callscript import protocol
from monitoring.metrics import ACTIONS, FAILURES, FINISHED
from tests.infra.deployed_agent import Agent, made_anew, packed
from tests.infra.desk_image import desk_image
from tests.infra.local_deployment import PREFIX, LocalDeployment, deploy_again, local_deployment
from tests.infra.looking import (
    alarm_state,
    answer,
    at_release,
    connected,
    counts,
    drawn,
    import_people,
    lines_of,
    listen,
    migrations,
    pointer,
    summed,
)
from tests.infra.running_desk import figures_on_the_page, running_desk
from tests.infra.synthesis import ROOT

pytestmark = pytest.mark.infra

LEFT_OUT = {
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::Budgets::Budget",
    "AWS::CloudWatch::Alarm of a query",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::EC2::EIP",
    "AWS::EC2::FlowLog",
    "AWS::EC2::NatGateway",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::Logs::QueryDefinition",
    "AWS::RDS::DBProxy",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SecretsManager::RotationSchedule",
}
ROUTING = """<routing xmlns="urn:waihu:routing:1">
  <cell id="c1"><version name="live" weight="100"/></cell>
  <cell id="c2"><version name="live" weight="100"/></cell>
  <campaign id="csat" cell="c1" groups="service"><title lang="zh">回访</title><title lang="en">Survey</title></campaign>
  <campaign id="reminder" cell="c2" groups="service"><title lang="zh">提醒</title></campaign>
  <campaign id="counted" cell="c1" groups="service"><title lang="zh">计数</title></campaign>
  <campaign id="leaving" cell="c2" groups="service"><title lang="zh">搬家</title></campaign>
</routing>
"""
KINDS = {
    "csat": ("c1", "service"), "reminder": ("c2", "clinic"), "counted": ("c1", "service"), "leaving": ("c2", "service"),
}  # fmt: skip
SHIPPED = {"csat", "reminder"}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalDeployment]:
    """Campaigns published by way of `incoming/`, in two cells, with contacts; agents and a manager."""
    with local_deployment(tmp_path_factory.mktemp("deployment")) as made:
        for campaign in KINDS:
            body = packed(campaign) if campaign in SHIPPED else made_anew(campaign)
            verdict = made.hand_in(f"incoming/{campaign}.zip", body)
            assert "published." in verdict, verdict
        assert "the routing is in force" in made.hand_in("incoming/routing.xml", ROUTING.encode())
        for campaign, (cell, kind) in KINDS.items():
            import_people(made, campaign, cell, kind)
        made.add_person("agent1", "agent", "service")
        made.add_person("boss", "agent", "supervisor", "service")
        yield made


def test_only_what_the_server_lacks_is_left_out(deployment: LocalDeployment) -> None:
    assert set(deployment.left_out) == LEFT_OUT


def test_an_interview_goes_through_what_was_deployed_and_is_seen(deployment: LocalDeployment) -> None:
    agent = Agent(deployment, deployment.sign_in("agent1"), "csat")
    case = agent.next_case()
    saved = agent.call("outbound.save_answers", interview=agent.interview, answers=[answer("q1", 5)])
    ended = agent.call("outbound.finish", interview=agent.interview, outcome="1.1")
    failed = agent.call("outbound.no_such_action")

    assert (saved.status_code, ended.status_code, failed.status_code) == (200, 200, 404)
    assert case["case"]
    assert failed.json()["code"] == "unknown_action"
    lines = lines_of(deployment, agent)
    assert [line["outcome"] for line in lines] == ["done", "done", "done", "refused"]
    assert lines[3]["correlation_id"] == failed.json()["correlation_id"]
    deployment.count_metrics(f"{PREFIX}-c1")
    assert summed(deployment, FINISHED, campaign="csat", disposition="1.1") >= 1
    assert summed(deployment, FAILURES, campaign="csat", node="n", code="unknown_action") >= 1
    assert summed(deployment, ACTIONS, campaign="csat", action="outbound.finish", outcome="done") >= 1


@dataclass(frozen=True)
class Work:
    """What was done in the campaign `counted`, of which nobody else makes calls."""

    failed: httpx.Response
    alarms_before: set[str]


@pytest.fixture(scope="module")
def work(deployment: LocalDeployment) -> Work:
    """Sign-in, dispatch, next case, three saves, an action that fails, finish."""
    alarms = deployment.alarms()
    agent = Agent(deployment, deployment.sign_in("agent1"), "counted")
    agent.next_case()
    for number in range(3):
        agent.call("outbound.save_answers", interview=agent.interview, answers=[answer("score", number)])
    failed = agent.call("outbound.fails", interview=agent.interview)
    agent.call("outbound.finish", interview=agent.interview, outcome="1.1")
    deployment.count_metrics(f"{PREFIX}-c1")
    return Work(failed, alarms)


def test_what_was_done_is_what_lines_metrics_and_alarms_show(deployment: LocalDeployment, work: Work) -> None:
    """Each call counted once, nothing else."""
    assert (work.failed.status_code, work.failed.json()["code"]) == (500, "statement_failed")
    done = ["next_case", "save_answers", "save_answers", "save_answers", "fails", "finish"]
    lines = [line for line in deployment.log_lines(f"{PREFIX}-c1") if line.get("campaign") == "counted"]
    assert sorted(line["action"] for line in lines if line["message"] == "action") == sorted(
        f"outbound.{d}" for d in done
    )
    [line] = [line for line in lines if line.get("outcome") == "failed"]
    assert (line["action"], line["statement"], line["sqlstate"]) == ("outbound.fails", "gone", "42703")
    assert line["correlation_id"] == work.failed.json()["correlation_id"]
    assert counts(deployment, ACTIONS, "counted") == {
        ("outbound.next_case", "done"): 1, ("outbound.save_answers", "done"): 3, ("outbound.fails", "failed"): 1,
        ("outbound.finish", "done"): 1,
    }  # fmt: skip
    assert counts(deployment, FAILURES, "counted") == {("n", "statement_failed"): 1}
    assert counts(deployment, FINISHED, "counted") == {("1.1",): 1}
    assert deployment.until(lambda: deployment.alarms() - work.alarms_before) == {"broken-action"}


def test_the_dashboard_is_asked_for_what_was_done(deployment: LocalDeployment, work: Work) -> None:
    assert drawn(deployment, "campaign-counted") == {
        "Outcomes": {"1.1": 1}, "Failures by node and code": {"n · statement_failed": 1},
        "Actions by outcome": {
            "outbound.next_case · done": 1, "outbound.save_answers · done": 3, "outbound.fails · failed": 1,
            "outbound.finish · done": 1,
        },
    }  # fmt: skip


@pytest.mark.browser
def test_a_manager_sees_it_on_the_desk_s_own_page(
    deployment: LocalDeployment, work: Work, page: Any, tmp_path: Path
) -> None:
    """The process of the desk's image, with the variables of its task, on the table that was deployed."""
    with running_desk(deployment, desk_image(tmp_path / "image"), tmp_path) as url:
        for language, title in (("zh", "各操作的结果"), ("en", "Actions by outcome")):
            told = figures_on_the_page(page, url, language, title, tmp_path / f"dashboards-{language}.png")
            assert told == {
                "outbound.next_case · done 1", "outbound.save_answers · done 3", "outbound.fails · failed 1",
                "outbound.finish · done 1",
            }  # fmt: skip


def test_without_a_token_nothing_is_told(deployment: LocalDeployment) -> None:
    with httpx.Client(base_url=deployment.api_url, timeout=60) as http:
        assert http.post(protocol.SESSIONS_PATH).status_code == 401
        assert http.post("/c1/actions/outbound.next_case", headers={"authorization": "Bearer x.y.z"}).status_code == 401
        assert http.get(protocol.HEALTH_PATH).status_code == 200


def test_numbers_rest_encrypted_and_no_log_holds_one(deployment: LocalDeployment) -> None:
    connection = connected(deployment, "c1")
    try:
        [[count, ciphers]] = connection.fetch(
            "SELECT count(*), bool_and(number_cipher IS NOT NULL) FROM outbound.phones WHERE campaign = 'csat'"
        )
    finally:
        connection.close()
    text = json.dumps(deployment.log_lines(f"{PREFIX}-c1"))
    assert count >= 20
    assert ciphers
    assert not re.search(r"\+86\d{8,}", text)


def test_what_is_refused_leaves_a_verdict_and_an_event_and_changes_nothing(deployment: LocalDeployment) -> None:
    told = listen(deployment, "Release refused")
    before = pointer(deployment, "csat")
    verdict = deployment.hand_in("incoming/csat/local.xml", b"<local xmlns='urn:waihu:local:1' id='csat'>\n  <oops/>")

    assert "incoming/csat/local.xml: refused." in verdict
    assert "incoming/csat/local.xml：未发布。" in verdict
    assert re.search(r"local\.xml:\d+:\d+: error \S+", verdict), verdict
    assert pointer(deployment, "csat") == before
    [event] = deployment.until(told)
    assert event["detail"]["campaign"] == "csat"
    assert event["detail"]["verdict"] == "incoming/csat/local.xml.verdict.txt"


def test_analysts_get_their_views_of_what_was_handed_in(deployment: LocalDeployment) -> None:
    """By the cell itself, which hears of the pointer: the function that publishes has no way to a database."""
    release = pointer(deployment, "csat")["release"][:12]

    def made() -> bool:
        connection = connected(deployment, "c1")
        try:
            names = connection.fetch("SELECT viewname FROM pg_views WHERE schemaname = 'analysis'")
        finally:
            connection.close()
        return {("csat",), (f"csat_{release}",)} <= set(names)

    assert deployment.until(made)


def test_a_campaign_gets_its_dashboard_when_it_is_published(deployment: LocalDeployment) -> None:
    boards = deployment.client("cloudwatch").list_dashboards(DashboardNamePrefix=PREFIX)["DashboardEntries"]
    assert {f"{PREFIX}-{name}" for name in ("operations", "business", "campaign-csat", "campaign-reminder")} <= {
        board["DashboardName"] for board in boards
    }


def test_a_script_that_was_tampered_with_is_refused_alarmed_and_the_last_good_release_serves(
    deployment: LocalDeployment,
) -> None:
    s3, good = deployment.client("s3"), pointer(deployment, "reminder")["release"]
    pack = "packs/outbound/server.xml"
    before = s3.get_object(Bucket=deployment.bucket, Key=f"releases/reminder/{good}/{pack}")["Body"].read()
    deployment.hand_in(f"incoming/reminder/{pack}", before + b"<!-- another release -->\n")
    current = pointer(deployment, "reminder")["release"]
    assert current != good
    body = before.replace(b"SELECT", b"select", 1)
    s3.put_object(Bucket=deployment.bucket, Key=f"releases/reminder/{current}/{pack}", Body=body)

    agent = deployment.until(lambda: at_release(deployment, "reminder", good))
    assert agent.next_case()["case"]
    agent.use_release(current)
    refused = agent.call("outbound.next_case", **agent.case_parameters())
    assert (refused.status_code, refused.json().get("code")) == (500, "broken_release")

    def alarmed() -> bool:
        # Again: at first dispatch may still remember the release before, and has nothing to tell.
        at_release(deployment, "reminder", good)
        deployment.count_metrics(PREFIX)
        return alarm_state(deployment, "broken-release") == "ALARM"

    assert deployment.until(alarmed)


def test_a_migration_that_fails_stops_the_deployment_and_nothing_of_it_stays(deployment: LocalDeployment) -> None:
    before = migrations(deployment, "c1")
    file = f"{len(before) + 1:04}_does_not_work.sql"

    said = deploy_again(
        deployment, "c1", {f"database/migrations/{file}": b"CREATE TABLE outbound.half ();\nSELECT 1/0;\n"}
    )
    assert f"MigrationFailure: {file}:2: division by zero" in said
    assert migrations(deployment, "c1") == before
    connection = connected(deployment, "c1")
    try:
        assert connection.fetch("SELECT to_regclass('outbound.half')") == [(None,)]
    finally:
        connection.close()
    agent = Agent(deployment, deployment.sign_in("agent1"), "csat")
    assert agent.next_case()["case"]


def test_a_cell_that_is_lost_leaves_the_others_sessions_untouched(deployment: LocalDeployment) -> None:
    token = deployment.sign_in("agent1")
    here, there = Agent(deployment, token, "csat"), Agent(deployment, token, "reminder")
    here.next_case()
    there.next_case()
    deployment.databases["c2"].stop("immediate")
    try:
        lost = there.call("outbound.heartbeat", interview=there.interview)
        kept = here.call("outbound.save_answers", interview=here.interview, answers=[answer("q1", 1)])
        again = Agent(deployment, token, "csat")
    finally:
        deployment.databases["c2"].start()

    assert (lost.status_code, lost.json()["retryable"]) == (503, True)
    assert kept.status_code == 200
    assert again.session.token
    back = {"interview": there.interview}
    assert deployment.until(lambda: there.call("outbound.heartbeat", **back).status_code == 200)


def test_a_cell_that_is_away_is_told_to_dispatch_and_so_is_its_return(deployment: LocalDeployment) -> None:
    token = deployment.sign_in("agent1")
    here = Agent(deployment, token, "csat")
    here.next_case()

    def look() -> dict[str, str]:
        said: dict[str, str] = deployment.call(f"{PREFIX}-watch", "CellWatch", {})
        return said

    def offered(campaign: str, *, available: bool) -> bool:
        return Agent(deployment, token, campaign).access.available is available

    # The clock of the deployment asks as well, each minute: so the answers are waited for, not counted.
    assert deployment.until(lambda: look() == {"c1": "up", "c2": "up"})
    deployment.databases["c2"].stop("immediate")
    try:
        assert deployment.until(lambda: look() == {"c1": "up", "c2": "away"})
        assert deployment.until(lambda: offered("reminder", available=False))
        assert offered("csat", available=True)
        assert here.call("outbound.heartbeat", interview=here.interview).status_code == 200
        deployment.count_metrics(f"{PREFIX}-watch")
        assert deployment.until(lambda: "c2-away" in deployment.alarms())
    finally:
        deployment.databases["c2"].start()
    assert deployment.until(lambda: look() == {"c1": "up", "c2": "up"})
    assert deployment.until(lambda: offered("reminder", available=True))


def test_a_campaign_moves_to_another_cell_and_goes_on_there(deployment: LocalDeployment, tmp_path: Path) -> None:
    token = deployment.sign_in("agent1")
    agent = Agent(deployment, token, "leaving")
    agent.next_case()
    parameters = {"interview": agent.interview, "answers": [answer("score", 9)]}
    assert agent.call("outbound.save_answers", **parameters).status_code == 200
    key = agent.keys[-1]
    assert agent.call("outbound.finish", interview=agent.interview, outcome="1.1").status_code == 200
    there = tmp_path / "c1.env"
    there.write_text("".join(f"{name}={value}\n" for name, value in deployment.admin_environment("c1").items()))
    command = [sys.executable, "-m", "admin", "campaign", "move", "leaving", "--to", "c1", "--there", str(there)]
    environment = {**deployment.environment, **deployment.admin_environment("c2"), "LANG": "en_US.UTF-8"}
    moved = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert moved.returncode == 0, moved.stdout + moved.stderr

    late = agent.call("outbound.heartbeat", interview=agent.interview)
    assert (late.status_code, late.json()["code"]) == (401, "session_revoked")

    def moved_over() -> Agent | None:
        found = Agent(deployment, token, "leaving")
        return found if found.access.cell == "c1" else None

    again = deployment.until(moved_over)
    assert again.next_case()["case"]
    again.interview = agent.interview
    assert again.call_again(key, "outbound.save_answers", **parameters).headers[protocol.REPLAY_HEADER] == "true"
    connection = connected(deployment, "c1")
    try:
        saved = connection.fetch("SELECT field, value FROM outbound.answers WHERE campaign = 'leaving'")
    finally:
        connection.close()
    assert saved == [("score", 9)]


def test_the_clock_s_tasks_run_in_the_deployed_function(deployment: LocalDeployment) -> None:
    functions = deployment.resources(f"{PREFIX}-c1", "AWS::Lambda::Function")
    [housekeeper] = [name for logical, name in functions.items() if "Housekeeper" in logical]
    client = deployment.client("lambda")
    done = {}
    for task in ("upkeep", "figures"):
        reply = client.invoke(FunctionName=housekeeper, Payload=json.dumps({"task": task}).encode())
        done[task] = json.loads(reply["Payload"].read())

    assert done["upkeep"]["partitions"] >= 0
    assert done["figures"]["csat"] >= 1
    deployment.count_metrics(f"{PREFIX}-c1")
    assert summed(deployment, "Cases", campaign="csat", state="waiting") >= 1


def test_a_supervisor_without_a_second_factor_is_none(deployment: LocalDeployment) -> None:
    functions = deployment.resources(PREFIX, "AWS::Lambda::Function")
    [rules] = [name for logical, name in functions.items() if "TokenRules" in logical]
    event = {
        "userPoolId": deployment.outputs["UserPoolId"],
        "userName": "boss",
        "request": {"groupConfiguration": {"groupsToOverride": ["agent", "supervisor", "service"]}},
        "response": {},
    }
    reply = deployment.client("lambda").invoke(FunctionName=rules, Payload=json.dumps(event).encode())
    details = json.loads(reply["Payload"].read())["response"]["claimsAndScopeOverrideDetails"]

    assert details["groupOverrideDetails"]["groupsToOverride"] == ["agent", "service"]
