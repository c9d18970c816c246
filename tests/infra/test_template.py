"""The synthesised templates: what is deployed is what the typed settings say, without Docker."""

from __future__ import annotations

import json
from typing import Any

import pytest

from admin.deployed.settings import (
    CellWatchSettings,
    DatabaseSettings,
    KeyMakerSettings,
    PublisherSettings,
    TokenSettings,
)
from agent_app.settings import AgentAppSettings
from callscript import protocol
from callscript.scripts_protocol import SCRIPTS_PATH
from functions.business.settings import BusinessSettings
from functions.dispatch.settings import DispatchSettings
from functions.hosting.settings import Settings
from infra.constructs.front import IDLE_SECONDS
from infra.profile import PROFILES
from tests.infra.synthesis import Synthesised

pytestmark = pytest.mark.infra

SETTINGS: dict[str, type[Settings]] = {
    "functions.dispatch.handler.handle": DispatchSettings,
    "functions.business.handler.handle": BusinessSettings,
    "admin.deployed.key_maker.handle": KeyMakerSettings,
    "admin.deployed.token_rules.handle": TokenSettings,
    "admin.deployed.publisher.handle": PublisherSettings,
    "admin.deployed.scripts_room.handle": PublisherSettings,
    "admin.deployed.upkeep.handle": DatabaseSettings,
    "admin.deployed.migration.handle": DatabaseSettings,
    "admin.deployed.rotation.handle": DatabaseSettings,
    "admin.deployed.cell_watch.handle": CellWatchSettings,
}
PING_SECONDS = 20
"""`websocketPingInterval` of .streamlit/config.toml."""


def functions(deployed: Synthesised, handler: str = "") -> list[dict[str, Any]]:
    found = [made for _, made in deployed.every("AWS::Lambda::Function")]
    wanted = [made for made in found if not handler or made["Handler"] == handler]
    assert wanted, f"no function is {handler}"
    return wanted


def business(deployed: Synthesised, action_class: str) -> list[dict[str, Any]]:
    found = functions(deployed, "functions.business.handler.handle")
    wanted = [made for made in found if made["Environment"]["Variables"]["WAIHU_ACTION_CLASS"] == action_class]
    assert wanted, f"no function is for {action_class} actions"
    return wanted


def test_every_function_is_ours_and_its_variables_are_its_settings(deployed: Synthesised) -> None:
    for made in functions(deployed):
        assert set(made["Environment"]["Variables"]) == set(SETTINGS[made["Handler"]].variables())


def test_the_desk_has_its_settings_and_no_secret_in_them(deployed: Synthesised) -> None:
    [(_, task)] = deployed.resources("AWS::ECS::TaskDefinition")
    [container] = task["ContainerDefinitions"]

    assert {entry["Name"] for entry in container["Environment"]} == set(AgentAppSettings.variables())
    assert container["ReadonlyRootFilesystem"] is True
    assert "Secrets" not in container


def test_functions_run_on_arm_and_write_to_a_log_group_that_ends(deployed: Synthesised) -> None:
    for made in functions(deployed):
        assert made["Architectures"] == ["arm64"]
        assert "LogGroup" in made["LoggingConfig"]
    for name, group in deployed.every("AWS::Logs::LogGroup"):
        assert group["RetentionInDays"] == PROFILES[deployed.profile].log_days, name
        assert "KmsKeyId" in group, name


def test_logs_of_functions_and_desk_are_blind_to_numbers(deployed: Synthesised) -> None:
    guarded = [name for name, group in deployed.every("AWS::Logs::LogGroup") if "DataProtectionPolicy" in group]

    # The API's access log and the desk's; of each cell the database's and the proxy's.
    assert len(guarded) == len(functions(deployed)) + 2 + 2 * len(PROFILES[deployed.profile].cells)
    policy = next(g["DataProtectionPolicy"] for _, g in deployed.every("AWS::Logs::LogGroup") if len(g) > 2)
    assert "MobileOfChina" in json.dumps(policy)


def test_functions_meet_the_proxy_and_never_the_database(deployed: Synthesised) -> None:
    for stack, template in deployed.templates.items():
        proxies = [n for n, made in template["Resources"].items() if made["Type"] == "AWS::RDS::DBProxy"]
        hosts = [
            made["Properties"]["Environment"]["Variables"]["WAIHU_DATABASE_HOST"]
            for made in template["Resources"].values()
            if made["Type"] == "AWS::Lambda::Function"
            and "WAIHU_DATABASE_HOST" in made["Properties"]["Environment"]["Variables"]
        ]
        assert all(host == {"Fn::GetAtt": [proxies[0], "Endpoint"]} for host in hosts), stack


