"""Fills the empty secrets of a new deployment with keys, once."""

from __future__ import annotations

from aws_cdk import CustomResource
from aws_cdk import aws_kms as kms
from constructs import Construct

from admin.deployed.settings import KeyMakerSettings
from infra.constructs.custom_resource import call_when_deploying
from infra.constructs.function import Function
from infra.constructs.secret_access import let_change
from infra.constructs.secrets import Keys
from infra.profile import Profile

_SECONDS = 60


class KeyMaker(Construct):
    """A key that is there is never touched: without it numbers and answers could not be read again."""

    def __init__(self, scope: Construct, name: str, *, keys: Keys, profile: Profile, key: kms.IKey) -> None:
        super().__init__(scope, name)
        settings = KeyMakerSettings(
            session_key_secret=keys.session.secret_arn,
            number_key_secret=keys.numbers.secret_arn,
            store_key_secret=keys.store.secret_arn,
        )
        maker = Function(
            self, "Function", package="upkeep", handler="admin.deployed.key_maker.handle", settings=settings,
            profile=profile, key=key, seconds=_SECONDS, megabytes=256,
        )  # fmt: skip
        let_change(maker.role, [keys.session, keys.numbers, keys.store], key)
        self.made: CustomResource = call_when_deploying(
            self, "Keys", of=maker, seconds=_SECONDS, properties={"Form": "1"}
        )
