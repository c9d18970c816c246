"""What a real account would refuse, or leave without a way, although every linter is content with it."""

from __future__ import annotations

import ipaddress
import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from infra.constructs.log_group import NUMBERS
from infra.costs.bill import ALARMS, ALARMS_A_CELL
from infra.costs.capacity import reserved
from infra.profile import MOST_CELLS, PROFILES
from tests.infra.synthesis import LOCAL, NETWORKS, Synthesised, synthesised

pytestmark = pytest.mark.infra

EVERYTHING = "-1"
"""All protocols, in a rule of a security group."""
RULES_A_GROUP = 60
KEPT_FREE = 100
"""Lambda's: of an account's concurrency so much stays unreserved."""


def names_in(value: object) -> set[str]:
    """Logical ids that `value` refers to, also where it imports them from another stack."""
    if isinstance(value, list):
        return {name for item in value for name in names_in(item)}
    if not isinstance(value, dict):
        return set()
    if "Ref" in value:
        return {str(value["Ref"])}
    if "Fn::GetAtt" in value:
        return {str(value["Fn::GetAtt"][0])}
    return {name for item in value.values() for name in names_in(item)}


def test_a_cells_names_are_its_own(deployed: Synthesised) -> None:
    """A proxy's name, and a database's, may stand once in an account and region."""
    for kind, field in (
        ("AWS::RDS::DBProxy", "DBProxyName"),
        ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
        ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
    ):
        for name, made in deployed.resources(kind):
            if kind == "AWS::RDS::DBInstance" and deployed.profile == "large":
                continue  # Aurora's instances are named by CloudFormation
            [stack, *_] = name.split("/")
            start = made[field]["Fn::Join"][1][0]
            assert start == f"{stack.lower()}-"
            assert names_in(made[field]) == {"AWS::StackId"}
            assert re.fullmatch(r"[a-z](-?[a-z0-9])*-", start)
            assert len(start) + 8 <= 60


def test_who_needs_secrets_manager_from_within_may_come_to_its_endpoint(deployed: Synthesised) -> None:
    """Its private name means the endpoint for every subnet: who is not let in there gets no answer at all."""
    [core] = [t for name, t in deployed.templates.items() if name == f"Waihu-{deployed.profile}"]
    subnets = {name: r["Properties"] for name, r in core["Resources"].items() if r["Type"] == "AWS::EC2::Subnet"}
    [endpoint] = [
        r["Properties"] for r in core["Resources"].values()
        if r["Type"] == "AWS::EC2::VPCEndpoint" and r["Properties"].get("VpcEndpointType") == "Interface"
    ]  # fmt: skip
    [group] = names_in(endpoint["SecurityGroupIds"])
    let_in = [
        rule for rule in core["Resources"][group]["Properties"]["SecurityGroupIngress"] if rule["FromPort"] == 443
    ]
    open_to = [ipaddress.IPv4Network(rule["CidrIp"]) for rule in let_in]
    used = set(re.findall(r"NetworkVpc\w+?Subnet\d", json.dumps(list(_inside(deployed)))))

    assert endpoint["PrivateDnsEnabled"] is True
    assert {name[:19] for name in used} >= {"NetworkVpcdeskSubne", "NetworkVpcprivateSu"}
    for name, subnet in subnets.items():
        inside = any(ipaddress.IPv4Network(subnet["CidrBlock"]).subnet_of(one) for one in open_to)
        assert inside == any(name.startswith(one) for one in used), name


def _inside(deployed: Synthesised) -> Iterator[object]:
    """Where functions and tasks are put."""
    for _, made in deployed.resources("AWS::Lambda::Function"):
        yield made.get("VpcConfig", {}).get("SubnetIds")
    for _, made in deployed.resources("AWS::ECS::Service"):
        yield made["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"]


def test_each_function_inside_may_go_to_the_proxy_to_s3_and_to_secrets_manager(deployed: Synthesised) -> None:
    for stack, template in deployed.templates.items():
        made = template["Resources"]
        out = [r["Properties"] for r in made.values() if r["Type"] == "AWS::EC2::SecurityGroupEgress"]
        for name, function in made.items():
            if function["Type"] != "AWS::Lambda::Function" or "VpcConfig" not in function["Properties"]:
                continue
            [group] = names_in(function["Properties"]["VpcConfig"]["SecurityGroupIds"])
            own = [*made[group]["Properties"]["SecurityGroupEgress"]]
            own += [rule for rule in out if names_in(rule["GroupId"]) == {group}]
            ways = {(rule["FromPort"], rule.get("CidrIp", "a group")) for rule in own}
            assert ways == {(443, "0.0.0.0/0"), (443, "a group"), (5432, "a group")}, f"{stack}/{name}"


