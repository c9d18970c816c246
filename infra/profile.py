"""Size profiles: every number that differs between a demonstration and two thousand agents, typed and checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


class ProfileError(Exception):
    """A profile holds a value that cannot work; the text names the field and what it may be."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Profile:
    """How large one deployment is. Connections bound everything: a function never runs wider than its pool."""

    name: str
    cell: str = "c1"
    database_class: str
    """RDS instance class without `db.`, such as `t4g.medium`."""
    database_gigabytes: int
    multi_az: bool
    database_connections: int
    """`max_connections` that the instance class gives; the proxy may use `proxy_percent` of them."""
    proxy_percent: int
    business_concurrency: int
    """Reserved concurrency of the business function: at most what the proxy may open."""
    dispatch_concurrency: int
    log_days: int
    keep_data: bool
    """Whether database, bucket and users outlive the stack."""

    def __post_init__(self) -> None:
        _within("database_gigabytes", self.database_gigabytes, 20, 65_536)
        _within("proxy_percent", self.proxy_percent, 1, 100)
        _within("dispatch_concurrency", self.dispatch_concurrency, 1, 1_000)
        _within("business_concurrency", self.business_concurrency, 1, self.proxy_connections)
        _within("log_days", self.log_days, 1, 3_653)

    @property
    def proxy_connections(self) -> int:
        """How many connections the proxy may open to the database."""
        return self.database_connections * self.proxy_percent // 100


def _within(field: str, value: int, fewest: int, most: int) -> None:
    if not fewest <= value <= most:
        raise ProfileError(f"profile field {field} is {value}: it must be between {fewest} and {most}.")


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name="demo",
            database_class="t4g.micro",
            database_gigabytes=20,
            multi_az=False,
            database_connections=80,
            proxy_percent=50,
            business_concurrency=20,
            dispatch_concurrency=5,
            log_days=7,
            keep_data=False,
        ),
        Profile(
            name="small",
            database_class="m7g.large",
            database_gigabytes=100,
            multi_az=True,
            database_connections=800,
            proxy_percent=50,
            business_concurrency=50,
            dispatch_concurrency=10,
            log_days=90,
            keep_data=True,
        ),
        Profile(
            name="large",
            database_class="r7g.2xlarge",
            database_gigabytes=500,
            multi_az=True,
            database_connections=5_000,
            proxy_percent=60,
            business_concurrency=400,
            dispatch_concurrency=50,
            log_days=365,
            keep_data=True,
        ),
    )
}


def named(name: str) -> Profile:
    """The profile called `name`.

    Raises:
        ProfileError: if there is none.
    """
    if name not in PROFILES:
        raise ProfileError(f"there is no profile {name!r}: choose one of {', '.join(PROFILES)}.")
    return PROFILES[name]
