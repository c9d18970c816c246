"""The bucket that holds every business: releases, pointers, routing, seals, and what is handed in to be published."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from callscript.bucket_layout import DRAFTS, INCOMING


class ScriptBucket(Construct):
    """Versioned, encrypted, reachable only over TLS and never from the public; tells EventBridge of what comes in."""

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey, logs: s3.IBucket, keep: bool) -> None:
        super().__init__(scope, name)
        self.key = key
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            server_access_logs_bucket=logs,
            server_access_logs_prefix="scripts/",
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="handed-in",
                    prefix=INCOMING,
                    expiration=Duration.days(90),
                    noncurrent_version_expiration=Duration.days(30),
                ),
                s3.LifecycleRule(id="older-drafts", prefix=DRAFTS, noncurrent_version_expiration=Duration.days(30)),
                s3.LifecycleRule(id="torn-uploads", abort_incomplete_multipart_upload_after=Duration.days(2)),
            ],
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        # Said in the bucket itself: the library's own way is a function of its own that may change any bucket.
        made = self.bucket.node.default_child
        assert isinstance(made, s3.CfnBucket)  # noqa: S101 - what the library promises
        made.add_property_override("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True)  # noqa: FBT003

    def written_under(self, prefix: str) -> events.EventPattern:
        """What EventBridge hears when an object is written under `prefix`."""
        return events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": [self.bucket.bucket_name]}, "object": {"key": [{"prefix": prefix}]}},
        )