def test_no_group_lets_everything_out_or_has_more_rules_than_a_group_takes(deployed: Synthesised) -> None:
    count: Counter[str] = Counter()
    for name, group in deployed.resources("AWS::EC2::SecurityGroup"):
        for way in ("SecurityGroupIngress", "SecurityGroupEgress"):
            rules = group.get(way, [])
            assert not [rule for rule in rules if rule["IpProtocol"] == EVERYTHING], name
            count[f"{way} {name}"] += len(rules)
    for kind in ("SecurityGroupIngress", "SecurityGroupEgress"):
        for _, rule in deployed.resources(f"AWS::EC2::{kind}"):
            count[f"{kind} {json.dumps(rule['GroupId'])}"] += 1
    of_core = [number for name, number in count.items() if "Fn::ImportValue" in name]
    assert of_core == []  # else each cell more takes a place of a group that all share
    assert max(count.values()) <= RULES_A_GROUP


def test_who_is_called_while_deploying_has_its_ways_and_rights_before(deployed: Synthesised) -> None:
    for stack, template in deployed.templates.items():
        made = template["Resources"]
        for name, call in made.items():
            if not call["Type"].startswith("Custom::"):
                continue
            [function] = names_in(call["Properties"]["ServiceToken"])
            begin = function.removesuffix(re.sub(r".*(Function[0-9A-F]{8})$", r"\1", function))
            kinds = ("AWS::EC2::SecurityGroupEgress", "AWS::IAM::Policy")
            belongs = {n for n, r in made.items() if n.startswith(begin) and r["Type"] in kinds}
            assert belongs
            if call["Type"] == "Custom::WaihuSchema":
                doors = {n for n, r in made.items() if r["Type"] == "AWS::EC2::SecurityGroupIngress"}
                assert len(doors) == 6  # to the database the proxy's, to the proxy those of the cell's five functions
                belongs |= doors
            assert belongs <= set(call["DependsOn"]), f"{stack}/{name}"
            wait, takes = int(call["Properties"]["ServiceTimeout"]), made[function]["Properties"]["Timeout"]
            assert takes < wait < 3600


def test_what_databases_and_proxies_log_ends_some_day(deployed: Synthesised) -> None:
    """A service that finds no log group makes one, and keeps its lines for ever."""
    groups = [json.dumps(g.get("LogGroupName", "")) for _, g in deployed.resources("AWS::Logs::LogGroup")]
    kinds = {"AWS::RDS::DBCluster": "/aws/rds/cluster/", "AWS::RDS::DBProxy": "/aws/rds/proxy/"}
    if PROFILES[deployed.profile].engine == "rds":
        kinds["AWS::RDS::DBInstance"] = "/aws/rds/instance/"
    for kind, begin in kinds.items():
        writers = list(deployed.resources(kind))
        assert sum(begin in name for name in groups) == len(writers)
        for name, _ in writers:
            stack, own = name.split("/")
            before = deployed.templates[stack]["Resources"][own]["DependsOn"]
            assert [n for n in before if "Log" in n], name


def test_the_bill_counts_the_alarms_that_there_are(deployed: Synthesised) -> None:
    cells = len(PROFILES[deployed.profile].cells)

    assert len(list(deployed.resources("AWS::CloudWatch::Alarm"))) == ALARMS + cells * ALARMS_A_CELL


def test_every_alarm_tells_someone_and_names_its_line_of_the_runbook(deployed: Synthesised) -> None:
    for name, alarm in deployed.resources("AWS::CloudWatch::Alarm"):
        assert alarm["AlarmActions"], name
        assert re.search(r"docs/runbook\.md#[a-z-]+$", json.dumps(alarm["AlarmDescription"]).strip('"}] ')), name


