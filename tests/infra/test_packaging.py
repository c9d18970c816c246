"""What lies in each function's zip: all that it imports, nothing of other rooms, the same bytes each time."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from infra import packaging
from infra.packaging import LAMBDA, PACKAGES, Machine, PackagingError

HERE = Machine(f"{sys.version_info[0]}.{sys.version_info[1]}", "linux")
"""This very machine: `linux` is the architecture that uv itself runs on."""
HANDLERS = {
    "dispatch": ("functions.dispatch.handler",),
    "business": ("functions.business.handler",),
    "upkeep": tuple(
        f"admin.deployed.{name}"
        for name in (
            "cell_watch",
            "key_maker",
            "migration",
            "publisher",
            "rotation",
            "scripts_room",
            "token_rules",
            "upkeep",
        )
    ),
}
STARTS = """
import sys
sys.path[:] = [place for place in sys.path if "site-packages" not in place]
sys.path.append({boto!r})
sys.path.insert(0, {folder!r})
from functions.hosting import logbook
logbook.write("INFO", "packed", {{}})
for name in {handlers!r}:
    __import__(name)
    assert callable(sys.modules[name].handle)
for name in {lazily!r}:
    __import__(name)
"""
LAZILY = {"dispatch": (), "business": ("database.iam_token",), "upkeep": ("callscript.checker", "admin.checking",
          "callscript.sql.admission", "database.migrate")}  # fmt: skip
"""What a handler imports only when it is needed."""


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_starts_in_a_clean_interpreter(package: str, tmp_path: Path) -> None:
    packaging.pack(package, tmp_path / "packed", HERE)
    boto = tmp_path / "runtime"
    boto.mkdir()
    for name in ("boto3", "botocore", "s3transfer", "urllib3", "jmespath", "dateutil", "six.py"):
        (boto / name).symlink_to(Path(sysconfig.get_path("purelib")) / name)
    code = STARTS.format(
        folder=str(tmp_path / "packed"), boto=str(boto), handlers=HANDLERS[package], lazily=LAZILY[package]
    )
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["message"] == "packed"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_zip_holds_its_own_rooms_alone(package: str) -> None:
    folder = packaging.folder_of(package)
    rooms = {path.name for path in (folder / "functions").iterdir() if path.is_dir()}

    assert rooms == ({"hosting"} if package == "upkeep" else {"hosting", package})
    assert (folder / "database").exists() == (package != "dispatch")
    assert (folder / "admin").exists() == (package == "upkeep")
    assert (folder / "callscript" / "checker").exists() == (package == "upkeep")
    assert (folder / "lxml").exists() == (package == "upkeep")
    assert not list(folder.rglob("__pycache__"))
    assert not list(folder.glob("boto*"))


@pytest.mark.parametrize("package", PACKAGES)
def test_compiled_libraries_are_for_lambdas_processor(package: str) -> None:
    compiled = list(packaging.folder_of(package).rglob("*.so"))

    assert compiled
    assert all("x86_64" not in path.name for path in compiled)
    assert {path.read_bytes()[18] for path in compiled} == {0xB7}  # ELF's number of aarch64


def test_packing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        packaging.pack("dispatch", tmp_path / name, LAMBDA)

    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_what_grows_too_large_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = dataclasses.replace(PACKAGES["dispatch"], most_megabytes=1)
    monkeypatch.setattr(packaging, "PACKAGES", {"dispatch": small})

    with pytest.raises(PackagingError, match=r"dispatch has [\d.]+ MB unpacked: at most 1"):
        packaging.pack("dispatch", tmp_path / "packed", LAMBDA)


def digests(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Of each file its bytes, mode and time: all that a zip holds."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode, int(path.stat().st_mtime),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }  # fmt: skip
