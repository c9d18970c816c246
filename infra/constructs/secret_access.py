"""Who may read and change secrets, said in their own roles: a key's policy never names a role of another stack."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

_READ = ("secretsmanager:GetSecretValue",)
_CHANGE = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
)


def let_read(role: iam.IRole, secrets: Sequence[secretsmanager.ISecret], key: kms.IKey) -> None:
    """`role` may read `secrets`, which are encrypted with `key`."""
    _let(role, secrets, key, _READ, ("kms:Decrypt",))


def let_change(role: iam.IRole, secrets: Sequence[secretsmanager.ISecret], key: kms.IKey) -> None:
    """`role` may also put new values in, and say which of them is in force."""
    _let(role, secrets, key, _CHANGE, ("kms:Decrypt", "kms:GenerateDataKey"))


def _let(
    role: iam.IRole, secrets: Sequence[secretsmanager.ISecret], key: kms.IKey, actions: Sequence[str],
    key_actions: Sequence[str],
) -> None:  # fmt: skip
    role.add_to_principal_policy(
        iam.PolicyStatement(actions=list(actions), resources=[secret.secret_arn for secret in secrets])
    )
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=list(key_actions),
            resources=[key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"secretsmanager.{Aws.REGION}.amazonaws.com"}},
        )
    )
