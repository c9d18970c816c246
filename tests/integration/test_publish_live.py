"""A changed question is published while an interview is open: that one ends as it began, the next asks the new one."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from local.bench.desk import sit_down
from local.cloud import Cloud
from tests.browser.export import CHECKOUT, admin
from tests.browser.keys import Agent

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

OLD = "现在方便吗？"
NEW = "现在方便吗？只要六分钟。"


@pytest.fixture
def changed_scripts(tmp_path: Path) -> Path:
    """A copy of the shipped scripts with one question worded anew."""
    folder = tmp_path / "scripts_bucket"
    shutil.copytree(CHECKOUT / "scripts_bucket", folder)
    script = folder / "campaigns" / "csat" / "local.xml"
    text = script.read_text(encoding="utf-8")
    assert text.count(OLD) == 1
    script.write_text(text.replace(OLD, NEW), encoding="utf-8")
    return folder


@pytest.fixture
def rolled_back(cloud: Cloud) -> Iterator[None]:
    yield
    admin(cloud, "rollback", "csat", "--comment", "after the test")


@pytest.mark.usefixtures("rolled_back")
def test_the_open_interview_keeps_its_questions(page: Page, cloud: Cloud, app_url: str, changed_scripts: Path) -> None:
    agent = Agent(page)
    agent.sign_in(app_url, "agent2", cloud.keys.demo_password)
    workers = set(cloud.worker_pids())
    app = cloud.app.pid
    agent.take_case("csat")
    agent.see("greeting")

    before = sit_down(cloud, "agent2").release
    admin(cloud, "publish", "csat", "--scripts", str(changed_scripts), "--comment", "a friendlier question")

    agent.answer("self", "consent")
    assert NEW not in agent.text
    agent.press("w")
    agent.see("wrong_number")
    agent.end()
    wait_until_dispatch_knows(cloud, before)
    agent.next_case()
    agent.answer("self", "consent")
    assert NEW in agent.text
    assert set(cloud.worker_pids()) == workers
    assert cloud.app.pid == app
    agent.press("w")
    agent.see("wrong_number")
    agent.end()
    agent.delivered()


def wait_until_dispatch_knows(cloud: Cloud, before: str) -> None:
    """Dispatch may remember the pointer for a while (`DispatchSettings.cache_seconds`)."""
    give_up = time.monotonic() + 60
    while sit_down(cloud, "agent2").release == before:
        assert time.monotonic() < give_up, "dispatch never learned of the new release"
        time.sleep(0.2)
