"""The app deployed by the CDK's command into a local AWS server, and worked with: what was deployed answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from admin.contacts.demo import demo_table
from admin.contacts.files import read_contacts
from admin.contacts.importing import import_rows
from callscript import protocol
from database.connection import Connection
from database.numbers import NumberKeys
from monitoring.metrics import ACTIONS, FAILURES, FINISHED, NAMESPACE
from tests.infra.local_deployment import PREFIX, Agent, LocalDeployment, deploy_again, local_deployment, packed

pytestmark = pytest.mark.infra

LEFT_OUT = {
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::Budgets::Budget",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::EC2::EIP",
    "AWS::EC2::FlowLog",
    "AWS::EC2::NatGateway",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::ECS::ClusterCapacityProviderAssociations",
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
</routing>
"""
KINDS = {"csat": ("c1", "service"), "reminder": ("c2", "clinic")}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalDeployment]:
    """Both campaigns published by way of `incoming/`, each in a cell of its own with contacts; agents and a manager."""
    with local_deployment(tmp_path_factory.mktemp("deployment")) as made:
        for campaign in KINDS:
            assert "published." in made.hand_in(f"incoming/{campaign}.zip", packed(campaign))
        assert "the routing is in force" in made.hand_in("incoming/routing.xml", ROUTING.encode())
        for campaign, (cell, kind) in KINDS.items():
            _import(made, campaign, cell, kind)
        made.add_person("agent1", "agent", "service")
        made.add_person("boss", "agent", "supervisor", "service")
        yield made


def _import(made: LocalDeployment, campaign: str, cell: str, kind: str) -> None:
    [numbers] = [
        name for name in made.resources(PREFIX, "AWS::SecretsManager::Secret").values() if "KeysNumbers" in name
    ]
    keys = NumberKeys.from_secret(made.client("secretsmanager").get_secret_value(SecretId=numbers)["SecretString"])
    connection = _connected(made, cell)
    try:
        import_rows(read_contacts(demo_table(20, kind=kind)), campaign=campaign, connection=connection, keys=keys)
    finally:
        connection.close()


def _connected(made: LocalDeployment, cell: str) -> Connection:
    server = made.databases[cell]
    return Connection.open(server.host, server.port, "waihu", server.user, server.password)


def test_only_what_the_server_lacks_is_left_out(deployment: LocalDeployment) -> None:
    assert set(deployment.left_out) == LEFT_OUT


def test_an_interview_goes_through_what_was_deployed_and_is_seen(deployment: LocalDeployment) -> None:
    agent = Agent(deployment, deployment.sign_in("agent1"), "csat")
    case = agent.next_case()
    saved = agent.call("outbound.save_answers", interview=agent.interview, answers=[_answer("q1", 5)])
    ended = agent.call("outbound.finish", interview=agent.interview, outcome="1.1")
    failed = agent.call("outbound.no_such_action")

    assert (saved.status_code, ended.status_code, failed.status_code) == (200, 200, 404)
    assert case["case"]
    assert failed.json()["code"] == "unknown_action"
    lines = _lines_of(deployment, agent)
    assert [line["outcome"] for line in lines] == ["done", "done", "done", "refused"]
    assert lines[3]["correlation_id"] == failed.json()["correlation_id"]
    deployment.count_metrics(f"{PREFIX}-c1")
    assert _sum(deployment, FINISHED, campaign="csat", disposition="1.1") >= 1
    assert _sum(deployment, FAILURES, campaign="csat", node="n", code="unknown_action") >= 1
    assert _sum(deployment, ACTIONS, campaign="csat", action="outbound.finish", outcome="done") >= 1


def test_without_a_token_nothing_is_told(deployment: LocalDeployment) -> None:
    import httpx

    with httpx.Client(base_url=deployment.api_url, timeout=60) as http:
        assert http.post(protocol.SESSIONS_PATH).status_code == 401
        assert http.post("/c1/actions/outbound.next_case", headers={"authorization": "Bearer x.y.z"}).status_code == 401
        assert http.get(protocol.HEALTH_PATH).status_code == 200


def test_numbers_rest_encrypted_and_no_log_holds_one(deployment: LocalDeployment) -> None:
    connection = _connected(deployment, "c1")
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
    told = _listen(deployment, "Release refused")
    before = _pointer(deployment, "csat")
    verdict = deployment.hand_in("incoming/csat/local.xml", b"<local xmlns='urn:waihu:local:1' id='csat'>\n  <oops/>")

    assert "incoming/csat/local.xml: refused." in verdict
    assert "incoming/csat/local.xml：未发布。" in verdict
    assert re.search(r"local\.xml:\d+:\d+: error \S+", verdict), verdict
    assert _pointer(deployment, "csat") == before
    [event] = deployment.until(told)
    assert event["detail"]["campaign"] == "csat"
    assert event["detail"]["verdict"] == "incoming/csat/local.xml.verdict.txt"


