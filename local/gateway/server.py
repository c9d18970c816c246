"""The gateway and the functions behind it, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import uvicorn
import uvloop

from local.gateway.app import Gateway, application
from local.gateway.authorizer import JwtAuthorizer
from local.gateway.routes import Route
from local.gateway.runtime_api import RuntimeApi
from local.gateway.whole_answers import WholeAnswers
from local.lambda_workers import Finished, FunctionPool, FunctionSpec
from local.ports import HOST
from local.reaper import Reaper

T = TypeVar("T")

START_SECONDS = 20.0
SWITCH_SECONDS = 0.0005
"""How long another thread may keep the interpreter while the gateway wants it: Python's own 5 ms, several times an
action, would be most of what an action takes."""


class GatewayServer:
    """HTTP API on `port`, Runtime API on `runtime_port`; `start()` returns when both listen."""

    def __init__(
        self,
        port: int,
        runtime_port: int,
        *,
        table: Sequence[Route],
        authorizer: JwtAuthorizer,
        reaper: Reaper,
        on_line: Callable[[FunctionSpec, str, bytes], None],
        on_finished: Callable[[FunctionSpec, Finished], None],
        origins: Sequence[str] = (),
    ) -> None:
        self.url = f"http://{HOST}:{port}"
        self._port = port
        self._runtime_port = runtime_port
        self._authorizer = authorizer
        self._reaper = reaper
        self._on_line = on_line
        self._on_finished = on_finished
        self._runtime = RuntimeApi()
        self._application = application(Gateway(table, self._runtime, authorizer, origins))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._up: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, daemon=True, name="gateway")

    def start(self) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self._thread.start()
        self._up.result(START_SECONDS)

    def stop(self) -> None:
        """Workers first: their long polls would hold the server up."""
        if self._loop is None or not self._thread.is_alive():
            return
        for pool in self._runtime.pools.values():
            self._do(_called(pool.stop))
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=10)

    def add_function(self, spec: FunctionSpec) -> None:
        """Starts the workers of a function; they warm up while this returns."""
        pool = FunctionPool(
            spec, self._runtime_port, reaper=self._reaper, on_line=self._on_line,
            on_finished=lambda ended: self._on_finished(spec, ended),
        )  # fmt: skip
        self._runtime.add(pool)
        self._do(_called(pool.start))

    def wait_until_warm(self, seconds: float = 20.0) -> None:
        """Returns when every function has a worker that asks for work, and the pool's keys are known.

        Raises:
            TimeoutError: if `seconds` pass before.
        """
        self._do(self._all_warm(), seconds)

    async def _all_warm(self) -> None:
        await asyncio.gather(self._authorizer.warm(), *(p.wait_until_warm() for p in self._runtime.pools.values()))

    def worker_pids(self, function: str) -> list[int]:
        return self._do(_called(self._runtime.pools[function].worker_pids))

    def busy_pids(self, function: str) -> list[int]:
        """Workers that are at work on an event just now."""
        return self._do(_called(self._runtime.pools[function].busy_pids))

    def _do(self, work: Coroutine[Any, Any, T], seconds: float = 20.0) -> T:
        if self._loop is None:
            work.close()
            raise RuntimeError("the gateway is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        servers = [
            _Server(self._config(self._application, self._port)),
            _Server(self._config(self._runtime, self._runtime_port)),
        ]
        serving = [asyncio.create_task(server.serve()) for server in servers]
        try:
            await asyncio.gather(*(_started(server, task) for server, task in zip(servers, serving, strict=True)))
        except BaseException as error:
            self._up.set_exception(error)
            return
        self._up.set_result(None)
        await self._stop.wait()
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*serving)

    def _config(self, app: Any, port: int) -> uvicorn.Config:
        return uvicorn.Config(
            app, host=HOST, port=port, log_level="warning", access_log=False, lifespan="off", http=WholeAnswers,
            timeout_keep_alive=75, timeout_graceful_shutdown=2, server_header=False, date_header=True,
            proxy_headers=False,  # nothing stands before it, and each request would be looked through for them
        )  # fmt: skip


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Signals are the cloud's to handle."""


async def _started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    while not server.started:
        if task.done():
            task.result()
            raise OSError("the server ended while it started")
        await asyncio.sleep(0.005)


async def _called(function: Callable[[], T]) -> T:
    return function()
