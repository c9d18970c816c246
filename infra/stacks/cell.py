"""One cell: its database, the proxy before it, its functions, its routes at the shared API."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.analysts_views import AnalystsViews
from infra.constructs.cell_functions import CellFunctions
from infra.constructs.cell_routes import CellRoutes
from infra.constructs.database import Database
from infra.constructs.encryption import Encryption
from infra.constructs.migration import Migration
from infra.constructs.rotation import Rotation
from infra.constructs.schedule import Schedule
from infra.stacks.core import CoreStack


class CellStack(Stack):
    """Shares no table, no connection and no function with another cell: losing one leaves the others as they are."""

    def __init__(
        self, scope: Construct, name: str, *, cell: str, configuration: Configuration, core: CoreStack
    ) -> None:
        profile = configuration.profile
        super().__init__(scope, name, description=f"Waihu {profile.name}: cell {cell}")
        self.cell = cell
        self.key = Encryption(self, "Encryption", keep=profile.keep_data).key
        self.database = Database(self, "Database", network=core.network, profile=profile, key=self.key)
        self.functions = CellFunctions(
            self, "Functions", cell=cell, profile=profile, network=core.network, key=self.key, scripts=core.scripts,
            keys=core.keys, database=self.database, topic=core.topic,
        )  # fmt: skip
        migration = Migration(
            self, "Migration", runner=self.functions.migrator, settings=self.functions.housekeeping_settings
        )
        migration.done.node.add_dependency(self.database)
        # The new program meets the new schema only: where a migration fails, the old one goes on as it was.
        for live in (self.functions.fast_live, self.functions.slow_live):
            live.node.add_dependency(migration.done)
        self.schedule = Schedule(self, "Schedule", of=self.functions.housekeeper, key=self.key)
        self.schedule.node.add_dependency(migration.done)
        views = AnalystsViews(
            self, "Views", of=self.functions.housekeeper, scripts=core.scripts, failed=self.schedule.failed
        )
        views.node.add_dependency(migration.done)
        rotation = Rotation(
            self, "Rotation", of=self.functions.rotator,
            secrets=[self.database.owner, *self.database.logins.values()],
        )  # fmt: skip
        rotation.node.add_dependency(migration.done)
        CellRoutes(
            self, "Routes", cell=cell, api=core.api, fast=self.functions.fast_live.alias,
            slow=self.functions.slow_live.alias,
        )  # fmt: skip
        CfnOutput(self, "DatabaseHost", value=self.database.host)
