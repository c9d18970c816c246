"""Releases on this machine: fetched once, verified by hash, kept on disk, prepared once per process.

A release never changes, so a copy that verifies is good for ever, also while every server is away.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections import OrderedDict
from pathlib import Path

import msgspec

from agent_app.client import Answer, Credentials, Gateway, Refusal
from callscript.engine import Program, prepare
from callscript.model.campaign import Campaign
from callscript.parser import load_campaign
from callscript.protocol import ReleaseReply
from callscript.release import MANIFEST, ReleaseBroken, verify

log = logging.getLogger(__name__)

BROKEN_RELEASE = "broken_release"
"""What came is not the release that was asked for, or cannot be read by this version of the program."""
_KEPT_PREPARED = 32
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HASH = re.compile(r"[0-9a-f]{64}")


class Releases:
    """Prepared programs by release; safe to use from many threads."""

    def __init__(self, folder: Path, gateway: Gateway) -> None:
        self._folder = folder
        self._gateway = gateway
        self._prepared: OrderedDict[str, Program] = OrderedDict()
        self._actions: dict[str, frozenset[str]] = {}
        self._lock = threading.Lock()

    def program(self, campaign: str, release: str, credentials: Credentials | None) -> Program | Refusal:
        """The program of a release; without `credentials` only if it is on this machine already."""
        if not (_NAME.fullmatch(campaign) and _HASH.fullmatch(release)):
            return Refusal(BROKEN_RELEASE, retryable=False)
        with self._lock:
            prepared = self._prepared.get(release)
            if prepared is not None:
                self._prepared.move_to_end(release)
                return prepared
        reply = self._from_disk(campaign, release)
        if reply is None:
            if credentials is None:
                return Refusal("release_not_here", retryable=True)
            fetched = self._gateway.release(campaign, release, credentials)
            if not isinstance(fetched, Answer):
                return fetched
            reply = fetched.value
        read = _verified(reply, campaign, release)
        if read is None:
            self._path(release).unlink(missing_ok=True)
            return Refusal(BROKEN_RELEASE, retryable=True)
        return self._keep(release, reply, read)

    def offers(self, release: str, action: str) -> bool:
        """Whether a release that was prepared here has the server action `pack.action`."""
        with self._lock:
            return action in self._actions.get(release, frozenset())

    def _keep(self, release: str, reply: ReleaseReply, read: Campaign) -> Program:
        program = prepare(read)
        names = frozenset(f"{pack}.{name}" for pack, server in read.servers.items() for name in server.actions)
        with self._lock:
            self._prepared[release] = program
            self._actions[release] = names
            while len(self._prepared) > _KEPT_PREPARED:
                self._actions.pop(self._prepared.popitem(last=False)[0], None)
        path = self._path(release)
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            # Renamed into place, so that no other process ever reads half a file.
            partial = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
            partial.write_bytes(msgspec.json.encode(reply))
            partial.replace(path)
        return program

    def _from_disk(self, campaign: str, release: str) -> ReleaseReply | None:
        try:
            reply = msgspec.json.decode(self._path(release).read_bytes(), type=ReleaseReply)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError):
            log.warning("The kept copy of release %s of %s cannot be read; it is fetched anew.", release, campaign)
            return None
        return reply

    def _path(self, release: str) -> Path:
        return self._folder / f"{release}.json"


def _verified(reply: ReleaseReply, campaign: str, release: str) -> Campaign | None:
    """None, with the reason in the log, where the release is not what its id says or cannot be run."""
    files = {name: text.encode() for name, text in reply.files.items()}
    try:
        manifest = verify({**files, MANIFEST: reply.manifest.encode()}, release)
    except ReleaseBroken as error:
        log.error("Release %s of %s does not verify: %s", release, campaign, error)  # noqa: TRY400
        return None
    loaded = load_campaign(files)
    if loaded.campaign is None or manifest.campaign != campaign:
        log.error("Release %s of %s cannot be read: %s", release, campaign, "; ".join(map(str, loaded.problems)))
        return None
    return loaded.campaign
