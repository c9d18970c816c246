"""The private network: no way in but the desk's load balancer, no way out but for the desk."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.log_group import log_group
from infra.profile import Profile

ISOLATED = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
DESK = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
PUBLIC = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)


class Network(Construct):
    """Two zones with three kinds of subnets: public (load balancer, NAT), desk (with a way out), isolated (the rest).

    Functions and databases have no way out: they reach S3 through a gateway (free) and Secrets Manager through an
    interface endpoint. The desk needs Cognito and the HTTP API, which have no endpoint of their own: NAT. The name of
    Secrets Manager means the endpoint to everybody inside, so the desk comes there too.
    """

    def __init__(self, scope: Construct, name: str, *, configuration: Configuration, key: object) -> None:
        super().__init__(scope, name)
        profile, zones = configuration.profile, configuration.availability_zones
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(configuration.network),
            availability_zones=list(zones) or None,
            max_azs=None if zones else 2,
            nat_gateways=profile.nat_gateways,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24,
                                        map_public_ip_on_launch=False),
                ec2.SubnetConfiguration(name="desk", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=22),
                ec2.SubnetConfiguration(name="private", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=22),
            ],
        )  # fmt: skip
        for service in ("S3", "DYNAMODB"):
            self.vpc.add_gateway_endpoint(service.title(), service=getattr(ec2.GatewayVpcEndpointAwsService, service))
        endpoints = ec2.SecurityGroup(
            self, "Endpoints", vpc=self.vpc, allow_all_outbound=False, description="Secrets Manager, from within"
        )
        self.secrets_endpoint = self.vpc.add_interface_endpoint(
            "Secrets",
            service=ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
            private_dns_enabled=True,
            security_groups=[endpoints],
            subnets=ISOLATED,
            open=False,
        )
        # By subnet, not by caller: a group takes 60 rules, which a dozen cells would fill. Roles say who may read what.
        for subnet in (*self.vpc.isolated_subnets, *self.vpc.private_subnets):
            endpoints.add_ingress_rule(ec2.Peer.ipv4(subnet.ipv4_cidr_block), ec2.Port.tcp(443), "Functions and desk")
        self._endpoints = endpoints
        self._log_flows(profile, key)

    def allow_secrets(self, caller: ec2.ISecurityGroup) -> None:
        """Lets what is in group `caller` go to Secrets Manager."""
        to = ec2.Peer.security_group_id(self._endpoints.security_group_id)
        caller.add_egress_rule(to, ec2.Port.tcp(443), "Secrets Manager")

    def _log_flows(self, profile: Profile, key: object) -> None:
        """What was refused at the network's doors; what was let through is in the logs of those who let it."""
        group: logs.LogGroup = log_group(self, "Flows", profile=profile, key=key)
        self.vpc.add_flow_log(
            "Refused",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group),
            traffic_type=ec2.FlowLogTrafficType.REJECT,
        )
