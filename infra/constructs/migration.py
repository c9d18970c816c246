"""Brings a cell's database to the schema of the program that is being deployed, before its functions are."""

from __future__ import annotations

import hashlib

from aws_cdk import CustomResource
from constructs import Construct

from admin.deployed.settings import DatabaseSettings
from infra import packaging
from infra.constructs.custom_resource import call_when_deploying
from infra.constructs.function import Function

SECONDS = 600
"""How long all migrations together may take."""


class Migration(Construct):
    """A migration that fails is rolled back by the database, and its message stops the deployment of the cell."""

    def __init__(self, scope: Construct, name: str, *, runner: Function, settings: DatabaseSettings) -> None:
        super().__init__(scope, name)
        self.done: CustomResource = call_when_deploying(
            self, "Schema", of=runner, seconds=SECONDS, properties={"Schema": schema_digest(), "Cell": settings.cell}
        )


def schema_digest() -> str:
    """Changes when a migration is added: then the runner is called again."""
    digest = hashlib.sha256()
    folder = packaging.ROOT / "database"
    for path in (folder / "roles.sql", *sorted((folder / "migrations").glob("*.sql"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
