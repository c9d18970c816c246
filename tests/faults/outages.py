"""Faults of what functions stand on: connections, the disk, S3, the pool, slow statements, the clock, releases."""

from __future__ import annotations

import time
from dataclasses import dataclass

from local.aws import SCRIPT_BUCKET
from tests.faults import script
from tests.faults.house import BACKENDS, FaultCloud
from tests.faults.http_tap import Request
from tests.faults.ledger import Sent
from tests.faults.pg_link import Link, Message, PgProxy, Verdict
from tests.faults.scene import AgentProcess, NeverFired, Scene

DISK_FULL = "53100"
SHED = {"busy", "no_connection", "too_late"}
"""Codes of a server that is there and has too much to do."""
_LEAST_MESSAGES = 17
"""Of an action's exchange each way: four statements of four messages, and the Sync or its answer."""
_SAYS_FULL = (
    """
    CREATE FUNCTION public.say_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END
    $$
    """,
    "CREATE TRIGGER say_full BEFORE INSERT ON outbound.answer_history FOR EACH ROW EXECUTE FUNCTION public.say_full()",
)


def function_link_cut(scene: Scene) -> int:
    """The connection between function and pooler is cut at every message boundary of an action, both ways."""
    return _cut_everywhere(scene, scene.cloud.function_link)


def database_link_cut(scene: Scene) -> int:
    """The same between pooler and PostgreSQL."""
    return _cut_everywhere(scene, scene.cloud.database_link)


def _cut_everywhere(scene: Scene, proxy: PgProxy) -> int:
    return sum(_cut_one_way(scene, proxy, to_server=way) for way in (True, False))


def _cut_one_way(scene: Scene, proxy: PgProxy, *, to_server: bool) -> int:
    """Before the first message, before the second, … until an exchange ends before its turn comes."""
    sweep = _Sweep(to_server)
    with scene.rule(proxy, sweep.rule):
        scene.until(lambda: sweep.over, "not every boundary was reached", seconds=120)
    return sweep.boundary


@dataclass
class _Sweep:
    """Cuts before the first message that passes, then before the second of an exchange, and so on to the last."""

    to_server: bool
    boundary: int = 0
    over: bool = False

    def rule(self, link: Link, message: Message) -> Verdict:
        concerned = link.acting or (self.to_server and message.number == 0)
        if self.over or message.to_server is not self.to_server or not concerned:
            return Verdict.PASS
        if message.number == self.boundary:
            self.boundary += 1
            return Verdict.CUT
        last = message.kind == ("S" if self.to_server else "Z")
        # A whole action's exchange: the roll-back of a refused one is shorter.
        self.over = last and _LEAST_MESSAGES - 1 <= message.number < self.boundary
        return Verdict.PASS


def pool_of_one(scene: Scene) -> int:
    """One connection to PostgreSQL for everybody: slow, but everybody goes on."""
    cloud = scene.cloud
    usual = cloud.database.pooler
    usual.stop()
    cloud.database.pooler = cloud.make_pooler(1)
    cloud.database.pooler.start()
    began = time.monotonic()
    with cloud.superuser() as database:
        scene.until(lambda: scene.accepted_since(began) >= 3 * scene.agents, "a pool of one served nobody")
        sessions = database.fetch("SELECT count(*) FROM pg_stat_activity WHERE usename = 'waihu_business'")[0][0]
    if sessions > 1:
        scene.oddities.append(f"a pool of one opened {sessions} sessions")
    cloud.database.pooler.close()
    cloud.database.pooler = cloud.make_pooler(BACKENDS)
    cloud.database.pooler.start()
    return 1


def disk_full(scene: Scene) -> int:
    """The disk of a table is full: PostgreSQL refuses to store, with 53100; then there is room again."""
    position = scene.log_position()
    disk = scene.cloud.disk
    if disk.mounted:
        scene.notes.append("disk full: a full tmpfs under a table's files")
        disk.fill()
        try:
            _wait_for_refusals(scene, position)
            scene.hold(0.1, 0.5)
        finally:
            disk.free()
    else:
        scene.notes.append("disk full: said by a trigger in PostgreSQL's place, for want of a right to mount")
        with scene.cloud.superuser() as database:
            for statement in _SAYS_FULL:
                database.execute(statement)
            _wait_for_refusals(scene, position)
            database.execute("DROP FUNCTION public.say_full() CASCADE")
    return scene.logged_since(position, DISK_FULL)


