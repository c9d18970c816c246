"""Others' judgement of the templates: cdk-nag's AwsSolutions, cfn-lint, and who may do what."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.infra.synthesis import CONNECT, LOCAL, PROFILES, Synthesised, synthesised

pytestmark = pytest.mark.infra

IGNORED_BY_LINT = {
    "W3005": "the CDK writes each dependency out, also where a reference says it already",
    "W3045": "CloudFront delivers its logs by access control list; there is no policy for it",
}
ANY_RESOURCE = {
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "ecr:GetAuthorizationToken",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "cloudwatch:ListDashboards",
    "secretsmanager:GetRandomPassword",
}
"""Reviewed: AWS takes no narrower resource for these, and none of them changes data."""


def test_no_rule_of_aws_solutions_speaks_against_it(deployed: Synthesised) -> None:
    assert deployed.findings == []


def test_who_rings_by_connect_may_ring_in_that_instance_alone(deployed: Synthesised) -> None:
    def ringing(made: Synthesised) -> list[str]:
        statements = [statement for _, statement in _role_statements(made)]
        return [json.dumps(s["Resource"]) for s in statements if "connect:StartOutboundVoiceContact" in s["Action"]]

    [resource] = ringing(synthesised(LOCAL))
    assert f":instance/{CONNECT}/contact/*" in resource
    assert synthesised(LOCAL).findings == []
    assert ringing(deployed) == []


def test_each_acknowledged_rule_has_a_reason() -> None:
    source = (Path(__file__).resolve().parents[2] / "infra" / "reviewed.py").read_text()
    assert "acknowledge" in source
    assert source.count('": "') + source.count('": (') >= 15


def test_cfn_lint_finds_nothing() -> None:
    files: dict[bytes, Path] = {}
    for profile in PROFILES:
        for file in synthesised(profile).files:
            # Cells are alike but for their name: one of them is enough.
            files.setdefault(file.read_bytes().replace(b"c2", b"c1").replace(b"c3", b"c1").replace(b"c4", b"c1"), file)
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--ignore-checks", *IGNORED_BY_LINT, "--template"]
    done = subprocess.run([*command, *map(str, files.values())], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, ""), done.stdout[-4000:]


def test_no_role_has_a_starred_action(deployed: Synthesised) -> None:
    for name, statement in _role_statements(deployed):
        assert not [action for action in _listed(statement["Action"]) if "*" in action], name


def test_what_may_be_done_to_anything_is_on_the_reviewed_list(deployed: Synthesised) -> None:
    for name, statement in _role_statements(deployed):
        if "*" in _listed(statement["Resource"]):
            assert set(_listed(statement["Action"])) <= ANY_RESOURCE, name


def test_nobody_may_delete_a_script_or_a_log(deployed: Synthesised) -> None:
    for name, statement in _role_statements(deployed):
        forbidden = ("s3:Delete", "logs:Delete", "kms:ScheduleKeyDeletion", "iam:", "s3:PutBucket")
        assert not [action for action in _listed(statement["Action"]) if action.startswith(forbidden)], name


def test_a_function_reads_no_secret_that_is_not_its_own(deployed: Synthesised) -> None:
    readers = {
        name: json.dumps(statement["Resource"])
        for name, statement in _role_statements(deployed)
        if "secretsmanager:GetSecretValue" in _listed(statement["Action"])
    }
    assert not [name for name, what in readers.items() if "Dispatch" in name and "Numbers" in what]
    assert not [name for name, what in readers.items() if "desk" in name and ("Numbers" in what or "Session" in what)]
    assert not [name for name, what in readers.items() if "FunctionsFast" in name and "Login" in what]


def _role_statements(deployed: Synthesised) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement that a role carries: in policies of their own and inline."""
    for name, policy in deployed.every("AWS::IAM::Policy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            yield name, statement
    for name, role in deployed.every("AWS::IAM::Role"):
        for policy in role.get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
