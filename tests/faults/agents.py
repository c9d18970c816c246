"""A process of simulated agents: the agents' app without its pages. `python -m tests.faults.agents ORDERS.json`.

Client, outbox, store, engine are the product's own. The agents take case after case, answer every screen with values
that nobody else gives, go back now and then, and write down what they were told. The process may be killed at any
moment and started again: the agents go on where the store says that they were.
"""

from __future__ import annotations

import dataclasses
import faulthandler
import logging
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

import boto3
import msgspec

from agent_app.client import Answer, Refusal
from agent_app.interviewing import Interviewing, NothingToCall, Shown
from agent_app.outbox import Outbox, Sender
from agent_app.runtime import Runtime, assemble, now_ms
from agent_app.settings import AgentAppSettings
from agent_app.store.cipher import Cipher
from agent_app.store.records import QueuedCall, SignIn
from agent_app.store.sqlite import SqliteStore
from callscript.engine.events import Answered, Chose, WentBack
from callscript.engine.steps import Ask, Ended, Failed, FieldView, Screen
from tests.faults import ledger, script
from tests.faults.ledger import Ledger

log = logging.getLogger(__name__)

MOST_WAITING = 12
"""Calls that an agent lets lie in the outbox before waiting for them: people are slower than this program."""
SOON = 0.1


class Orders(msgspec.Struct, frozen=True):
    """What the process is told by whoever starts it."""

    folder: str
    agents: list[str]
    password: str
    seed: int
    think_seconds: float
    life: int
    """How often this process was started before."""

    @property
    def stop_file(self) -> Path:
        """Once it exists, interviews are brought to their end and none is begun."""
        return Path(self.folder) / "stop"

    @property
    def ready_file(self) -> Path:
        """Holds `life` once the process serves its agents."""
        return Path(self.folder) / "ready"


class _NotingSender(Sender):
    """Writes down what each call was told."""

    def __init__(self, sender: Sender, notes: Ledger) -> None:
        super().__init__(sender.access, sender.gateway)
        # The base class is frozen.
        object.__setattr__(self, "notes", notes)
        object.__setattr__(self, "names", {})

    notes: ClassVar[Ledger]
    names: ClassVar[dict[str, str]]
    """The user pool's id of an agent -> the name by which the database knows them."""

    def send(self, queued: QueuedCall) -> Answer[object] | Refusal:
        outcome = super().send(queued)
        self.notes.write(_sent(queued, self.names[queued.agent], outcome))
        return outcome


def _sent(queued: QueuedCall, name: str, outcome: Answer[object] | Refusal) -> ledger.Sent:
    about = {
        "agent": name,
        "interview": queued.interview,
        "key": queued.key,
        "action": queued.call.action,
        "node": queued.call.node,
        "at": time.monotonic(),
    }
    if isinstance(outcome, Answer):
        return ledger.Sent(ok=True, status=200, replayed=outcome.replayed, **about)  # type: ignore[arg-type]
    problem = outcome.problem
    return ledger.Sent(
        ok=False,
        code=outcome.code,
        status=outcome.status,
        correlation=outcome.correlation_id,
        told_node=problem.node if problem else None,
        own=problem is not None,
        **about,  # type: ignore[arg-type]
    )


