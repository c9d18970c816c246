"""What a command takes from its surroundings: who asks, when, and where the cloud is."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path

from admin.cloud import Cloud
from admin.errors import SurroundingsAway
from admin.language import say
from admin.publishing import Occasion
from admin.settings import NoSurroundings, read_settings, surroundings


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


def occasion(comment: str) -> Occasion:
    """This person, now."""
    try:
        who = os.environ.get("WAIHU_ADMIN") or getpass.getuser()
    except (KeyError, OSError):
        who = str(os.getuid())
    return Occasion(who, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), comment)
