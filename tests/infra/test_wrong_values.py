"""Values that cannot work end `cdk synth` with the field's name and what it may be: by the command line or cdk.json."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from infra.configuration import FIELDS, check_names, read
from infra.profile import PROFILES, ProfileError

ID = "12345678-9abc-def0-1234-56789abcdef0"
DOMAIN = {"domain": "desk.example.com", "zone": "Z0123456789ABC"}
CONNECT = {"dialler": "connect", "connect_instance_id": ID, "connect_contact_flow_id": ID}

CONTEXT: list[tuple[dict[str, Any], str, str]] = [
    # what is said, the field that is named, a part of what it may be
    ({"profile": "huge"}, "profile", "demo, small, large"),
    ({"profile": "Demo"}, "profile", "demo, small, large"),
    ({"profile": ""}, "profile", "left out, or given a value"),
    ({"profile": "  "}, "profile", "left out, or given a value"),
    ({"profile": "дemo"}, "profile", "demo, small, large"),
    ({"profile": 5}, "profile", "a text"),
    ({"profile": ["demo"]}, "profile", "a text"),
    ({"cells": ""}, "cells", "left out, or given a value"),
    ({"cells": "C1"}, "cells", "named like c1"),
    ({"cells": "1c"}, "cells", "named like c1"),
    ({"cells": "c1;c2"}, "cells", "named like c1"),
    ({"cells": "c-"}, "cells", "named like c1"),
    ({"cells": "c--1"}, "cells", "named like c1"),
    ({"cells": "单元"}, "cells", "named like c1"),
    ({"cells": "c" * 17}, "cells", "at most 16 characters"),
    ({"cells": "c1 c1"}, "cells", "each name may stand there once"),
    ({"cells": "c1,desk"}, "cells", "desk is the name of a stack already"),
    ({"cells": ["c1", "watch"]}, "cells", "watch is the name of a stack already"),
    ({"cells": [f"c{n}" for n in range(16)]}, "cells", "between 1 and 15"),
    ({"cells": {"c1": 1}}, "cells", "a text or a list of texts"),
    ({"cells": ["c1", None]}, "cells", "named like c1"),
    ({"domain": "no domain", "zone": "Z1234"}, "domain", "a name like desk.example.com"),
    ({"domain": "localhost", "zone": "Z1234"}, "domain", "a name like desk.example.com"),
    ({"domain": "*.example.com", "zone": "Z1234"}, "domain", "a name like desk.example.com"),
    ({"domain": "https://desk.example.com", "zone": "Z1234"}, "domain", "a name like desk.example.com"),
    ({"domain": "台.example.com", "zone": "Z1234"}, "domain", "a name like desk.example.com"),
    ({"domain": "x" * 64 + ".example.com", "zone": "Z1234"}, "domain", "a name like desk.example.com"),
    ({"domain": True, "zone": "Z1234"}, "domain", "a text"),
    ({"domain": "desk.example.com"}, "zone", "given together with domain"),
    ({"zone": "Z0123456789ABC"}, "zone", "given together with domain"),
    ({**DOMAIN, "zone": "z0123"}, "zone", "a zone's id like"),
    ({**DOMAIN, "zone": "/hostedzone/Z0123"}, "zone", "a zone's id like"),
    ({**DOMAIN, "zone": "Z" + "0" * 40}, "zone", "a zone's id like"),
    ({"alarm_mail": "someone"}, "alarm_mail", "a mail address"),
    ({"alarm_mail": "a@b.example, c@d.example"}, "alarm_mail", "a mail address"),
    ({"alarm_mail": "某@例.example"}, "alarm_mail", "a mail address"),
    ({"alarm_mail": "a@b.example\nc"}, "alarm_mail", "a mail address"),
    ({"alarm_mail": ["a@b.example"]}, "alarm_mail", "a text"),
    ({"allowed_networks": ""}, "allowed_networks", "left out, or given a value"),
    ({"allowed_networks": []}, "allowed_networks", "left out, or given a value"),
    ({"allowed_networks": "203.0.113.0/24"}, "allowed_networks", "left out without waihu:domain"),
    ({**DOMAIN, "allowed_networks": "10.0.0.1/8"}, "allowed_networks", "IPv4 networks like"),
    ({**DOMAIN, "allowed_networks": "10.0.0.0"}, "allowed_networks", "IPv4 networks like"),
    ({**DOMAIN, "allowed_networks": "10.0.0.0/255.0.0.0"}, "allowed_networks", "IPv4 networks like"),
    ({**DOMAIN, "allowed_networks": "10.0.0.0/33"}, "allowed_networks", "IPv4 networks like"),
    ({**DOMAIN, "allowed_networks": "10.0.0.0/" + "9" * 5000}, "allowed_networks", "IPv4 networks like"),
    ({**DOMAIN, "allowed_networks": "256.0.0.0/8"}, "allowed_networks", "IPv4 networks like"),
    ({**DOMAIN, "allowed_networks": "2001:db8::/32"}, "allowed_networks", "IPv4 networks like"),
    ({**DOMAIN, "allowed_networks": "１０.0.0.0/8"}, "allowed_networks", "IPv4 networks like"),
    ({**DOMAIN, "allowed_networks": [f"10.{n}.0.0/16" for n in range(26)]}, "allowed_networks", "at most 25"),
    ({"network": ""}, "network", "left out, or given a value"),
    ({"network": "10.0.0.0/8"}, "network", "of /16 to /18"),
    ({"network": "10.0.0.0/24"}, "network", "of /16 to /18"),
    ({"network": "10.0.1.0/16"}, "network", "of /16 to /18"),
    ({"network": "8.8.0.0/16"}, "network", "a private IPv4 network"),
    ({"network": "10.0.0.0/16 10.1.0.0/16"}, "network", "a private IPv4 network"),
    ({"availability_zones": "ap-southeast-1a"}, "availability_zones", "two zones of one region"),
    ({"availability_zones": "ap-southeast-1a ap-southeast-1a"}, "availability_zones", "two zones of one region"),
    ({"availability_zones": "ap-southeast-1a eu-west-1b"}, "availability_zones", "two zones of one region"),
    ({"availability_zones": "ap-southeast-1 ap-southeast-2"}, "availability_zones", "two zones of one region"),
    ({"availability_zones": ["a", "b"]}, "availability_zones", "two zones of one region"),
    ({"monthly_budget_dollars": ""}, "monthly_budget_dollars", "left out, or given a value"),
    ({"monthly_budget_dollars": "0"}, "monthly_budget_dollars", "between 1 and 1000000"),
    ({"monthly_budget_dollars": "-5"}, "monthly_budget_dollars", "between 1 and 1000000"),
    ({"monthly_budget_dollars": "1e3"}, "monthly_budget_dollars", "between 1 and 1000000"),
    ({"monthly_budget_dollars": "99.5"}, "monthly_budget_dollars", "between 1 and 1000000"),
    ({"monthly_budget_dollars": "1000001"}, "monthly_budget_dollars", "between 1 and 1000000"),
    ({"monthly_budget_dollars": "9" * 5000}, "monthly_budget_dollars", "between 1 and 1000000"),
    ({"monthly_budget_dollars": "４００"}, "monthly_budget_dollars", "between 1 and 1000000"),
    ({"monthly_budget_dollars": 0}, "monthly_budget_dollars", "between 1 and 1000000"),
    ({"monthly_budget_dollars": True}, "monthly_budget_dollars", "a text"),
    ({"monthly_budget_dollars": 400.0}, "monthly_budget_dollars", "a text"),
    ({"desk_image": "latest"}, "desk_image", "registry/name:tag"),
    ({"desk_image": "registry.example/desk"}, "desk_image", "registry/name:tag"),
    ({"desk_image": "registry.example/Desk:1"}, "desk_image", "registry/name:tag"),
    ({"desk_image": "registry.example/桌:1"}, "desk_image", "registry/name:tag"),
    ({"desk_image": "registry.example/desk@sha256:12"}, "desk_image", "registry/name:tag"),
    ({"dialler": "phone"}, "dialler", "one of tel, sip, connect, none"),
    ({"dialler": ""}, "dialler", "left out, or given a value"),
    ({"dialler": "connect"}, "connect_instance_id", "given where waihu:dialler is connect"),
    ({**CONNECT}, "connect_queue_id", "given, or connect_source_phone"),
    ({**CONNECT, "connect_instance_id": "mine"}, "connect_instance_id", "an id like"),
    ({**CONNECT, "connect_contact_flow_id": ID.upper()}, "connect_contact_flow_id", "an id like"),
    ({**CONNECT, "connect_queue_id": f"arn:aws:connect:::queue/{ID}"}, "connect_queue_id", "an id like"),
    ({**CONNECT, "connect_source_phone": "0211234"}, "connect_source_phone", "a number like"),
    ({**CONNECT, "connect_source_phone": 862112345678}, "connect_source_phone", "a text"),
    ({"connect_instance_id": ID}, "connect_instance_id", "left out unless waihu:dialler is connect"),
    ({"dialler": "sip", "connect_source_phone": "+862112345678"}, "connect_source_phone", "left out unless"),
]
FIELDS_OF_PROFILES: list[tuple[str, Any, str]] = [
    ("agents", 0, "between 1 and 100000"),
    ("agents", "20", "between 1 and 100000"),
    ("agents", True, "between 1 and 100000"),
    ("agents", None, "between 1 and 100000"),
    ("engine", "mysql", "one of rds, aurora"),
    ("database_class", "db.t4g.micro", "a class of Graviton's"),
    ("database_class", "t3.micro", "a class of Graviton's"),
    ("database_class", None, "a class of Graviton's"),
    ("database_gigabytes", 19, "between 20 and 65536"),
    ("database_connections", 29, "between 30 and 10000"),
    ("database_connections", 10**9, "between 30 and 10000"),
    ("multi_az", "yes", "one of True, False"),
    ("keep_data", 1, "one of True, False"),
    ("proxy_percent", 101, "between 1 and 100"),
    ("business_concurrency", 35, "between 1 and 34"),
    ("slow_concurrency", 0, "between 1 and 35"),
    ("dispatch_concurrency", 1_001, "between 1 and 1000"),
    ("requests_per_second", -1, "between 1 and 10000"),
    ("task_cpu", 768, "one of 256, 512, 1024"),
    ("task_megabytes", 8192, "one of 1024, 2048, 3072, 4096"),
    ("sessions_a_task", 201, "between 1 and 200"),
    ("fewest_tasks", 0, "between 1 and 1000"),
    ("most_tasks", 5_001, "and 5000"),
    ("nat_gateways", 0, "between 1 and 2"),
    ("backup_days", 36, "between 1 and 35"),
    ("log_days", 6, "one of 1, 3, 5, 7"),
    ("cells", (), "between 1 and 15"),
    ("monthly_budget_dollars", 1.5, "between 1 and 1000000"),
]


@pytest.mark.parametrize(("said", "field", "wanted"), CONTEXT)
def test_a_value_of_the_context(said: dict[str, Any], field: str, wanted: str) -> None:
    with pytest.raises(ProfileError) as refused:
        read({f"waihu:{name}": value for name, value in said.items()}.get)

    assert f"{field} " in str(refused.value)
    assert wanted in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(("field", "value", "wanted"), FIELDS_OF_PROFILES)
def test_a_value_of_a_profile(field: str, value: object, wanted: str) -> None:
    change: dict[str, Any] = {field: value}
    with pytest.raises(ProfileError) as refused:
        dataclasses.replace(PROFILES["demo"], **change)

    assert f"profile field {field} " in str(refused.value)
    assert wanted in str(refused.value)


@pytest.mark.parametrize(
    "name", ["waihu:", "waihu:Profile", "WAIHU:profile", "profile", "cells", "waihu:zones", "waihu:域"]
)
def test_a_name_that_nobody_reads(name: str) -> None:
    with pytest.raises(ProfileError, match="is no field: "):
        check_names([name])


def test_each_field_has_a_wrong_value_here() -> None:
    assert {field for _, field, _ in CONTEXT} == set(FIELDS)
    assert {field for field, _, _ in FIELDS_OF_PROFILES} == {f.name for f in dataclasses.fields(PROFILES["demo"])} - {
        "name"
    }
    assert len(CONTEXT) + len(FIELDS_OF_PROFILES) >= 60


def test_what_may_be_said_in_several_ways() -> None:
    listed = read({"waihu:cells": ["c1", "north-2"], "waihu:monthly_budget_dollars": 700, "waihu:alarm_mail": ""}.get)
    zones = {"waihu:availability_zones": "us-east-1b,us-east-1c", "waihu:network": "172.20.0.0/18"}
    closed = {"waihu:allowed_networks": "203.0.113.0/24 203.0.113.0/24", **{f"waihu:{k}": v for k, v in DOMAIN.items()}}

    assert (listed.profile.cells, listed.monthly_budget_dollars, listed.alarm_mail) == (("c1", "north-2"), 700, "")
    assert read(zones.get).availability_zones == ("us-east-1b", "us-east-1c")
    assert read(closed.get).allowed_networks == ("203.0.113.0/24",)
