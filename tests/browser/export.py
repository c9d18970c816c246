"""What the administrator's command exports, as an agent's manager would get it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

from local.cloud import Cloud

CHECKOUT = Path(__file__).parents[2]


def admin(cloud: Cloud, *arguments: str) -> str:
    """Runs `waihu` on this cloud; its output."""
    environment = {**os.environ, **cloud.admin_environment}
    told = subprocess.run(
        [sys.executable, "-m", "admin", *arguments],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


def exported(cloud: Cloud, campaign: str, file: Path) -> dict[str, dict[str, str]]:
    """Interview -> its answers: column -> text; columns that are empty are left out."""
    admin(cloud, "answers", "export", campaign, "--output", str(file), "--unfinished")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {row["interview"]: {name: text for name, text in row.items() if text} for row in rows}


FRAME = frozenset(
    {"interview", "case", "external_id", "agent", "release", "language", "started_at", "ended_at", "overtaken"}
)
"""Columns that are not answers."""


def answers_of(row: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in row.items() if name not in FRAME}
