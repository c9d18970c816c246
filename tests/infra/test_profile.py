from __future__ import annotations

import re
import subprocess
import sys

import pytest

from infra.configuration import check_names, read
from infra.profile import ProfileError, named
from tests.infra.synthesis import ROOT, node_environment


def test_an_unknown_profile_names_those_that_exist() -> None:
    with pytest.raises(ProfileError, match="demo, small, large"):
        named("huge")


@pytest.mark.parametrize(
    ("name", "said"),
    [("waihu:domian", "did you mean waihu:domain?"), ("waihu:x", "there are: profile, cells, domain")],
)
def test_a_name_that_is_none_of_ours_is_told(name: str, said: str) -> None:
    check_names(["waihu:profile", "waihu:desk_image", "@aws-cdk/core:x", "availability-zones:y"])
    with pytest.raises(ProfileError, match=re.escape(said)):
        check_names(["waihu:profile", name])


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
