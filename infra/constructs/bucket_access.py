"""Who may read and write which part of a bucket: exact actions, by prefix."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3


def let_get(role: iam.IRole, bucket: s3.IBucket, key: kms.IKey, prefixes: Sequence[str]) -> None:
    """`role` may read what lies under `prefixes`, and is told what does not exist."""
    _allow(role, ["s3:GetObject"], [bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes])
    _allow(role, ["s3:ListBucket"], [bucket.bucket_arn])
    _allow(role, ["kms:Decrypt"], [key.key_arn])


def let_put(role: iam.IRole, bucket: s3.IBucket, key: kms.IKey, prefixes: Sequence[str]) -> None:
    """`role` may write what lies under `prefixes`; nobody's role may delete."""
    _allow(role, ["s3:PutObject"], [bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes])
    _allow(role, ["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn])


def _allow(role: iam.IRole, actions: Sequence[str], resources: Sequence[str]) -> None:
    role.add_to_principal_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))
