"""The two dashboards of a deployment; those of campaigns are made when they are published."""

from __future__ import annotations

from aws_cdk import Aws, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from monitoring import boards


class Dashboards(Construct):
    """Named after the core stack: `<prefix>-operations`, `<prefix>-business`, and `<prefix>-campaign-<campaign>`."""

    def __init__(self, scope: Construct, name: str, *, prefix: str, deployed: boards.Deployed) -> None:
        super().__init__(scope, name)
        bodies = {
            "operations": boards.operations(deployed, region=Aws.REGION),
            "business": boards.business(region=Aws.REGION),
        }
        for kind, body in bodies.items():
            cloudwatch.CfnDashboard(
                self,
                kind.title(),
                dashboard_name=f"{prefix}-{kind}",
                dashboard_body=Stack.of(self).to_json_string(body),
            )
