"""Tells when a month's bill is on its way past what was meant."""

from __future__ import annotations

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.configuration import Configuration


class Budget(Construct):
    """Alarms at 80 % spent and at 100 % foreseen."""

    def __init__(self, scope: Construct, name: str, *, configuration: Configuration, topic: sns.ITopic) -> None:
        super().__init__(scope, name)
        budgets.CfnBudget(
            self,
            "Month",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=configuration.monthly_budget_dollars, unit="USD"),
            ),
            notifications_with_subscribers=[_at(80, "ACTUAL", topic), _at(100, "FORECASTED", topic)],
        )


def _at(percent: int, kind: str, topic: sns.ITopic) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            comparison_operator="GREATER_THAN", notification_type=kind, threshold=percent
        ),
        subscribers=[budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)],
    )