def test_new_code_goes_back_also_when_it_answers_with_its_own_mistakes(deployed: Synthesised) -> None:
    """The programs catch whatever happens and answer `internal_error`: to Lambda that is a success."""
    for stack, template in deployed.templates.items():
        made = template["Resources"]
        counted = {
            r["Properties"]["MetricTransformations"][0]["MetricName"]: names_in(r["Properties"]["LogGroupName"])
            for r in made.values()
            if r["Type"] == "AWS::Logs::MetricFilter" and "internal_error" in r["Properties"]["FilterPattern"]
        }
        for name, group in made.items():
            if group["Type"] != "AWS::CodeDeploy::DeploymentGroup":
                continue
            watched = names_in(group["Properties"]["AlarmConfiguration"]["Alarms"])
            metrics = {made[alarm]["Properties"]["MetricName"] for alarm in watched}
            [mistakes] = metrics - {"Errors"}
            assert mistakes in counted, f"{stack}/{name}"


def test_an_image_in_a_registry_of_aws_may_be_pulled() -> None:
    policies = dict(synthesised(LOCAL).resources("AWS::IAM::Policy"))
    [execution] = [policy for name, policy in policies.items() if "DeskTaskExecutionRole" in name]
    allowed = json.dumps(execution["PolicyDocument"]["Statement"])

    assert "ecr:BatchGetImage" in allowed
    assert ":repository/waihu/desk" in allowed
    assert "ecr:GetAuthorizationToken" in allowed


def test_what_functions_reserve_fits_an_account_and_is_what_the_capacity_page_counts(deployed: Synthesised) -> None:
    found = [f.get("ReservedConcurrentExecutions", 0) for _, f in deployed.resources("AWS::Lambda::Function")]

    assert sum(found) == reserved(PROFILES[deployed.profile])
    assert sum(found) <= 1_000 - KEPT_FREE


def test_a_deployment_is_within_what_cloudformation_takes(deployed: Synthesised) -> None:
    for stack, template in deployed.templates.items():
        assert len(template["Resources"]) <= 500, stack
        assert len(template.get("Outputs", {})) <= 200, stack
        assert len(json.dumps(template)) < 1_000_000, stack
    for name, made in deployed.resources("AWS::Logs::QueryDefinition"):
        assert len(made["LogGroupNames"]) <= 50, name
    for name, board in deployed.resources("AWS::CloudWatch::Dashboard"):
        assert len(json.dumps(board["DashboardBody"])) < 1_000_000, name


def test_as_many_cells_as_may_be_still_fit() -> None:
    """What the stack over all of them grows by with each: of its 500 resources, 50 log groups a query."""
    one, four = (synthesised(profile).templates[f"Waihu-{profile}-watch"]["Resources"] for profile in ("demo", "large"))
    a_cell = (len(four) - len(one)) / 3
    groups = [
        max(len(r["Properties"]["LogGroupNames"]) for r in made.values() if r["Type"] == "AWS::Logs::QueryDefinition")
        for made in (one, four)
    ]

    assert len(one) + (MOST_CELLS - 1) * a_cell <= 500
    assert groups[0] + (MOST_CELLS - 1) * (groups[1] - groups[0]) / 3 <= 50


def test_stacks_wait_for_each_other_in_one_direction(deployed: Synthesised) -> None:
    """What a stack imports is exported by one that is deployed before it."""
    exports: dict[str, str] = {}
    for stack, template in deployed.templates.items():
        for output in template.get("Outputs", {}).values():
            if "Export" in output:
                exports[output["Export"]["Name"]] = stack
    needs = {
        stack: {exports[name] for name in re.findall(r'"Fn::ImportValue": "([^"]+)"', json.dumps(template))}
        for stack, template in deployed.templates.items()
    }
    done: set[str] = set()
    while ready := {stack for stack, wants in needs.items() if stack not in done and wants <= done}:
        done |= ready
    assert done == set(deployed.templates)


IN_A_RULE = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")
"""What EC2 takes in the description of a group and of its rules: no apostrophe."""


def test_groups_and_their_rules_are_described_in_letters_that_ec2_takes(deployed: Synthesised) -> None:
    for kind in ("SecurityGroup", "SecurityGroupIngress", "SecurityGroupEgress"):
        for name, made in deployed.resources(f"AWS::EC2::{kind}"):
            said = re.findall(r'"(?:Group)?Description": "([^"]*)"', json.dumps(made))
            assert said, name
            assert all(IN_A_RULE.fullmatch(text) for text in said), (name, said)


