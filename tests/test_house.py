"""The habits of the house: linter, types, import contract, sizes of modules and functions, nothing private in files."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MODULE_LINES = 400
FUNCTION_LINES = 60
SHUNNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}


def run(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name and (ROOT / name.decode()).is_file()]


def modules() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def test_linter() -> None:
    run(BIN / "ruff", "check", ".", "run")


def test_types() -> None:
    run(BIN / "mypy", ".")


def test_import_contract() -> None:
    run(BIN / "lint-imports", "--no-cache")


def test_modules_are_rooms_of_bearable_size() -> None:
    sizes = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in modules()}
    assert {str(path): size for path, size in sizes.items() if size > MODULE_LINES} == {}


def test_functions_fit_a_screen() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    }
    assert long == {}


def test_names_say_what_things_are() -> None:
    assert [str(path.relative_to(ROOT)) for path in modules() if path.stem in SHUNNED_NAMES] == []


def test_every_setting_is_read() -> None:
    """What nobody reads would be asked of whoever deploys all the same."""
    idle = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in modules()
        if file.name == "settings.py" and file.parent.name != "hosting"
        for sources in ["\n".join(path.read_text() for path in file.parent.rglob("*.py") if path != file)]
        for name in re.findall(r"^    (\w+): (?:str|int|float|bool)\b", file.read_text(), re.MULTILINE)
        if not re.search(rf"\.{name}\b", sources)
    ]
    assert idle == []


def test_locks_hold_hashes_and_no_addresses() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert locks
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text, lock.name
        pinned = re.findall(r"^[A-Za-z0-9][\w.\-\[\],]*==", text, re.MULTILINE)
        assert pinned, lock.name
        assert len(pinned) <= text.count("--hash=sha256:"), lock.name


def test_locks_agree() -> None:
    locks = {name: _pins(ROOT / "requirements" / f"{name}.lock") for name in ("function", "run", "cdk", "test")}
    assert locks["function"].items() <= locks["run"].items()
    assert locks["run"].items() <= locks["test"].items()
    assert locks["cdk"].items() <= locks["test"].items()


def _pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9][\w.\-\[\],]*)==([^\s;\\]+)", lock.read_text(), re.MULTILINE))


def test_files_hold_nothing_of_this_machine() -> None:
    """No path of a checkout or home, no host of a registry or of this machine, no key: the project is public."""
    patterns = [re.compile(pattern) for pattern in _private_patterns()]
    found = [
        f"{path.relative_to(ROOT)}: {match[0]!r}"
        for path in tracked()
        if path.resolve() != Path(__file__).resolve()
        for text in [_text(path)]
        for pattern in patterns
        if (match := pattern.search(text))
    ]
    assert found == []


def _private_patterns() -> Iterator[str]:
    yield r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}"
    yield r"\bAKIA[0-9A-Z]{16}\b"
    yield r"\b(?:files\.pythonhosted\.org|registry\.npmjs\.org|pypi\.org/simple)\b"
    everyones = {"/", "/tmp", "/home", "/root", "/opt", "/srv", "/usr", "/var", "/var/tmp", "/usr/src"}  # noqa: S108
    for place in {str(ROOT), str(ROOT.parent), str(Path.home())} - everyones:
        yield rf"(?<![\w.\-]){re.escape(place)}(?=[/\s'\"`)]|$)"
    name = socket.gethostname()
    if len(name) > 5 and name not in {"localhost", "ubuntu", "debian"}:
        yield rf"\b{re.escape(name)}\b"
    for variable in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"):
        for host in re.findall(r"://(?:[^@/\s]*@)?([^/:\s]+)", os.environ.get(variable, "")):
            yield re.escape(host)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("file", ["run", "waihu", ".ci/run"])
def test_commands_can_be_executed(file: str) -> None:
    assert os.access(ROOT / file, os.X_OK)


def test_launcher_needs_only_the_standard_library() -> None:
    tree = ast.parse((ROOT / "run").read_text())
    names = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names <= set(sys.stdlib_module_names)
    run(sys.executable, "-I", "-S", ROOT / "run", "--help")
