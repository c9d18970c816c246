"""What only the file on disk can show: it survives, it is unreadable to others, two processes can share it."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest

from agent_app.store.cipher import Cipher
from agent_app.store.port import StoreUnreadable, TurnConflict
from agent_app.store.sqlite import SqliteStore
from tests.agent_app.making import AGENT, KEY_SECRET, NOW, interview, queued, sign_in

OTHER_SECRET = '{"current": "k1", "keys": {"k1": "' + "22" * 32 + '"}}'
ROTATED_SECRET = '{"current": "k2", "keys": {"k1": "' + "11" * 32 + '", "k2": "' + "33" * 32 + '"}}'


def opened(path: Path, secret: str = KEY_SECRET) -> SqliteStore:
    return SqliteStore(path / "agent.sqlite", Cipher.from_secret(secret))


def test_everything_is_there_after_opening_it_again(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.put_sign_in(sign_in())
    store.begin_interview(interview(), [queued(1)])
    # Not closed: as if the process had been killed.
    again = opened(tmp_path)
    assert again.sign_in("s-1") == sign_in()
    assert again.open_interview(AGENT) == interview()
    assert [waiting.queued for waiting in again.waiting("i-1")] == [queued(1)]
    store.close()
    again.close()


def test_nothing_personal_stands_in_the_files(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.put_sign_in(sign_in())
    store.begin_interview(interview(), [queued(1)])
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    store.close()
    for secret in ("good-token", "refresh-1", "林小雨", "state 1"):
        assert secret.encode() not in written


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    opened(tmp_path).close()
    assert (tmp_path / "agent.sqlite").stat().st_mode & 0o077 == 0


def test_a_wrong_key_is_said(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.put_sign_in(sign_in())
    store.close()
    other = opened(tmp_path, OTHER_SECRET)
    with pytest.raises(StoreUnreadable):
        other.sign_in("s-1")
    other.close()


def test_a_value_moved_to_another_row_is_refused(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.put_sign_in(sign_in("s-1"))
    store.put_sign_in(sign_in("s-2"))
    store._db.execute("UPDATE sign_ins SET value = (SELECT value FROM sign_ins WHERE id = 's-1') WHERE id = 's-2'")
    with pytest.raises(StoreUnreadable):
        store.sign_in("s-2")
    store.close()


def test_keys_can_be_rotated(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.put_sign_in(sign_in("old"))
    store.close()
    rotated = opened(tmp_path, ROTATED_SECRET)
    rotated.put_sign_in(sign_in("new"))
    assert rotated.sign_in("old") is not None
    assert rotated.sign_in("new") is not None
    rotated.close()


@pytest.mark.parametrize(
    "secret", ["", "{}", '{"current": "k1", "keys": {}}', '{"current": "k1", "keys": {"k1": "ab"}}']
)
def test_a_malformed_secret_is_refused(secret: str) -> None:
    with pytest.raises(StoreUnreadable):
        Cipher.from_secret(secret)


def test_a_store_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store._db.execute("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(StoreUnreadable):
        opened(tmp_path)


def test_of_two_processes_only_one_moves_an_interview_on(tmp_path: Path) -> None:
    stores = [opened(tmp_path), opened(tmp_path)]
    stores[0].begin_interview(interview(), [])
    won: list[int] = []
    gate = threading.Barrier(2)

    def save(number: int) -> None:
        for turn in range(2, 42):
            gate.wait()
            try:
                stores[number].save_interview(interview(turn=turn), [queued(turn)])
            except TurnConflict:
                continue
            won.append(turn)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == list(range(2, 42))
    assert len(stores[0].waiting("i-1")) == 40
    for store in stores:
        store.close()


def test_leases_of_a_killed_process_are_free_again(tmp_path: Path) -> None:
    store = opened(tmp_path)
    dead = subprocess.Popen(["true"])
    dead.wait()
    living = os.getppid()
    assert store.lease("i-1", f"{dead.pid}-0a", NOW, NOW + 60_000) is not None
    assert store.lease("i-2", f"{living}-0b", NOW, NOW + 60_000) is not None
    store.close()
    again = opened(tmp_path)
    assert again.lease("i-1", "me", NOW, NOW + 1000) is not None
    assert again.lease("i-2", "me", NOW, NOW + 1000) is None
    again.close()


def test_of_two_processes_one_gets_the_lease(tmp_path: Path) -> None:
    one, two = opened(tmp_path), opened(tmp_path)
    one.begin_interview(interview(), [queued(1)])
    assert one.lease("i-1", "one", NOW, NOW + 1000) is not None
    assert two.lease("i-1", "two", NOW, NOW + 1000) is None
    one.close()
    two.close()