def test_only_the_proxy_reaches_the_databases_port(deployed: Synthesised) -> None:
    rules = [rule for _, rule in deployed.resources("AWS::EC2::SecurityGroupIngress")]
    to_database = [rule for rule in rules if "DatabaseDatabaseGroup" in json.dumps(rule["GroupId"])]

    assert len(to_database) == len(PROFILES[deployed.profile].cells)
    assert all("Proxy" in json.dumps(rule["SourceSecurityGroupId"]) for rule in to_database)


def test_the_proxy_wants_tls_and_iam(deployed: Synthesised) -> None:
    for name, proxy in deployed.every("AWS::RDS::DBProxy"):
        assert proxy["RequireTLS"] is True, name
        assert {entry["IAMAuth"] for entry in proxy["Auth"]} == {"REQUIRED"}, name


def test_waiting_for_a_connection_ends_before_the_function_does(deployed: Synthesised) -> None:
    shortest = min(made["Timeout"] for made in functions(deployed, "functions.business.handler.handle"))
    for name, group in deployed.every("AWS::RDS::DBProxyTargetGroup"):
        assert group["ConnectionPoolConfigurationInfo"]["ConnectionBorrowTimeout"] < shortest, name


def test_business_never_runs_wider_than_its_cells_pool(deployed: Synthesised) -> None:
    profile = PROFILES[deployed.profile]
    fast = [made["ReservedConcurrentExecutions"] for made in business(deployed, "fast")]
    slow = [made["ReservedConcurrentExecutions"] for made in business(deployed, "slow")]

    assert len(fast) == len(slow) == len(profile.cells)
    assert all(wide + narrow < profile.proxy_connections for wide, narrow in zip(fast, slow, strict=True))


def test_slow_actions_have_a_login_and_a_time_out_of_their_own(deployed: Synthesised) -> None:
    for made in business(deployed, "slow"):
        variables = made["Environment"]["Variables"]
        assert variables["WAIHU_DATABASE_USER"] == "waihu_slow"
        assert float(variables["WAIHU_STATEMENT_SECONDS"]) < made["Timeout"] < 30


def test_every_route_but_health_wants_a_token(deployed: Synthesised) -> None:
    routes = [route for _, route in deployed.resources("AWS::ApiGatewayV2::Route")]
    open_routes = [route["RouteKey"] for route in routes if route.get("AuthorizationType", "NONE") != "JWT"]

    assert open_routes == [f"GET {protocol.HEALTH_PATH}"]


def test_routes_are_those_of_the_protocol_for_each_cell(deployed: Synthesised) -> None:
    paths = (protocol.ACTION_PATH, protocol.VERSION_PATH, protocol.SLOW_ACTION_PATH, protocol.SLOW_VERSION_PATH)
    wanted = {
        f"POST {path.replace('{cell}', cell)}" for path in paths for cell in PROFILES[deployed.profile].cells
    }  # fmt: skip
    found = {route["RouteKey"] for _, route in deployed.resources("AWS::ApiGatewayV2::Route")}

    assert found == wanted | {
        f"POST {protocol.SESSIONS_PATH}", f"POST {SCRIPTS_PATH}",
        f"GET {protocol.RELEASE_PATH}", f"GET {protocol.HEALTH_PATH}",
    }  # fmt: skip


def test_the_api_is_throttled_and_logged_and_allows_no_foreign_page(deployed: Synthesised) -> None:
    [(_, stage)] = deployed.resources("AWS::ApiGatewayV2::Stage")
    [(_, api)] = deployed.resources("AWS::ApiGatewayV2::Api")

    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == PROFILES[deployed.profile].requests_per_second
    assert "DestinationArn" in stage["AccessLogSettings"]
    assert "CorsConfiguration" not in api


def test_buckets_are_private_encrypted_and_speak_tls(deployed: Synthesised) -> None:
    for name, bucket in deployed.resources("AWS::S3::Bucket"):
        assert all(bucket["PublicAccessBlockConfiguration"].values()), name
        assert "BucketEncryption" in bucket, name
    policies = json.dumps([policy for _, policy in deployed.resources("AWS::S3::BucketPolicy")])
    assert policies.count('"aws:SecureTransport": "false"') == len(list(deployed.resources("AWS::S3::Bucket")))


