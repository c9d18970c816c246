"""The deployment in a local AWS server, by the CDK's own command: two cells, each with a PostgreSQL of its own."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from botocore.config import Config

from infra import cdk_cli
from local.aws import LocalAws
from local.emf import calls_of, samples_of
from local.ports import is_free
from local.postgres import EmbeddedPostgres
from tests.harness.aws_server import running_aws
from tests.infra.local_template import LocalDatabase, fitted
from tests.infra.synthesis import LOCAL, ROOT, synthesised

CELLS = ("c1", "c2")
PREFIX = "Waihu-demo"
PASSWORD = "Local-Pass-2026!"
T = TypeVar("T")


@dataclass
class LocalDeployment:
    """What was deployed, found by asking CloudFormation; `databases` are the cells' own servers."""

    server: LocalAws
    endpoint: str
    environment: Mapping[str, str]
    databases: Mapping[str, EmbeddedPostgres]
    left_out: list[str]
    assembly: Path
    """The cloud assembly that was deployed."""
    _clients: dict[str, Any] = field(default_factory=dict)
    _counted: dict[str, int] = field(default_factory=dict)
    """Log group -> how many of its lines have become metrics."""

    def client(self, service: str) -> Any:
        """A boto3 client of the server; one for each service, closed with the deployment.

        A call may start a function anew, on a machine that has other work: it is waited for, not sent again.
        """
        if service not in self._clients:
            patient = Config(read_timeout=300, retries={"total_max_attempts": 1})
            self._clients[service] = self.server.client(service, patient)
        return self._clients[service]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    @cached_property
    def outputs(self) -> dict[str, str]:
        """Of every stack: `OutputKey` -> value; cells' outputs under `<cell>.<key>`."""
        found: dict[str, str] = {}
        for stack in self.client("cloudformation").describe_stacks()["Stacks"]:
            name = stack["StackName"].removeprefix(PREFIX).removeprefix("-")
            for output in stack.get("Outputs", ()):
                found[f"{name}.{output['OutputKey']}" if name in CELLS else output["OutputKey"]] = output["OutputValue"]
        return found

    def resources(self, stack: str, kind: str) -> dict[str, str]:
        """Logical -> physical id of each resource of type `kind`."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        return {
            made["LogicalResourceId"]: made["PhysicalResourceId"]
            for page in pages
            for made in page["StackResourceSummaries"]
            if made["ResourceType"] == kind
        }

    @property
    def api_url(self) -> str:
        """The API at the local server: the same API, routes and authorizer, by another address."""
        api = self.outputs["ApiUrl"].split("//")[1].split(".")[0]
        return f"{self.endpoint}/_aws/execute-api/{api}/$default"

    @property
    def bucket(self) -> str:
        return self.outputs["ScriptBucketName"]

    def add_person(self, name: str, *groups: str) -> None:
        """An account of the deployed user pool."""
        pool, users = self.outputs["UserPoolId"], self.client("cognito-idp")
        users.admin_create_user(
            UserPoolId=pool, Username=name, MessageAction="SUPPRESS", UserAttributes=[{"Name": "name", "Value": name}]
        )
        users.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
        for group in groups:
            if group not in {"agent", "supervisor", "admin"}:
                with contextlib.suppress(users.exceptions.GroupExistsException):
                    users.create_group(UserPoolId=pool, GroupName=group)
            users.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=group)

    def sign_in(self, name: str) -> str:
        """An access token."""
        answer = self.client("cognito-idp").initiate_auth(
            ClientId=self.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
        )
        token: str = answer["AuthenticationResult"]["AccessToken"]
        return token

    def hand_in(self, key: str, body: bytes) -> str:
        """Puts an object into `incoming/` and waits for the verdict beside it."""
        s3, verdict = self.client("s3"), f"{key}.verdict.txt"
        before = _version(s3, self.bucket, verdict)
        s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        self.until(lambda: _version(s3, self.bucket, verdict) != before)
        text: bytes = s3.get_object(Bucket=self.bucket, Key=verdict)["Body"].read()
        return text.decode()

    def until(self, holds: Callable[[], T | None], seconds: float = 300.0) -> T:
        """Waits until `holds` gives something that is true."""
        deadline = time.monotonic() + seconds
        while not (found := holds()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{holds} did not come true")
            time.sleep(0.1)
        return found

    def log_lines(self, stack: str) -> list[dict[str, Any]]:
        """Every line of JSON in the log groups of a stack's functions."""
        return [line for group in self._log_groups(stack) for line in self._lines_of(group)]

    def _log_groups(self, stack: str) -> list[str]:
        return sorted(self.resources(stack, "AWS::Logs::LogGroup").values())

    def _lines_of(self, group: str) -> list[dict[str, Any]]:
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        events = [event for page in pages for event in page["events"]]
        lines = (line for event in events for line in event["message"].splitlines())
        return [json.loads(line) for line in lines if line.startswith("{")]

    def count_metrics(self, stack: str) -> None:
        """Does what CloudWatch does and the local server does not: takes the metrics out of the log lines, and counts
        what the deployment's metric filters ask for; each line once."""
        metrics, lines = self.client("cloudwatch"), []
        for group in self._log_groups(stack):
            every = self._lines_of(group)
            lines += every[self._counted.get(group, 0) :]
            self._counted[group] = len(every)
        samples = [sample for line in lines for sample in samples_of(json.dumps(line).encode())]
        for call in calls_of(samples):
            metrics.put_metric_data(**call)
        self._count_codes([line.get("code") for line in lines])

    def _count_codes(self, codes: list[Any]) -> None:
        """Each deployed metric once, whichever of the groups' filters it is of."""
        wanted: dict[tuple[str, str], frozenset[str]] = {}
        for found in self.client("logs").describe_metric_filters()["metricFilters"]:
            [asked] = found["metricTransformations"]
            named = frozenset(re.findall(r'\$\.code = "(\w+)"', found["filterPattern"]))
            wanted[asked["metricNamespace"], asked["metricName"]] = named
        for (namespace, metric), named in wanted.items():
            count = sum(code in named for code in codes)
            if count:
                datum = {"MetricName": metric, "Value": float(count), "Unit": "Count"}
                self.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[datum])

    def alarms(self) -> set[str]:
        """Names of the deployment's alarms that are in ALARM, without its prefix."""
        pages = self.client("cloudwatch").get_paginator("describe_alarms").paginate(StateValue="ALARM")
        return {alarm["AlarmName"].removeprefix(f"{PREFIX}-") for page in pages for alarm in page["MetricAlarms"]}

    def call(self, stack: str, function: str, event: Mapping[str, Any]) -> Any:
        """What the deployed function of that name answers."""
        made = self.resources(stack, "AWS::Lambda::Function")
        [name] = [physical for logical, physical in made.items() if function in logical]
        reply = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
        return json.loads(reply["Payload"].read())

    def desk_environment(self) -> dict[str, str]:
        """The variables of the desk's task, as deployed."""
        [task] = self.resources(f"{PREFIX}-desk", "AWS::ECS::TaskDefinition").values()
        told = self.client("ecs").describe_task_definition(taskDefinition=task)["taskDefinition"]
        return {pair["name"]: pair["value"] for pair in told["containerDefinitions"][0]["environment"]}

    def admin_environment(self, cell: str) -> dict[str, str]:
        """Variables with which `waihu` works on a cell, from where its database can be reached."""
        database = self.databases[cell]
        owner = json.dumps({"username": database.user, "password": database.password})
        name = f"owner-of-{cell}"
        with contextlib.suppress(self.client("secretsmanager").exceptions.ResourceExistsException):
            self.client("secretsmanager").create_secret(Name=name, SecretString=owner)
        said = {
            "script_bucket": self.bucket, "session_key_secret": "-", "number_key_secret": "-",
            "database_host": database.host, "database_port": str(database.port), "database_name": "waihu",
            "migration_user": database.user, "migration_secret": name, "database_ca_file": str(database.ca_file),
        }  # fmt: skip
        return {f"WAIHU_{field.upper()}": value for field, value in said.items()}