def _wait_for_refusals(scene: Scene, position: int) -> None:
    scene.until(lambda: scene.logged_since(position, DISK_FULL) > 0, "no statement met the full disk")


def slow_statement(scene: Scene) -> int:
    """Somebody holds the table of answers: statements wait until their time is up, then are refused."""
    position = scene.log_position()
    with scene.cloud.superuser() as database, database.transaction():
        database.execute("LOCK TABLE outbound.answers IN EXCLUSIVE MODE")
        scene.until(
            lambda: scene.logged_since(position, "55P03", "57014") > 0, "no statement was ended for its slowness"
        )
    return scene.logged_since(position, "55P03", "57014")


def s3_down(scene: Scene) -> int:
    """S3 answers nobody; a new worker, which knows no script yet, refuses until it is back."""
    cut: list[str] = []
    position = scene.log_position()

    def away(request: Request) -> bool:
        if SCRIPT_BUCKET in request.target:
            cut.append(request.target)
            return False
        return True

    cloud = scene.cloud
    cloud.aws_tap.on_request = away
    try:
        cloud.kill_worker()
        scene.until(lambda: bool(cut) and scene.logged_since(position, "scripts_away") > 0, "nobody missed S3")
        scene.hold(0.1, 0.6)
    finally:
        cloud.aws_tap.on_request = None
    return len(cut)


def release_switched(scene: Scene) -> int:
    """A new release is published while interviews are under way: they end on theirs, the next ones take the new."""
    cloud = scene.cloud
    release = script.publish(cloud.bucket, len(cloud.releases) + 1)
    cloud.releases.append(release)
    with cloud.superuser() as database:

        def begun() -> int:
            rows = database.fetch("SELECT count(*) FROM outbound.interviews WHERE release = $1", release)
            return int(rows[0][0])

        scene.until(lambda: begun() > 0, "no interview began on the new release")
        return begun()


def clock_jumped(scene: Scene) -> int:
    """The clocks of the functions' machines and of an agents' machine jump, forward or back, by up to 20 hours.

    The database's clock is the one that counts, and stays. Calls of whatever fate are made by agents with the wrong
    clock and workers with another. Then the functions' clocks are set right (with a wrong one they take no session, and
    no call comes as far as a table), and the table of answers is held by somebody, so that calls are put off by the
    agents' wrong clock: by the right one they must not wait for hours.
    """
    victim = scene.dice.choice(scene.processes)
    hours = [scene.dice.choice((-1, 1)) * scene.dice.uniform(0.02, 20.0) for _ in range(2)]
    files = (victim.clock, scene.cloud.worker_clock)
    position = scene.log_position()
    for file, jump in zip(files, hours, strict=True):
        FaultCloud.set_clock(file, int(jump * 3600))
    with scene.cloud.superuser() as database, database.transaction():
        try:
            scene.hold(0.5, 1.5)
            FaultCloud.set_clock(scene.cloud.worker_clock, 0)
            database.execute("LOCK TABLE outbound.answers IN EXCLUSIVE MODE")
            held = time.monotonic()
            _until_put_off(scene, victim, held)
        finally:
            # Before the table is free: what was put off is not tried again by the clock that put it off.
            for file in files:
                FaultCloud.set_clock(file, 0)
    return scene.log_position() - position


def _until_put_off(scene: Scene, victim: AgentProcess, since: float) -> None:
    """A short run with a handful of agents may have none at the server just then, and says so; a long one may not."""
    try:
        scene.until(lambda: _put_off_since(scene, victim, since), "no call was put off by the wrong clock")
    except NeverFired as never:
        if not scene.brisk:
            raise
        scene.notes.append(f"clock jumped: {never}")


def _put_off_since(scene: Scene, victim: AgentProcess, at: float) -> bool:
    """Whether an agent of `victim` was told that the server has too much to do."""
    scene.reading.look()
    return any(
        isinstance(entry, Sent) and entry.at > at and entry.code in SHED and entry.agent in victim.orders.agents
        for entry in scene.reading.entries[-2000:]
    )
