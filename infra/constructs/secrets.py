"""Keys that only the system knows: they sign sessions, hide phone numbers, and seal what the desk keeps."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct


class Keys(Construct):
    """Secrets without a value that works: the key maker fills each once, so that no key is ever in a template."""

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey, keep: bool) -> None:
        super().__init__(scope, name)
        self.key = key
        self._policy = RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY
        self.session = self._secret("Session", "Signs sessions: {current, keys}")
        self.numbers = self._secret("Numbers", "Encrypts and indexes phone numbers: {cipher, index}")
        self.store = self._secret("Store", "Seals the desk's state and outbox: {current, keys}")

    def _secret(self, name: str, description: str) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self, name, description=description, encryption_key=self.key, removal_policy=self._policy
        )