class SimulatedAgent:
    """One agent; `run` works until the stop file is there and the interview has ended."""

    def __init__(self, name: str, runtime: Runtime, orders: Orders, notes: Ledger) -> None:
        self._runtime = runtime
        self._orders = orders
        self._notes = notes
        self._dice = random.Random(f"{orders.seed}/{name}/{orders.life}")  # noqa: S311
        sign_in = self._signed_in(name)
        self._me, self._name = sign_in.agent, name
        names: dict[str, str] = getattr(runtime.sender, "names")  # noqa: B009 - of `_NotingSender`
        names[self._me] = name
        self._desk = Interviewing(
            agent=sign_in.agent,
            sign_in_id=sign_in.id,
            store=runtime.store,
            access=runtime.access,
            sender=runtime.sender,
            outbox=runtime.outbox,
            releases=runtime.releases,
            now=now_ms,
        )
        self._number = 0

    def _signed_in(self, name: str) -> SignIn:
        kept = self._runtime.store.sign_in(name)
        if kept is not None:
            return kept
        tokens = self._runtime.door._identity.sign_in(name, self._orders.password)
        made = SignIn(
            id=name,
            agent=tokens.agent,
            username=name,
            name=name,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            access_expires_at=int(time.time()) + tokens.expires_in,
            language="zh",
            signed_in_at=int(time.time()),
        )
        self._runtime.store.put_sign_in(made)
        return made

    def run(self) -> None:
        while not (self._orders.stop_file.exists() and self._runtime.store.open_interview(self._me) is None):
            try:
                self._work()
            except Exception as error:
                log.exception("agent %s", self._name)
                self._trouble(f"{type(error).__name__}: {error}")
                time.sleep(SOON)

    def _work(self) -> None:
        shown = self._desk.resume()
        if shown is None:
            if self._orders.stop_file.exists():
                return
            taken = self._desk.take_next_case(script.CAMPAIGN, "zh")
            if isinstance(taken, NothingToCall | Refusal):
                time.sleep(SOON)
                return
            shown = taken
        if isinstance(shown, Refusal):
            time.sleep(SOON)
            return
        self._note_case(shown)
        self._interview(shown)

    def _note_case(self, shown: Shown) -> None:
        case = shown.taken.get("case")
        if case:
            self._notes.write(ledger.Took(self._name, shown.interview, case["id"], case["epoch"]))

    def _interview(self, shown: Shown | Refusal | None) -> None:
        while isinstance(shown, Shown):
            view = shown.view
            if isinstance(view, Ended):
                self._notes.write(ledger.Ended(self._name, shown.interview))
                if view.parked:
                    self._trouble(f"interview {shown.interview} was parked")
                return
            if isinstance(view, Failed):
                time.sleep(SOON)
                shown = self._desk.handle(shown.turn, Chose(at=now_ms(), choice="retry"))
            elif isinstance(view, Ask):
                self._think()
                shown = self._go_back(shown) if self._wants_back(view.screen) else self._answer(shown, view.screen)
            else:
                time.sleep(SOON)
                return

    def _think(self) -> None:
        time.sleep(self._orders.think_seconds * (0.5 + self._dice.random()))
        while self._runtime.store.backlog(self._me).waiting > MOST_WAITING:
            time.sleep(SOON)

    def _wants_back(self, screen: Screen) -> bool:
        return screen.can_go_back and self._dice.random() < 0.05

    def _go_back(self, shown: Shown) -> Shown | Refusal | None:
        return self._desk.handle(shown.turn, WentBack(at=now_ms()))

    def _answer(self, shown: Shown, screen: Screen) -> Shown | Refusal | None:
        if screen.complaints:
            self._trouble(f"complaints: {screen.complaints}")
        values = {item.name: self._value(item) for item in screen.items if isinstance(item, FieldView)}
        self._number += 1
        number = self._orders.life * 1_000_000 + self._number
        self._notes.write(ledger.Meant(self._name, shown.interview, number, values))
        event = Answered(at=now_ms(), values=values, place=screen.place)
        after = self._desk.handle(shown.turn, event)
        if isinstance(after, Shown) and not after.overtaken and not isinstance(after.view, Failed):
            self._notes.write(ledger.Given(self._name, shown.interview, number, time.monotonic()))
        return after

    def _value(self, item: FieldView) -> int | str:
        if item.field_type == "integer":
            return self._dice.randrange(1_000_000)
        return f"{self._dice.getrandbits(40):x} 好"

    def _trouble(self, what: str) -> None:
        self._notes.write(ledger.Trouble(self._name, what))


def put_together(notes: Ledger) -> Runtime:
    """The parts of the agents' app, with a sender that writes down what it was told."""
    settings = AgentAppSettings.from_environment(os.environ)
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=settings.store_key_secret)["SecretString"]
    runtime = assemble(settings, SqliteStore(Path(settings.store_path), Cipher.from_secret(secret)))
    sender = _NotingSender(runtime.sender, notes)
    return dataclasses.replace(runtime, sender=sender, outbox=Outbox(runtime.store, sender, now_ms))


def main(path: str) -> None:
    orders = msgspec.json.decode(Path(path).read_bytes(), type=Orders)
    faulthandler.register(signal.SIGUSR1)  # the machine asks where we are when we seem to be nowhere
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    notes = Ledger(Path(orders.folder) / "ledger.jsonl")
    runtime = put_together(notes)
    agents = [SimulatedAgent(name, runtime, orders, notes) for name in orders.agents]
    threading.Thread(target=runtime.outbox.run, args=(runtime.settings.drain_seconds,), daemon=True).start()
    threads = [threading.Thread(target=agent.run, name=f"agent-{index}") for index, agent in enumerate(agents)]
    for thread in threads:
        thread.start()
    orders.ready_file.write_text(str(orders.life))
    for thread in threads:
        thread.join()
    # Whatever still waits is delivered by the outbox's thread; whoever started this process ends it.
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1])
