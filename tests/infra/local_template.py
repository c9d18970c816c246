"""The deployment's own templates, changed by the least that the local AWS server needs.

What it lacks is left out (asked of the server itself, never a list of ours); what pointed there points to the
PostgreSQL of the test; functions are packed for this machine's processor by the same code.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import packaging
from infra.packaging import Machine

OF_A_QUERY = "AWS::CloudWatch::Alarm of a query"
"""The server knows alarms of one metric only, and says so."""
HERE = Machine(f"{sys.version_info[0]}.{sys.version_info[1]}", "linux")


@dataclass(frozen=True, slots=True)
class LocalDatabase:
    """Where a cell's PostgreSQL is, and its superuser."""

    port: int
    user: str
    password: str
    ca_file: str


def known_types() -> frozenset[str]:
    """Resource types that the local server can make."""
    from ministack.services.cloudformation import provisioners

    return frozenset(provisioners._RESOURCE_HANDLERS)


def fitted(assembly: Path, target: Path, databases: Mapping[str, LocalDatabase]) -> list[str]:
    """A copy of `assembly` in `target` that can be deployed; returns the types that were left out."""
    shutil.copytree(assembly, target)
    known, left_out = known_types(), set()
    for file in sorted(target.glob("*.template.json")):
        template = json.loads(file.read_text())
        stack = file.name.removesuffix(".template.json")
        left_out |= _leave_out(template, known)
        cell = next((cell for cell in databases if stack.endswith(f"-{cell}")), None)
        if cell:
            _point_to(template, databases[cell])
        file.write_text(json.dumps(template))
    _repack(target)
    return sorted(left_out)


def _leave_out(template: dict[str, Any], known: frozenset[str]) -> set[str]:
    resources = template["Resources"]
    kept_anyway = ("Custom::", "AWS::CDK::Metadata")
    gone = {
        name: made["Type"]
        for name, made in resources.items()
        if made["Type"] not in known and not made["Type"].startswith(kept_anyway)
    }
    gone |= {
        name: OF_A_QUERY
        for name, made in resources.items()
        if made["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in made["Properties"]
    }
    for name in gone:
        del resources[name]
    for made in resources.values():
        made.pop("UpdatePolicy", None)  # of aliases: CodeDeploy's
        depends = made.get("DependsOn")
        if depends:
            depends = [depends] if isinstance(depends, str) else depends
            made["DependsOn"] = [name for name in depends if name not in gone]
    template["Resources"] = _without(resources, gone)
    template["Outputs"] = _without(template.get("Outputs", {}), gone)
    return set(gone.values())


def _without(value: Any, gone: Mapping[str, str]) -> Any:
    """`value` with a word in place of each reference to what is gone: the address where it is one."""
    if isinstance(value, list):
        return [_without(item, gone) for item in value]
    if not isinstance(value, dict):
        return value
    name = value.get("Ref") or (value.get("Fn::GetAtt") or [None])[0]
    if len(value) == 1 and name in gone:
        attribute = value.get("Fn::GetAtt", [None, ""])[1]
        if attribute == "Endpoint":
            return "127.0.0.1"
        return f"arn:aws:left:out:000000000000:is:{name}" if "Arn" in attribute else f"left-out-{name}"
    return {key: _without(item, gone) for key, item in value.items()}


def _point_to(template: dict[str, Any], database: LocalDatabase) -> None:
    """Functions meet PostgreSQL without proxy and IAM: by the passwords that the deployment itself made, over TLS."""
    resources = template["Resources"]
    secrets = {
        str(made["Properties"].get("Description", "")).removeprefix("Password of "): name
        for name, made in resources.items()
        if made["Type"] == "AWS::SecretsManager::Secret"
    }
    owner = next(name for name in secrets.values() if "Postgres" in name and "Login" not in name)
    for made in resources.values():
        if made["Type"] != "AWS::Lambda::Function":
            continue
        variables = made["Properties"]["Environment"]["Variables"]
        user = variables.get("WAIHU_DATABASE_USER")
        variables |= {
            "WAIHU_DATABASE_PORT": str(database.port),
            "WAIHU_DATABASE_CA_FILE": database.ca_file,
            "WAIHU_DATABASE_SECRET": {"Ref": secrets[user]},
        }
        if "WAIHU_MIGRATION_USER" in variables:
            variables |= {"WAIHU_MIGRATION_USER": database.user, "WAIHU_MIGRATION_SECRET": {"Ref": owner}}
    login = {"username": database.user, "password": database.password}
    properties = resources[owner]["Properties"]
    properties.pop("GenerateSecretString")
    properties["SecretString"] = json.dumps(login)


def _repack(target: Path) -> None:
    """Puts this machine's libraries where Lambda's were; which package it is, its rooms tell."""
    for asset in target.glob("asset.*"):
        if not (asset / "functions").is_dir() or (asset / "requirements").exists():
            continue
        package = (
            "upkeep" if (asset / "admin").exists() else "business" if (asset / "database").exists() else "dispatch"
        )
        shutil.rmtree(asset)
        shutil.copytree(packaging.folder_of(package, HERE), asset)
