"""Stores under one contract, a fake cloud behind a real socket, and the parts of the app around them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_app.store.cipher import Cipher
from agent_app.store.port import Store
from agent_app.store.sqlite import SqliteStore
from tests.agent_app import campaign
from tests.agent_app.fake_cloud import FakeCloud
from tests.agent_app.making import KEY_SECRET, Clock, sign_in
from tests.agent_app.memory_store import MemoryStore
from tests.agent_app.sitting import Process


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    adapter: Store
    if request.param == "memory":
        adapter = MemoryStore()
    else:
        adapter = SqliteStore(tmp_path / "store" / "agent.sqlite", Cipher.from_secret(KEY_SECRET))
    yield adapter
    adapter.close()


@pytest.fixture
def fake() -> Iterator[FakeCloud]:
    with FakeCloud() as running:
        yield running


@pytest.fixture
def process(store: Store, fake: FakeCloud, tmp_path: Path) -> Iterator[Process]:
    store.put_sign_in(sign_in())
    campaign.publish(fake)
    campaign.with_cases(fake)
    made = Process(store, fake, tmp_path / "releases", Clock())
    yield made
    made.gateway.close()
