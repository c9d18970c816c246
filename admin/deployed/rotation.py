"""New passwords for database logins, in the four steps of Secrets Manager.

A role may change its own password: the function signs in as that role, by a token of IAM, through the proxy. Functions
sign in by tokens too and never see a password; only the proxy uses them, for new connections to the database. It uses
the old one until the last step, so that a step which is asked for again may find the role's own way shut: then the
owner, who made the roles, sets it.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from aws_lambda_powertools.utilities.data_classes.secrets_manager_event import SecretsManagerEvent

from admin.cloud import Cloud
from admin.database import signed_in_as
from admin.deployed.settings import DatabaseSettings
from database.connection import Connection
from database.failures import CannotConnect
from database.migrate import scram_verifier, set_password
from functions.hosting import logbook

SignIn = Callable[[str], AbstractContextManager[Connection]]
"""A connection as the role of that name."""


class RotationRefused(Exception):
    """Secrets Manager asked for a step that does not fit the secret; the text says which."""


class Rotator:
    """`client`: of Secrets Manager; `sign_in`: see there; `owner`: who made the other roles."""

    def __init__(self, client: Any, sign_in: SignIn, owner: str) -> None:
        self._client, self._sign_in, self._owner = client, sign_in, owner

    def step(self, name: str, secret: str, version: str) -> None:
        """One step of the rotation of `secret` to its version `version`; each may be asked for again.

        Raises:
            RotationRefused: no such step, or the version is not the one that is to come.
        """
        stages = self._client.describe_secret(SecretId=secret)["VersionIdsToStages"]
        if "AWSCURRENT" in stages.get(version, ()):
            return
        if name != "createSecret" and "AWSPENDING" not in stages.get(version, ()):
            raise RotationRefused(f"version {version} is not pending")
        steps: Mapping[str, Callable[[str, str], None]] = {
            "createSecret": self._create,
            "setSecret": self._set,
            "testSecret": self._test,
            "finishSecret": self._finish,
        }
        if name not in steps:
            raise RotationRefused(f"there is no step {name}")
        steps[name](secret, version)

    def _create(self, secret: str, version: str) -> None:
        try:
            self._client.get_secret_value(SecretId=secret, VersionId=version, VersionStage="AWSPENDING")
        except self._client.exceptions.ResourceNotFoundException:
            fresh = {**self._held(secret, "AWSCURRENT"), "password": secrets.token_urlsafe(30)}
            self._client.put_secret_value(
                SecretId=secret,
                ClientRequestToken=version,
                SecretString=json.dumps(fresh),
                VersionStages=["AWSPENDING"],
            )

    def _set(self, secret: str, _version: str) -> None:
        pending = self._held(secret, "AWSPENDING")
        try:
            with self._sign_in(pending["username"]) as connection:
                # Only the verifier travels: the password itself reaches no server and no log.
                connection.execute(f"ALTER ROLE CURRENT_USER PASSWORD '{scram_verifier(pending['password'])}'")
        except CannotConnect:
            if pending["username"] == self._owner:
                raise  # docs/rotate.md: by hand
            with self._sign_in(self._owner) as connection:
                set_password(connection, pending["username"], pending["password"])

    def _test(self, secret: str, _version: str) -> None:
        """Nothing can be asked of the database here: sign-ins go through the proxy, which turns with the next step."""
        pending, current = self._held(secret, "AWSPENDING"), self._held(secret, "AWSCURRENT")
        if pending["username"] != current["username"] or pending["password"] == current["password"]:
            raise RotationRefused("the pending value is not a new password of the same login")

    def _finish(self, secret: str, version: str) -> None:
        stages = self._client.describe_secret(SecretId=secret)["VersionIdsToStages"]
        current = next(held for held, names in stages.items() if "AWSCURRENT" in names)
        self._client.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=current
        )

    def _held(self, secret: str, stage: str) -> dict[str, str]:
        text = self._client.get_secret_value(SecretId=secret, VersionStage=stage)["SecretString"]
        held: dict[str, str] = json.loads(text)
        return held


def handle(event: Mapping[str, str], _context: object) -> None:
    """Lambda's entry point: called by Secrets Manager."""
    settings = DatabaseSettings.from_environment(os.environ)
    cloud = Cloud(settings, os.environ)
    rotator = Rotator(
        cloud.client("secretsmanager"), lambda user: signed_in_as(cloud, user), settings.migration_user
    )  # fmt: skip
    asked = SecretsManagerEvent(dict(event))
    rotator.step(asked.step, asked.secret_id, asked.client_request_token)
    logbook.write("INFO", "rotation", {"step": asked.step, "outcome": "done"})
