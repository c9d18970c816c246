"""Heartbeats: as long as an agent's page is open, the server is told that the case is still being worked on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from agent_app.outbox import Sender
from agent_app.store.records import QueuedCall

log = logging.getLogger(__name__)

_AT_ONCE = 4


class Heart:
    """Sends heartbeats beside everything else, so that a slow server never holds up an agent's keys.

    `now` gives milliseconds since 1970. A heartbeat that is lost is not repeated: the next one follows soon.
    """

    def __init__(self, sender: Sender, now: Callable[[], int]) -> None:
        self._sender = sender
        self._now = now
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="heart")
        self._last: dict[str, int] = {}
        self._lock = threading.Lock()

    def is_due(self, interview: str, every_seconds: int) -> bool:
        """Whether the interview's last heartbeat from this process is long enough ago; notes that it is given now."""
        now = self._now()
        with self._lock:
            # One that is still to come was given by a clock that was set back since: it would be the last for long.
            if 0 <= now - self._last.get(interview, 0) < every_seconds * 1000:
                return False
            self._last = {one: at for one, at in self._last.items() if abs(now - at) < 3_600_000}
            self._last[interview] = now
            return True

    def beat(self, queued: QueuedCall) -> None:
        self._pool.submit(self._send, queued)

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _send(self, queued: QueuedCall) -> None:
        try:
            self._sender.send(queued)
        except Exception:
            log.exception("A heartbeat could not be sent.")
