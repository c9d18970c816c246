"""The cloud under attack: the whole local cloud, with proxies in its wires and a clock that can be moved.

agents' app ─ tap ─ gateway ─ workers ─ function link ─ pooler ─ database link ─ PostgreSQL
                                 └──── tap ──── S3, Secrets Manager
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from admin.script_bucket import ScriptBucket
from database.connection import Connection
from database.numbers import NumberKeys
from local import keys as secret_names
from local.aws import SCRIPT_BUCKET
from local.cloud import Cloud
from local.identity import Person
from local.lambda_workers import FunctionSpec
from local.layout import CHECKOUT
from local.pooler import Pooler, PoolerConfig
from local.ports import HOST
from tests.faults import script
from tests.faults.http_tap import HttpTap
from tests.faults.loop import Loop
from tests.faults.pg_link import PgProxy
from tests.faults.small_disk import SmallDisk

CLOCK_FOLDER = Path(__file__).parent / "clock"
BACKENDS = 8
WARM_SECONDS = 120.0


class _Pooler(Pooler):
    """One that is reached through a proxy, and is known to listen only when it does so itself."""

    def __init__(self, config: PoolerConfig, reached_at: int, **others: Any) -> None:
        super().__init__(config, **others)
        self._own = config
        self.config = dataclasses.replace(config, port=reached_at)

    def _listens(self) -> bool:
        through, self.config = self.config, self._own
        try:
            return super()._listens()
        finally:
            self.config = through


class FaultCloud(Cloud):
    """`Cloud` with the fault machine's campaign, people and proxies; see the module's drawing."""

    def __init__(self, folder: Path, *, workers: int, pooler_kind: str, disk: SmallDisk) -> None:
        super().__init__(folder, app=False, demo=False, durable=False, temporary=True, workers=workers)
        self._kind = pooler_kind
        self.disk = disk
        self.loop = Loop()
        self.lines: list[dict[str, Any]] = []
        """What functions logged."""
        self.reports: list[str] = []
        """What Lambda itself said of invocations that went wrong."""
        self.worker_clock = folder / "worker.clock"

    # -- starting ---------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        super()._prepare()
        self.set_clock(self.worker_clock, 0)
        self._pooler_config = self.database.pooler.config
        self.database_link = PgProxy(self.loop, HOST, self._pooler_config.server_port)
        self.function_link = PgProxy(self.loop, HOST, self._pooler_config.port)
        self.aws_tap = HttpTap(self.loop, HOST, int(self.aws.endpoint_url.rpartition(":")[2]))
        self.database.pooler.close()
        self.database.pooler = self.make_pooler(BACKENDS)

    def make_pooler(self, backends: int) -> Pooler:
        """One whose server is reached through `database_link`, itself reached through `function_link`."""
        config = dataclasses.replace(
            self._pooler_config, server_port=self.database_link.port, most_backends=backends, borrow_seconds=2.0
        )
        return _Pooler(
            config,
            self.function_link.port,
            folder=self.layout.root,
            log=self.layout.logs / "pooler.log",
            reaper=self._reaper,
            kind=self._kind,
        )

    def _start_gateway(self) -> None:
        super()._start_gateway()
        add, wait = self.gateway.add_function, self.gateway.wait_until_warm
        self.app_tap = HttpTap(self.loop, HOST, int(self.gateway.url.rpartition(":")[2]))

        def noting(_group: str, _stream: str, line: bytes) -> None:
            # Kept here and not shipped to CloudWatch: that is not what is tried, and costs as much as the work.
            self._note(line)

        setattr(self.gateway, "add_function", lambda spec: add(self._changed(spec)))  # noqa: B010
        setattr(self.shipper, "put", noting)  # noqa: B010
        # The machine may have much else to do.
        setattr(self.gateway, "wait_until_warm", lambda: wait(WARM_SECONDS))  # noqa: B010

    def _changed(self, spec: FunctionSpec) -> FunctionSpec:
        """Workers with a clock that can be moved, and whose way to AWS can be closed."""
        more = {
            "AWS_ENDPOINT_URL": self.aws_tap.url,
            "PYTHONPATH": f"{CLOCK_FOLDER}:{CHECKOUT}",
            "FAULT_CLOCK": str(self.worker_clock),
            # A new release is seen at once, so that a run need not wait for what is remembered to grow old.
            "WAIHU_CACHE_SECONDS": "1",
        }
        return dataclasses.replace(spec, environment={**spec.environment, **more})

    def _note(self, line: bytes) -> None:
        if line.startswith(b"{"):
            try:
                self.lines.append(msgspec.json.decode(line, type=dict[str, Any]))
            except msgspec.DecodeError:
                return
        elif line.startswith(b"REPORT") and b"Status:" in line:
            self.reports.append(line.decode(errors="replace"))

    def _start_database(self) -> None:
        super()._start_database()
        if self.disk.mounted:
            with self.superuser() as connection:
                connection.execute(f"CREATE TABLESPACE small LOCATION '{self.disk.folder}'")
                connection.execute("ALTER TABLE outbound.answer_history SET TABLESPACE small")

    def open_for_business(self, agents: int, contacts: int) -> list[str]:
        """Publishes the campaign, fills its queue, lets agents in; returns their names."""
        self.bucket = ScriptBucket(self.aws.client("s3"), SCRIPT_BUCKET)
        self.releases = [script.publish(self.bucket, 1)]
        keys = NumberKeys.from_secret(self.keys.text(secret_names.NUMBER_KEYS))
        with self.database.connect("waihu_admin", self.keys.password(secret_names.ADMIN_LOGIN)) as connection:
            script.fill_queue(connection, keys, contacts)
        names = [f"tester{number}" for number in range(agents)]
        for name in names:
            self.users.ensure_person(Person(name, name, ("agent", script.GROUP)), self.keys.demo_password)
        return names

    # -- handles for faults ----------------------------------------------------------------------------------------

    def superuser(self) -> Connection:
        """A connection past proxies and pooler."""
        return self.database.connect()

    @staticmethod
    def set_clock(file: Path, seconds: int) -> None:
        """Processes that watch `file` are this far ahead of true time from now on."""
        file.parent.mkdir(parents=True, exist_ok=True)
        # Written in place and of one width: whoever reads it meanwhile reads the old or the new number.
        with file.open("r+b" if file.exists() else "w+b", buffering=0) as stream:
            stream.write(b"%+020d" % seconds)

    def app_environment(self, folder: Path) -> Mapping[str, str]:
        """For a process with the agents' app's parts, whose store is in `folder`."""
        environment = dict(self.wiring.agent_app())
        environment["WAIHU_STORE_PATH"] = str(folder / "store.sqlite")
        environment["WAIHU_RELEASE_CACHE_PATH"] = str(folder / "releases")
        environment["WAIHU_GATEWAY_URL"] = self.app_tap.url
        return environment

    def worker_of(self, port: int) -> int | None:
        """Process id of the worker whose end of a connection is at `port`."""
        return owner_of(port, [pid for name in self.functions for pid in self.gateway.worker_pids(name)])

    @property
    def functions(self) -> list[str]:
        return [spec.name for spec in self.wiring.functions(1)]

    def stop(self) -> None:
        super().stop()
        self.loop.close()
        self.disk.remove()


def owner_of(port: int, candidates: list[int]) -> int | None:
    """Which of these processes has a TCP socket bound to `port` of loopback; from /proc, as `ss -p` does."""
    wanted = f"0100007F:{port:04X}"
    inode = next((line.split()[9] for line in _tcp_lines() if line.split()[1] == wanted), None)
    for pid in candidates if inode else []:
        try:
            if any(_points_to(link, f"socket:[{inode}]") for link in Path(f"/proc/{pid}/fd").iterdir()):
                return pid
        except OSError:
            continue
    return None


def _tcp_lines() -> list[str]:
    return Path("/proc/net/tcp").read_text().splitlines()[1:]


def _points_to(link: Path, target: str) -> bool:
    try:
        return str(link.readlink()) == target
    except OSError:
        return False
