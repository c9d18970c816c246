"""Which variables each program of the cloud is given: from the programs' own settings models, never a second list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin.deployed.settings import PublisherSettings
from admin.settings import AdminSettings
from agent_app.settings import AgentAppSettings
from functions.business.settings import BusinessSettings, slowed
from functions.dispatch.settings import DispatchSettings
from local import keys as secret_names
from local.aws import REGION, SCRIPT_BUCKET, LocalAws
from local.database import NAME, CellDatabase
from local.gateway.routes import DISPATCH, SCRIPTS, business, slow_business
from local.identity import UserPool
from local.lambda_workers import FunctionSpec
from local.layout import Layout
from local.ports import HOST

CELL = "c1"
DASHBOARDS = "Waihu"
"""What names of dashboards begin with."""
TIMEOUT_SECONDS = 10.0
SLOW_TIMEOUT_SECONDS = 29.0
SLOW_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Wiring:
    """The parts of a cloud that runs, as its programs are told of them."""

    layout: Layout
    aws: LocalAws
    database: CellDatabase
    users: UserPool
    gateway_url: str

    def functions(self, workers: int) -> Sequence[FunctionSpec]:
        """Dispatch, the cell's business functions (for fast and for slow actions), and what the admin's pages ask."""
        dispatch = DispatchSettings(script_bucket=SCRIPT_BUCKET, session_key_secret=secret_names.SESSION_KEYS)
        fast, slow = self._business(), slowed(self._business(), secret_names.SLOW_LOGIN)
        return (
            FunctionSpec(
                name=DISPATCH,
                handler="functions.dispatch.handler.handle",
                environment={**dispatch.to_environment(), **self.aws.environment},
                workers=max(1, workers - 1),
                timeout_seconds=TIMEOUT_SECONDS,
            ),
            FunctionSpec(
                name=business(CELL),
                handler="functions.business.handler.handle",
                environment={**fast.to_environment(), **self.aws.environment},
                workers=workers,
                timeout_seconds=TIMEOUT_SECONDS,
            ),
            FunctionSpec(
                name=slow_business(CELL),
                handler="functions.business.handler.handle",
                environment={**slow.to_environment(), **self.aws.environment},
                workers=min(workers, SLOW_WORKERS),
                timeout_seconds=SLOW_TIMEOUT_SECONDS,
            ),
            FunctionSpec(
                name=SCRIPTS,
                handler="admin.deployed.scripts_room.handle",
                environment={
                    **PublisherSettings(script_bucket=SCRIPT_BUCKET, dashboard_prefix=DASHBOARDS).to_environment(),
                    **self.aws.environment,
                },
                workers=1,
                timeout_seconds=SLOW_TIMEOUT_SECONDS,
            ),
        )

    def _business(self) -> BusinessSettings:
        return BusinessSettings(
            cell=CELL,
            script_bucket=SCRIPT_BUCKET,
            session_key_secret=secret_names.SESSION_KEYS,
            number_key_secret=secret_names.NUMBER_KEYS,
            database_host=HOST,
            database_port=self.database.pooler.config.port,
            database_name=NAME,
            database_user="waihu_business",
            database_secret=secret_names.BUSINESS_LOGIN,
            database_tls="off",
        )

    def agent_app(self) -> dict[str, str]:
        settings = AgentAppSettings(
            gateway_url=self.gateway_url,
            user_pool_client_id=self.users.client_id,
            aws_region=REGION,
            store_path=str(self.layout.app / "store.sqlite"),
            store_key_secret=secret_names.STORE_KEYS,
            release_cache_path=str(self.layout.app / "releases"),
            cookie_secure=False,
        )
        return {**settings.to_environment(), **self.aws.environment}

    def admin(self) -> dict[str, str]:
        postgres = self.database.postgres
        settings = AdminSettings(
            script_bucket=SCRIPT_BUCKET,
            session_key_secret=secret_names.SESSION_KEYS,
            number_key_secret=secret_names.NUMBER_KEYS,
            database_host=HOST,
            database_port=postgres.port,
            database_name=NAME,
            database_secret=secret_names.ADMIN_LOGIN,
            migration_user=postgres.user,
            migration_secret=secret_names.OWNER_LOGIN,
            database_tls="off",
            dashboard_prefix=DASHBOARDS,
            log_groups=" ".join(spec.log_group for spec in self.functions(1)),
            aws_region=REGION,
        )
        return {**settings.to_environment(), **self.aws.environment}
