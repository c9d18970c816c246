"""The whole cloud on one machine: composes its parts, starts them side by side, ends them in order.

with Cloud(folder, app=False) as cloud:
    token = cloud.sign_in("agent1")
    httpx.post(f"{cloud.gateway_url}/sessions", headers={"authorization": f"Bearer {token}"})
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from admin.script_bucket import ScriptBucket
from local.agent_app import AgentApp
from local.aws import SCRIPT_BUCKET, LocalAws
from local.boards import put_boards
from local.bucket_events import BucketEvents
from local.data_lock import DataLock
from local.database import NAME, CellDatabase
from local.endpoints import write_endpoints
from local.gateway.authorizer import JwtAuthorizer
from local.gateway.routes import business, routes
from local.gateway.server import GatewayServer
from local.identity import DEMO_PEOPLE, UserPool, ensure_pool
from local.keys import ADMIN_LOGIN, OWNER_LOGIN, Keys, load_or_make
from local.lambda_reports import LambdaReports
from local.layout import DEFAULT, Layout
from local.log_shipper import SHIPPING, LogShipper
from local.ports import HOST, Ports
from local.reaper import Reaper
from local.upkeep import Upkeep
from local.wiring import CELL, Wiring

APP_PORT = 8501
GATEWAY_PORT = 8580

Tell = Callable[[str, float | None], None]
"""Told of each step's name: seconds None when it begins, seconds that it took when it has ended."""

log = logging.getLogger("waihu.cloud")


