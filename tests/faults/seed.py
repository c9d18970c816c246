"""A cloud, agents at work, every fault in an order drawn by a seed, or by several one after another; the judgement.

`python -m tests.faults.seed WISHES.json OUTCOME.json` does so in a process of its own; `__main__` starts those.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from local.pooler import pgbouncer
from tests.faults import invariants, kills, outages, requests, stores
from tests.faults.agents import Orders
from tests.faults.house import FaultCloud
from tests.faults.ledger import Reading, Sent
from tests.faults.scene import AgentProcess, NeverFired, Scene
from tests.faults.small_disk import SmallDisk, enter_own_mounts

FAULTS: Mapping[str, Callable[[Scene], int]] = {
    "worker killed before COMMIT": kills.worker_killed_before_commit,
    "worker killed in COMMIT": kills.worker_killed_in_commit,
    "worker killed after COMMIT": kills.worker_killed_after_commit,
    "worker frozen in a transaction": kills.worker_frozen,
    "app killed": kills.app_killed,
    "app frozen past its leases": kills.lease_lost,
    "reply lost after COMMIT": requests.reply_lost,
    "requests doubled and altered": requests.requests_doubled,
    "requests at once": requests.requests_at_once,
    "requests reordered": requests.requests_reordered,
    "function link cut everywhere": outages.function_link_cut,
    "database link cut everywhere": outages.database_link_cut,
    "PostgreSQL crashed": kills.postgres_crashed,
    "pooler restarted": kills.pooler_restarted,
    "backends terminated": kills.backends_terminated,
    "pool of one": outages.pool_of_one,
    "disk full": outages.disk_full,
    "slow statement": outages.slow_statement,
    "S3 down": outages.s3_down,
    "release switched": outages.release_switched,
    "clock jumped": outages.clock_jumped,
}
START_SECONDS = 240.0
STALLED_SECONDS = 150.0
"""Longer than any pause and any lease of the product: what has not moved by then will not."""
_IDLE_SECONDS, _BUSY_FACTOR = 0.5, 3.0


class Wishes(msgspec.Struct, frozen=True):
    """How seeds are run."""

    seeds: list[int]
    """One after the other, on one cloud."""
    faults: list[str]
    agents: int = 10
    answers: int = 0
    """At least so many are acknowledged before it ends."""
    patience: float = 5.0
    """Seconds after a fault's end by which every agent must have made progress."""
    brisk: bool = False
    think_seconds: float = 0.12
    contacts: int = 4000


class Fired(msgspec.Struct, frozen=True):
    """What became of one fault."""

    seed: int
    name: str
    times: int
    lasted: float
    recovered: float
    """Seconds until the last agent had made progress."""
    usual: float
    """How long the same took just before, without a fault."""


class Outcome(msgspec.Struct):
    """What became of the seeds of one cloud; nothing wrong: `wrong` is empty."""

    seeds: list[int]
    pooler: str = ""
    fired: list[Fired] = msgspec.field(default_factory=list)
    acknowledged: int = 0
    accepted_calls: int = 0
    refused_calls: int = 0
    refusals: dict[str, int] = msgspec.field(default_factory=dict)
    """How often agents were refused with which code."""
    seconds: float = 0.0
    wrong: dict[str, list[str]] = msgspec.field(default_factory=dict)
    notes: list[str] = msgspec.field(default_factory=list)

    def add(self, invariant: str, what: str) -> None:
        self.wrong.setdefault(invariant, []).append(what)