def test_what_a_number_looks_like_is_said_in_letters_that_cloudwatch_takes(deployed: Synthesised) -> None:
    """No parentheses: docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-custom-data-identifiers.html"""
    groups = [group for _, group in deployed.resources("AWS::Logs::LogGroup")]
    policies = [group["DataProtectionPolicy"] for group in groups if "DataProtectionPolicy" in group]
    assert policies
    for policy in policies:
        identifiers = policy["Configuration"]["CustomDataIdentifier"]
        assert 1 <= len(identifiers) <= 10
        for one in identifiers:
            assert re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", one["Name"])
            assert re.fullmatch(r"[a-zA-Z0-9_#=@/;, ^$?\[\]{}|\\*+.-]{1,200}", one["Regex"]), one["Regex"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"reason": "13812345678"}', True), ("13812345678", True), ("called 13812345678", True),
        ("13812345678 rang", True), ('{"to": "+862112345678"}', True), ('{"id": "a13812345678"}', False),
        ("138123456789", False), ("0.13812345678", False), ('{"Timestamp": 1763900000000}', False),
        ("2026-11-23T13:55:00.123Z", False),
    ],
)  # fmt: skip
def test_what_a_number_looks_like(line: str, found: bool) -> None:
    assert any(re.search(pattern, line) for pattern in NUMBERS.values()) is found


def test_a_deployment_leaves_as_many_tasks_as_there_are(deployed: Synthesised) -> None:
    [(_, service)] = deployed.resources("AWS::ECS::Service")
    [(_, scaled)] = deployed.resources("AWS::ApplicationAutoScaling::ScalableTarget")

    assert "DesiredCount" not in service
    assert scaled["MinCapacity"] == PROFILES[deployed.profile].fewest_tasks


def test_with_a_domain_the_desk_has_a_certificate_and_lets_in_whom_it_is_told() -> None:
    small = synthesised("small")
    [(_, certificate)] = small.resources("AWS::CertificateManager::Certificate")
    [(_, record)] = small.resources("AWS::Route53::RecordSet")
    listeners = {made["Port"]: made for _, made in small.resources("AWS::ElasticLoadBalancingV2::Listener")}
    [group] = [g for name, g in small.resources("AWS::EC2::SecurityGroup") if "FrontGroup" in name]
    let_in = {(rule["CidrIp"], rule["FromPort"]) for rule in group["SecurityGroupIngress"]}
    [(_, mail)] = small.resources("AWS::SNS::Subscription")

    assert (certificate["DomainName"], certificate["ValidationMethod"]) == ("desk.example.com", "DNS")
    assert (record["Name"], record["HostedZoneId"], record["Type"]) == ("desk.example.com.", "Z0123456789ABC", "A")
    assert listeners[443]["Certificates"]
    assert "TLS13" in listeners[443]["SslPolicy"]
    assert listeners[80]["DefaultActions"][0]["RedirectConfig"]["Protocol"] == "HTTPS"
    assert let_in == {(network, port) for network in NETWORKS for port in (80, 443)}
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", "watch@example.com")
    assert not list(small.resources("AWS::CloudFront::Distribution"))


def test_without_a_domain_the_load_balancer_answers_its_own_distribution_alone() -> None:
    demo = synthesised("demo")
    [(_, distribution)] = demo.resources("AWS::CloudFront::Distribution")
    [(_, listener)] = demo.resources("AWS::ElasticLoadBalancingV2::Listener")
    [(_, rule)] = demo.resources("AWS::ElasticLoadBalancingV2::ListenerRule")
    [origin] = distribution["DistributionConfig"]["Origins"]

    assert listener["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "403"
    assert rule["Conditions"][0]["HttpHeaderConfig"]["Values"] == [origin["OriginCustomHeaders"][0]["HeaderValue"]]


def test_network_and_zones_are_what_the_configuration_says() -> None:
    own, usual = synthesised(LOCAL), synthesised("demo")
    zones = {made["AvailabilityZone"] for _, made in own.resources("AWS::EC2::Subnet")}

    assert [made["CidrBlock"] for _, made in own.resources("AWS::EC2::VPC")] == ["10.20.0.0/16"]
    assert all(made["CidrBlock"].startswith("10.20.") for _, made in own.resources("AWS::EC2::Subnet"))
    assert zones == {"ap-southeast-1a", "ap-southeast-1b"}
    assert [made["CidrBlock"] for _, made in usual.resources("AWS::EC2::VPC")] == ["10.0.0.0/16"]
