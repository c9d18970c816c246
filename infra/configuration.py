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
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z]{2,63}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_DIALLERS = ("tel", "sip", "connect", "none")
_CONNECT = ("connect_instance_id", "connect_contact_flow_id", "connect_queue_id", "connect_source_phone")
_IMAGE = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?(/[a-z0-9._-]+)+(:[A-Za-z0-9_.-]{1,128}|@sha256:[0-9a-f]{64})")
_IN_ZONE = re.compile(r"(?P<region>[a-z]{2}(-[a-z]+)+-[0-9])[a-z]")
EVERYWHERE = "0.0.0.0/0"
MOST_NETWORKS = 25
"""Each is two rules of a security group, which takes 60."""
_SEVERAL = ("cells", "allowed_networks", "availability_zones")
"""Fields with several words: one text, or a list in cdk.json."""
LONGEST_SHOWN = 200
"""Characters of a wrong value that the error repeats."""
_NEVER_EMPTY = ("profile", "monthly_budget_dollars", "dialler", "network", *_SEVERAL)
"""Left out they have a default; given and empty is a variable of the shell that was not set."""


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
    allowed_networks: tuple[str, ...] = (EVERYWHERE,)
    """IPv4 networks from which the desk's load balancer may be reached: with a domain of one's own only."""
    network: str = "10.0.0.0/16"
    """Of the deployment itself; another one where a VPN or peer already has this."""
    availability_zones: tuple[str, ...] = ()
    """Two zones in which RDS Proxy is offered; empty: the region's first two."""
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
            _must(_is_network(network, 0, 32), "allowed_networks", network, "IPv4 networks like 203.0.113.0/24")
        count = len(self.allowed_networks)
        _must(count <= MOST_NETWORKS, "allowed_networks", f"{count} networks", f"at most {MOST_NETWORKS}")
        closed = self.allowed_networks != (EVERYWHERE,)
        _must(self.domain or not closed, "allowed_networks", " ".join(self.allowed_networks),
              "left out without waihu:domain: CloudFront, which lends a name, lets everybody come")  # fmt: skip
        self._check_network()
        image = self.desk_image
        _must(not image or _IMAGE.fullmatch(image), "desk_image", image, "registry/name:tag or registry/name@sha256:…")
        dollars = self.monthly_budget_dollars
        _must(1 <= dollars <= 1_000_000, "monthly_budget_dollars", dollars, "between 1 and 1000000")
        self._check_dialler()

    def _check_network(self) -> None:
        network, zones = self.network, self.availability_zones
        private = _is_network(network, 16, 18) and ipaddress.IPv4Network(network).is_private
        _must(private, "network", network, "a private IPv4 network of /16 to /18 like 10.20.0.0/16")
        found = [_IN_ZONE.fullmatch(zone) for zone in zones]
        two = len(set(zones)) == len(zones) == 2 and all(found)
        one_region = len({match["region"] for match in found if match}) == 1
        _must(not zones or (two and one_region), "availability_zones", " ".join(zones),
              "two zones of one region like ap-southeast-1a ap-southeast-1b")  # fmt: skip

    def _check_dialler(self) -> None:
        _must(self.dialler in _DIALLERS, "dialler", self.dialler, f"one of {', '.join(_DIALLERS)}")
        for field in ("connect_instance_id", "connect_contact_flow_id", "connect_queue_id"):
            value = getattr(self, field)
            _must(not value or _ID.fullmatch(value), field, value, "an id like 12345678-9abc-def0-1234-56789abcdef0")
        phone = self.connect_source_phone
        _must(not phone or _PHONE.fullmatch(phone), "connect_source_phone", phone, "a number like +862112345678")
        for field in _CONNECT:
            value = getattr(self, field)
            _must(not value or self.dialler == "connect", field, value, "left out unless waihu:dialler is connect")
        if self.dialler == "connect":
            for field in ("connect_instance_id", "connect_contact_flow_id"):
                _must(getattr(self, field), field, "", "given where waihu:dialler is connect")
            _must(phone or self.connect_queue_id, "connect_queue_id", "", "given, or connect_source_phone")


