"""What the desk's image holds, without Docker: the files that the CDK hands to its build, and the lock's packages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from infra.constructs.desk import DOCKERFILE, copied
from tests.infra.synthesis import ROOT, synthesised


@dataclass(frozen=True)
class DeskImage:
    """`app`: what lies in /app; `packages`: what `pip install` of the Dockerfile brings."""

    app: Path
    packages: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": f"{self.app}:{self.packages}", "PYTHONDONTWRITEBYTECODE": "1"}

    @cached_property
    def python(self) -> list[str]:
        """An interpreter that sees nothing else: without the packages of the tests' own environment."""
        return [sys.executable, "-S", "-P"]

    def command(self, port: int) -> list[str]:
        """The Dockerfile's CMD, on loopback."""
        text = (self.app / DOCKERFILE).read_text().replace("\\\n", "")
        [listed] = re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)
        words: list[str] = json.loads(listed)
        words[words.index("--host") + 1] = "127.0.0.1"
        words[words.index("--port") + 1] = str(port)
        return [*self.python, "-m", *words]


def context() -> Path:
    """The folder that `cdk deploy` gives to `docker build`: taken from the synthesised assembly."""
    [made] = [path for path in synthesised("demo").folder.glob("asset.*") if (path / DOCKERFILE).is_file()]
    return made


def desk_image(folder: Path) -> DeskImage:
    """The image's files under `folder`, put there as the Dockerfile says."""
    # Streamlit takes itself for being developed where its folder is not called so.
    app, packages = folder / "app", folder / "site-packages"
    for source in copied():
        if not source.startswith("requirements/"):
            _copy(context() / source, app / source)
    shutil.copyfile(context() / DOCKERFILE, app / DOCKERFILE)
    command = [
        sys.executable, "-m", "uv", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary",
        ":all:", "--target", str(packages), "--python", sys.executable,
        "-r", str(context() / "requirements" / "desk.lock"),
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return DeskImage(app, packages)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
