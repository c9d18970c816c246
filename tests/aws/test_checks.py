"""The checks for a real RDS Proxy hold behind the poolers of one machine, and fail where a pooler were to leak."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from database.connection import Connection, Query
from database.wire import Result
from local.pooler import Pooler, PoolerConfig, pgbouncer
from local.ports import HOST, free_port
from local.reaper import Reaper
from tests.aws import __main__ as command
from tests.aws.checks import EVERY, Failed, Open, a_setting_ends_with_its_transaction
from tests.harness.fresh_database import PASSWORDS, FreshDatabase

USER = "waihu_business"


@pytest.fixture(params=["built-in", "pgbouncer"])
def pooled(
    request: pytest.FixtureRequest, postgres: FreshDatabase, tmp_path: Path
) -> Iterator[Callable[..., Connection]]:
    """Opens a connection through a pooler with three connections of its own."""
    if request.param == "pgbouncer" and pgbouncer.find() is None:
        pytest.skip("pgbouncer is not installed")
    place = postgres.endpoint()
    config = PoolerConfig(
        host=HOST, port=free_port(), server_host=place.host, server_port=place.port, database=place.database,
        logins={USER: PASSWORDS[USER]}, most_backends=3, borrow_seconds=30,
    )  # fmt: skip

    def open_(kind: type[Connection] = Connection) -> Connection:
        return kind.open(HOST, config.port, postgres.name, USER, PASSWORDS[USER], timeout=60)

    with closing(Reaper()) as reaper:
        pooler = Pooler(config, folder=tmp_path, log=tmp_path / "log", reaper=reaper, kind=request.param)
        pooler.start()
        yield open_
        pooler.close()


@pytest.mark.parametrize("check", EVERY, ids=lambda check: check.__name__)
def test_they_hold_behind_our_poolers(pooled: Open, check: Callable[[Open], str]) -> None:
    assert check(pooled)


class Leaking(Connection):
    """Sets for the session what should end with the transaction."""

    def run_pipeline(self, queries: Sequence[Query]) -> list[Result]:
        leak = "SELECT set_config('statement_timeout', $1::text || 'ms', false)"
        return super().run_pipeline(
            [Query(leak, each.parameters) if "limit_time" in each.sql else each for each in queries]
        )


def test_a_setting_that_stays_is_found(pooled: Callable[..., Connection]) -> None:
    with pytest.raises(Failed, match="in a later transaction"):
        a_setting_ends_with_its_transaction(lambda: pooled(Leaking))


def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "_session", lambda region: None)
    assert command.main(["--proxy", "p", "--proxy-name", "p", "--region", "r"]) == command.SKIPPED
    assert "SKIPPED" in capsys.readouterr().out