class Cloud:
    """One cloud with its data in `data_dir`.

    Args:
        data_dir: kept between runs; `.waihu/` of the checkout unless given.
        app: start the agents' app too; otherwise `start_app` does when it is wanted.
        demo: publish the shipped campaigns.
        demo_contacts: how many contacts each of them gets if it has none.
        durable: False trades crash safety of the database for speed (tests only).
        temporary: remove the data at the end.
        workers: how many processes run the business function.
        pooler_kind: `pgbouncer` or `built-in`; None takes PgBouncer where it is installed.
        database_settings: settings of PostgreSQL on top of ours.
        usual_ports: prefer 8501 for the app and 8580 for the gateway, so that addresses can be remembered.
        tell: told of each step of the start.
        on_exit: told the name and the exit code of a part that ended unasked.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        app: bool = True,
        demo: bool = True,
        demo_contacts: int = 1000,
        durable: bool = True,
        temporary: bool = False,
        workers: int = 3,
        pooler_kind: str | None = None,
        database_settings: Mapping[str, str] | None = None,
        usual_ports: bool = False,
        tell: Tell = lambda _, __: None,
        on_exit: Callable[[str, int], None] | None = None,
    ) -> None:
        self.layout = DEFAULT if data_dir is None else Layout(data_dir.absolute())
        self._with_app = app
        self._demo_contacts = demo_contacts if demo else None
        self._durable = durable
        self._temporary = temporary
        self._workers = workers
        self._pooler_kind = pooler_kind
        self._database_settings = database_settings
        self._usual_ports = usual_ports
        self._tell = tell
        self._on_exit = on_exit
        self._stopping = False
        self._ending = ExitStack()
        self.seconds: dict[str, float] = {}
        """How long each step of the start took."""

    # -- life -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Everything runs and answers when this returns; when it raises, nothing is left running."""
        begun = time.perf_counter()
        try:
            self._prepare()
            self._start_parts()
        except BaseException:
            self.stop()
            raise
        self.seconds["all"] = time.perf_counter() - begun

    def settle(self) -> None:
        """For a process that does nothing else: what is loaded by now stays, and no call waits while all of it is
        looked through for garbage (0.2 s and more)."""
        gc.freeze()

    def stop(self) -> None:
        """Ends every part; a second call does nothing."""
        self._stopping = True
        self._ending.close()
        if self._temporary:
            shutil.rmtree(self.layout.root, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _prepare(self) -> None:
        lock = DataLock(self.layout.lock)
        lock.take()
        self._ending.callback(lock.release)
        self.layout.cloud.unlink(missing_ok=True)  # of a run that was killed
        self.keys: Keys = load_or_make(self.layout.keys)
        self._ports = Ports(self.layout.ports)
        self._reaper = Reaper()
        self._ending.callback(self._reaper.close)
        logs = self.layout.logs
        self.aws = LocalAws(
            self.layout.aws, self._ports.take("aws"), log=logs / "aws.log", reaper=self._reaper, on_exit=self._ended
        )
        self.database = CellDatabase(
            self.layout.postgres,
            self.keys,
            port=self._ports.take("postgres"),
            pooler_port=self._ports.take("pooler"),
            logs=logs,
            reaper=self._reaper,
            durable=self._durable,
            pooler_kind=self._pooler_kind,
            settings=self._database_settings,
            on_exit=self._ended,
        )

    def _start_parts(self) -> None:
        with ThreadPoolExecutor(2, thread_name_prefix="start") as side:
            self._ending.callback(self.aws.stop)
            self.aws.start()
            starting = side.submit(self._start_database)
            try:
                with self._step("S3, Cognito, Secrets Manager, CloudWatch"):
                    self.aws.wait()
                    self.aws.provision(self.keys)
                    self.users: UserPool = ensure_pool(self.aws.client("cognito-idp"))
                with self._step("people"):
                    made = [self.users.ensure_person(person, self.keys.demo_password) for person in DEMO_PEOPLE]
                    if any(made) and not self._temporary:
                        self.aws.write_down()
                self._start_gateway()
            finally:
                starting.result()
            self.aws.put_secret(OWNER_LOGIN, {"username": "postgres", "password": self.database.postgres.password})
            self._start_programs()

    def _start_database(self) -> None:
        with self._step("PostgreSQL and its pooler"):
            self._ending.callback(self._stop_database)
            self.database.start()
            pid = self.database.postgres.pid
            if pid is not None:
                self._reaper.watch(pid, signal.SIGINT)

    def _start_gateway(self) -> None:
        shipper = LogShipper(*(self.aws.client(service, SHIPPING) for service in ("logs", "cloudwatch")))
        self.shipper = shipper
        reports = LambdaReports(shipper)
        app_port = self._ports.take("app", prefer=APP_PORT if self._usual_ports else None)
        self._app_port = app_port
        self.gateway = GatewayServer(
            self._ports.take("gateway", prefer=GATEWAY_PORT if self._usual_ports else None),
            self._ports.take("runtime"),
            table=routes([CELL]),
            authorizer=self._authorizer(),
            reaper=self._reaper,
            on_line=reports.line,
            on_finished=reports.finished,
            origins=[f"http://{HOST}:{app_port}", f"http://localhost:{app_port}"],
        )
        with self._step("gateway"):
            shipper.start()
            self._ending.callback(shipper.stop)
            self.gateway.start()
            self._ending.callback(self.gateway.stop)

    def _authorizer(self) -> JwtAuthorizer:
        """Whose tokens the gateway believes."""
        return JwtAuthorizer(
            issuer=self.users.issuer,
            audience=self.users.client_id,
            jwks_url=f"{self.aws.endpoint_url}/{self.users.pool_id}/.well-known/jwks.json",
        )

    def _start_programs(self) -> None:
        self.wiring = Wiring(self.layout, self.aws, self.database, self.users, self.gateway.url)
        self.app = AgentApp(
            self._app_port,
            self.wiring.agent_app(),
            log=self.layout.logs / "agent_app.log",
            reaper=self._reaper,
            on_exit=self._ended,
        )
        self._ending.callback(self.app.stop)
        if self._with_app:
            self.app.start()
        for spec in self.wiring.functions(self._workers):
            self.gateway.add_function(spec)
        self._write_endpoints(ready=False)
        self._ending.callback(self.layout.cloud.unlink, missing_ok=True)
        views = BucketEvents(
            self.aws.client, lambda: self.database.connect("waihu_admin", self.keys.password(ADMIN_LOGIN))
        )
        self._ending.callback(views.stop)
        views.start()
        if self._demo_contacts is not None:
            from local.demo import Demo

            with self._step("campaigns and contacts of the demo"):
                self.demo = Demo(self.aws, self.database, self.keys).load(self._demo_contacts)
        put_boards(
            self.aws.client("cloudwatch"),
            [spec.name for spec in self.wiring.functions(1)],
            ScriptBucket(self.aws.client("s3"), SCRIPT_BUCKET).campaigns(),
        )
        with self._step("functions"):
            self.gateway.wait_until_warm()
        if not self._temporary:
            upkeep = Upkeep(self.admin_environment, self.layout.logs / "upkeep.log")
            self._ending.callback(upkeep.stop)
            upkeep.start()
        if self._with_app:
            with self._step("agents' app"):
                self.app.wait()
        self._write_endpoints(ready=True)

    def _write_endpoints(self, *, ready: bool) -> None:
        app_url = self.app.url if self._with_app else None
        write_endpoints(self.layout.cloud, self.wiring, app_url=app_url, ready=ready)

    def _stop_database(self) -> None:
        with suppress(Exception):
            self.database.stop()
        if self._temporary:
            self.database.postgres.destroy()

    # -- what is where --------------------------------------------------------------------------------------------

    @property
    def gateway_url(self) -> str:
        return self.gateway.url

    @property
    def app_url(self) -> str:
        """Where the agents' app is, or will be once `start_app` was called."""
        return self.app.url

    @property
    def pooler_address(self) -> tuple[str, int]:
        """Host and port at which functions reach the database."""
        return HOST, self.database.pooler.config.port

    @property
    def dsn_admin(self) -> str:
        """A libpq connection string of the database's superuser, past the pooler."""
        end = self.database.postgres.endpoint(NAME)
        return f"host={end.host} port={end.port} dbname={end.database} user={end.user} password={end.password}"

    @cached_property
    def admin_environment(self) -> dict[str, str]:
        """Variables with which `python -m admin` works on this cloud."""
        return self.wiring.admin()

    def client(self, service: str) -> Any:
        """A boto3 client of the cloud's AWS server."""
        return self.aws.client(service)

    def sign_in(self, username: str) -> str:
        """The access token of a demo person."""
        return str(self.users.sign_in(username, self.keys.demo_password)["AccessToken"])

    # -- faults, for tests ----------------------------------------------------------------------------------------

    def stop_database(self, mode: str = "fast") -> None:
        """PostgreSQL goes away; `immediate` is a crash. The pooler stays, as RDS Proxy would."""
        self.database.postgres.stop(mode)

    def start_database(self) -> None:
        """It comes back on the same port, with its data."""
        self.database.postgres.start()
        pid = self.database.postgres.pid
        if pid is not None:
            self._reaper.watch(pid, signal.SIGINT)

    def restart_pooler(self) -> None:
        self.database.pooler.stop()
        self.database.pooler.start()

    def worker_pids(self, function: str = business(CELL)) -> Sequence[int]:
        return self.gateway.worker_pids(function)

    def kill_worker(self, function: str = business(CELL)) -> int:
        """kill -9 to one worker of `function`, to one that is at work if there is one; returns its process id."""
        pid = next(iter(self.gateway.busy_pids(function) or self.gateway.worker_pids(function)))
        os.kill(pid, signal.SIGKILL)
        return pid

    def kill_app(self) -> None:
        """kill -9 to the agents' app."""
        self.app.kill()

    def start_app(self) -> None:
        """The agents' app serves pages when this returns; nothing to do if it runs."""
        if self.app.pid is None:
            self.app.start()
        self.app.wait()

    def start_aws(self) -> None:
        """The AWS server runs again after a crash, which cost it what it held in memory alone."""
        self.aws.start()
        self.aws.wait()
        self.aws.provision(self.keys)
        self.aws.put_secret(OWNER_LOGIN, {"username": "postgres", "password": self.database.postgres.password})

    def flush_logs(self) -> None:
        """Returns when what functions wrote so far is in CloudWatch."""
        self.shipper.flush()

    # -- steps ----------------------------------------------------------------------------------------------------

    @contextmanager
    def _step(self, name: str) -> Any:
        begun = time.perf_counter()
        self._tell(name, None)
        yield
        self.seconds[name] = time.perf_counter() - begun
        self._tell(name, self.seconds[name])

    def _ended(self, name: str, code: int) -> None:
        if self._stopping:
            return
        if self._on_exit is None:
            log.warning("the %s ended by itself (exit code %d); see %s", name, code, self.layout.logs)
        else:
            self._on_exit(name, code)
