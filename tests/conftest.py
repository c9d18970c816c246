"""What every room's tests may use: one whole local cloud a test process, started when a first test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from local.cloud import Cloud
from local.postgres import EmbeddedPostgres
from tests.harness.fresh_database import FreshDatabase, clone, running_server

# No test may ever reach a real account, whatever the developer's shell holds.
for _name in [name for name in os.environ if name.startswith(("AWS_", "WAIHU_"))]:
    del os.environ[_name]
os.environ.update(
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_DEFAULT_REGION="ap-southeast-1",
    AWS_EC2_METADATA_DISABLED="true",
)

# A busy machine is no fault of what is tested.
settings.register_profile("waihu", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("waihu")

pytest_plugins = ["tests.browser.fixtures"]

DEMO_CONTACTS = 60


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pooler", choices=["built-in", "pgbouncer"],
        help="which one the whole cloud has before its database; PgBouncer where it is installed, unless told",
    )  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that two processes end at the same time. Files stay whole."""
    slow = {item.path for item in items if "cloud" in getattr(item, "fixturenames", ())}

    def place(item: pytest.Item) -> int:
        if item.path.name == "test_house.py":
            return 0
        return 1 if "infra" in item.path.parts else 2 if item.path in slow else 3

    items.sort(key=place)


@pytest.fixture(scope="session")
def cloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Everything but the agents' app, with the shipped campaigns and 60 contacts each. Tests share it: take cases of
    your own, leave nothing stopped."""
    folder: Path = tmp_path_factory.mktemp("cloud")
    with Cloud(
        folder / "data", app=False, demo_contacts=DEMO_CONTACTS, durable=False, temporary=True, workers=2,
        pooler_kind=request.config.getoption("--pooler"),
    ) as made:  # fmt: skip
        yield made


@pytest.fixture(scope="session")
def app_url(cloud: Cloud) -> str:
    """Address of the agents' app of `cloud`, which serves pages."""
    cloud.start_app()
    return cloud.app_url


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL server for the whole run (of this xdist worker)."""
    with running_server(tmp_path_factory.mktemp("postgres") / "data") as server:
        yield server


@pytest.fixture
def postgres(postgres_server: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    """A freshly migrated database of the test's own."""
    with clone(postgres_server) as database:
        yield database