def run(wishes: Wishes, folder: Path, disk: SmallDisk, tell: Callable[[str], None]) -> Outcome:
    """Everything of these seeds; raises nothing that a fault or the product can do wrong."""
    began = time.monotonic()
    dice = random.Random(wishes.seeds[0])  # noqa: S311 - the same seed is the same schedule
    kind = "pgbouncer" if dice.random() < 0.5 and pgbouncer.find() else "built-in"
    outcome = Outcome(wishes.seeds, pooler=kind)
    cloud = FaultCloud(folder / "cloud", workers=3, pooler_kind=kind, disk=disk)
    with cloud:
        names = cloud.open_for_business(wishes.agents, wishes.contacts)
        processes = _processes(cloud, names, wishes, folder)
        reading = Reading([each.folder / "ledger.jsonl" for each in processes])
        scene = Scene(cloud, processes, reading, dice, len(names), wishes.brisk)
        try:
            _attack(scene, wishes, outcome, tell)
            tell("draining")
            _finish(scene, wishes, outcome)
        finally:
            for process in processes:
                process.kill()
        tell("judging")
        _judge(scene, outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def _attack(scene: Scene, wishes: Wishes, outcome: Outcome, tell: Callable[[str], None]) -> None:
    """Every fault of every seed; ends early where agents do not work at all any more."""
    try:
        for process in scene.processes:
            process.start()
        scene.until(lambda: _all_at_work(scene, 0.0), "not every agent began to work", seconds=START_SECONDS)
        for seed in wishes.seeds:
            scene.dice = random.Random(seed)  # noqa: S311
            _strike_all(scene, seed, wishes, outcome, tell)
    except NeverFired as never:
        outcome.add("never fired", str(never))


def _processes(cloud: FaultCloud, names: list[str], wishes: Wishes, folder: Path) -> list[AgentProcess]:
    """Two machines with half of the agents each."""
    made = []
    for index in range(2):
        own = folder / f"agents{index}"
        orders = Orders(
            folder=str(own),
            agents=names[index::2],
            password=cloud.keys.demo_password,
            seed=wishes.seeds[0],
            think_seconds=wishes.think_seconds,
            life=0,
        )
        made.append(AgentProcess(orders, dict(cloud.app_environment(own)), cloud._reaper))
    return made


def _all_at_work(scene: Scene, since: float) -> bool:
    scene.reading.look()
    return sum(at > since for at in scene.reading.arrived.values()) >= scene.agents


def _strike_all(scene: Scene, seed: int, wishes: Wishes, outcome: Outcome, tell: Callable[[str], None]) -> None:
    order = list(wishes.faults)
    scene.dice.shuffle(order)
    for name in order:
        tell(f"{seed}: {name}")
        usual = _usual(scene)
        began = time.monotonic()
        try:
            times = FAULTS[name](scene)
        except NeverFired as never:
            outcome.add("never fired", f"seed {seed}, {name}: {never}")
            times = 0
        else:
            if not times:
                outcome.add("never fired", f"seed {seed}, {name}")
        ended = time.monotonic()
        recovered, late = _recover(scene, ended, wishes, usual)
        if late:
            outcome.add("no progress", f"seed {seed}, {name}: {late}")
        outcome.fired.append(Fired(seed, name, times, ended - began, recovered, usual))


def _usual(scene: Scene) -> float:
    """Seconds until every agent makes progress when nothing is the matter: on a busy machine that is long, too."""
    now = time.monotonic()
    scene.until(lambda: _all_at_work(scene, now), "the agents do not work even without a fault")
    return time.monotonic() - now


def _patience(wishes: Wishes, usual: float) -> float:
    """What is allowed: on a machine that has nothing else to do, `patience` alone."""
    return wishes.patience + _BUSY_FACTOR * max(0.0, usual - _IDLE_SECONDS)


def _recover(scene: Scene, ended: float, wishes: Wishes, usual: float) -> tuple[float, str]:
    """Waits until every agent has had a call accepted that was answered after the fault's end.

    Returns how long that took, and in words what is wrong if it took too long.
    """
    late: list[str] = []
    try:
        scene.until(lambda: _all_at_work(scene, ended), "", seconds=_patience(wishes, usual))
    except NeverFired:
        late = [agent for agent, at in scene.reading.arrived.items() if at <= ended]
        # The next fault begins with everybody at work again, or the attack ends here.
        scene.until(lambda: _all_at_work(scene, ended), f"agents never went on: {late}", seconds=START_SECONDS)
    took = time.monotonic() - ended
    # The machine may have become busier than it was just before the fault.
    if late and took > (allowed := _patience(wishes, max(usual, _usual(scene)))):
        return took, f"{len(late)} of {scene.agents} agents took up to {took:.1f} s, allowed were {allowed:.1f}"
    return took, ""


def _finish(scene: Scene, wishes: Wishes, outcome: Outcome) -> None:
    """Agents bring their interviews to an end, outboxes run dry."""
    while wishes.answers and _acknowledged(scene) < wishes.answers:
        time.sleep(0.2)
    for process in scene.processes:
        process.orders.stop_file.touch()
    _drain(scene, outcome)
    for process in scene.processes:
        _look_at_store(process, outcome)


def _drain(scene: Scene, outcome: Outcome) -> None:
    """Waits for as long as less and less is left: a slow machine gets there; where nothing moves it is said why."""
    least = _left(scene)
    while least:
        try:
            scene.until(lambda: _left(scene) < least, "", seconds=STALLED_SECONDS)  # noqa: B023 - not kept
        except NeverFired:
            outcome.add("lost", f"{least} calls and open interviews never left the agents' stores")
            for process in scene.processes:
                for call in stores.stuck(process.store):
                    outcome.add("lost", f"{process.folder.name}: {call}")
            return
        least = _left(scene)


def _acknowledged(scene: Scene) -> int:
    scene.reading.look()
    from tests.faults.ledger import Given
    from tests.faults.script import NUMBERS, WORDS

    return sum(isinstance(entry, Given) for entry in scene.reading.entries) * (NUMBERS + WORDS)


def _left(scene: Scene) -> int:
    return sum(stores.left(process.store) for process in scene.processes)


def _look_at_store(process: AgentProcess, outcome: Outcome) -> None:
    aside = stores.counted(process.store, "set_aside")
    if aside:
        log = (process.folder / "agents.log").read_text(errors="replace")
        told = [line for line in log.splitlines() if "refused for good" in line]
        outcome.add("lost", f"{aside} calls were set aside: {told[:5]}")


def _judge(scene: Scene, outcome: Outcome) -> None:
    scene.reading.look()
    evidence = invariants.Evidence(
        entries=scene.reading.entries,
        tables=invariants.read_tables(scene.cloud.dsn_admin),
        log_lines=scene.cloud.lines,
        dead_workers=len(scene.cloud.reports),
        expired=scene.expired,
        oddities=scene.oddities,
    )
    for invariant, found in invariants.judge(evidence).items():
        for what in found:
            outcome.add(invariant, what)
    outcome.acknowledged = evidence.acknowledged
    outcome.accepted_calls, outcome.refused_calls = len(evidence.accepted), len(evidence.refused)
    outcome.refusals = dict(Counter(call.code for call in evidence.refused))
    outcome.notes = sorted(set(scene.notes))
    if any(isinstance(entry, Sent) for entry in evidence.entries) and not evidence.acknowledged:
        outcome.add("never fired", "no answer was acknowledged")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.seed")
    parser.add_argument("wishes", type=Path, help="JSON of `Wishes`")
    parser.add_argument("answer", type=Path, help="where the JSON of `Outcome` is written")
    options = parser.parse_args(arguments)
    wishes = msgspec.json.decode(options.wishes.read_bytes(), type=Wishes)
    disk = SmallDisk(enter_own_mounts())
    with tempfile.TemporaryDirectory(prefix="waihu-faults-", ignore_cleanup_errors=True) as folder:
        try:
            outcome = run(wishes, Path(folder), disk, lambda what: print(what, flush=True))
        except Exception:
            outcome = Outcome(wishes.seeds)
            outcome.add("machine", traceback.format_exc())
    options.answer.write_bytes(msgspec.json.encode(outcome))
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
