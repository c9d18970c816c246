"""How browsers reach the desk: a load balancer that keeps each one at its task, behind TLS either way."""

from __future__ import annotations

from aws_cdk import Duration, Fn, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as route53_targets
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.desk import PORT, Desk
from infra.constructs.network import PUBLIC, Network

IDLE_SECONDS = 120
"""Longer than six of the pings (20 s) that keep an idle agent's websocket open."""
STICKY_HOURS = 12
"""A shift: the browser's websocket finds the process that holds its session again."""
ORIGIN_HEADER = "x-waihu-origin"


class Front(Construct):
    """With a domain: certificate, HTTPS listener, a record in its zone. Without: CloudFront's name and certificate, and
    a load balancer that answers nobody but this very distribution."""

    def __init__(
        self, scope: Construct, name: str, *, desk: Desk, configuration: Configuration, network: Network,
        logs: s3.IBucket,
    ) -> None:  # fmt: skip
        super().__init__(scope, name)
        self._configuration, self._logs = configuration, logs
        group = ec2.SecurityGroup(
            self, "Group", vpc=network.vpc, allow_all_outbound=False, description="Load balancer of the desk"
        )
        group.add_egress_rule(desk.group, ec2.Port.tcp(PORT), "Tasks of the desk")
        desk.group.add_ingress_rule(group, ec2.Port.tcp(PORT), "The load balancer")
        self.balancer = elb.ApplicationLoadBalancer(
            self,
            "Balancer",
            vpc=network.vpc,
            vpc_subnets=PUBLIC,
            internet_facing=True,
            security_group=group,
            idle_timeout=Duration.seconds(IDLE_SECONDS),
            drop_invalid_header_fields=True,
            deletion_protection=configuration.profile.keep_data,
        )
        for attribute, value in (
            ("access_logs.s3.enabled", "true"),
            ("access_logs.s3.bucket", logs.bucket_name),
            ("access_logs.s3.prefix", "desk"),
            # The desk compares a websocket's origin with the host that the browser named.
            ("routing.http.preserve_host_header.enabled", "true"),
        ):
            self.balancer.set_attribute(attribute, value)
        self.target = elb.ApplicationTargetGroup(
            self,
            "Tasks",
            vpc=network.vpc,
            port=PORT,
            protocol=elb.ApplicationProtocol.HTTP,
            targets=[desk.service],
            stickiness_cookie_duration=Duration.hours(STICKY_HOURS),
            deregistration_delay=Duration.seconds(60),
            load_balancing_algorithm_type=elb.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
            health_check=elb.HealthCheck(
                path="/healthz", interval=Duration.seconds(15), timeout=Duration.seconds(5),
                healthy_threshold_count=2, unhealthy_threshold_count=3,
            ),
        )  # fmt: skip
        self.address = self._own_domain(group) if configuration.domain else self._cloudfront(group)

    def _own_domain(self, group: ec2.SecurityGroup) -> str:
        domain = self._configuration.domain
        zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id=self._configuration.zone, zone_name=domain.partition(".")[2]
        )
        certificate = acm.Certificate(
            self, "Certificate", domain_name=domain, validation=acm.CertificateValidation.from_dns(zone)
        )
        self.balancer.add_listener(
            "Https",
            port=443,
            certificates=[certificate],
            ssl_policy=elb.SslPolicy.RECOMMENDED_TLS,
            open=False,
            default_target_groups=[self.target],
        )
        self.balancer.add_listener(
            "Http",
            port=80,
            open=False,
            default_action=elb.ListenerAction.redirect(protocol="HTTPS", port="443", permanent=True),
        )
        for network in self._configuration.allowed_networks:
            for port in (443, 80):
                group.add_ingress_rule(ec2.Peer.ipv4(network), ec2.Port.tcp(port), "Browsers of agents")
        route53.ARecord(
            self,
            "Name",
            zone=zone,
            record_name=domain,
            target=route53.RecordTarget.from_alias(route53_targets.LoadBalancerTarget(self.balancer)),
        )
        return f"https://{domain}"

    def _cloudfront(self, group: ec2.SecurityGroup) -> str:
        """The word that only this distribution knows is made of the stack's id: no two deployments share it."""
        word = Fn.select(2, Fn.split("/", Stack.of(self).stack_id))
        listener = self.balancer.add_listener(
            "Http",
            port=80,
            open=False,
            default_action=elb.ListenerAction.fixed_response(403, content_type="text/plain", message_body="closed"),
        )
        listener.add_target_groups(
            "FromCloudFront",
            priority=1,
            conditions=[elb.ListenerCondition.http_header(ORIGIN_HEADER, [word])],
            target_groups=[self.target],
        )
        group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(80), "CloudFront: all others are told 403")
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="Waihu: the agents' desk",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.LoadBalancerV2Origin(
                    self.balancer,
                    protocol_policy=cloudfront.OriginProtocolPolicy.HTTP_ONLY,
                    custom_headers={ORIGIN_HEADER: word},
                    read_timeout=Duration.seconds(60),
                    keepalive_timeout=Duration.seconds(60),
                ),
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                # The host that the browser named goes with it: the desk compares a websocket's origin with it.
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER,
                response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            ),
            http_version=cloudfront.HttpVersion.HTTP2,
            price_class=cloudfront.PriceClass.PRICE_CLASS_ALL,
            enable_logging=True,
            log_bucket=self._logs,
            log_file_prefix="cdn/",
        )
        return f"https://{distribution.distribution_domain_name}"
