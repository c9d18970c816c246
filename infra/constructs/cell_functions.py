"""The functions of one cell: the business server twice (fast and slow actions), and the cell's housekeeper."""

from __future__ import annotations

from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from admin.deployed.settings import DatabaseSettings
from callscript.bucket_layout import POINTERS, RELEASES, SEALS
from functions.business.settings import BusinessSettings, slowed
from infra.constructs import migration
from infra.constructs.bucket_access import let_get, let_put
from infra.constructs.database import ADMIN_USER, BUSINESS_USER, DATABASE, OWNER, PORT, SLOW_USER, Database
from infra.constructs.function import Function
from infra.constructs.gradual import Gradual
from infra.constructs.network import Network
from infra.constructs.script_bucket import ScriptBucket
from infra.constructs.secret_access import let_change, let_read
from infra.constructs.secrets import Keys
from infra.profile import Profile

SLOW_SECONDS = 29
"""Just under what the HTTP API waits."""


class CellFunctions(Construct):
    """Reserved concurrency of the fast and of the slow function together stays under what the proxy may open."""

    def __init__(
        self, scope: Construct, name: str, *, cell: str, profile: Profile, network: Network, key: kms.IKey,
        scripts: ScriptBucket, keys: Keys, database: Database, topic: sns.ITopic,
    ) -> None:  # fmt: skip
        super().__init__(scope, name)
        self._cell, self._profile, self._network, self._key = cell, profile, network, key
        self._scripts, self._keys, self._database = scripts, keys, database
        application = codedeploy.LambdaApplication(self, "Application")
        settings = self._settings()
        self.fast = self._business("Fast", settings, profile.business_concurrency, seconds=10)
        self.slow = self._business("Slow", slowed(settings, ""), profile.slow_concurrency, seconds=SLOW_SECONDS)
        self.fast_live = Gradual(
            self, "FastLive", of=self.fast, label=f"business-{cell}", application=application, topic=topic
        )
        self.slow_live = Gradual(
            self, "SlowLive", of=self.slow, label=f"business-{cell}-slow", application=application, topic=topic
        )
        self.housekeeping_settings = self._database_settings()
        self.housekeeper = self._administrator("Housekeeper", "admin.deployed.upkeep.handle", [ADMIN_USER], 300)
        self.migrator = self._administrator("Migrator", "admin.deployed.migration.handle", [OWNER], migration.SECONDS)
        self.rotator = self._administrator(
            "Rotator", "admin.deployed.rotation.handle", [OWNER, BUSINESS_USER, SLOW_USER, ADMIN_USER], 60
        )
        self._grant_administration()

    def _settings(self) -> BusinessSettings:
        return BusinessSettings(
            cell=self._cell,
            script_bucket=self._scripts.bucket.bucket_name,
            session_key_secret=self._keys.session.secret_arn,
            number_key_secret=self._keys.numbers.secret_arn,
            database_host=self._database.host,
            database_port=PORT,
            database_name=DATABASE,
            database_user=BUSINESS_USER,
            database_secret="",  # nosec: empty means IAM
        )

    def _business(self, name: str, settings: BusinessSettings, concurrency: int, *, seconds: int) -> Function:
        made = Function(
            self, name, package="business", handler="functions.business.handler.handle", settings=settings,
            profile=self._profile, key=self._key, concurrency=concurrency, network=self._network, seconds=seconds,
        )  # fmt: skip
        let_get(made.role, self._scripts.bucket, self._scripts.key, [RELEASES])
        let_read(made.role, [self._keys.session, self._keys.numbers], self._keys.key)
        self._database.allow(made.function, settings.database_user, f"actions of cell {self._cell}")
        return made

    def _database_settings(self) -> DatabaseSettings:
        logins = self._database.logins
        return DatabaseSettings(
            cell=self._cell,
            script_bucket=self._scripts.bucket.bucket_name,
            session_key_secret=self._keys.session.secret_arn,
            number_key_secret=self._keys.numbers.secret_arn,
            database_host=self._database.host,
            database_port=PORT,
            database_name=DATABASE,
            migration_user=OWNER,
            business_login_secret=logins[BUSINESS_USER].secret_arn,
            slow_login_secret=logins[SLOW_USER].secret_arn,
            admin_login_secret=logins[ADMIN_USER].secret_arn,
        )

    def _administrator(self, name: str, handler: str, users: list[str], seconds: int) -> Function:
        made = Function(
            self, name, package="upkeep", handler=handler, settings=self.housekeeping_settings, profile=self._profile,
            key=self._key, concurrency=1, network=self._network, seconds=seconds, megabytes=512,
        )  # fmt: skip
        for user in users:
            self._database.allow(made.function, user, f"{name.lower()} of cell {self._cell}")
        return made

    def _grant_administration(self) -> None:
        bucket, key = self._scripts.bucket, self._scripts.key
        let_get(self.housekeeper.role, bucket, key, [SEALS, POINTERS, RELEASES])
        let_put(self.housekeeper.role, bucket, key, [SEALS])
        logins = list(self._database.logins.values())
        let_read(self.migrator.role, [self._keys.session], self._keys.key)
        let_read(self.migrator.role, logins, self._key)
        let_change(self.rotator.role, [self._database.owner, *logins], self._key)
