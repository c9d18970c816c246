"""Ports, keys, the lock of a data folder, children and who ends them when their parent cannot."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.child import Child, ChildFailed
from local.data_lock import AlreadyRunning, DataLock
from local.keys import NUMBER_KEYS, load_or_make
from local.layout import CHECKOUT
from local.ports import HOST, Ports, free_port, is_free
from local.reaper import Reaper, started_at

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def test_port_stays_the_same_while_it_is_free(folder: Path) -> None:
    first = Ports(folder / "ports.json").take("app")
    assert Ports(folder / "ports.json").take("app") == first
    with socket.socket() as other:
        other.bind((HOST, first))
        other.listen()
        assert not is_free(first)
        assert Ports(folder / "ports.json").take("app") != first


def test_preferred_port_is_taken_if_it_is_free(folder: Path) -> None:
    wanted = free_port()
    ports = Ports(folder / "ports.json")
    assert ports.take("app", prefer=wanted) == wanted
    assert ports.take("other", prefer=wanted) != wanted


def test_broken_memory_of_ports_is_forgotten(folder: Path) -> None:
    (folder / "ports.json").write_text("[1, 2")
    assert Ports(folder / "ports.json").take("app") > 0


def test_keys_are_made_once_and_private(folder: Path) -> None:
    file = folder / "keys.json"
    made = load_or_make(file)
    assert load_or_make(file) == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(json.loads(made.text(NUMBER_KEYS))["cipher"])) == 32
    assert made.demo_password not in repr(made)


def test_keys_that_a_newer_program_needs_are_added(folder: Path) -> None:
    file = folder / "keys.json"
    made = load_or_make(file)
    held = json.loads(file.read_text())
    del held["secrets"][NUMBER_KEYS]
    file.write_text(json.dumps(held))
    again = load_or_make(file)
    assert set(again.secrets) == set(made.secrets)
    assert {n: s for n, s in again.secrets.items() if n != NUMBER_KEYS} == {
        n: s for n, s in made.secrets.items() if n != NUMBER_KEYS
    }


def test_second_cloud_on_the_same_data_is_refused(folder: Path) -> None:
    first, second = DataLock(folder / "lock"), DataLock(folder / "lock")
    first.take()
    with pytest.raises(AlreadyRunning) as refused:
        second.take()
    assert refused.value.pid == os.getpid()
    first.release()
    second.take()
    second.release()


def test_lock_of_a_killed_process_is_free(folder: Path) -> None:
    code = f"""
        import time
        from pathlib import Path
        from local.data_lock import DataLock
        DataLock(Path({str(folder / "lock")!r})).take()
        print("taken", flush=True)
        time.sleep(600)
    """
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "taken\n"
    with pytest.raises(AlreadyRunning):
        DataLock(folder / "lock").take()
    holder.kill()
    holder.communicate()
    lock = DataLock(folder / "lock")
    lock.take()
    lock.release()


def test_child_that_ends_at_once_says_why(folder: Path, reaper: Reaper) -> None:
    child = Child("part", [sys.executable, "-c", "raise SystemExit('no luck')"], log=folder / "log", reaper=reaper)
    child.start()
    with pytest.raises(ChildFailed, match="no luck"):
        child.wait_until(lambda: False)


def test_end_of_a_child_is_reported_unless_asked_for(folder: Path, reaper: Reaper, until: Callable[..., Any]) -> None:
    ends: list[tuple[str, int]] = []
    child = Child(
        "part", SLEEP, log=folder / "log", reaper=reaper, on_exit=lambda name, code: ends.append((name, code))
    )
    child.start()
    child.stop()
    child.start()
    child.kill()
    child.start()
    _kill(child)
    until(lambda: ends)
    assert ends == [("part", -9)]


def _kill(child: Child) -> None:
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)


def test_child_that_ignores_the_request_to_end_is_killed(folder: Path, reaper: Reaper) -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
    log = folder / "log"
    child = Child("part", [sys.executable, "-c", stubborn], log=log, reaper=reaper)
    child.start()
    child.wait_until(lambda: "ready" in log.read_text())
    child.stop(seconds=0.2)
    assert child.pid is None


def test_nothing_is_left_when_the_parent_is_killed(until: Callable[..., Any]) -> None:
    code = f"""
        import subprocess, sys, time
        from local.reaper import Reaper
        reaper = Reaper()
        child = subprocess.Popen({SLEEP!r}, start_new_session=True)
        reaper.watch(child.pid)
        print(child.pid, flush=True)
        time.sleep(600)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    begun = started_at(pid)
    assert begun is not None
    parent.kill()
    parent.communicate()
    assert until(lambda: _gone(pid, begun))


def _gone(pid: int, begun: str) -> bool:
    """Ended, or a zombie that nobody has yet taken note of."""
    if started_at(pid) != begun:
        return True
    return ") Z " in Path(f"/proc/{pid}/stat").read_text()
