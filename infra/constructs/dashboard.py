"""What a manager and an operator look at first: completes, outcomes, failing nodes, latency."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

PERIOD = Duration.minutes(5)


class Dashboard(Construct):
    """Draws the metrics that the functions write; the names are theirs (`functions.hosting`)."""

    def __init__(self, scope: Construct, name: str, *, namespace: str) -> None:
        super().__init__(scope, name)
        self._namespace = namespace
        board = cloudwatch.Dashboard(self, "Board")
        board.add_widgets(
            self._widget("Actions", "Actions", "campaign,action,outcome", "Sum"),
            self._widget("Failures by node", "Failures", "campaign,node,code", "Sum"),
        )
        board.add_widgets(
            self._widget("Action time p50", "ActionTime", "campaign,action", "p50"),
            self._widget("Action time p95", "ActionTime", "campaign,action", "p95"),
        )
        board.add_widgets(self._widget("Finished interviews", "Finished", "campaign,disposition", "Sum"))

    def _widget(self, title: str, metric: str, dimensions: str, statistic: str) -> cloudwatch.GraphWidget:
        expression = f"SEARCH('{{{self._namespace},{dimensions}}} MetricName=\"{metric}\"', '{statistic}')"
        search = cloudwatch.MathExpression(expression=expression, using_metrics={}, period=PERIOD, label="")
        return cloudwatch.GraphWidget(title=title, left=[search], width=12)
