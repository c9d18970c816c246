"""What a deployment, a clock and Secrets Manager call: keys made once, passwords changed, failures told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from moto import mock_aws

from admin.deployed.deployment_calls import answered
from admin.deployed.figures import figures
from admin.deployed.key_maker import make_missing, number_pair, ring
from admin.deployed.migration import PATIENCE_SECONDS, wait_for_database
from admin.deployed.rotation import RotationRefused, Rotator
from admin.deployed.token_rules import ruled
from admin.errors import SurroundingsAway
from database.connection import Connection
from database.failures import CannotConnect
from database.numbers import NumberKeys
from tests.harness.fresh_database import PASSWORDS, FreshDatabase

EVENT = {
    "RequestType": "Create", "StackId": "s", "RequestId": "r", "LogicalResourceId": "Schema", "ResourceProperties": {},
}  # fmt: skip


@contextmanager
def listening() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """CloudFormation's side: an address, and what was put there."""
    put: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            put.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", put
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class TestWaitingForTheDatabase:
    """A proxy is there some minutes before its target: the first deployment must not fail for that."""

    def test_until_it_lets_us_in(self) -> None:
        seconds = self.waits(CannotConnect("not yet"), times=3)
        assert seconds == 15

    def test_no_longer_than_patience_lasts(self) -> None:
        with pytest.raises(SurroundingsAway):
            self.waits(CannotConnect("never"), times=10_000)

    def test_not_for_what_waiting_does_not_mend(self) -> None:
        with pytest.raises(SurroundingsAway) as refused:
            self.waits(ValueError("secret"), times=1)
        assert isinstance(refused.value.__cause__, ValueError)

    @staticmethod
    def waits(cause: Exception, *, times: int) -> float:
        now, tries = [0.0], [0]

        @contextmanager
        def connect() -> Iterator[Any]:
            tries[0] += 1
            if tries[0] <= times:
                raise SurroundingsAway("away", "wait") from cause
            yield None

        def pause(seconds: float) -> None:
            now[0] += seconds
            assert now[0] <= PATIENCE_SECONDS + 10

        wait_for_database(connect, lambda: now[0], pause)
        return now[0]


class TestDeploymentCalls:
    def test_what_was_done_is_told(self) -> None:
        with listening() as (url, put):
            answered({**EVENT, "ResponseURL": url}, lambda: {"Applied": 3})
        assert (put[0]["Status"], put[0]["Data"], put[0]["LogicalResourceId"]) == ("SUCCESS", {"Applied": 3}, "Schema")

    def test_a_failure_stops_the_deployment_with_its_reason(self) -> None:
        def fails() -> dict[str, Any]:
            raise RuntimeError("0099_x.sql:2: " + "x" * 5_000)

        with listening() as (url, put):
            answered({**EVENT, "ResponseURL": url}, fails)
        assert put[0]["Status"] == "FAILED"
        assert put[0]["Reason"].startswith("RuntimeError: 0099_x.sql:2: ")
        assert len(json.dumps(put[0])) < 4_096

    def test_taking_it_away_does_nothing(self) -> None:
        with listening() as (url, put):
            answered({**EVENT, "RequestType": "Delete", "ResponseURL": url}, lambda: 1 / 0)  # type: ignore[arg-type, return-value]
        assert put[0]["Status"] == "SUCCESS"


class TestKeyMaker:
    def test_each_key_is_made_once(self) -> None:
        with mock_aws():
            client = boto3.client("secretsmanager", region_name="us-east-1")
            for name in ("session", "numbers"):
                client.create_secret(Name=name, SecretString="a password that nobody chose")
            wanted = {"session": ring, "numbers": number_pair}
            assert make_missing(client, wanted) == ["session", "numbers"]
            first = client.get_secret_value(SecretId="numbers")["SecretString"]
            assert make_missing(client, wanted) == []
            assert client.get_secret_value(SecretId="numbers")["SecretString"] == first
        NumberKeys.from_secret(first)


