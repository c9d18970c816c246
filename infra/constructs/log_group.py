"""Log groups: encrypted, kept for so many days, and blind to telephone numbers."""

from __future__ import annotations

from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.profile import Profile

_MOBILE, _ELSE = "1[3-9][0-9]{9}", "[^0-9A-Za-z_.-]"
NUMBERS = {
    "MobileOfChina": f"^{_MOBILE}$|^{_MOBILE}{_ELSE}|{_ELSE}{_MOBILE}{_ELSE}|{_ELSE}{_MOBILE}$",
    "InternationalNumber": r"\+[1-9][0-9]{7,14}",
}
"""What a telephone number looks like in a log: none may be there, and one that is gets masked and raises an alarm.
CloudWatch takes no parentheses in them."""


def log_group(
    scope: Construct, name: str, *, profile: Profile, key: Any, guarded: bool = False, called: str | None = None
) -> logs.LogGroup:
    """A log group of the deployment; `guarded`: CloudWatch looks for telephone numbers in each line and masks them.

    `called`: the name under which a service of AWS writes; it would make the group itself, and keep its lines for ever.
    """
    policy = None
    if guarded:
        policy = logs.DataProtectionPolicy(
            name="telephone-numbers",
            identifiers=[logs.CustomDataIdentifier(title, pattern) for title, pattern in NUMBERS.items()],
        )
    return logs.LogGroup(
        scope,
        name,
        log_group_name=called,
        retention=_retention(profile.log_days),
        encryption_key=key,
        data_protection_policy=policy,
        removal_policy=RemovalPolicy.RETAIN if profile.keep_data else RemovalPolicy.DESTROY,
    )


_RETENTION = {
    1: "ONE_DAY", 3: "THREE_DAYS", 5: "FIVE_DAYS", 7: "ONE_WEEK", 14: "TWO_WEEKS", 30: "ONE_MONTH", 60: "TWO_MONTHS",
    90: "THREE_MONTHS", 120: "FOUR_MONTHS", 150: "FIVE_MONTHS", 180: "SIX_MONTHS", 365: "ONE_YEAR",
    400: "THIRTEEN_MONTHS", 545: "EIGHTEEN_MONTHS", 731: "TWO_YEARS",
}  # fmt: skip


def _retention(days: int) -> logs.RetentionDays:
    return logs.RetentionDays[_RETENTION[days]]
