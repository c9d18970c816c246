"""What goes into each function's zip: its own rooms at the import paths of the repository, and the pinned libraries.

No Docker: `uv` fetches the wheels for Lambda's processor from the hashed lock.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "function.lock"
PYTHON = "3.13"
PLATFORM = "aarch64-manylinux_2_28"

ROOMS: Mapping[str, tuple[str, ...]] = {
    "dispatch": ("callscript", "functions/hosting", "functions/dispatch"),
    "business": ("callscript", "database", "functions/hosting", "functions/business"),
}
"""Function -> the folders that it may import, as the import contract says."""

NOT_RUN: Mapping[str, tuple[str, ...]] = {
    "dispatch": ("cryptography*", "cffi*", "_cffi_backend*", "pycparser*", "pg8000*", "scramp*", "asn1crypto*"),
}
"""Libraries of the lock that one function does without."""

NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", "*.dist-info", "tests", "checker", "schemas")


class PackagingError(Exception):
    """A function cannot be packed; the text holds what `uv` said."""


def pack(function: str, target: Path) -> None:
    """Fills `target` with all that function `function` needs at run time.

    Raises:
        PackagingError: if a library has no wheel for Lambda's platform, or the registry cannot be reached.
    """
    install_libraries(target)
    for pattern in NOT_RUN.get(function, ()):
        _drop(target.glob(pattern))
    (target / "functions").mkdir(exist_ok=True)
    shutil.copy(ROOT / "functions" / "__init__.py", target / "functions")
    for room in ROOMS[function]:
        shutil.copytree(ROOT / room, target / room, ignore=NOT_SHIPPED, dirs_exist_ok=True)


def install_libraries(target: Path) -> None:
    command = [
        sys.executable, "-m", "uv", "pip", "install", "--quiet", "--require-hashes", "--no-deps",
        "--target", str(target), "--python-version", PYTHON, "--python-platform", PLATFORM,
        "--only-binary", ":all:", "--requirements", str(LOCK),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise PackagingError(f"the libraries of {LOCK.name} could not be fetched:\n{done.stderr.strip()}")
    _drop_what_is_not_run(target)


def _drop_what_is_not_run(target: Path) -> None:
    """Compiled caches, launchers and tests: they differ between machines and only make the zip larger."""
    _drop(path for path in sorted(target.rglob("*"), reverse=True) if path.name in {"__pycache__", "bin", "tests"})


def _drop(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
