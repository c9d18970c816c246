"""What a command takes from its surroundings: who asks, when, and where the cloud is."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from admin.cloud import Cloud
from admin.errors import SurroundingsAway
from admin.language import say
from admin.publishing import Occasion
from admin.settings import NoSurroundings, read_settings, surroundings

if TYPE_CHECKING:
    from admin.checking import Preparing


def open_cloud() -> Cloud:
    """The cloud that the environment, or a running `./run`, says.

    Raises:
        SurroundingsAway: neither does.
    """
    try:
        environment = surroundings(os.environ, Path.cwd())
        return Cloud(read_settings(environment), environment)
    except NoSurroundings as error:
        raise SurroundingsAway(
            str(error),
            say(
                "Start the one-machine cloud with ./run in another terminal, or set the variables in docs/admin.md.",
                "请在另一个终端用 ./run 启动本机云，或按 docs/admin.md 设置环境变量。",
            ),
        ) from error


@contextmanager
def live_schema(wanted: bool) -> Iterator[Preparing | None]:
    """What prepares scripts' statements on the database, if that is wanted.

    Raises:
        SurroundingsAway: there is no database to ask.
    """
    if not wanted:
        yield None
        return
    from admin.database import connected
    from admin.preparing import prepare

    with connected(open_cloud(), migrating=True) as connection:
        yield partial(prepare, connection=connection)


def occasion(comment: str) -> Occasion:
    """This person, now."""
    try:
        who = os.environ.get("WAIHU_ADMIN") or getpass.getuser()
    except (KeyError, OSError):
        who = str(os.getuid())
    return Occasion(who, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), comment)