@contextmanager
def local_deployment(folder: Path) -> Iterator[LocalDeployment]:
    """Everything deployed when this yields; nothing left afterwards."""
    assembly = synthesised(LOCAL).folder
    with ExitStack() as ending:
        databases = {cell: _database(folder / cell, ending) for cell in CELLS}
        aws = ending.enter_context(running_aws(folder / "server"))
        wiring = {
            cell: LocalDatabase(server.port, server.user, server.password, str(server.ca_file))
            for cell, server in databases.items()
        }
        left_out = fitted(assembly, folder / "cdk.out", wiring)
        environment = {**os.environ, **aws.environment, "CDK_DISABLE_LEGACY_EXPORT_WARNING": "1", "CI": "true"}
        _cdk(["bootstrap", "--app", str(folder / "cdk.out")], environment)
        _cdk(
            ["deploy", "--all", "--app", str(folder / "cdk.out"), "--require-approval", "never", "--no-rollback",
             "--progress", "events"], environment,
        )  # fmt: skip
        made = LocalDeployment(aws, aws.endpoint_url, environment, databases, left_out, folder / "cdk.out")
        ending.callback(made.close)
        yield made


def deploy_again(made: LocalDeployment, cell: str, more: Mapping[str, bytes]) -> str:
    """Deploys the cell with further files in the administrator's package; returns what the failing command said."""
    changed = made.assembly.with_name(f"cdk.out.{cell}.again")
    shutil.copytree(made.assembly, changed)
    stack = f"{PREFIX}-{cell}"
    [asset] = [path for path in changed.glob("asset.*") if (path / "admin").is_dir()]
    for name, data in more.items():
        (asset / name).write_bytes(data)
    old = asset.name.split(".")[1]
    new = hashlib.sha256(old.encode() + repr(sorted(more.items())).encode()).hexdigest()
    asset.rename(changed / asset.name.replace(old, new))
    for file in (changed / f"{stack}.template.json", changed / f"{stack}.assets.json"):
        text = file.read_text().replace(old, new)
        # Another schema: the runner is called again.
        file.write_text(re.sub(r'"Schema": "[0-9a-f]{64}"', f'"Schema": "{new}"', text))
    arguments = ["deploy", stack, "--exclusively", "--app", str(changed), "--require-approval", "never", "--force"]
    try:
        _cdk([*arguments, "--progress", "events"], made.environment)
    except RuntimeError as error:
        return str(error)
    return ""


