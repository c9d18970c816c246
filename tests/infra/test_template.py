"""The synthesised template: what is deployed is what the typed settings say, without Docker."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from functions.business.settings import BusinessSettings
from functions.dispatch.settings import DispatchSettings
from functions.hosting.settings import Settings

pytestmark = pytest.mark.infra

aws_cdk = pytest.importorskip("aws_cdk", reason="aws-cdk-lib is not installed: use ./run test")


@pytest.fixture(scope="module", params=["demo", "small", "large"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    from infra.app import build

    if shutil.which("node") is None:
        pytest.fail("aws-cdk-lib needs Node 22 or later on the PATH")
    folder = tmp_path_factory.mktemp("cdk")
    app = aws_cdk.App(outdir=str(folder), context={"waihu:profile": request.param, "aws:cdk:bundling-stacks": []})
    stack = build(app)
    assembly = app.synth()
    text: str = Path(assembly.get_stack_by_name(stack.stack_name).template_full_path).read_text()
    made: dict[str, Any] = json.loads(text)
    return made


def resources(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [r["Properties"] for r in template["Resources"].values() if r["Type"] == kind]


def function(template: dict[str, Any], folder: str) -> dict[str, Any]:
    [found] = [
        p for p in resources(template, "AWS::Lambda::Function") if p["Handler"] == f"functions.{folder}.handler.handle"
    ]
    return found


@pytest.mark.parametrize(("folder", "model"), [("dispatch", DispatchSettings), ("business", BusinessSettings)])
def test_a_functions_variables_are_its_settings(template: dict[str, Any], folder: str, model: type[Settings]) -> None:
    variables = function(template, folder)["Environment"]["Variables"]

    assert set(variables) == set(model.variables())


def test_functions_meet_the_proxy_and_never_the_database(template: dict[str, Any]) -> None:
    host = function(template, "business")["Environment"]["Variables"]["WAIHU_DATABASE_HOST"]
    proxies = [n for n, r in template["Resources"].items() if r["Type"] == "AWS::RDS::DBProxy"]

    assert host == {"Fn::GetAtt": [proxies[0], "Endpoint"]}


def test_the_proxy_wants_tls_and_iam(template: dict[str, Any]) -> None:
    [proxy] = resources(template, "AWS::RDS::DBProxy")

    assert proxy["RequireTLS"] is True
    assert proxy["Auth"][0]["IAMAuth"] == "REQUIRED"


def test_waiting_for_a_connection_ends_before_the_function_does(template: dict[str, Any]) -> None:
    [group] = resources(template, "AWS::RDS::DBProxyTargetGroup")
    borrow = group["ConnectionPoolConfigurationInfo"]["ConnectionBorrowTimeout"]

    assert borrow < function(template, "business")["Timeout"]


def test_every_route_but_health_wants_a_token(template: dict[str, Any]) -> None:
    open_routes = [
        route["RouteKey"]
        for route in resources(template, "AWS::ApiGatewayV2::Route")
        if route.get("AuthorizationType", "NONE") != "JWT"
    ]

    assert open_routes == ["GET /health"]


def test_the_bucket_is_private_versioned_encrypted(template: dict[str, Any]) -> None:
    [bucket] = resources(template, "AWS::S3::Bucket")

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert "BucketEncryption" in bucket


def test_business_never_runs_wider_than_the_pool(template: dict[str, Any]) -> None:
    from infra.profile import PROFILES

    business = function(template, "business")
    [profile] = [p for p in PROFILES.values() if p.business_concurrency == business["ReservedConcurrentExecutions"]]

    assert profile.business_concurrency <= profile.proxy_connections
    assert len(resources(template, "AWS::CloudWatch::Dashboard")) == 1
