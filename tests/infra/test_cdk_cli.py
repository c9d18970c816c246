"""The CDK's command: Node comes with the environment, and its absence is said aloud, never skipped."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from infra import cdk_cli
from infra.cdk_cli import NoNode


def test_node_of_the_environment_goes_before_that_of_the_machine() -> None:
    path = cdk_cli.environment({"PATH": "/elsewhere"})["PATH"]

    assert path.split(":") == [str(Path(sys.executable).parent), "/elsewhere"]


def test_without_node_it_is_an_error_that_says_what_brings_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    with pytest.raises(NoNode, match=r"Node 22 or later: requirements/cdk\.lock brings it"):
        cdk_cli.environment({"PATH": str(tmp_path)})


def test_the_command_is_named_by_hash_and_no_registry_by_its_host() -> None:
    lock = json.loads((cdk_cli.HERE / "package-lock.json").read_text())
    found = [package for name, package in lock["packages"].items() if name]

    assert found
    assert all(package["integrity"].startswith("sha512-") for package in found)
    assert not [package for package in found if "resolved" in package]
