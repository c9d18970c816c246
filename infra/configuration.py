"""What one deployment is told besides its size: `cdk deploy -c waihu:FIELD=VALUE`, or `context` in cdk.json."""

from __future__ import annotations

import dataclasses
import difflib
import ipaddress
import re
from collections.abc import Callable, Iterable

from infra.profile import Profile, ProfileError, named

PREFIX = "waihu:"
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ZONE = re.compile(r"Z[A-Z0-9]{1,31}")
_MAIL = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_DIALLERS = ("tel", "sip", "connect", "none")
_CONNECT = ("connect_instance_id", "connect_contact_flow_id", "connect_queue_id", "connect_source_phone")
_IMAGE = re.compile(r"[\w.-]+(:\d+)?(/[\w.-]+)+(:[\w.-]+|@sha256:[0-9a-f]{64})")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Configuration:
    """One deployment. Every field but the profile may be left out."""

    profile: Profile
    domain: str = ""
    """The desk's own name, such as `desk.example.com`; empty: CloudFront's name, with CloudFront's certificate."""
    zone: str = ""
    """Id of the Route 53 zone that holds `domain`: certificate and record are made in it."""
    alarm_mail: str = ""
    """Who is written to when an alarm goes off; the address has to confirm."""
    allowed_networks: tuple[str, ...] = ("0.0.0.0/0",)
    """IPv4 networks from which the desk's load balancer may be reached (with a domain of one's own)."""
    monthly_budget_dollars: int
    desk_image: str = ""
    """An image that exists already; empty: built from agent_app/Dockerfile when deploying."""
    dialler: str = "tel"
    """Who rings: `tel` or `sip` on the agents' machines, `connect` (Amazon Connect), or `none` of ours."""
    connect_instance_id: str = ""
    connect_contact_flow_id: str = ""
    """The flow that brings an answered call to the agent."""
    connect_queue_id: str = ""
    """The queue whose caller id is shown; or else `connect_source_phone`."""
    connect_source_phone: str = ""

    def __post_init__(self) -> None:
        _must(not self.domain or _DOMAIN.fullmatch(self.domain), "domain", self.domain, "a name like desk.example.com")
        _must(not self.zone or _ZONE.fullmatch(self.zone), "zone", self.zone, "a zone's id like Z0123456789ABC")
        _must(bool(self.domain) == bool(self.zone), "zone", self.zone, "given together with domain, or both left out")
        _must(not self.alarm_mail or _MAIL.fullmatch(self.alarm_mail), "alarm_mail", self.alarm_mail, "a mail address")
        _must(bool(self.allowed_networks), "allowed_networks", "", "at least one IPv4 network like 203.0.113.0/24")
        for network in self.allowed_networks:
            _must(_is_network(network), "allowed_networks", network, "IPv4 networks like 203.0.113.0/24")
        image = self.desk_image
        _must(not image or _IMAGE.fullmatch(image), "desk_image", image, "registry/name:tag or registry/name@sha256:…")
        dollars = self.monthly_budget_dollars
        _must(1 <= dollars <= 1_000_000, "monthly_budget_dollars", dollars, "between 1 and 1000000")
        self._check_dialler()

    def _check_dialler(self) -> None:
        _must(self.dialler in _DIALLERS, "dialler", self.dialler, f"one of {', '.join(_DIALLERS)}")
        for field in ("connect_instance_id", "connect_contact_flow_id", "connect_queue_id"):
            value = getattr(self, field)
            _must(not value or _ID.fullmatch(value), field, value, "an id like 12345678-9abc-def0-1234-56789abcdef0")
        phone = self.connect_source_phone
        _must(not phone or _PHONE.fullmatch(phone), "connect_source_phone", phone, "a number like +862112345678")
        if self.dialler == "connect":
            for field in ("connect_instance_id", "connect_contact_flow_id"):
                _must(getattr(self, field), field, "", "given where waihu:dialler is connect")
            _must(phone or self.connect_queue_id, "connect_queue_id", "", "given, or connect_source_phone")


def read(context: Callable[[str], object]) -> Configuration:
    """The configuration that `context` (of the CDK app) gives.

    Raises:
        ProfileError: a value that cannot work; the text names the field and what it may be.
    """

    def text(field: str) -> str:
        value = context(PREFIX + field)
        return "" if value is None else str(value).strip()

    profile = named(text("profile") or "demo")
    if text("cells"):
        profile = dataclasses.replace(profile, cells=tuple(text("cells").replace(",", " ").split()))
    budget = text("monthly_budget_dollars") or str(profile.monthly_budget_dollars)
    _must(budget.isascii() and budget.isdigit(), "monthly_budget_dollars", budget, "between 1 and 1000000")
    networks = text("allowed_networks").replace(",", " ").split() or ["0.0.0.0/0"]
    return Configuration(
        profile=profile,
        domain=text("domain").lower(),
        zone=text("zone"),
        alarm_mail=text("alarm_mail"),
        allowed_networks=tuple(networks),
        monthly_budget_dollars=int(budget),
        desk_image=text("desk_image"),
        dialler=text("dialler") or "tel",
        **{field: text(field) for field in _CONNECT},
    )


FIELDS = ("profile", "cells", *(field.name for field in dataclasses.fields(Configuration) if field.name != "profile"))
"""What `-c waihu:FIELD=VALUE` may name."""


def check_names(names: Iterable[str]) -> None:
    """Raises `ProfileError` for a name of the context that is meant for us and is none of ours: a slip of the pen."""
    for name in names:
        field = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, n=1)
            meant = f"did you mean {PREFIX}{near[0]}?" if near else f"there are: {', '.join(FIELDS)}."
            raise ProfileError(f"{name} is no field: {meant}")


def _must(holds: object, field: str, value: object, wanted: str) -> None:
    if not holds:
        raise ProfileError(f"{PREFIX}{field} is {value!r}: it must be {wanted}.")


def _is_network(text: str) -> bool:
    try:
        ipaddress.IPv4Network(text)
    except ValueError:
        return False
    return True
