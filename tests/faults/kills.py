"""Faults that end or stop a process: workers around COMMIT, the agents' app, pooler, PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable

from database.connection import Connection
from tests.faults.pg_link import Link, Message, Verdict
from tests.faults.scene import AgentProcess, NeverFired, Scene

_ENOUGH = 1
"""How many workers die in one go of a fault."""


def worker_killed_before_commit(scene: Scene) -> int:
    """Its statements have run, COMMIT is never sent: PostgreSQL rolls back."""

    def at(link: Link, message: Message, kill: Callable[[], bool]) -> Verdict:
        if link.acting and message.is_commit and kill():
            return Verdict.FALL_SILENT
        return Verdict.PASS

    return _kill_workers(scene, at)


def worker_killed_in_commit(scene: Scene) -> int:
    """COMMIT is on its way to PostgreSQL when the worker dies: either may be true."""

    def at(link: Link, message: Message, kill: Callable[[], bool]) -> Verdict:
        if link.acting and link.committing and message.to_server and message.kind == "S":
            link.proxy.soon(kill)
        return Verdict.PASS

    return _kill_workers(scene, at)


def worker_killed_after_commit(scene: Scene) -> int:
    """PostgreSQL has committed, nobody hears of it."""

    def at(link: Link, message: Message, kill: Callable[[], bool]) -> Verdict:
        if link.acting and message.is_committed and kill():
            return Verdict.FALL_SILENT
        return Verdict.PASS

    return _kill_workers(scene, at)


def _kill_workers(scene: Scene, at: Callable[[Link, Message, Callable[[], bool]], Verdict]) -> int:
    proxy = scene.cloud.function_link
    killed: set[int] = set()

    def rule(link: Link, message: Message) -> Verdict:
        def kill() -> bool:
            pid = scene.worker_of(link.client_port) if len(killed) < _ENOUGH else None
            if pid is None or pid in killed:
                return False
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            return pid in killed

        return at(link, message, kill)

    with scene.rule(proxy, rule):
        scene.until(lambda: len(killed) >= _ENOUGH, "no worker came to the chosen message of its COMMIT")
    return len(killed)


def worker_frozen(scene: Scene) -> int:
    """A worker stops (as in a paused virtual machine) between two rounds of a transaction that holds its locks."""
    frozen: list[int] = []

    def rule(link: Link, message: Message) -> Verdict:
        in_transaction = not message.to_server and message.kind == "Z" and message.body == b"T"
        if in_transaction and link.acting and not frozen:
            pid = scene.worker_of(link.client_port)
            if pid is not None:
                os.kill(pid, signal.SIGSTOP)
                frozen.append(pid)
        return Verdict.PASS

    with scene.rule(scene.cloud.function_link, rule):
        scene.until(lambda: bool(frozen), "no worker came between two rounds of a transaction")
    # Beyond 5 s PostgreSQL ends the transaction by its idle time-out: the worker wakes up to a dead connection.
    scene.hold(0.5, scene.dice.choice((1.5, 6.0)))
    with contextlib.suppress(ProcessLookupError):
        os.kill(frozen[0], signal.SIGCONT)
    return 1


def app_killed(scene: Scene) -> int:
    """kill -9 of the agents' process in the middle of whatever it does; another takes over its store."""
    victim = scene.dice.choice(scene.processes)
    time.sleep(scene.dice.uniform(0.0, 0.3))
    victim.kill()
    victim.start_again()
    ready, life = victim.orders.ready_file, str(victim.orders.life)
    try:
        scene.until(lambda: ready.exists() and ready.read_text() == life, "the agents' process did not come up again")
    except NeverFired as never:
        raise NeverFired(f"{never}: {victim.where()}") from never
    return 1


def lease_lost(scene: Scene) -> int:
    """The agents' process freezes past the lease of its cases; others take them; then it wakes up and goes on."""
    victim = scene.dice.choice(scene.processes)
    with scene.cloud.superuser() as database:
        held = _freeze_holding(scene, victim, database)
        try:
            cases = [case for case, _ in held]
            before = _interviews_on(database, cases)

            def taken() -> int:
                return _interviews_on(database, cases) - before

            scene.until(lambda: taken() > 0, f"nobody took one of the {len(held)} cases whose lease had run out")
            return taken()
        finally:
            victim.signal(signal.SIGCONT)


def _interviews_on(database: Connection, cases: list[str]) -> int:
    counted = "SELECT count(*) FROM outbound.interviews WHERE case_id = ANY (CAST($1 AS uuid[]))"
    return int(database.fetch(counted, cases)[0][0])


def _freeze_holding(scene: Scene, victim: AgentProcess, database: Connection) -> list[tuple[str, int]]:
    """Stops the process at a moment when its agents hold cases, and lets those cases' leases run out."""
    held: list[tuple[str, int]] = []

    def stopped() -> bool:
        victim.signal(signal.SIGSTOP)
        rows = database.fetch(
            # As if the time had passed: the database's clock cannot be moved.
            "UPDATE outbound.cases SET lease_until = now() - interval '1 second', due_at = now() - interval '1 day'"
            " WHERE state = 'held' AND holder = ANY (CAST($1 AS text[])) RETURNING id::text, epoch",
            victim.orders.agents,
        )
        held.extend((case, epoch) for case, epoch in rows)
        if not held:
            victim.signal(signal.SIGCONT)
            time.sleep(0.1)
        return bool(held)

    scene.until(stopped, "the agents' process never held a case")
    scene.expired.update(held)
    return held


def postgres_crashed(scene: Scene) -> int:
    """PostgreSQL dies without a word (kill -9, or `immediate`), is away for a while, and recovers from its log."""
    postgres = scene.cloud.database.postgres
    before = postgres.pid
    if scene.dice.random() < 0.5:
        postgres.kill()
    else:
        postgres.stop("immediate")
    scene.hold(0.3, 1.5)
    scene.cloud.start_database()
    return int(before is not None and postgres.pid != before)


def pooler_restarted(scene: Scene) -> int:
    """The pooler is killed or stopped, and another one takes its place."""
    pooler = scene.cloud.database.pooler
    before = pooler.pid
    if before is not None and scene.dice.random() < 0.5:
        os.kill(before, signal.SIGKILL)
    pooler.stop()
    scene.hold(0.2, 1.0)
    pooler.start()
    return int(before is not None and pooler.pid != before)


def backends_terminated(scene: Scene) -> int:
    """An administrator ends every session of the functions, thrice."""
    ended = 0
    with scene.cloud.superuser() as database:
        for _ in range(3):
            rows = database.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'waihu_%'"
                " AND backend_type = 'client backend'"
            )
            ended += len(rows)
            time.sleep(scene.dice.uniform(0.05, 0.3))
        if not ended:
            scene.until(lambda: False, "no function had a session", seconds=0)
    return ended
