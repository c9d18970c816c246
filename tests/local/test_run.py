"""`./run` as a person sees it: starts, says where to go, refuses a second start, ends without leaving anything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from local.endpoints import read_endpoints
from local.layout import CHECKOUT, Layout
from local.reaper import started_at

# One data folder serves them all in turn.
pytestmark = pytest.mark.cloud
COMMAND = [sys.executable, "-m", "local", "--language", "en", "--no-demo", "--data"]


def start(folder: Path, until: Callable[..., Any]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [*COMMAND, str(folder)], cwd=CHECKOUT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    until(lambda: process.poll() is not None or ready(folder, process), seconds=60)
    assert process.poll() is None, process.stdout.read() if process.stdout else ""
    return process


def ready(folder: Path, process: subprocess.Popen[str]) -> bool:
    told = read_endpoints(Layout(folder).cloud) or {}
    return bool(told.get("ready")) and told["pid"] == process.pid


def end(process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> str:
    process.send_signal(how)
    said, _ = process.communicate(timeout=60)
    return said


def descendants(pid: int) -> dict[int, str | None]:
    """Every process below `pid`, with its start time."""
    found: dict[int, str | None] = {}
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with_state = _stat(int(entry.name))
            if with_state:
                parents[int(entry.name)] = int(with_state[1])
    wave = {pid}
    while wave:
        wave = {child for child, parent in parents.items() if parent in wave}
        found.update((child, started_at(child)) for child in wave)
    return found


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def alive(processes: dict[int, str | None]) -> list[int]:
    return [
        pid
        for pid, begun in processes.items()
        if started_at(pid) == begun is not None and (_stat(pid) or "Z")[0] != "Z"
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("run") / "data"
    yield folder
    from local.postgres import EmbeddedPostgres

    EmbeddedPostgres(Layout(folder).postgres).destroy()


def test_second_start_is_refused_and_a_killed_one_leaves_nothing(data: Path, until: Callable[..., Any]) -> None:
    process = start(data, until)
    for more in ([], ["--fresh"]):
        second = subprocess.run([*COMMAND, str(data), *more], cwd=CHECKOUT, capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert str(process.pid) in second.stdout
    below = everything(process, data)
    process.kill()
    process.communicate()
    assert until(lambda: not alive(below), seconds=20)


def test_start_after_a_kill_says_where_to_go_and_its_end_leaves_nothing(data: Path, until: Callable[..., Any]) -> None:
    process = start(data, until)
    told = read_endpoints(Layout(data).cloud) or {}
    with urllib.request.urlopen(f"{told['app_url']}/signin", timeout=10) as page:  # noqa: S310
        assert page.status == 200
    below = everything(process, data)
    output = process.stdout
    assert output is not None
    said = _until_panel_ends(output) + end(process)
    password = json.loads(Layout(data).keys.read_text())["demo_password"]
    for part in (told["app_url"], "agent1", password, "./waihu publish csat", "Stopped"):
        assert part in said
    assert process.returncode == 0
    assert until(lambda: not alive(below))
    assert not Layout(data).cloud.exists()


def _until_panel_ends(output: IO[str]) -> str:
    said = ""
    while "╰" not in said:
        said += output.readline()
    return said


def everything(process: subprocess.Popen[str], data: Path) -> dict[int, str | None]:
    """All processes below `process`, and PostgreSQL, which is nobody's child."""
    server = int(_postmaster(data))
    return descendants(process.pid) | {server: started_at(server)}


def test_fresh_forgets_data_and_keeps_addresses(data: Path, until: Callable[..., Any]) -> None:
    keys, ports = Layout(data).keys, Layout(data).ports
    if not keys.exists():  # it was begun alone, or in a process of its own
        end(start(data, until))
    before = (keys.read_text(), json.loads(ports.read_text()))
    subprocess.run([*COMMAND, str(data), "--fresh", "--help"], cwd=CHECKOUT, capture_output=True, check=True)
    assert keys.exists()
    process = subprocess.Popen(
        [*COMMAND, str(data), "--fresh"], cwd=CHECKOUT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    until(lambda: process.poll() is not None or ready(data, process), seconds=60)
    assert "forgotten" in end(process)
    assert keys.read_text() != before[0]
    assert json.loads(ports.read_text())["app"] == before[1]["app"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_data_of_another_user_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o500)
    done = subprocess.run([*COMMAND, str(folder)], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    # The panel breaks a long path over lines, each within its frame.
    assert str(folder) in "".join(done.stdout.replace("│", "").split())


def _postmaster(data: Path) -> str:
    from local.postgres import EmbeddedPostgres

    return (EmbeddedPostgres(Layout(data).postgres).data_dir / "cluster" / "postmaster.pid").read_text().splitlines()[0]
