"""The whole local cloud with the real functions behind its gateway: what callers see of it, also when parts fail."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from callscript import protocol
from local.bench.desk import Desk, sit_down
from local.cloud import Cloud
from local.data_lock import AlreadyRunning
from local.gateway.routes import DISPATCH, business
from local.layout import CHECKOUT
from local.wiring import CELL

pytestmark = pytest.mark.cloud


@pytest.fixture
def desk(cloud: Cloud) -> Desk:
    return sit_down(cloud)


@pytest.fixture
def client(cloud: Cloud) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cloud.gateway_url, timeout=30) as made:
        yield made


def save(desk: Desk, client: httpx.Client) -> httpx.Response:
    return client.post("/c1/actions/outbound.save_answers", json=desk.body(**desk.answers()), headers=desk.headers())


def test_session_case_answers_outcome(desk: Desk, client: httpx.Client) -> None:
    assert [access.id for access in desk.session.campaigns] == ["csat", "reminder"]
    case = desk.call(client, "outbound.next_case", desk.next_case()).json()
    assert case["contact"]["phone"].count("*") >= 4
    assert desk.call(client, "outbound.save_answers", desk.answers()).status_code == 200
    ended = {"interview": desk.interview, "outcome": "1.1", "answers": []}
    assert desk.call(client, "outbound.finish", ended).json()["state"] == "closed"


def test_same_key_again_gives_the_stored_reply(desk: Desk, client: httpx.Client) -> None:
    body, headers = desk.body(**desk.next_case()), desk.headers()
    first, again = (client.post("/c1/actions/outbound.next_case", json=body, headers=headers) for _ in range(2))
    assert again.content == first.content
    assert again.headers[protocol.REPLAY_HEADER] == "true"


def test_another_agents_token_is_refused(cloud: Cloud, desk: Desk, client: httpx.Client) -> None:
    headers = desk.headers() | {"authorization": f"Bearer {cloud.sign_in('agent2')}"}
    response = client.post("/c1/actions/outbound.next_case", json=desk.body(**desk.next_case()), headers=headers)
    assert response.status_code in {401, 403}


def test_many_agents_at_once_get_cases_of_their_own(cloud: Cloud, client: httpx.Client) -> None:
    def take(number: int) -> str:
        desk = sit_down(cloud, ("agent1", "agent2")[number % 2])
        case = desk.call(client, "outbound.next_case", desk.next_case()).json()["case"]["id"]
        desk.call(client, "outbound.park", {"interview": desk.interview})
        return str(case)

    def hold(number: int) -> tuple[Desk, str]:
        desk = sit_down(cloud, ("agent1", "agent2")[number % 2])
        return desk, desk.call(client, "outbound.next_case", desk.next_case()).json()["case"]["id"]

    with ThreadPoolExecutor(8) as threads:
        held = list(threads.map(hold, range(8)))
    cases = [case for _, case in held]
    for desk, _ in held:
        desk.call(client, "outbound.park", {"interview": desk.interview})
    assert len(set(cases)) == len(cases)
    assert take(0)


def test_database_away_is_a_plain_retryable_answer_and_then_works_again(
    cloud: Cloud, desk: Desk, client: httpx.Client, until: Callable[..., Any]
) -> None:
    desk.call(client, "outbound.next_case", desk.next_case())
    headers, body = desk.headers(), desk.body(**desk.answers())
    cloud.stop_database()
    try:
        answer = client.post("/c1/actions/outbound.save_answers", json=body, headers=headers)
        session = client.post("/sessions", headers={"authorization": f"Bearer {desk.access_token}"})
    finally:
        cloud.start_database()
    assert (answer.status_code, answer.json()["retryable"]) == (503, True)
    assert answer.headers["content-type"].startswith(protocol.PROBLEM_TYPE)
    assert session.status_code == 200
    assert until(
        lambda: client.post("/c1/actions/outbound.save_answers", json=body, headers=headers).status_code == 200
    )


def test_killed_workers_are_replaced(cloud: Cloud, desk: Desk, client: httpx.Client, until: Callable[..., Any]) -> None:
    desk.call(client, "outbound.next_case", desk.next_case())
    before = set(cloud.worker_pids())
    for pid in before:
        os.kill(pid, 9)
    assert until(lambda: save(desk, client).status_code == 200)
    assert before.isdisjoint(cloud.worker_pids())


def test_pooler_that_is_restarted_costs_at_most_a_retry(
    cloud: Cloud, desk: Desk, client: httpx.Client, until: Callable[..., Any]
) -> None:
    desk.call(client, "outbound.next_case", desk.next_case())
    cloud.restart_pooler()
    assert until(lambda: save(desk, client).status_code == 200)


def test_functions_reach_the_database_only_through_the_pooler(cloud: Cloud, desk: Desk, client: httpx.Client) -> None:
    assert desk.call(client, "outbound.next_case", desk.next_case()).status_code == 200
    ports = {
        function: set().union(*(_remote_ports(pid) for pid in cloud.worker_pids(function)))
        for function in (DISPATCH, business(CELL))
    }
    assert cloud.database.pooler.config.port in ports[business(CELL)]
    assert cloud.database.postgres.port not in ports[DISPATCH] | ports[business(CELL)]


def _remote_ports(pid: int) -> set[int]:
    """Ports of others that process `pid` is connected to."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            target = str(link.readlink())
            if target.startswith("socket:"):
                inodes.add(target[8:-1])
    lines = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in lines]
    return {int(field[2].rpartition(":")[2], 16) for field in fields if field[9] in inodes}


