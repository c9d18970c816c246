"""Size profiles: every number that differs between a demonstration and two thousand agents, typed and checked."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Literal


class ProfileError(Exception):
    """A profile or a deployment's configuration holds a value that cannot work; the text names field and range."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Profile:
    """How large a deployment is. Connections bound everything: functions never run wider than their cell's pool."""

    name: str
    cells: tuple[str, ...] = ("c1",)
    agents: int
    """How many agents may work at once, over all cells; the desk's tasks follow from it."""

    # --- one cell's database
    engine: Literal["rds", "aurora"] = "rds"
    database_class: str
    """Instance class without `db.`, such as `t4g.medium`."""
    database_gigabytes: int = 20
    """Storage of an RDS instance; Aurora's grows by itself."""
    multi_az: bool
    """RDS: a standby; Aurora: a reader in another zone, which takes over."""
    database_connections: int
    """`max_connections` that the instance class gives; the proxy may use `proxy_percent` of them."""
    proxy_percent: int
    backup_days: int

    # --- functions
    business_concurrency: int
    """Reserved concurrency of a cell's business function."""
    slow_concurrency: int
    """The same of actions of class `slow`; both together are at most what the proxy may open."""
    dispatch_concurrency: int
    requests_per_second: int
    """Throttle of the whole API; bursts of twice as many are let through."""

    # --- agents' app
    task_cpu: int
    """1024 is one virtual processor; a task is one process."""
    task_megabytes: int
    sessions_a_task: int
    """At which mean number of open sessions a task more is started."""
    fewest_tasks: int
    most_tasks: int
    nat_gateways: int

    # --- what is kept, and for how much
    log_days: int
    keep_data: bool
    """Whether database, bucket, table and users outlive the stacks."""
    monthly_budget_dollars: int
    """Default of the budget alarm."""

    def __post_init__(self) -> None:
        self._check_choices()
        _within("database_connections", self.database_connections, 30, 10_000)
        _within("database_gigabytes", self.database_gigabytes, 20, 65_536)
        _within("proxy_percent", self.proxy_percent, 1, 100)
        _within("dispatch_concurrency", self.dispatch_concurrency, 1, 1_000)
        _within("slow_concurrency", self.slow_concurrency, 1, self.proxy_connections - UPKEEP_CONNECTIONS - 1)
        most = self.proxy_connections - UPKEEP_CONNECTIONS - self.slow_concurrency
        _within("business_concurrency", self.business_concurrency, 1, most)
        _within("requests_per_second", self.requests_per_second, 1, 10_000)
        _within("agents", self.agents, 1, 100_000)
        _within("sessions_a_task", self.sessions_a_task, 1, 200)
        _within("fewest_tasks", self.fewest_tasks, 1, 1_000)
        _within("most_tasks", self.most_tasks, max(self.fewest_tasks, -(-self.agents // self.sessions_a_task)), 5_000)
        _within("nat_gateways", self.nat_gateways, 1, 2)
        _within("backup_days", self.backup_days, 1, 35)
        _within("monthly_budget_dollars", self.monthly_budget_dollars, 1, 1_000_000)
        self._check_cells()

    def _check_choices(self) -> None:
        _one_of("engine", self.engine, ("rds", "aurora"))
        _one_of("multi_az", self.multi_az, (True, False))
        _one_of("keep_data", self.keep_data, (True, False))
        _one_of("log_days", self.log_days, LOG_DAYS)
        _one_of("task_cpu", self.task_cpu, tuple(MEGABYTES))
        _one_of("task_megabytes", self.task_megabytes, MEGABYTES[self.task_cpu])
        if not _is_text(self.database_class, CLASS):
            said = f"profile field database_class is {self.database_class!r}"
            raise ProfileError(f"{said}: it must be a class of Graviton's, like m7g.large.")

    def _check_cells(self) -> None:
        cells = self.cells
        if any(not _is_text(cell, CELL) for cell in cells):
            raise ProfileError(
                f"profile field cells is {cells}: a cell is named like c1 or north-2, with at most 16 characters."
            )
        if taken := [cell for cell in cells if cell in TAKEN]:
            raise ProfileError(f"profile field cells is {cells}: {taken[0]} is the name of a stack already.")
        if len(set(cells)) != len(cells):
            raise ProfileError(f"profile field cells is {cells}: each name may stand there once.")
        if not 1 <= len(cells) <= MOST_CELLS:
            raise ProfileError(
                f"profile field cells names {len(cells)}: there must be between 1 and {MOST_CELLS}; "
                "more of them are another deployment."
            )

    @property
    def proxy_connections(self) -> int:
        """How many connections the proxy of a cell may open to its database."""
        return self.database_connections * self.proxy_percent // 100


UPKEEP_CONNECTIONS = 4
"""Kept free for migrations, the schedule, rotation and the administrator."""
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)
"""What CloudWatch Logs can keep (days)."""
CELL = re.compile(r"(?=.{1,16}$)[a-z](-?[a-z0-9])*")
TAKEN = ("desk", "watch")
"""Ends of the other stacks' names."""
MOST_CELLS = 15
"""A saved log query takes 50 log groups: five of what cells share, three of each cell."""
CLASS = re.compile(r"(t4g|[mr][678]g)\.(micro|small|medium|large|[1-9][0-9]?xlarge|xlarge)")
MEGABYTES: Mapping[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
}
"""Fargate: processor units -> what memory goes with them."""


def _within(field: str, value: object, fewest: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not fewest <= value <= most:
        raise ProfileError(f"profile field {field} is {value!r}: it must be between {fewest} and {most}.")


def _is_text(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _one_of(field: str, value: object, choices: tuple[object, ...]) -> None:
    if not any(value == choice and type(value) is type(choice) for choice in choices):
        said = ", ".join(str(choice) for choice in choices)
        raise ProfileError(f"profile field {field} is {value!r}: it must be one of {said}.")


DEMO = Profile(
    name="demo",
    agents=20,
    database_class="t4g.micro",
    multi_az=False,
    database_connections=80,
    proxy_percent=50,
    backup_days=1,
    business_concurrency=20,
    slow_concurrency=2,
    dispatch_concurrency=5,
    requests_per_second=50,
    task_cpu=512,
    task_megabytes=1024,
    sessions_a_task=60,
    fewest_tasks=1,
    most_tasks=2,
    nat_gateways=1,
    log_days=7,
    keep_data=False,
    monthly_budget_dollars=400,
)
SMALL = Profile(
    name="small",
    agents=50,
    database_class="m7g.large",
    database_gigabytes=100,
    multi_az=True,
    database_connections=800,
    proxy_percent=50,
    backup_days=14,
    business_concurrency=50,
    slow_concurrency=5,
    dispatch_concurrency=10,
    requests_per_second=200,
    task_cpu=1024,
    task_megabytes=2048,
    sessions_a_task=60,
    fewest_tasks=2,
    most_tasks=4,
    nat_gateways=2,
    log_days=90,
    keep_data=True,
    monthly_budget_dollars=1_500,
)
LARGE = Profile(
    name="large",
    cells=("c1", "c2", "c3", "c4"),
    agents=2_000,
    engine="aurora",
    database_class="r7g.large",
    multi_az=True,
    database_connections=1_700,
    proxy_percent=60,
    backup_days=35,
    business_concurrency=150,
    slow_concurrency=10,
    dispatch_concurrency=50,
    requests_per_second=5_000,
    task_cpu=1024,
    task_megabytes=2048,
    sessions_a_task=120,
    fewest_tasks=4,
    most_tasks=24,
    nat_gateways=2,
    log_days=365,
    keep_data=True,
    monthly_budget_dollars=10_000,
)
PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (DEMO, SMALL, LARGE)}


def named(name: str) -> Profile:
    """The profile called `name`.

    Raises:
        ProfileError: if there is none.
    """
    if name not in PROFILES:
        raise ProfileError(f"waihu:profile is {name!r}: it must be one of {', '.join(PROFILES)}.")
    return PROFILES[name]
