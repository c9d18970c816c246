"""Whatever happens on the way becomes an answer or a refusal."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from agent_app.client import UNREACHABLE, UNREADABLE, Answer, Credentials, Gateway, Refusal
from callscript.protocol import BUDGET_HEADER, ActionRequest
from tests.agent_app.fake_cloud import FakeCloud, problem

REQUEST = ActionRequest(campaign="csat", release="0" * 64, parameters={"x": 1})
GOOD = Credentials("good-token", "session-0")


@pytest.fixture
def gateway(fake: FakeCloud) -> Iterator[Gateway]:
    running = Gateway(fake.url, timeout_seconds=5)
    yield running
    running.close()


def act(gateway: Gateway, key: str = "k") -> Answer[object] | Refusal:
    return gateway.act("/c1", "outbound.save_answers", REQUEST, key, GOOD)


def test_a_session_opens(fake: FakeCloud, gateway: Gateway) -> None:
    outcome = gateway.open_session(Credentials("good-token"))
    assert isinstance(outcome, Answer)
    assert [campaign.id for campaign in outcome.value.campaigns] == ["csat"]


def test_the_same_key_gives_the_stored_reply(fake: FakeCloud, gateway: Gateway) -> None:
    fake.replies["outbound.save_answers"] = lambda request: {"got": request.parameters}
    assert act(gateway) == Answer({"got": {"x": 1}})
    assert act(gateway) == Answer({"got": {"x": 1}}, replayed=True)
    assert len(fake.ran) == 1


def test_a_problem_keeps_the_servers_words(fake: FakeCloud, gateway: Gateway) -> None:
    fake.refusals.append(problem(409, "no_case_due", detail="nobody", messages={"zh": "没有了"}, correlation_id="c-9"))
    outcome = act(gateway)
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.retryable, outcome.status, outcome.correlation_id) == (
        "no_case_due",
        False,
        409,
        "c-9",
    )
    assert (outcome.detail("zh"), outcome.detail("en")) == ("没有了", "没有了")


@pytest.mark.parametrize(
    ("status", "says", "retryable"),
    [(503, False, True), (429, False, True), (500, False, False), (500, True, True), (422, False, False)],
)
def test_what_may_be_tried_again(fake: FakeCloud, gateway: Gateway, status: int, says: bool, retryable: bool) -> None:
    fake.refusals.append(problem(status, "some_code", retryable=says))
    outcome = act(gateway)
    assert isinstance(outcome, Refusal)
    assert outcome.retryable is retryable


def test_the_gateways_own_refusal_is_understood(gateway: Gateway) -> None:
    outcome = gateway.open_session(Credentials("forged"))
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.unauthorised, outcome.retryable) == ("unauthorized", True, False)


def test_no_server_is_retryable(fake: FakeCloud, gateway: Gateway) -> None:
    with fake.away():
        outcome = act(gateway)
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.retryable) == (UNREACHABLE, True)


def test_a_lost_reply_is_found_again_by_its_key(fake: FakeCloud, gateway: Gateway) -> None:
    fake.replies["outbound.save_answers"] = lambda _: {"n": 1}
    fake.refusals.append("cut")
    lost = act(gateway)
    assert isinstance(lost, Refusal)
    assert lost.retryable
    assert act(gateway) == Answer({"n": 1}, replayed=True)
    assert len(fake.ran) == 1


def test_what_is_no_reply_of_ours_may_be_tried_again(fake: FakeCloud, gateway: Gateway) -> None:
    fake.refusals.append("garbage")
    outcome = act(gateway)
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.retryable) == (UNREADABLE, True)


def test_the_platform_is_asked_in_the_agents_language_and_shown_in_no_other(fake: FakeCloud, gateway: Gateway) -> None:
    fake.refusals.append(problem(429, "too_many_cases", detail="请稍候。"))
    outcome = gateway.act("/c1", "outbound.next_case", REQUEST, "k", Credentials("good-token", "session-0", "zh"))
    assert fake.asked[-1][1]["accept-language"] == "zh"
    assert isinstance(outcome, Refusal)
    assert (outcome.detail("zh"), outcome.detail("en")) == ("请稍候。", "")


def test_the_platforms_english_is_not_shown_to_a_chinese_agent(fake: FakeCloud, gateway: Gateway) -> None:
    fake.refusals.append(problem(503, "outcome_unknown", detail="The connection broke."))
    outcome = act(gateway)
    assert isinstance(outcome, Refusal)
    assert (outcome.detail("zh"), outcome.detail("en")) == ("", "The connection broke.")


def test_an_action_says_how_long_it_is_waited_for() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    gateway = Gateway("http://cloud", timeout_seconds=7.5, transport=httpx.MockTransport(answer))
    act(gateway)
    gateway.close()
    assert [request.headers[BUDGET_HEADER] for request in seen] == ["7500"]


def test_a_slow_action_has_a_server_and_time_of_its_own(fake: FakeCloud, gateway: Gateway) -> None:
    gateway.act("/c1/next", "outbound.report", REQUEST, "k", GOOD, slow=True)
    act(gateway, "k2")
    assert [(path, headers[BUDGET_HEADER]) for path, headers in fake.asked] == [
        ("/c1/next/slow-actions/outbound.report", "29000"),
        ("/c1/actions/outbound.save_answers", "5000"),
    ]
