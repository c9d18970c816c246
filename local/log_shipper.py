"""Functions' lines to CloudWatch Logs, the metrics in them to CloudWatch: in batches, by a thread of its own.

What cannot be delivered while the AWS server is away waits, up to a limit; nobody who logs is ever held up.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.emf import Sample, calls_of, samples_of

PAUSE_SECONDS = 0.5
HELD_LINES = 100_000
LINES_A_CALL = 5_000
LINE_LIMIT = 200_000
"""Characters; CloudWatch's limit is 256 KiB with its overhead."""

SHIPPING = Config(
    connect_timeout=3, read_timeout=20, retries={"max_attempts": 2},
    parameter_validation=False, disable_request_compression=True,
)  # fmt: skip
"""For clients whose calls are always well-formed and go no further than this machine: none is checked or compressed."""

log = logging.getLogger("waihu.logs")

T = TypeVar("T")


class Line(msgspec.Struct, frozen=True):
    group: str
    stream: str
    at_ms: int
    text: str


class LogShipper:
    """`put` from any thread; `start`, `stop` (delivers what is left), `flush` (waits until all so far is delivered)."""

    def __init__(self, logs: Any, metrics: Any) -> None:
        self._logs = logs
        self._metrics = metrics
        self._lines: deque[Line] = deque(maxlen=HELD_LINES)
        self._samples: deque[Sample] = deque(maxlen=HELD_LINES)
        self._wake = threading.Event()
        self._delivering = threading.Lock()
        self._stopping = False
        self._known: set[tuple[str, str]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True, name="log-shipper")

    def start(self) -> None:
        self._thread.start()

    def put(self, group: str, stream: str, line: bytes) -> None:
        """One line that a function wrote, and the metrics in it."""
        if line.strip():
            text = line.decode(errors="replace")[:LINE_LIMIT]
            self._lines.append(Line(group, stream, int(time.time() * 1000), text))
            self._samples.extend(samples_of(line))

    def record(self, samples: Sequence[Sample]) -> None:
        """Metrics that no line carries."""
        self._samples.extend(samples)

    def flush(self) -> None:
        """Returns when everything put so far has been delivered, or could not be."""
        self._deliver()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(PAUSE_SECONDS)
            self._deliver()
        self._deliver()

    def _deliver(self) -> None:
        with self._delivering:
            lines, samples = _drain(self._lines), _drain(self._samples)
            try:
                self._ship_lines(lines)
                lines = []
                for call in calls_of(samples):
                    self._metrics.put_metric_data(**call)
                samples = []
            except (BotoCoreError, ClientError, OSError) as error:
                log.debug("not delivered, kept: %s", error)
                # New ones came meanwhile: the old go before them, as far as there is room.
                self._lines.extendleft(reversed(lines[-(HELD_LINES - len(self._lines)) :]))
                self._samples.extendleft(reversed(samples[-(HELD_LINES - len(self._samples)) :]))

    def _ship_lines(self, lines: Sequence[Line]) -> None:
        streams: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for line in lines:
            streams[line.group, line.stream].append(line)
        for (group, stream), ours in streams.items():
            self._ensure(group, stream)
            for start in range(0, len(ours), LINES_A_CALL):
                part = ours[start : start + LINES_A_CALL]
                events = [{"timestamp": line.at_ms, "message": line.text} for line in part]
                self._logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    def _ensure(self, group: str, stream: str) -> None:
        if (group, stream) in self._known:
            return
        taken = self._logs.exceptions.ResourceAlreadyExistsException
        with contextlib.suppress(taken):
            self._logs.create_log_group(logGroupName=group)
        with contextlib.suppress(taken):
            self._logs.create_log_stream(logGroupName=group, logStreamName=stream)
        self._known.add((group, stream))


def _drain(queue: deque[T]) -> list[T]:
    taken: list[T] = []
    with contextlib.suppress(IndexError):
        while True:
            taken.append(queue.popleft())
    return taken
