from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from typing import Any

import pytest

from infra.configuration import check_names, read
from infra.profile import PROFILES, ProfileError, named
from tests.infra.synthesis import ROOT, node_environment

ID = "12345678-9abc-def0-1234-56789abcdef0"


@pytest.mark.parametrize(
    ("field", "value"),
    [("proxy_percent", 0), ("proxy_percent", 101), ("business_concurrency", 35), ("slow_concurrency", 0),
     ("nat_gateways", 3), ("sessions_a_task", 201), ("most_tasks", 0), ("backup_days", 36)],
)  # fmt: skip
def test_a_wrong_value_names_its_field_and_range(field: str, value: int) -> None:
    change: dict[str, Any] = {field: value}

    with pytest.raises(ProfileError, match=rf"field {field} is {value}: it must be between"):
        dataclasses.replace(PROFILES["demo"], **change)


@pytest.mark.parametrize(("field", "value"), [("log_days", 6), ("cells", ("c1", "c1")), ("cells", ("C 1",))])
def test_a_value_out_of_a_list_names_its_field(field: str, value: object) -> None:
    change: dict[str, Any] = {field: value}

    with pytest.raises(ProfileError, match=f"field {field} is"):
        dataclasses.replace(PROFILES["demo"], **change)


def test_an_unknown_profile_names_those_that_exist() -> None:
    with pytest.raises(ProfileError, match="demo, small, large"):
        named("huge")


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("domain", "no domain", "a name like desk.example.com"),
        ("domain", "desk.example.com", "given together with domain"),
        ("zone", "zone-1", "a zone's id like"),
        ("alarm_mail", "someone", "a mail address"),
        ("allowed_networks", "10.0.0.1/8", "IPv4 networks like"),
        ("monthly_budget_dollars", "0", "between 1 and 1000000"),
        ("monthly_budget_dollars", "much", "between 1 and 1000000"),
        ("desk_image", "latest", "registry/name:tag"),
        ("cells", "C1", "a cell is named like"),
    ],
)
def test_a_wrong_context_names_its_field_and_what_it_may_be(field: str, value: str, wanted: str) -> None:
    with pytest.raises(ProfileError, match=wanted) as refused:
        read({f"waihu:{field}": value}.get)

    assert field in str(refused.value) or "zone" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [("waihu:domian", "did you mean waihu:domain?"), ("waihu:x", "there are: profile, cells, domain")],
)
def test_a_name_that_is_none_of_ours_is_told(name: str, said: str) -> None:
    check_names(["waihu:profile", "waihu:desk_image", "@aws-cdk/core:x", "availability-zones:y"])
    with pytest.raises(ProfileError, match=re.escape(said)):
        check_names(["waihu:profile", name])


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({"dialler": "phone"}, "waihu:dialler is 'phone': it must be one of tel, sip, connect, none"),
        ({"dialler": "connect"}, "waihu:connect_instance_id is '': it must be given where waihu:dialler is connect"),
        ({"connect_instance_id": "mine"}, "waihu:connect_instance_id is 'mine': it must be an id like"),
        ({"connect_source_phone": "0211234"}, "waihu:connect_source_phone is '0211234': it must be a number like"),
        ({"dialler": "connect", "connect_instance_id": ID, "connect_contact_flow_id": ID},
         "waihu:connect_queue_id is '': it must be given, or connect_source_phone"),
    ],
)  # fmt: skip
def test_who_rings_is_checked_too(told: dict[str, str], wanted: str) -> None:
    with pytest.raises(ProfileError, match=re.escape(wanted)):
        read({f"waihu:{field}": value for field, value in told.items()}.get)


def test_cells_can_be_named_in_the_context() -> None:
    assert read({"waihu:cells": "c1, north-2"}.get).profile.cells == ("c1", "north-2")


@pytest.mark.infra
def test_synth_ends_with_the_fields_name_and_no_trace() -> None:
    context = '{"waihu:profile": "demo", "waihu:alarm_mail": "someone"}'
    done = subprocess.run(
        [sys.executable, "-m", "infra.app"], cwd=ROOT, env={**node_environment(), "CDK_CONTEXT_JSON": context},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.strip() == "waihu: waihu:alarm_mail is 'someone': it must be a mail address."
