"""What goes into each function's zip: its own rooms at the import paths of the repository, and the pinned libraries.

No Docker: `uv` fetches the wheels for Lambda's processor from a hashed lock. The same input gives the same bytes, and
what was packed once is found again by a digest of all that goes in.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKED = ROOT / "build" / "functions"
"""Where packed functions are kept between two calls of the CDK."""
SAME_TIME = 315_532_800
"""1980-01-01: every packed file's time, so that it does not change a zip."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Package:
    """One function's zip, or that of several which share their code."""

    lock: str
    rooms: tuple[str, ...]
    """Folders that it may import, as the import contract says."""
    libraries_not_run: tuple[str, ...] = ()
    """Libraries of the lock that it does without."""
    folders_not_run: tuple[str, ...] = ("checker", "schemas")
    most_megabytes: int
    """Cap of its size, unpacked: a library that slips in must be noticed, since each makes cold starts longer."""


_NO_DATABASE = ("cryptography*", "cffi*", "_cffi_backend*", "pycparser*", "pg8000*", "scramp*", "asn1crypto*")
PACKAGES: Mapping[str, Package] = {
    "dispatch": Package(
        lock="function.lock",
        rooms=("callscript", "monitoring", "functions/hosting", "functions/dispatch"),
        libraries_not_run=_NO_DATABASE,
        most_megabytes=20,
    ),
    "business": Package(
        lock="function.lock",
        rooms=("callscript", "monitoring", "database", "functions/hosting", "functions/business"),
        most_megabytes=40,
    ),
    "upkeep": Package(
        lock="upkeep.lock",
        rooms=("callscript", "monitoring", "database", "datasets", "functions/hosting", "admin"),
        folders_not_run=("commands", "playing", "contacts"),
        most_megabytes=110,
    ),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Machine:
    """Where a package is to run: Python's version and the platform's name as wheels have it."""

    python: str
    platform: str


LAMBDA = Machine("3.14", "aarch64-manylinux_2_28")


class PackagingError(Exception):
    """A function cannot be packed; the text says why, and holds what `uv` said."""


def folder_of(package: str, machine: Machine = LAMBDA) -> Path:
    """The folder with the packed function; packed now unless it lies there already.

    Raises:
        PackagingError: see `pack`.
    """
    found = PACKED / f"{package}-{machine.python}-{machine.platform.partition('-')[0]}-{input_digest(package)[:16]}"
    if not found.is_dir():
        making = PACKED / f".{found.name}.{os.getpid()}"
        shutil.rmtree(making, ignore_errors=True)
        pack(package, making, machine)
        try:
            making.rename(found)
        except OSError:  # another process was faster: the same bytes
            shutil.rmtree(making)
        _forget_older(found)
    return found


def _forget_older(found: Path) -> None:
    """Of each package for each machine the last three are kept: another process may be reading one."""
    kind = found.name.rpartition("-")[0]
    older = sorted((path for path in PACKED.glob(f"{kind}-*") if path != found), key=lambda path: path.lstat().st_ctime)
    for path in older[:-2]:
        shutil.rmtree(path, ignore_errors=True)


def input_digest(package: str) -> str:
    """Changes with anything that goes in: the lock, the rooms' files, the way of packing."""
    told = PACKAGES[package]
    digest = hashlib.sha256(repr(told).encode() + Path(__file__).read_bytes())
    for path in (ROOT / "requirements" / told.lock, *sorted(_sources(told))):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def pack(package: str, target: Path, machine: Machine = LAMBDA) -> None:
    """Fills `target` with all that package `package` needs at run time.

    Raises:
        PackagingError: a library has no wheel for the machine, the registry cannot be reached, or it became too large.
    """
    told = PACKAGES[package]
    _install(told, target, machine)
    for pattern in told.libraries_not_run:
        _drop(target.glob(pattern))
    for path in _sources(told):
        copy = target / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    _make_uniform(target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    if size > told.most_megabytes * 1_000_000:
        raise PackagingError(
            f"{package} has {size / 1e6:.1f} MB unpacked: at most {told.most_megabytes} are meant "
            "(most_megabytes in infra/packaging.py). Which library came in?"
        )


def _sources(told: Package) -> Iterator[Path]:
    """The files of the package's rooms, and what makes Python see `functions` as a package."""
    skipped = {"__pycache__", "tests", *told.folders_not_run}
    yield ROOT / "functions" / "__init__.py"
    for room in told.rooms:
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and path.suffix != ".pyc" and not skipped & set(path.relative_to(ROOT / room).parts):
                yield path


def _install(told: Package, target: Path, machine: Machine) -> None:
    command = [
        sys.executable, "-m", "uv", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--no-compile",
        "--target", str(target), "--python-version", machine.python, "--python-platform", machine.platform,
        "--link-mode", "copy", "--only-binary", ":all:", "--requirements", str(ROOT / "requirements" / told.lock),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise PackagingError(f"the libraries of {told.lock} could not be fetched:\n{done.stderr.strip()}")
    _drop(path for path in sorted(target.rglob("*"), reverse=True) if path.name in {"__pycache__", "bin", "tests"})
    # Who installed, when and from where is written there: other bytes on each machine, and nothing that is run.
    _drop(path for path in target.glob("*.dist-info/*") if path.name != "METADATA")


def _make_uniform(target: Path) -> None:
    """One mode and one time for all: neither says anything, and both would change the zip."""
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (SAME_TIME, SAME_TIME))


def _drop(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
