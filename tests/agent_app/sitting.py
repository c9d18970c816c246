"""An app process around a store, and an agent who sits at its desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agent_app.access import Access
from agent_app.client import Gateway
from agent_app.day import Days
from agent_app.desk import Desk
from agent_app.dialler import Dialler, LinkDialler
from agent_app.inputs import Input
from agent_app.interviewing import Interviewing
from agent_app.outbox import Drained, Outbox, Sender
from agent_app.releases import Releases
from agent_app.sights import Working
from agent_app.store.port import Store
from callscript.engine.steps import Ask, Screen
from tests.agent_app.fake_cloud import FakeCloud
from tests.agent_app.making import AGENT, Clock, Pool


class Process:
    """One app process around a store; several may share it."""

    def __init__(self, store: Store, fake: FakeCloud, cache: Path, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.gateway = Gateway(fake.url, timeout_seconds=5)
        self.access = Access(store, Pool(), self.gateway, clock.seconds)
        self.sender = Sender(self.access, self.gateway)
        self.outbox = Outbox(store, self.sender, clock)
        self.releases = Releases(cache, self.gateway)
        self.days = Days(clock)
        self.dialler: Dialler | None = LinkDialler("tel")

    def desk(self, sign_in_id: str = "s-1") -> Desk:
        interviewing = Interviewing(
            agent=AGENT,
            sign_in_id=sign_in_id,
            store=self.store,
            access=self.access,
            sender=self.sender,
            outbox=self.outbox,
            releases=self.releases,
            now=self.clock,
        )
        desk = Desk(
            interviewing,
            self.store,
            self.access,
            self.clock,
            "zh",
            pack=interviewing.pack(),
            day=self.days.of(AGENT),
            dialler=self.dialler,
        )
        desk.open()
        return desk

    def drain(self) -> None:
        """What the background thread would do until nothing is due any more."""
        self.clock.ms += 60_000
        while due := self.store.interviews_due(self.clock.ms, 10):
            if all(self.outbox.drain(one) is not Drained.DONE for one in due):
                return


def screen(desk: Desk) -> Screen:
    assert isinstance(desk.sight, Working), desk.sight
    assert isinstance(desk.sight.shown.view, Ask), desk.sight.shown.view
    return desk.sight.shown.view.screen


def turn(desk: Desk) -> int:
    return desk.sight.shown.turn if isinstance(desk.sight, Working) else 0


def choose(desk: Desk, choice: str) -> None:
    desk.apply(Input(type="choose", turn=turn(desk), choice=choice))


def answer(desk: Desk, *, confirmed: bool = False, **values: Any) -> None:
    place = screen(desk).place
    desk.apply(Input(type="answer", turn=turn(desk), place=place, values=values, confirmed=confirmed))


def begun(process: Process) -> Desk:
    desk = process.desk()
    choose(desk, "campaign:csat")
    return desk
