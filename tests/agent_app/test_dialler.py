"""The dialler port. No AWS emulator at hand has Amazon Connect: its requests are held against botocore's own model."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from agent_app.dialler import ConnectDialler, DiallerSettings, LinkDialler, Order, dialler_of
from agent_app.drawing import drawing
from agent_app.inputs import Input
from tests.agent_app.fake_cloud import FakeCloud, problem
from tests.agent_app.sitting import Process, begun, turn

ORDER = Order("+8613812341234", "4f1c", "csat", 1_800_000_000_000)
INSTANCE, FLOW, QUEUE = "11111111-aaaa", "22222222-bbbb", "33333333-cccc"
EXPECTED = {
    "DestinationPhoneNumber": "+8613812341234",
    "InstanceId": INSTANCE,
    "ContactFlowId": FLOW,
    "QueueId": QUEUE,
    "ClientToken": "4f1c-1800000000000",
    "Attributes": {"waihu_interview": "4f1c", "waihu_campaign": "csat"},
}


@pytest.fixture
def connect() -> Any:
    return boto3.client("connect", region_name="ap-southeast-1")


def test_connect_is_asked_to_ring_once(connect: Any) -> None:
    with Stubber(connect) as stub:
        stub.add_response("start_outbound_voice_contact", {"ContactId": "c"}, EXPECTED)
        placed = ConnectDialler(connect, INSTANCE, FLOW, QUEUE).dial(ORDER)
        stub.assert_no_pending_responses()
    assert (placed.said, placed.href) == ("case.connect_rings", "")


def test_connect_rings_from_a_number_where_there_is_no_queue(connect: Any) -> None:
    expected = {**EXPECTED, "SourcePhoneNumber": "+6560000000"}
    del expected["QueueId"]
    with Stubber(connect) as stub:
        stub.add_response("start_outbound_voice_contact", {"ContactId": "c"}, expected)
        placed = ConnectDialler(connect, INSTANCE, FLOW, source_phone="+6560000000").dial(ORDER)
        stub.assert_no_pending_responses()
    assert placed.said == "case.connect_rings"  # what the stub says of a wrong request would be told as an outage


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("LimitExceededException", "case.connect_away"),
        ("InternalServiceException", "case.connect_away"),
        ("DestinationNotAllowedException", "case.connect_not_allowed"),
        ("OutboundContactNotPermittedException", "case.connect_not_allowed"),
        ("ResourceNotFoundException", "case.connect_refused"),
    ],
)
def test_a_refusal_is_told_in_plain_words(connect: Any, code: str, said: str) -> None:
    with Stubber(connect) as stub:
        stub.add_client_error("start_outbound_voice_contact", code)
        placed = ConnectDialler(connect, INSTANCE, FLOW, QUEUE).dial(ORDER)
    assert (placed.said, placed.ringing) == (said, False)


def test_with_connect_the_browser_never_has_the_number(process: Process, connect: Any) -> None:
    desk = begun(process)
    desk.dialler = ConnectDialler(connect, INSTANCE, FLOW, QUEUE)
    with Stubber(connect) as stub:
        stub.add_response("start_outbound_voice_contact", {"ContactId": "c"})
        desk.apply(Input(type="dial", turn=turn(desk)))
    drawn = drawing(desk)
    assert drawn["dial"]["text"].startswith("正在通过 Amazon Connect 呼叫")
    assert "13812341234" not in str(drawn)


def test_without_a_dialler_there_is_no_key_and_no_number(process: Process, fake: FakeCloud) -> None:
    process.dialler = None
    desk = begun(process)
    desk.apply(Input(type="dial", turn=turn(desk)))
    assert drawing(desk)["can_dial"] is False
    assert "outbound.dial" not in fake.actions()


def test_a_number_that_is_refused_is_not_dialled(process: Process, fake: FakeCloud) -> None:
    desk = begun(process)
    fake.replies["outbound.dial"] = lambda _: problem(409, "case_not_held", messages={"zh": "您已不再持有这个个案"})
    desk.apply(Input(type="dial", turn=turn(desk)))
    assert drawing(desk)["dial"] == {"serial": 1, "href": "", "text": "没能取到号码：您已不再持有这个个案"}


def test_the_settings_choose_the_dialler(connect: Any) -> None:
    assert dialler_of(DiallerSettings(""), lambda: connect) is None
    assert dialler_of(DiallerSettings("sip"), lambda: connect) == LinkDialler("sip")
    whole = DiallerSettings("connect", INSTANCE, FLOW, QUEUE)
    assert dialler_of(whole, lambda: connect) == ConnectDialler(connect, INSTANCE, FLOW, QUEUE)
    for wrong in (DiallerSettings("fax"), DiallerSettings("connect", INSTANCE)):
        with pytest.raises(ValueError, match="dialler"):
            dialler_of(wrong, lambda: connect)