def test_the_script_bucket_keeps_versions_and_tells_what_comes_in(deployed: Synthesised) -> None:
    [scripts] = [b for _, b in deployed.resources("AWS::S3::Bucket") if "VersioningConfiguration" in b]
    rules = [r for _, r in deployed.resources("AWS::Events::Rule") if "EventPattern" in r]
    heard = [rule["EventPattern"]["detail"]["object"]["key"][0]["prefix"] for rule in rules]

    assert scripts["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    # Publishing is for one function; each cell makes analysts' views of what was published.
    assert sorted(heard) == ["incoming/"] + ["pointers/"] * len(PROFILES[deployed.profile].cells)


def test_accounts_are_made_by_admins_and_codes_can_be_asked_for(deployed: Synthesised) -> None:
    [(_, pool)] = deployed.resources("AWS::Cognito::UserPool")

    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["LambdaConfig"]["PreTokenGenerationConfig"]["LambdaVersion"] == "V2_0"
    assert {g["GroupName"] for _, g in deployed.resources("AWS::Cognito::UserPoolGroup")} == {
        "agent", "supervisor", "admin",
    }  # fmt: skip


def test_new_code_takes_over_by_and_by_and_goes_back_on_its_alarm(deployed: Synthesised) -> None:
    groups = list(deployed.resources("AWS::CodeDeploy::DeploymentGroup"))

    assert len(groups) == 1 + 2 * len(PROFILES[deployed.profile].cells)
    for name, group in groups:
        assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes", name
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"], name
        assert group["AlarmConfiguration"]["Enabled"] is True, name


def test_a_cells_functions_wait_for_its_migration(deployed: Synthesised) -> None:
    for stack, template in deployed.templates.items():
        made = template["Resources"]
        aliases = {name: r for name, r in made.items() if r["Type"] == "AWS::Lambda::Alias" and "Functions" in name}
        schema = [name for name, r in made.items() if r["Type"] == "Custom::WaihuSchema"]
        for name, alias in aliases.items():
            assert schema[0] in alias["DependsOn"], f"{stack}/{name}"


def test_a_browser_stays_at_its_task_and_its_websocket_open(deployed: Synthesised) -> None:
    [(_, group)] = deployed.resources("AWS::ElasticLoadBalancingV2::TargetGroup")
    [(_, balancer)] = deployed.resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
    attributes = {a["Key"]: a["Value"] for a in group["TargetGroupAttributes"] + balancer["LoadBalancerAttributes"]}

    assert attributes["stickiness.enabled"] == "true"
    assert attributes["stickiness.type"] == "lb_cookie"
    assert int(attributes["idle_timeout.timeout_seconds"]) == IDLE_SECONDS > 2 * PING_SECONDS
    assert attributes["routing.http.preserve_host_header.enabled"] == "true"


def test_tasks_follow_the_number_of_sessions(deployed: Synthesised) -> None:
    policies = [p["TargetTrackingScalingPolicyConfiguration"] for _, p in deployed.resources(
        "AWS::ApplicationAutoScaling::ScalingPolicy")]  # fmt: skip
    [by_sessions] = [p for p in policies if "CustomizedMetricSpecification" in p]

    assert by_sessions["CustomizedMetricSpecification"]["MetricName"] == "DeskSessions"
    assert by_sessions["TargetValue"] == PROFILES[deployed.profile].sessions_a_task


def test_passwords_are_changed_by_the_clock(deployed: Synthesised) -> None:
    schedules = list(deployed.resources("AWS::SecretsManager::RotationSchedule"))

    assert len(schedules) == 4 * len(PROFILES[deployed.profile].cells)
    assert all(schedule["RotationRules"]["ScheduleExpression"] == "rate(30 days)" for _, schedule in schedules)


def test_keys_turn_every_year_and_state_can_be_taken_back(deployed: Synthesised) -> None:
    [(_, table)] = deployed.resources("AWS::DynamoDB::Table")

    assert all(key["EnableKeyRotation"] for _, key in deployed.resources("AWS::KMS::Key"))
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["SSESpecification"]["SSEType"] == "KMS"


def test_every_alarm_is_told_and_there_is_a_budget(deployed: Synthesised) -> None:
    alarms = [a for _, a in deployed.resources("AWS::CloudWatch::Alarm") if "AlarmName" in a]

    assert alarms
    assert all(alarm["AlarmActions"] for alarm in alarms)
    assert len(list(deployed.resources("AWS::Budgets::Budget"))) == 1


def test_two_dashboards_are_deployed(deployed: Synthesised) -> None:
    names = [board["DashboardName"] for _, board in deployed.resources("AWS::CloudWatch::Dashboard")]
    assert sorted(names) == [f"Waihu-{deployed.profile}-business", f"Waihu-{deployed.profile}-operations"]
