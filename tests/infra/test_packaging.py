"""What lies in each function's zip: all that it imports, nothing of other rooms, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra import packaging

FUNCTIONS = tuple(packaging.ROOMS)
IMPORTED = """
import json, sys
import functions.{function}.handler
from functions.hosting import logbook
logbook.write("INFO", "packed", {{}})
names = {{name.partition(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names)
print(json.dumps(sorted(name for name in names if name.isidentifier() and getattr(sys.modules[name], "__file__", 1))))
"""
RUNTIMES_OWN = {"boto3", "botocore", "s3transfer", "urllib3", "jmespath"}
"""Lambda's Python brings them."""
OPTIONAL = {"typing_extensions"}
"""msgspec takes it where it is installed, and does without it."""


@pytest.fixture(scope="module", params=FUNCTIONS)
def packed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    target = tmp_path_factory.mktemp(f"packed-{request.param}")
    packaging.pack(request.param, target)
    return request.param, target


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_everything_that_a_handler_imports_is_in_its_zip(packed: tuple[str, Path]) -> None:
    function, folder = packed
    told = subprocess.run(
        [sys.executable, "-c", IMPORTED.format(function=function)], cwd=packaging.ROOT, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    imported = set(json.loads(told.splitlines()[-1])) - RUNTIMES_OWN - OPTIONAL - {"__main__"}

    missing = {name for name in imported if not list(folder.glob(f"{name}*"))} - _of_the_interpreter()
    assert missing == set()


def _of_the_interpreter() -> set[str]:
    """What any interpreter of this environment imports by itself, such as hooks of installed tools."""
    bare = "import sys, json; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", bare], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_a_zip_holds_its_own_rooms_alone(packed: tuple[str, Path]) -> None:
    function, folder = packed
    rooms = {path.name for path in (folder / "functions").iterdir() if path.is_dir()}

    assert rooms == {"hosting", function}
    assert (folder / "database").exists() == (function == "business")
    assert not (folder / "callscript" / "checker").exists()
    assert not (folder / "lxml").exists()


def test_packing_twice_gives_the_same_bytes(packed: tuple[str, Path], tmp_path: Path) -> None:
    function, folder = packed
    packaging.pack(function, tmp_path)

    assert digests(tmp_path) == digests(folder)