def read(context: Callable[[str], object]) -> Configuration:
    """The configuration that `context` (of the CDK app) gives.

    Raises:
        ProfileError: a value that cannot work; the text names the field and what it may be.
    """

    def text(field: str, default: str = "") -> str:
        return _text_of(field, context(PREFIX + field), default)

    def words(field: str, default: str = "") -> tuple[str, ...]:
        return tuple(dict.fromkeys(text(field, default).replace(",", " ").split()))

    profile = named(text("profile", "demo"))
    cells = tuple(text("cells", " ".join(profile.cells)).replace(",", " ").split())
    profile = dataclasses.replace(profile, cells=cells)
    budget = text("monthly_budget_dollars", str(profile.monthly_budget_dollars))
    number = budget.isascii() and budget.isdigit() and len(budget) <= len("1000000")
    _must(number, "monthly_budget_dollars", budget, "between 1 and 1000000")
    return Configuration(
        profile=profile,
        domain=text("domain").lower(),
        zone=text("zone"),
        alarm_mail=text("alarm_mail"),
        allowed_networks=words("allowed_networks", EVERYWHERE),
        network=text("network", "10.0.0.0/16"),
        availability_zones=words("availability_zones"),
        monthly_budget_dollars=int(budget),
        desk_image=text("desk_image"),
        dialler=text("dialler", "tel"),
        **{field: text(field) for field in _CONNECT},
    )


def _text_of(field: str, value: object, default: str) -> str:
    """What the context says, as text: from the command line it is, cdk.json may hold other things."""
    if value is None:
        return default
    if field in _SEVERAL and isinstance(value, list):
        value = " ".join(str(item) for item in value)
    wanted = "a text or a list of texts" if field in _SEVERAL else "a text"
    if field == "monthly_budget_dollars" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    _must(isinstance(value, str), field, value, wanted)
    said = str(value).strip()
    _must(said or field not in _NEVER_EMPTY, field, said, "left out, or given a value")
    return said


FIELDS = ("profile", "cells", *(field.name for field in dataclasses.fields(Configuration) if field.name != "profile"))
"""What `-c waihu:FIELD=VALUE` may name."""
_OURS = frozenset(PREFIX + field for field in FIELDS)


def check_names(names: Iterable[str]) -> None:
    """Raises `ProfileError` for a name of the context that is meant for us and is none of ours: a slip of the pen."""
    for name in names:
        field = name.removeprefix(PREFIX)
        if name in FIELDS or (name not in _OURS and name.lower() in _OURS):
            raise ProfileError(f"{name} is no field: did you mean {PREFIX}{name.lower().removeprefix(PREFIX)}?")
        if name.startswith(PREFIX) and field not in FIELDS:
            near = difflib.get_close_matches(field, FIELDS, n=1)
            meant = f"did you mean {PREFIX}{near[0]}?" if near else f"there are: {', '.join(FIELDS)}."
            raise ProfileError(f"{name} is no field: {meant}")


def _must(holds: object, field: str, value: object, wanted: str) -> None:
    if not holds:
        said = repr(value)
        said = said if len(said) <= LONGEST_SHOWN else f"{said[:LONGEST_SHOWN]}…"
        raise ProfileError(f"{PREFIX}{field} is {said}: it must be {wanted}.")


def _is_network(text: str, shortest: int, longest: int) -> bool:
    """Whether it is a network written as `address/bits`: a mask in another form is refused where it is used."""
    address, _, bits = text.partition("/")
    if not (bits.isascii() and bits.isdigit() and shortest <= int(bits[:3]) <= longest):
        return False
    try:
        ipaddress.IPv4Network(f"{address}/{bits}")
    except ValueError:
        return False
    return True
