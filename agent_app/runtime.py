"""Puts the parts of one process together, once: everything else is given what it needs."""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from agent_app.access import Access
from agent_app.client import Gateway
from agent_app.day import SIGNED_OUT, Days
from agent_app.desk import Desk
from agent_app.desk_pack import DeskPack
from agent_app.dialler import Dialler, DiallerSettings, dialler_of
from agent_app.forgetting import EVERY_SECONDS, Forgetting
from agent_app.heart import Heart
from agent_app.identity import Identity
from agent_app.interviewing import Interviewing
from agent_app.outbox import Outbox, Sender
from agent_app.releases import Releases
from agent_app.session_report import keep_reporting
from agent_app.settings import AgentAppSettings
from agent_app.signin import Door
from agent_app.store.cipher import Cipher
from agent_app.store.port import Store
from agent_app.store.records import SignIn

log = logging.getLogger(__name__)

_HOUSEKEEPING_SECONDS = 15.0


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Runtime:
    settings: AgentAppSettings
    store: Store
    gateway: Gateway
    access: Access
    sender: Sender
    outbox: Outbox
    releases: Releases
    heart: Heart
    door: Door
    days: Days
    dialler: Dialler | None
    forgetting: Forgetting

    def desk_of(self, sign_in: SignIn) -> Desk:
        """A desk for one browser session of a signed-in agent."""
        interviewing = Interviewing(
            agent=sign_in.agent,
            sign_in_id=sign_in.id,
            store=self.store,
            access=self.access,
            sender=self.sender,
            outbox=self.outbox,
            releases=self.releases,
            now=now_ms,
        )
        return Desk(
            interviewing,
            self.store,
            self.access,
            now_ms,
            sign_in.language,
            pack=interviewing.pack(),
            day=self.days.of(sign_in.agent),
            dialler=self.dialler,
        )

    def aws(self, service: str) -> Any:
        """A boto3 client of this deployment's region."""
        return _client(service, self.settings.aws_region)


class Background:
    """The threads of a process: the outbox, and what has to be done now and then. Not tied to any session."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stopped = threading.Event()
        drain = runtime.settings.drain_seconds
        self._threads = [
            threading.Thread(target=runtime.outbox.run, args=(drain,), name="outbox", daemon=True),
            threading.Thread(target=self._keep_house, name="housekeeping", daemon=True),
        ]
        if runtime.settings.report_sessions:
            said = (runtime.settings.metrics_namespace, lambda: runtime.outbox.server_away, self._stopped)
            self._threads.append(threading.Thread(target=keep_reporting, args=said, name="sessions", daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, within_seconds: float = 12.0) -> None:
        """Lets a call that is on its way come back; what is not sent waits in the store."""
        self._stopped.set()
        self._runtime.outbox.stop()
        self._runtime.heart.stop()
        self._runtime.days.stop()
        for thread in self._threads:
            thread.join(within_seconds)
        self._runtime.gateway.close()

    def _keep_house(self) -> None:
        # Not all processes that were started together look at once.
        forget_at = time.monotonic() + EVERY_SECONDS * random.random()  # noqa: S311
        while not self._stopped.wait(_HOUSEKEEPING_SECONDS):
            try:
                self._runtime.door.revoke_closed()
                if time.monotonic() >= forget_at:
                    forget_at = time.monotonic() + EVERY_SECONDS
                    self._runtime.forgetting.look()
            except Exception:
                log.exception("Housekeeping failed; it is tried again.")


def assemble(settings: AgentAppSettings, store: Store) -> Runtime:
    """The parts of a process around `store`."""
    gateway = Gateway(settings.gateway_url, settings.request_timeout_seconds)
    identity = Identity(settings.user_pool_client_id, settings.aws_region)
    access = Access(store, identity, gateway, time.time)
    sender = Sender(access, gateway)
    outbox, releases = Outbox(store, sender, now_ms), Releases(Path(settings.release_cache_path), gateway)
    days = Days(now_ms)

    def pack_of(sign_in: SignIn) -> DeskPack:
        return DeskPack(sign_in.agent, sign_in.id, store, access, sender, outbox, releases, now_ms)

    return Runtime(
        settings=settings,
        store=store,
        gateway=gateway,
        access=access,
        sender=sender,
        outbox=outbox,
        releases=releases,
        heart=Heart(sender, now_ms),
        door=Door(
            store,
            identity,
            time.time,
            end_session=access.end_session,
            leave=partial(_leave, pack_of, days),
            default_language=settings.default_language,
            cookie_secure=settings.cookie_secure,
        ),
        days=days,
        dialler=_dialler(settings),
        forgetting=Forgetting(store, access, gateway, now_ms, days.agents),
    )


def _leave(pack_of: Callable[[SignIn], DeskPack], days: Days, sign_in: SignIn) -> None:
    """The agent signs out: their day ends, unless they work on at another place."""
    pack = pack_of(sign_in)
    if pack.access.has_desk(sign_in):
        days.of(sign_in.agent).enter(pack, pack.office, SIGNED_OUT)
        days.forget(sign_in.agent)
        pack.outbox.drain(pack.stream)


def _dialler(settings: AgentAppSettings) -> Dialler | None:
    connect = partial(_client, "connect", settings.aws_region)
    chosen = DiallerSettings(
        settings.dialler,
        settings.connect_instance_id,
        settings.connect_contact_flow_id,
        settings.connect_queue_id,
        settings.connect_source_phone,
    )
    return dialler_of(chosen, connect)


def _client(service: str, region: str) -> Any:
    config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2})
    return boto3.client(service, region_name=region, config=config)


@cache
def runtime() -> Runtime:
    """This process's parts, from its environment.

    Raises:
        SettingsError: a variable is missing.
        StoreUnreadable: the store's key does not fit.
    """
    settings = AgentAppSettings.from_environment(os.environ)
    secrets = boto3.client("secretsmanager", region_name=settings.aws_region)
    secret = secrets.get_secret_value(SecretId=settings.store_key_secret)["SecretString"]
    return assemble(settings, _store(settings, Cipher.from_secret(secret)))


def _store(settings: AgentAppSettings, cipher: Cipher) -> Store:
    """A file of this machine, or the table that all processes share."""
    if settings.store_path:
        from agent_app.store.sqlite import SqliteStore

        return SqliteStore(Path(settings.store_path), cipher)
    from agent_app.store.dynamodb import open_store

    patient = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 4})
    client = boto3.client("dynamodb", region_name=settings.aws_region, config=patient)
    return open_store(client, settings.store_table, cipher)
