"""Serves the admin's pages: the function that opens, checks, publishes and rolls back scripts for group `admin`."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from constructs import Construct

from admin.deployed.settings import PublisherSettings
from callscript.bucket_layout import DRAFTS, HISTORY, POINTERS, RELEASES
from infra.constructs.bucket_access import let_get, let_put
from infra.constructs.function import Function
from infra.constructs.script_bucket import ScriptBucket
from infra.profile import Profile

_READ = (RELEASES, POINTERS, HISTORY, DRAFTS)
_SECONDS = 29
"""The API itself gives up after 30."""


class ScriptsRoom(Construct):
    """May write releases, pointers, their history and drafts, nothing else; the desk's role may write none of them."""

    def __init__(self, scope: Construct, name: str, *, scripts: ScriptBucket, profile: Profile, key: kms.IKey) -> None:
        super().__init__(scope, name)
        bucket = scripts.bucket
        self.function = Function(
            self, "Function", package="upkeep", handler="admin.deployed.scripts_room.handle",
            settings=PublisherSettings(script_bucket=bucket.bucket_name), profile=profile, key=key, concurrency=2,
            seconds=_SECONDS, megabytes=1769,
        )  # fmt: skip
        let_get(self.function.role, bucket, key, _READ)
        let_put(self.function.role, bucket, key, _READ)
