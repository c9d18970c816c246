"""Slow actions never hold up fast ones: every worker for them asleep, and the fast ones are answered."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import httpx
import pytest

from callscript.protocol import BUDGET_HEADER
from callscript.release import MANIFEST, build, complete
from local.aws import SCRIPT_BUCKET
from local.bench.desk import Desk, sit_down
from local.cloud import Cloud
from local.gateway.routes import slow_business
from local.wiring import CELL

pytestmark = pytest.mark.cloud

SERVER = b"""<?xml version="1.0" encoding="UTF-8"?>
<server xmlns="urn:waihu:server:1" pack="csat">
  <action id="sleep" roles="agent" class="slow">
    <select name="slept">SELECT CAST(pg_sleep(24) AS text) AS slept</select><data/>
  </action>
  <action id="quick" roles="agent">
    <select name="who">SELECT session_user AS login</select>
    <data><value name="login" type="text" column="who.login"/></data>
  </action>
</server>
"""
ASLEEP = "SELECT pid FROM pg_stat_activity WHERE usename = 'waihu_slow' AND wait_event = 'PgSleep'"


@pytest.fixture
def release(cloud: Cloud) -> str:
    """A release that nobody is pointed at: its SQL would not pass publishing."""
    files = complete({"server.xml": SERVER})
    made, manifest = build("csat", files)
    s3 = cloud.client("s3")
    for name, data in {**files, MANIFEST: manifest.encode()}.items():
        s3.put_object(Bucket=SCRIPT_BUCKET, Key=f"releases/csat/{made}/{name}", Body=data)
    return made


@pytest.fixture
def client(cloud: Cloud) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cloud.gateway_url, timeout=60) as made:
        yield made


def ask(client: httpx.Client, desk: Desk, release: str, path: str) -> httpx.Response:
    body = {"campaign": "csat", "release": release, "interview": str(uuid.uuid4())}
    return client.post(path, json=body, headers={**desk.headers(), BUDGET_HEADER: "29000"})


def test_fast_ones_are_answered_while_all_slow_workers_sleep(cloud: Cloud, client: httpx.Client, release: str) -> None:
    desk = sit_down(cloud)
    workers = len(cloud.worker_pids(slow_business(CELL)))
    root = cloud.database.connect()
    try:
        with ThreadPoolExecutor(workers) as pool:
            slow = [pool.submit(ask, client, desk, release, "/c1/slow-actions/csat.sleep") for _ in range(workers)]
            while len(root.fetch(ASLEEP)) < workers:
                wait(slow, timeout=0.05)
                assert not any(each.done() for each in slow), [each.result().text for each in slow if each.done()]
            fast = [ask(client, desk, release, "/c1/actions/csat.quick") for _ in range(5)]
            assert [each.json() for each in fast] == [{"login": "waihu_business"}] * 5
            assert not any(each.done() for each in slow)
            while not all(each.done() for each in slow):
                root.fetch(f"SELECT pg_cancel_backend(pid) FROM ({ASLEEP}) AS asleep")
                wait(slow, timeout=0.05)
    finally:
        root.close()
    told = {(each.result().status_code, each.result().json()["code"]) for each in slow}
    assert told == {(503, "busy")}
    assert {each.result().headers["retry-after"] for each in slow} == {"1"}
    wrong = [ask(client, desk, release, path) for path in ("/c1/actions/csat.sleep", "/c1/slow-actions/csat.quick")]
    assert [each.json()["code"] for each in wrong] == ["other_class"] * 2