def _database(folder: Path, ending: ExitStack) -> EmbeddedPostgres:
    server = EmbeddedPostgres(folder, durable=False, tls=True, port=_lasting_port())
    server.start()
    ending.callback(server.destroy)
    ending.callback(server.stop, "immediate")
    subprocess.run(
        [str(server.tool("psql")), "-XAtq", "-h", server.host, "-p", str(server.port), "-U", server.user, "-c",
         "CREATE DATABASE waihu"],
        env={"PGPASSWORD": server.password}, check=True, capture_output=True,
    )  # fmt: skip
    return server


def _lasting_port() -> int:
    """A port where a database that was stopped comes back, as functions know it by: none that the kernel gives to
    whoever opens a connection in the meantime."""
    tried = (random.randrange(20_000, 32_000) for _ in range(1_000))  # noqa: S311 - nobody has to guess it
    return next(port for port in tried if is_free(port))


def _cdk(arguments: list[str], environment: Mapping[str, str]) -> str:
    command = [str(cdk_cli.command(environment)), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=cdk_cli.environment(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"cdk {arguments[0]} failed:\n{done.stdout[-6000:]}\n{done.stderr[-12000:]}")
    return done.stdout + done.stderr


def _version(s3: Any, bucket: str, key: str) -> str | None:
    try:
        found: str = s3.head_object(Bucket=bucket, Key=key)["LastModified"].isoformat() + s3.head_object(
            Bucket=bucket, Key=key
        ).get("VersionId", "")
    except s3.exceptions.ClientError:
        return None
    return found
