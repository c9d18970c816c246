"""Someone at work at a deployment, over HTTP alone; and campaigns packed to be handed in."""

from __future__ import annotations

import io
import shutil
import tempfile
import time
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from admin.folders import CHECKOUT_SCRIPTS, collect, find_campaign
from admin.scaffold import new_campaign
from callscript import call_key, protocol
from tests.infra.local_deployment import LocalDeployment

FAILS = """
  <action id="fails" roles="agent">
    <param name="interview" type="uuid" required="yes"/>
    <update name="gone" rows="0..1">
      UPDATE outbound.interviews SET no_such_column = 1 WHERE id = :interview
    </update>
    <data/>
  </action>
</server>"""
"""Put at the end of a pack: an action whose statement PostgreSQL refuses."""


@dataclass
class Agent:
    """Someone at work, over HTTP alone."""

    deployment: LocalDeployment
    token: str
    campaign: str
    session: protocol.SessionReply = field(init=False)
    interview: str = field(default_factory=lambda: str(uuid.uuid4()))
    step: int = 0
    correlations: list[str] = field(default_factory=list)
    """Of every call, in order."""
    keys: list[str] = field(default_factory=list)
    """The same."""

    def __post_init__(self) -> None:
        reply = self._post(protocol.SESSIONS_PATH, headers={"authorization": f"Bearer {self.token}"})
        if reply.status_code != 200:
            raise RuntimeError(f"{reply.status_code} {reply.text}")
        self.session = msgspec.json.decode(reply.content, type=protocol.SessionReply)

    @property
    def access(self) -> protocol.CampaignAccess:
        return next(each for each in self.session.campaigns if each.id == self.campaign)

    def call(self, action: str, **parameters: Any) -> httpx.Response:
        self.step += 1
        self.keys.append(call_key.mint(self.interview, self.step, "n", time.time_ns() // 1_000_000))
        return self.call_again(self.keys[-1], action, **parameters)

    def call_again(self, key: str, action: str, **parameters: Any) -> httpx.Response:
        """A call under a key of one's own: the same as before, where it came before."""
        headers = {
            "authorization": f"Bearer {self.token}",
            protocol.SESSION_HEADER: self.session.token,
            protocol.KEY_HEADER: key,
        }
        body = {
            "campaign": self.campaign, "release": self.access.release, "node": "n", "interview": self.interview,
            "parameters": parameters,
        }  # fmt: skip
        reply = self._post(f"{self.access.business_path}/actions/{action}", json=body, headers=headers)
        self.correlations.append(reply.headers.get(protocol.CORRELATION_HEADER, ""))
        return reply

    def _post(self, path: str, **asked: Any) -> httpx.Response:
        return httpx.post(f"{self.deployment.api_url}{path}", timeout=120, **asked)

    def case_parameters(self) -> dict[str, Any]:
        """Those of `outbound.next_case`."""
        return {
            "campaign": self.campaign, "interview": self.interview, "release": self.access.release, "language": "zh",
        }  # fmt: skip

    def next_case(self) -> dict[str, Any]:
        """The case that the agent is given."""
        reply = self.call("outbound.next_case", **self.case_parameters())
        if reply.status_code != 200:
            raise RuntimeError(f"{reply.status_code} {reply.text}")
        given: dict[str, Any] = reply.json()
        return given

    def use_release(self, release: str) -> None:
        """Goes on as an app would that was given `release`."""
        others = [each for each in self.session.campaigns if each.id != self.campaign]
        mine = msgspec.structs.replace(self.access, release=release)
        self.session = msgspec.structs.replace(self.session, campaigns=[mine, *others])
        self.interview = str(uuid.uuid4())


def packed(campaign: str) -> bytes:
    """A shipped campaign with its packs, as a zip."""
    folder = collect(find_campaign(campaign, CHECKOUT_SCRIPTS), CHECKOUT_SCRIPTS)
    return zipped(folder.files)


def zipped(files: Mapping[str, bytes]) -> bytes:
    paper = io.BytesIO()
    with zipfile.ZipFile(paper, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return paper.getvalue()


def made_anew(name: str) -> bytes:
    """A campaign as `waihu new` makes it, whose pack has an action that fails whenever it is called: of one test alone,
    so that nobody else makes calls of it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(shutil.copytree(CHECKOUT_SCRIPTS, Path(folder) / "scripts"))
        files = dict(collect(new_campaign(name, root), root).files)
    server = files["packs/outbound/server.xml"].decode()
    files["packs/outbound/server.xml"] = server.replace("</server>", FAILS).encode()
    return zipped(files)
