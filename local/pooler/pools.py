"""The connections that clients share: so many for a login, so many for all logins, so many that may lie idle.

The rules are RDS Proxy's (user guide, "RDS Proxy connection considerations").
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence

from local.pooler.backends import NONE_FREE, Backend, Unavailable

CONNECT_SECONDS = 5.0


class Shares:
    """What the pools of all logins may have together, once the server has said how many connections it takes."""

    def __init__(self, *, connections_percent: float, idle_percent: float) -> None:
        self._percents = connections_percent, idle_percent
        self.pools: list[BackendPool] = []
        self.most: int | None = None
        """Connections of all pools; None: nobody knows yet."""
        self.most_idle: int | None = None

    def server_takes(self, connections: int) -> None:
        """`connections` is the server's `max_connections`; whoever has waited for this goes on."""
        most, idle = (max(1, int(connections * percent / 100)) for percent in self._percents)
        self.most, self.most_idle = most, min(most, idle)
        self.hand_on()

    def make_room(self) -> bool:
        """Whether one more connection may be opened; one that lies idle is given up for it. The first one asks."""
        if sum(pool.count for pool in self.pools) < (1 if self.most is None else self.most):
            return True
        return self.most is not None and any(pool.give_up_idle() for pool in self.pools)

    def sweep(self, older_than: float) -> None:
        """Closes what has lain idle since before `older_than`, the longest first, down to what may lie idle."""
        lying = sorted(((pool, one) for pool in self.pools for one in pool.idle()), key=lambda pair: pair[1].idle_since)
        spare = len(lying) - (len(lying) if self.most_idle is None else self.most_idle)
        for pool, backend in lying[: max(0, spare)]:
            if backend.idle_since < older_than:
                pool.give_up(backend)

    def hand_on(self) -> None:
        """There may be room: whoever waits in any pool may have a connection."""
        for pool in self.pools:
            pool.open_for_waiters()


class BackendPool:
    """The backends of one login, at most `limit`: the one used last is lent first, the longest wait is ended first."""

    def __init__(
        self, shares: Shares, *, host: str, port: int, database: str, user: str, password: str, limit: int,
        borrow_seconds: float,
    ) -> None:  # fmt: skip
        self._shares = shares
        shares.pools.append(self)
        self._where = (host, port)
        self._login = (user, database, password)
        self._limit = limit
        self._borrow_seconds = borrow_seconds
        self._idle: list[Backend] = []
        self._waiting: deque[asyncio.Future[Backend]] = deque()
        self._opening: set[asyncio.Future[None]] = set()
        self.count = 0
        self.parameters: dict[str, str] = {}
        """What the server said of itself at the last login."""

    def take_now(self) -> Backend | None:
        """An idle backend, if there is one and nobody waits."""
        return self._idle.pop() if self._idle else None

    async def take(self) -> Backend:
        """A backend, waiting for one if need be.

        Raises:
            Unavailable: the database does not answer, or every backend was busy for too long.
        """
        if self._idle:
            return self._idle.pop()
        if self.count < self._limit and self._shares.make_room():
            self.count += 1
            return await self._open()
        waiter: asyncio.Future[Backend] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(self._borrow_seconds):
                backend = await waiter
        except TimeoutError as error:
            self._leave_queue(waiter)
            raise Unavailable("53300", NONE_FREE) from error
        except asyncio.CancelledError:
            self._leave_queue(waiter)
            raise
        # It may have been lost in the moment between being handed over and being taken.
        return backend if not backend.lost else await self.take()

    def _leave_queue(self, waiter: asyncio.Future[Backend]) -> None:
        """Nobody takes any more what `waiter` may have been given."""
        with contextlib.suppress(ValueError):
            self._waiting.remove(waiter)
        if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
            self.give_back(waiter.result())

    def give_back(self, backend: Backend) -> None:
        """The borrower needs it no more; between transactions only."""
        backend.holder = None
        if backend.lost:
            return
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(backend)
                return
        backend.idle_since = asyncio.get_running_loop().time()
        self._idle.append(backend)
        if any(pool.waits() for pool in self._shares.pools):
            self._shares.hand_on()

    def waits(self) -> bool:
        return bool(self._waiting)

    def idle(self) -> Sequence[Backend]:
        return self._idle

    def give_up_idle(self) -> bool:
        """Closes the connection that has lain idle longest; False: there is none."""
        if not self._idle:
            return False
        self.give_up(min(self._idle, key=lambda one: one.idle_since))
        return True

    def give_up(self, backend: Backend) -> None:
        """Closes one that lies idle; from now on it is not counted."""
        self._idle.remove(backend)
        self._uncount(backend)
        backend.close()

    def _uncount(self, backend: Backend) -> None:
        if not backend.given_up:
            backend.given_up = True
            self.count -= 1

    def close(self) -> None:
        for backend in self._idle:
            backend.close()

    async def _open(self) -> Backend:
        """A new connection; whoever calls has counted it already, since others ask for room before it is open."""
        user, database, password = self._login
        backend = Backend(user, database, password, self._lost)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await asyncio.get_running_loop().create_connection(lambda: backend, *self._where)
        except (OSError, TimeoutError) as error:
            self._uncount(backend)
            self._shares.hand_on()
            raise Unavailable("08001", f"the database cannot be reached: {error}") from error
        except asyncio.CancelledError:
            self._uncount(backend)
            backend.close()
            raise
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await backend.opened
                if self._shares.most is None:
                    self._shares.server_takes(int(await backend.ask("SHOW max_connections")))
        except TimeoutError as error:
            backend.close()
            raise Unavailable("08001", "the database does not answer") from error
        except asyncio.CancelledError:
            backend.close()
            raise
        self.parameters = backend.parameters
        return backend

    def _lost(self, backend: Backend) -> None:
        self._uncount(backend)
        with contextlib.suppress(ValueError):
            self._idle.remove(backend)
        self._shares.hand_on()

    def open_for_waiters(self) -> None:
        """Opens connections for those who wait, as far as they may be opened."""
        waiting = sum(not waiter.done() for waiter in self._waiting)
        while waiting > len(self._opening) and self.count < self._limit and self._shares.make_room():
            self.count += 1
            task = asyncio.ensure_future(self._open_for_waiter())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open_for_waiter(self) -> None:
        try:
            self.give_back(await self._open())
        except Unavailable as error:
            while self._waiting:
                waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_exception(error)
