"""Log queries, kept where an operator looks for them."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_logs as logs
from constructs import Construct

from monitoring.queries import QUERIES


class SavedQueries(Construct):
    """Each of `monitoring.queries`, over all log groups of the functions."""

    def __init__(self, scope: Construct, name: str, *, prefix: str, groups: Sequence[logs.ILogGroup]) -> None:
        super().__init__(scope, name)
        for number, (title, query) in enumerate(QUERIES.items()):
            logs.CfnQueryDefinition(
                self,
                f"Query-{number}",
                name=f"{prefix}/{title}",
                query_string=query.strip(),
                log_group_names=[group.log_group_name for group in groups],
            )
