"""What the user pool writes into a token: roles above `agent` only for accounts with a second factor.

Cognito asks for the second factor of every account that has one; which accounts must have one it cannot tell by group.
So an account without an authenticator simply gets no such role: its tokens name the other groups only.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html (version 2)
"""

from __future__ import annotations

import os
from typing import Any

from admin.deployed.settings import TokenSettings
from functions.hosting import logbook

AUTHENTICATOR = "SOFTWARE_TOKEN_MFA"


def ruled(event: dict[str, Any], guarded: frozenset[str], factors: tuple[str, ...]) -> dict[str, Any]:
    """The event with the groups that this account's tokens may name; `factors`: the second factors that it has."""
    groups = event["request"]["groupConfiguration"].get("groupsToOverride") or []
    kept = groups if AUTHENTICATOR in factors else [group for group in groups if group not in guarded]
    event["response"] = {"claimsAndScopeOverrideDetails": {"groupOverrideDetails": {"groupsToOverride": kept}}}
    if len(kept) < len(groups):
        logbook.write("WARNING", "second factor missing", {"withheld": sorted(set(groups) - set(kept))})
    return event


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point: called by Cognito at each token."""
    import boto3

    guarded = frozenset(TokenSettings.from_environment(os.environ).guarded_roles.split())
    groups = event["request"]["groupConfiguration"].get("groupsToOverride") or []
    factors: tuple[str, ...] = ()
    if guarded & set(groups):
        found = boto3.client("cognito-idp").admin_get_user(UserPoolId=event["userPoolId"], Username=event["userName"])
        factors = tuple(found.get("UserMFASettingList", ()))
    return ruled(event, guarded, factors)
