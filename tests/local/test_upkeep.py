"""The clock of one machine does what EventBridge has done on AWS: partitions, old keys, seals."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.cloud import Cloud
from local.upkeep import Upkeep

pytestmark = pytest.mark.cloud


def test_it_runs_at_once_and_can_be_stopped(cloud: Cloud, tmp_path: Path) -> None:
    upkeep = Upkeep(cloud.admin_environment, tmp_path / "upkeep.log")
    upkeep.start()
    try:
        assert upkeep.done.wait(120)
    finally:
        upkeep.stop()
    said = (tmp_path / "upkeep.log").read_text()
    assert said.count("\u2714") == 3, said
    with cloud.database.connect() as root:
        [(days,)] = root.fetch("SELECT count(*) FROM pg_inherits WHERE inhparent = 'platform.journal'::regclass")
    assert days > 14
