"""CloudWatch's dashboards as the page draws them, from the local AWS server's own API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent_app.boards import Boards, BoardsUnavailable, Graph, Note
from monitoring import boards
from tests.harness.aws_server import running_aws

NOW = datetime.now(UTC)
PAST = NOW - timedelta(hours=2)


@pytest.fixture(scope="module")
def cloudwatch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running_aws(tmp_path_factory.mktemp("aws")) as server:
        client = server.client("cloudwatch")
        put(client, "Finished", 3, campaign="csat", disposition="1.1")
        put(client, "Finished", 2, campaign="csat", disposition="2.11")
        put(client, "Finished", 7, campaign="other", disposition="1.1")
        body = boards.campaign("csat", region="r")
        client.put_dashboard(DashboardName="Waihu-campaign-csat", DashboardBody=json.dumps(body))
        client.put_dashboard(DashboardName="Waihu-business", DashboardBody=json.dumps(boards.business(region="r")))
        client.put_dashboard(DashboardName="Waihu-broken", DashboardBody='{"widgets": [{"type": "metric"}]}')
        yield client
        client.close()


def put(client: Any, metric: str, value: float, **dimensions: str) -> None:
    pairs = [{"Name": name, "Value": text} for name, text in dimensions.items()]
    at = NOW - timedelta(minutes=10)
    client.put_metric_data(
        Namespace="Waihu", MetricData=[{"MetricName": metric, "Dimensions": pairs, "Value": value, "Timestamp": at}]
    )


def graphs(cloudwatch: Any, name: str) -> dict[str, Graph]:
    found = Boards(cloudwatch, "Waihu").read(name, PAST, NOW + timedelta(hours=1))
    assert isinstance(found[0], Note)
    return {widget.title: widget for widget in found if isinstance(widget, Graph)}


def test_boards_of_the_deployment_are_listed_campaigns_last(cloudwatch: Any) -> None:
    assert Boards(cloudwatch, "Waihu").names() == ["broken", "business", "campaign-csat"]


def test_a_campaigns_board_draws_its_own_values(cloudwatch: Any) -> None:
    outcomes = graphs(cloudwatch, "campaign-csat")["Outcomes"]

    assert {line.label: sum(value for _, value in line.points) for line in outcomes.lines} == {"1.1": 3, "2.11": 2}


def test_completes_are_those_of_all_campaigns(cloudwatch: Any) -> None:
    completes = graphs(cloudwatch, "business")["Completed interviews"]

    assert {line.label: sum(value for _, value in line.points) for line in completes.lines} == {
        "csat · 1.1": 3,
        "other · 1.1": 7,
    }


def test_what_is_computed_is_named_and_not_drawn(cloudwatch: Any) -> None:
    rate = graphs(cloudwatch, "campaign-csat")["Response rate (%)"]

    assert rate.lines == ()
    assert rate.not_drawn == ("% 100*SUM(c)/SUM(a)",)


@pytest.mark.parametrize("name", ["broken", "not-there"])
def test_a_board_that_cannot_be_read_is_said(cloudwatch: Any, name: str) -> None:
    with pytest.raises(BoardsUnavailable):
        Boards(cloudwatch, "Waihu").read(name, PAST, NOW)
