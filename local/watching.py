"""Parts that end by themselves are started again while a person uses the cloud; each time it is said."""

from __future__ import annotations

import threading
from collections.abc import Callable

from local.child import ChildFailed
from local.cloud import Cloud
from local.postgres import PostgresUnavailable

PAUSE_SECONDS = 1.0
MOST_RESTARTS = 5


class Watch:
    """`ended(name, code)` is told of parts; PostgreSQL, which is nobody's child, is looked at."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._cloud: Cloud | None = None
        self._restarts: dict[str, int] = {}
        self._stop = threading.Event()
        self._busy = threading.Lock()

    def start(self, cloud: Cloud) -> None:
        self._cloud = cloud
        threading.Thread(target=self._look_at_database, daemon=True, name="watch-database").start()

    def stop(self) -> None:
        self._stop.set()

    def ended(self, name: str, code: int) -> None:
        """A part ended unasked, before or while the cloud runs."""
        cloud = self._cloud
        if self._stop.is_set():
            return
        self._say(f"The {name} ended by itself (exit code {code}).")
        if cloud is None:
            return
        parts: dict[str, Callable[[], None]] = {
            "agents' app": cloud.start_app,
            "pooler": cloud.database.pooler.start,
            "local AWS server": cloud.start_aws,
        }
        self._again(name, parts[name])

    def _again(self, name: str, start: Callable[[], None]) -> None:
        self._restarts[name] = self._restarts.get(name, 0) + 1
        if self._restarts[name] > MOST_RESTARTS:
            self._say(
                f"The {name} has now ended {self._restarts[name]} times: it is not started again. Stop with Ctrl-C."
            )
            return
        if self._stop.wait(PAUSE_SECONDS):
            return
        with self._busy:
            try:
                start()
            except (ChildFailed, PostgresUnavailable, OSError) as error:
                self._say(f"The {name} could not be started again: {error}")
            else:
                self._say(f"The {name} runs again.")

    def _look_at_database(self) -> None:
        cloud = self._cloud
        while cloud is not None and not self._stop.wait(PAUSE_SECONDS):
            if cloud.database.postgres.pid is None and not self._stop.is_set():
                self._say("PostgreSQL ended by itself.")
                self._again("PostgreSQL", cloud.start_database)
                if self._restarts["PostgreSQL"] > MOST_RESTARTS:
                    return
