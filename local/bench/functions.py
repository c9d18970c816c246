"""The Lambda functions as packages: how long they take to import, how large their zips are."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from infra import packaging
from local.bench.row import Measured, Row
from local.layout import CHECKOUT

FUNCTIONS = ("dispatch", "business")
TIMES = 9
INIT_GOAL_MS = 150.0
ZIP_GOAL_MB = 12.0
_TIMER = "import time; b = time.perf_counter(); {work}; print((time.perf_counter() - b) * 1000)"


def rows() -> Iterator[Row]:
    for function in FUNCTIONS:
        taken = Measured([_import_ms(f"import functions.{function}.handler") for _ in range(TIMES)])
        peer = Measured([_import_ms("import boto3; boto3.client('s3', region_name='x')") for _ in range(3)])
        yield taken.row(
            "functions", f"import of {function}", "ms", at_most=INIT_GOAL_MS, peer="boto3 and a client", against=peer
        )
    for function in FUNCTIONS:
        size = Measured([_zip_megabytes(function)])
        yield size.row("functions", f"zip of {function}", "MB", at_most=ZIP_GOAL_MB)


def _import_ms(work: str) -> float:
    """Milliseconds in a fresh interpreter, over its own start."""
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", _TIMER.format(work=work)], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def _zip_megabytes(function: str) -> float:
    with tempfile.TemporaryDirectory(prefix="waihu-zip-") as folder:
        target, archive = Path(folder) / "content", Path(folder) / "function.zip"
        target.mkdir()
        packaging.pack(function, target)
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
            for path in sorted(target.rglob("*")):
                zipped.write(path, path.relative_to(target))
        return archive.stat().st_size / 1e6