def test_logs_and_metrics_of_an_action_reach_cloudwatch(cloud: Cloud, desk: Desk, client: httpx.Client) -> None:
    correlation = str(uuid.uuid4())
    headers = desk.headers() | {protocol.CORRELATION_HEADER: correlation}
    client.post("/c1/actions/outbound.next_case", json=desk.body(**desk.next_case()), headers=headers)
    cloud.flush_logs()
    logs = cloud.client("logs")
    group = f"/aws/lambda/{business(CELL)}"
    found = logs.filter_log_events(logGroupName=group, filterPattern=f'"{correlation}"')["events"]
    lines = [json.loads(event["message"]) for event in found]
    assert [(line["action"], line["campaign"]) for line in lines] == [("outbound.next_case", "csat")]
    metrics = cloud.client("cloudwatch").list_metrics(Namespace="Waihu")["Metrics"]
    assert {"Actions", "ActionTime"} <= {metric["MetricName"] for metric in metrics}


def test_no_telephone_number_in_logs(cloud: Cloud, desk: Desk, client: httpx.Client) -> None:
    desk.call(client, "outbound.next_case", desk.next_case())
    number = desk.call(client, "outbound.dial", {"interview": desk.interview}).json()["number"]
    desk.call(client, "outbound.park", {"interview": desk.interview})
    cloud.flush_logs()
    logs = cloud.client("logs")
    lines = [
        event["message"]
        for group in logs.describe_log_groups()["logGroups"]
        for event in logs.filter_log_events(logGroupName=group["logGroupName"], limit=10_000)["events"]
    ]
    assert [line for line in lines if "outbound.dial" in line]
    assert not [line for line in lines if number.lstrip("+") in line]


def test_second_cloud_on_the_same_data(cloud: Cloud) -> None:
    with pytest.raises(AlreadyRunning) as refused:
        Cloud(cloud.layout.root, app=False).start()
    assert refused.value.pid == os.getpid()


def test_administrators_command_finds_the_cloud(cloud: Cloud) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "admin", "status", "--language", "en"],
        cwd=CHECKOUT, env={**os.environ, **cloud.admin_environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "csat" in done.stdout


def test_what_is_written_down_for_others_holds_no_secret(cloud: Cloud) -> None:
    text = cloud.layout.cloud.read_text()
    assert cloud.layout.cloud.stat().st_mode & 0o777 == 0o600
    for secret in cloud.keys.secrets.values():
        for value in secret.values():
            if isinstance(value, str) and len(value) > 20:
                assert value not in text
    assert cloud.database.postgres.password not in text


def test_next_start_finds_people_data_and_addresses_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Cloud(folder, app=False, demo_contacts=5, durable=False, workers=1) as first:
        told = (first.users.pool_id, first.users.client_id, first.gateway_url, first.keys.demo_password)
        with httpx.Client(base_url=first.gateway_url, timeout=30) as client:
            desk = sit_down(first)
            case = desk.call(client, "outbound.next_case", desk.next_case()).json()["case"]["id"]
            desk.call(client, "outbound.save_answers", desk.answers())
    with Cloud(folder, app=False, demo_contacts=5, durable=False, workers=1, temporary=True) as second:
        assert (second.users.pool_id, second.users.client_id, second.gateway_url, second.keys.demo_password) == told
        assert second.demo.contacts == 0
        with httpx.Client(base_url=second.gateway_url, timeout=30) as client:
            same = sit_down(second)
            same.interview = desk.interview
            same.step = desk.step
            assert same.call(client, "outbound.save_answers", same.answers()).status_code == 200
            other = sit_down(second, "agent2")
            assert other.call(client, "outbound.next_case", other.next_case()).json()["case"]["id"] != case
