"""The three profiles, synthesised once for all tests and held against AwsSolutions: `python -m tests.infra.synthesis`.

What was made is found again by a digest of everything that it is made of, so that neither a second process of tests
nor the next run has to make it anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from infra.cdk_cli import environment

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "synthesis"
PROFILES = ("demo", "small", "large")
LOCAL = "local"
"""The demo with two cells, an image that exists and a dialler: what the tests deploy into the local AWS server."""
CONNECT = "12345678-9abc-def0-1234-56789abcdef0"
IMAGE = "123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/waihu/desk:1"
_FOR_LOCAL = {
    "waihu:profile": "demo", "waihu:cells": "c1 c2", "waihu:desk_image": IMAGE,
    "waihu:dialler": "connect", "waihu:connect_instance_id": CONNECT, "waihu:connect_contact_flow_id": CONNECT,
    "waihu:connect_source_phone": "+862112345678", "waihu:network": "10.20.0.0/16",
    "waihu:availability_zones": "ap-southeast-1a ap-southeast-1b",
}  # fmt: skip
NETWORKS = ("198.51.100.0/24", "203.0.113.0/24")
_TOLD = {
    "small": {
        "waihu:domain": "desk.example.com", "waihu:zone": "Z0123456789ABC", "waihu:alarm_mail": "watch@example.com",
        "waihu:allowed_networks": " ".join(NETWORKS),
    },
    LOCAL: _FOR_LOCAL,
}  # fmt: skip
"""What the profiles are told besides their size: `small` has a domain of its own, the others CloudFront's."""
_SOURCES = ("infra", "monitoring", "callscript", "functions", "database", "admin", "agent_app", "requirements")


def node_environment() -> dict[str, str]:
    """Variables with which Node is found: that of the environment before that of the machine.

    Raises:
        NoNode: there is none; loud, since these tests are the only proof of what is deployed.
    """
    return environment(os.environ)


@dataclass(frozen=True)
class Synthesised:
    """One profile's cloud assembly."""

    profile: str
    folder: Path

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        """Stack -> its template."""
        found = sorted(self.folder.glob("*.template.json"))
        return {file.name.removesuffix(".template.json"): json.loads(file.read_text()) for file in found}

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.template.json"))

    @cached_property
    def findings(self) -> list[str]:
        """What the validations said that nobody has acknowledged: rule, construct, words."""
        report = json.loads((self.folder / "validation-report.json").read_text())
        return [
            f"{finding['ruleName']} {construct['constructPath']}: {finding['description']}"
            for plugin in report["pluginReports"]
            for finding in plugin["violations"]
            for construct in finding["violatingConstructs"]
        ]

    def resources(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """`stack/logical id` and properties of every resource of type `kind`; none, where the profile has none."""
        for stack, template in self.templates.items():
            for name, resource in template["Resources"].items():
                if resource["Type"] == kind:
                    yield f"{stack}/{name}", resource.get("Properties", {})

    def every(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """As `resources`, of a kind that has to be there: a test over none would pass without having looked at one."""
        found = list(self.resources(kind))
        assert found, f"the templates have no {kind}"
        return found


def synthesised(profile: str) -> Synthesised:
    """The assembly of `profile`, made now unless it is there."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = KEPT / _digest()
        if not (folder / "done").exists():
            for older in KEPT.iterdir():
                if older.is_dir():
                    shutil.rmtree(older)
            done = subprocess.run(
                [sys.executable, "-m", "tests.infra.synthesis", str(folder)],
                cwd=ROOT, env=node_environment(), capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise RuntimeError(f"cdk synth failed:\n{done.stdout[-4000:]}\n{done.stderr[-6000:]}")
            (folder / "done").touch()
    return Synthesised(profile, folder / profile)


@cache  # what is edited while tests run is for the next run
def _digest() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for top in _SOURCES:
        for path in sorted((ROOT / top).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:20]


def main(folder: Path) -> None:
    """Every profile into `folder/<profile>`, with cdk-nag's AwsSolutions as a validation."""
    from aws_cdk import App, Validations
    from cdk_nag import AwsSolutionsChecks

    from infra.app import build

    for profile in (*PROFILES, LOCAL):
        told = {"waihu:profile": profile, **_TOLD.get(profile, {})}
        app = App(outdir=str(folder / profile), context={**_context(), **told})
        build(app)
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        app.synth()


def _context() -> dict[str, Any]:
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return {name: value for name, value in context.items() if name != "waihu:profile"}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
