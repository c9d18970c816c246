"""The Lambda service on one machine: worker processes under AWS's own runtime client, several a function.

A worker asks the Runtime API for its next event and answers it, exactly as on AWS. One that dies is started again,
with growing pauses while it cannot even start; one that exceeds the function's time-out is killed. Whoever waited for
a worker that died hears so at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from local.layout import CHECKOUT
from local.ports import HOST
from local.reaper import Reaper

QUEUE_LIMIT = 200
"""Events that may wait for a worker; AWS throttles at once, one machine has fewer workers than AWS."""
QUEUE_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds before a worker that could not start is started again; doubled each time."""

log = logging.getLogger("waihu.lambda")


class FunctionFailed(Exception):
    """The function raised, or its worker died."""


class FunctionTimedOut(Exception):
    """The function did not answer within its time-out; its worker was killed."""


class FunctionBusy(Exception):
    """Every worker is busy and the queue is full, or the wait for one took too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpec:
    """One function: its handler (`package.module.function`), variables, and how many events it works on at once."""

    name: str
    handler: str
    environment: Mapping[str, str] = field(repr=False)
    workers: int = 3
    timeout_seconds: float = 10.0
    memory_megabytes: int = 1024

    @property
    def log_group(self) -> str:
        return f"/aws/lambda/{self.name}"


class Finished(msgspec.Struct, frozen=True):
    """What became of an invocation, as Lambda reports it: milliseconds, and `init` of a worker's first one."""

    function: str
    worker: str
    request: str
    milliseconds: float
    init_milliseconds: float | None
    outcome: str
    """`ok`, `error`, `died` or `timeout`."""


@dataclass(slots=True, eq=False)
class Invocation:
    event: bytes
    answer: asyncio.Future[bytes]
    request: str = field(default_factory=lambda: str(uuid.uuid4()))
    deadline_ms: int = 0
    begun: float = 0.0
    timer: asyncio.TimerHandle | None = None

    def settle(self, result: bytes | Exception) -> None:
        if self.timer is not None:
            self.timer.cancel()
        if self.answer.done():
            return
        if isinstance(result, Exception):
            self.answer.set_exception(result)
        else:
            self.answer.set_result(result)


@dataclass(slots=True, eq=False)
class Worker:
    name: str
    process: subprocess.Popen[bytes]
    started: float
    init_milliseconds: float | None = None
    """Known once it has asked for its first event."""
    reported_init: bool = False
    waiting: asyncio.Future[Invocation] | None = None
    busy: Invocation | None = None

    @property
    def stream(self) -> str:
        return f"{time.strftime('%Y/%m/%d', time.gmtime(self.started))}/[$LATEST]{self.name}"