def test_analysts_get_their_views_of_what_was_handed_in(deployment: LocalDeployment) -> None:
    """By the cell itself, which hears of the pointer: the function that publishes has no way to a database."""
    release = _pointer(deployment, "csat")["release"][:12]

    def made() -> bool:
        connection = _connected(deployment, "c1")
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
    s3, good = deployment.client("s3"), _pointer(deployment, "reminder")["release"]
    pack = "packs/outbound/server.xml"
    before = s3.get_object(Bucket=deployment.bucket, Key=f"releases/reminder/{good}/{pack}")["Body"].read()
    deployment.hand_in(f"incoming/reminder/{pack}", before + b"<!-- another release -->\n")
    current = _pointer(deployment, "reminder")["release"]
    assert current != good
    body = before.replace(b"SELECT", b"select", 1)
    s3.put_object(Bucket=deployment.bucket, Key=f"releases/reminder/{current}/{pack}", Body=body)

    agent = deployment.until(lambda: _at_release(deployment, "reminder", good))
    assert agent.next_case()["case"]
    agent.use_release(current)
    refused = agent.call("outbound.next_case", **agent.case_parameters())
    assert (refused.status_code, refused.json().get("code")) == (500, "broken_release")

    def alarmed() -> bool:
        # Again: at first dispatch may still remember the release before, and has nothing to tell.
        _at_release(deployment, "reminder", good)
        deployment.count_metrics(PREFIX)
        return _alarm(deployment, "broken-release") == "ALARM"

    assert deployment.until(alarmed)


def test_a_migration_that_fails_stops_the_deployment_and_nothing_of_it_stays(deployment: LocalDeployment) -> None:
    before = _migrations(deployment, "c1")
    file = f"{len(before) + 1:04}_does_not_work.sql"

    said = deploy_again(
        deployment, "c1", {f"database/migrations/{file}": b"CREATE TABLE outbound.half ();\nSELECT 1/0;\n"}
    )
    assert f"MigrationFailure: {file}:2: division by zero" in said
    assert _migrations(deployment, "c1") == before
    connection = _connected(deployment, "c1")
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
        kept = here.call("outbound.save_answers", interview=here.interview, answers=[_answer("q1", 1)])
        again = Agent(deployment, token, "csat")
    finally:
        deployment.databases["c2"].start()

    assert (lost.status_code, lost.json()["retryable"]) == (503, True)
    assert kept.status_code == 200
    assert again.session.token


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
    assert _sum(deployment, "Cases", campaign="csat", state="waiting") >= 1


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


def _answer(field: str, value: Any) -> dict[str, Any]:
    return {"field": field, "value": value, "node": "n", "step": 1, "at": 0}


def _lines_of(made: LocalDeployment, agent: Agent) -> list[dict[str, Any]]:
    """What the functions wrote of the agent's calls, in their order."""
    lines = {line.get("correlation_id"): line for line in made.log_lines(f"{PREFIX}-c1")}
    return [lines[correlation] for correlation in agent.correlations]


def _sum(made: LocalDeployment, metric: str, **dimensions: str) -> float:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    reply = made.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE, MetricName=metric, Statistics=["Sum"], Period=3600,
        StartTime=now - timedelta(hours=2), EndTime=now + timedelta(hours=1),
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
    )  # fmt: skip
    return float(sum(point["Sum"] for point in reply["Datapoints"]))


def _pointer(made: LocalDeployment, campaign: str) -> dict[str, Any]:
    body = made.client("s3").get_object(Bucket=made.bucket, Key=f"pointers/{campaign}.json")["Body"].read()
    pointer: dict[str, Any] = json.loads(body)
    return pointer


def _at_release(made: LocalDeployment, campaign: str, release: str) -> Agent | None:
    agent = Agent(made, made.sign_in("agent1"), campaign)
    return agent if agent.access.release == release else None


def _alarm(made: LocalDeployment, name: str) -> str:
    [alarm] = made.client("cloudwatch").describe_alarms(AlarmNames=[f"{PREFIX}-{name}"])["MetricAlarms"]
    state: str = alarm["StateValue"]
    return state


def _migrations(made: LocalDeployment, cell: str) -> list[Any]:
    connection = _connected(made, cell)
    try:
        return connection.fetch("SELECT number, name FROM public.schema_migrations ORDER BY number")
    finally:
        connection.close()


def _listen(made: LocalDeployment, title: str) -> Any:
    """A queue that hears the publisher's events of that title; what it gives back are those that came."""
    sqs, events = made.client("sqs"), made.client("events")
    queue = sqs.create_queue(QueueName=f"hears-{title.replace(' ', '-').lower()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": ["waihu.publisher"], "detail-type": [title]})
    events.put_rule(Name="hears", EventPattern=pattern)
    events.put_targets(Rule="hears", Targets=[{"Id": "queue", "Arn": arn}])

    def came() -> list[dict[str, Any]]:
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ())
        return [json.loads(message["Body"]) for message in messages]

    return came
