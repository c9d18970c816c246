"""What tests put into a deployment, and what they ask of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from admin.contacts.demo import demo_table
from admin.contacts.files import read_contacts
from admin.contacts.importing import import_rows
from agent_app.boards import Boards, Graph
from database.connection import Connection
from database.numbers import NumberKeys
from monitoring.metrics import DIMENSIONS, NAMESPACE
from tests.infra.deployed_agent import Agent
from tests.infra.local_deployment import PREFIX, LocalDeployment


def import_people(made: LocalDeployment, campaign: str, cell: str, kind: str) -> None:
    [numbers] = [
        name for name in made.resources(PREFIX, "AWS::SecretsManager::Secret").values() if "KeysNumbers" in name
    ]
    keys = NumberKeys.from_secret(made.client("secretsmanager").get_secret_value(SecretId=numbers)["SecretString"])
    connection = connected(made, cell)
    try:
        import_rows(read_contacts(demo_table(20, kind=kind)), campaign=campaign, connection=connection, keys=keys)
    finally:
        connection.close()


def connected(made: LocalDeployment, cell: str) -> Connection:
    server = made.databases[cell]
    return Connection.open(server.host, server.port, "waihu", server.user, server.password)


def answer(field: str, value: Any) -> dict[str, Any]:
    return {"field": field, "value": value, "node": "n", "step": 1, "at": 0}


def lines_of(made: LocalDeployment, agent: Agent) -> list[dict[str, Any]]:
    """What the functions wrote of the agent's calls, in their order."""
    lines = {line.get("correlation_id"): line for line in made.log_lines(f"{PREFIX}-c1")}
    return [lines[correlation] for correlation in agent.correlations]


def counts(made: LocalDeployment, metric: str, campaign: str) -> dict[tuple[str, ...], float]:
    """Sums by the metric's other dimensions, of one campaign."""
    listed = made.client("cloudwatch").list_metrics(
        Namespace=NAMESPACE, MetricName=metric, Dimensions=[{"Name": "campaign", "Value": campaign}]
    )["Metrics"]
    named = [{pair["Name"]: pair["Value"] for pair in one["Dimensions"]} for one in listed]
    return {tuple(one[name] for name in DIMENSIONS[metric][1:]): summed(made, metric, **one) for one in named}


def drawn(made: LocalDeployment, name: str) -> dict[str, dict[str, float]]:
    """What the page draws of what is counted: title -> label -> sum."""
    now = datetime.now(UTC)
    widgets = Boards(made.client("cloudwatch"), PREFIX).read(name, now - timedelta(hours=4), now + timedelta(minutes=5))
    counted = {"Outcomes", "Failures by node and code", "Actions by outcome"}
    return {
        widget.title: {line.label: line.together for line in widget.lines}
        for widget in widgets
        if isinstance(widget, Graph) and widget.title in counted
    }


def summed(made: LocalDeployment, metric: str, **dimensions: str) -> float:
    now = datetime.now(UTC)
    reply = made.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE, MetricName=metric, Statistics=["Sum"], Period=3600,
        StartTime=now - timedelta(hours=2), EndTime=now + timedelta(hours=1),
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
    )  # fmt: skip
    return float(sum(point["Sum"] for point in reply["Datapoints"]))


def pointer(made: LocalDeployment, campaign: str) -> dict[str, Any]:
    body = made.client("s3").get_object(Bucket=made.bucket, Key=f"pointers/{campaign}.json")["Body"].read()
    pointer: dict[str, Any] = json.loads(body)
    return pointer


def at_release(made: LocalDeployment, campaign: str, release: str) -> Agent | None:
    agent = Agent(made, made.sign_in("agent1"), campaign)
    return agent if agent.access.release == release else None


def alarm_state(made: LocalDeployment, name: str) -> str:
    [alarm] = made.client("cloudwatch").describe_alarms(AlarmNames=[f"{PREFIX}-{name}"])["MetricAlarms"]
    state: str = alarm["StateValue"]
    return state


def migrations(made: LocalDeployment, cell: str) -> list[Any]:
    connection = connected(made, cell)
    try:
        return connection.fetch("SELECT number, name FROM public.schema_migrations ORDER BY number")
    finally:
        connection.close()


def listen(made: LocalDeployment, title: str) -> Any:
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