class FunctionPool:
    """The workers of one function. Every method runs in the gateway's event loop."""

    def __init__(
        self,
        spec: FunctionSpec,
        runtime_port: int,
        *,
        reaper: Reaper,
        on_line: Callable[[FunctionSpec, str, bytes], None],
        on_finished: Callable[[Finished], None] = lambda _: None,
    ) -> None:
        self.spec = spec
        self._runtime_port = runtime_port
        self._reaper = reaper
        self._on_line = on_line
        self._on_finished = on_finished
        self._loop: asyncio.AbstractEventLoop | None = None
        self._workers: dict[str, Worker] = {}
        self._idle: deque[Worker] = deque()
        self._queue: deque[Invocation] = deque()
        self._failed_starts = 0
        self._last_lines: deque[str] = deque(maxlen=100)
        self._closing = False
        self._warm = asyncio.Event()

    # -- life -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        for _ in range(self.spec.workers):
            self._spawn()

    async def wait_until_warm(self) -> None:
        """Returns when a first worker has asked for work.

        Raises:
            FunctionFailed: if workers only die; the text holds what they said last.
        """
        while not self._warm.is_set():
            if self._failed_starts >= 2 * self.spec.workers:
                raise FunctionFailed(f"{self.spec.name} cannot start.\n" + "\n".join(self._last_words()))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._warm.wait(), 0.1)

    def _last_words(self) -> list[str]:
        """Why workers die, as the runtime client says it; what they wrote last where it says nothing."""
        lines = list(self._last_lines)
        told = max((at for at, line in enumerate(lines) if line.startswith("[ERROR]")), default=len(lines) - 12)
        return lines[max(0, told) :][:12]

    def stop(self) -> None:
        """Kills every worker: their long polls would hold the server up for ever."""
        self._closing = True
        for worker in list(self._workers.values()):
            worker.process.kill()
        for worker in list(self._workers.values()):
            worker.process.wait()
        for invocation in self._queue:
            invocation.settle(FunctionFailed("the cloud stops"))

    def worker_pids(self) -> list[int]:
        return [worker.process.pid for worker in self._workers.values()]

    def busy_pids(self) -> list[int]:
        return [worker.process.pid for worker in self._workers.values() if worker.busy is not None]

    # -- callers --------------------------------------------------------------------------------------------------

    async def invoke(self, event: bytes) -> bytes:
        """The function's result for `event`, both JSON.

        Raises:
            FunctionFailed, FunctionTimedOut, FunctionBusy
        """
        invocation = Invocation(event, asyncio.get_running_loop().create_future())
        while self._idle:
            worker = self._idle.popleft()
            if worker.waiting is not None and not worker.waiting.done():
                self._hand_over(worker, invocation)
                worker.waiting.set_result(invocation)
                return await invocation.answer
        if len(self._queue) >= QUEUE_LIMIT:
            raise FunctionBusy("too many events wait for a worker")
        self._queue.append(invocation)
        timer = asyncio.get_running_loop().call_later(QUEUE_SECONDS, self._give_up, invocation)
        try:
            return await invocation.answer
        finally:
            timer.cancel()

    def _give_up(self, invocation: Invocation) -> None:
        with contextlib.suppress(ValueError):
            self._queue.remove(invocation)
            invocation.settle(FunctionBusy(f"no worker was free within {QUEUE_SECONDS:.0f} s"))

    # -- workers, by way of the Runtime API -----------------------------------------------------------------------

    def next_event(self, name: str) -> Invocation | asyncio.Future[Invocation] | None:
        """The next event for worker `name`, now or to come; None: it is none of ours (any more).

        Whoever waits cancels the future where the worker hangs up; it is cancelled where the worker has ended.
        """
        worker = self._workers.get(name)
        if worker is None:
            return None
        if worker.init_milliseconds is None:
            worker.init_milliseconds = (time.time() - worker.started) * 1000
            self._failed_starts = 0
            self._warm.set()
        if self._queue:
            invocation = self._queue.popleft()
            self._hand_over(worker, invocation)
            return invocation
        worker.waiting = asyncio.get_running_loop().create_future()
        self._idle.append(worker)
        return worker.waiting

    def finish(self, name: str, request: str, result: bytes | None, error: str | None = None) -> bool:
        """Worker `name` answered event `request`; False: it had none such."""
        worker = self._workers.get(name)
        if worker is None or worker.busy is None or worker.busy.request != request:
            return False
        invocation, worker.busy = worker.busy, None
        self._report(worker, invocation, "ok" if error is None else "error")
        invocation.settle(FunctionFailed(error) if error is not None else result or b"null")
        return True

    def _hand_over(self, worker: Worker, invocation: Invocation) -> None:
        # Before the worker has really got it: one that dies in between is still known to have had it.
        invocation.begun = time.perf_counter()
        invocation.deadline_ms = int((time.time() + self.spec.timeout_seconds) * 1000)
        worker.busy = invocation
        loop = asyncio.get_running_loop()
        invocation.timer = loop.call_later(self.spec.timeout_seconds, self._time_out, worker, invocation)

    def _time_out(self, worker: Worker, invocation: Invocation) -> None:
        if worker.busy is invocation:
            worker.busy = None
            self._report(worker, invocation, "timeout")
            invocation.settle(FunctionTimedOut(f"no answer within {self.spec.timeout_seconds:g} s"))
            worker.process.kill()

    def _report(self, worker: Worker, invocation: Invocation, outcome: str) -> None:
        init = None if worker.reported_init else worker.init_milliseconds
        worker.reported_init = True
        took = (time.perf_counter() - invocation.begun) * 1000
        self._on_finished(Finished(self.spec.name, worker.stream, invocation.request, took, init, outcome))

    # -- processes ------------------------------------------------------------------------------------------------

    def _spawn(self) -> None:
        if self._closing:
            return
        name = uuid.uuid4().hex
        process = subprocess.Popen(  # noqa: S603 - our own functions, no shell
            [sys.executable, "-m", "awslambdaric", self.spec.handler],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=CHECKOUT,
            env=self._environment(name),
            start_new_session=True,
        )
        worker = Worker(name, process, time.time())
        self._workers[name] = worker
        self._reaper.watch(process.pid)
        threading.Thread(target=self._follow, args=(worker,), daemon=True, name=f"lines-{name[:8]}").start()

    def _environment(self, worker: str) -> dict[str, str]:
        spec = self.spec
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ", "LD_LIBRARY_PATH") if name in os.environ}
        return {
            **kept,
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONUNBUFFERED": "1",
            "AWS_LAMBDA_RUNTIME_API": f"{HOST}:{self._runtime_port}/{spec.name}/{worker}",
            "AWS_LAMBDA_FUNCTION_NAME": spec.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_megabytes),
            "AWS_LAMBDA_LOG_GROUP_NAME": spec.log_group,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LAMBDA_TASK_ROOT": str(CHECKOUT),
            "_HANDLER": spec.handler,
            **spec.environment,
        }

    def _follow(self, worker: Worker) -> None:
        """In a thread of its own: the worker's lines, then its end."""
        if worker.process.stdout is not None:
            for line in worker.process.stdout:
                self._last_lines.append(line.decode(errors="replace").rstrip())
                self._on_line(self.spec, worker.stream, line.rstrip(b"\n"))
            worker.process.stdout.close()
        code = worker.process.wait()
        self._reaper.forget(worker.process.pid)
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to tell
                self._loop.call_soon_threadsafe(self._ended, worker, code)

    def _ended(self, worker: Worker, code: int) -> None:
        self._workers.pop(worker.name, None)
        with contextlib.suppress(ValueError):
            self._idle.remove(worker)
        if worker.waiting is not None:
            worker.waiting.cancel()
        if worker.busy is not None:
            invocation, worker.busy = worker.busy, None
            self._report(worker, invocation, "died")
            invocation.settle(FunctionFailed(f"its worker ended with exit code {code}"))
        if self._closing or self._loop is None:
            return
        if worker.init_milliseconds is not None:
            self._spawn()
            return
        self._failed_starts += 1
        log.warning("a worker of %s ended with exit code %d before it asked for work", self.spec.name, code)
        if self._queue:
            self._queue.popleft().settle(FunctionFailed("its worker could not start"))
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failed_starts, 10))
        self._loop.call_later(pause, self._spawn)
