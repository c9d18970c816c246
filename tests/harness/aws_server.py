"""A local AWS server of a test's own: the same that `./run` starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.aws import LocalAws
from local.ports import Ports
from local.reaper import Reaper


@contextmanager
def running_aws(folder: Path) -> Iterator[LocalAws]:
    """It answers when this yields, and is gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    reaper = Reaper()
    server = LocalAws(folder / "aws", Ports(folder / "ports.json").take("aws"), log=folder / "aws.log", reaper=reaper)
    try:
        server.start()
        server.wait()
        yield server
    finally:
        server.stop()
        reaper.close()