class TestRotation:
    def test_the_login_has_the_new_password_and_the_old_one_is_worth_nothing(self, postgres: FreshDatabase) -> None:
        place = postgres.endpoint("waihu_slow")
        with mock_aws():
            client = boto3.client("secretsmanager", region_name="us-east-1")
            held = {"username": "waihu_slow", "password": PASSWORDS["waihu_slow"]}
            arn = client.create_secret(Name="slow", SecretString=json.dumps(held))["ARN"]

            @contextmanager
            def sign_in(user: str) -> Iterator[Connection]:
                """As by the proxy: with the password that is in force in Secrets Manager."""
                if user == "owner":
                    connection = postgres.connect()
                else:
                    connection = Connection.open(place.host, place.port, place.database, user, held["password"])
                yield connection
                connection.close()

            rotator = Rotator(client, sign_in, "owner")
            version = "1" * 32
            steps = (
                "createSecret",
                "createSecret",
                "setSecret",
                "setSecret",
                "testSecret",
                "finishSecret",
                "finishSecret",
            )
            for step in steps:
                rotator.step(step, arn, version)
            fresh = json.loads(client.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")["SecretString"])
        try:
            assert fresh["username"] == "waihu_slow"
            Connection.open(place.host, place.port, place.database, "waihu_slow", fresh["password"]).close()
            with pytest.raises(CannotConnect):
                Connection.open(place.host, place.port, place.database, "waihu_slow", held["password"])
        finally:
            postgres.psql(f"ALTER ROLE waihu_slow PASSWORD '{held['password']}'")

    def test_a_version_that_is_not_to_come_is_refused(self) -> None:
        with mock_aws():
            client = boto3.client("secretsmanager", region_name="us-east-1")
            arn = client.create_secret(Name="x", SecretString="{}")["ARN"]
            with pytest.raises(RotationRefused, match="not pending"):
                Rotator(client, lambda _: None, "o").step("setSecret", arn, "2" * 32)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("factors", "kept"),
    [((), ["agent", "service"]), (("SOFTWARE_TOKEN_MFA",), ["agent", "supervisor", "service"])],
)
def test_a_role_above_agent_needs_a_second_factor(factors: tuple[str, ...], kept: list[str]) -> None:
    event = {"request": {"groupConfiguration": {"groupsToOverride": ["agent", "supervisor", "service"]}}}
    details = ruled(event, frozenset({"supervisor", "admin"}), factors)["response"]["claimsAndScopeOverrideDetails"]

    assert details["groupOverrideDetails"]["groupsToOverride"] == kept


def test_figures_are_counted_by_campaign_and_never_by_agent(postgres: FreshDatabase) -> None:
    postgres.psql(
        """
        INSERT INTO outbound.contacts (id, campaign) VALUES ('00000000-0000-0000-0000-000000000001', 'csat');
        INSERT INTO outbound.cases (campaign, contact_id) VALUES ('csat', '00000000-0000-0000-0000-000000000001');
        INSERT INTO desk.agent_states (agent, campaign, state, since) VALUES ('secret-agent', 'csat', 'ready', now());
        INSERT INTO outbound.quotas (campaign, id, source) VALUES ('csat', 'age', 'answer');
        INSERT INTO outbound.quota_cells (campaign, quota, name, match, target, complete)
          VALUES ('csat', 'age', 'young', '{}', 10, 4);
        """
    )
    connection = postgres.connect("waihu_admin")
    lines = [(fields, metric.name, metric.value) for fields, metrics in figures(connection) for metric in metrics]

    assert ({"campaign": "csat", "state": "waiting"}, "Cases", 1.0) in lines
    assert ({"campaign": "csat", "state": "ready"}, "Agents", 1.0) in lines
    assert ({"campaign": "csat", "quota": "age/young"}, "QuotaFilled", 40.0) in lines
    assert "secret-agent" not in str(lines)
