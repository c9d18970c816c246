"""The built-in pooler as a process: `python -m local.pooler CONFIG.json`."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

import uvloop

from local.pooler.config import PoolerConfig
from local.pooler.pools import BackendPool, Shares
from local.pooler.scram import verifier_of
from local.pooler.sessions import House, Session

SWEEP_SECONDS = 10.0


async def serve(config: PoolerConfig) -> None:
    """Listens until SIGTERM."""
    shares = Shares(connections_percent=config.connections_percent, idle_percent=config.idle_percent)
    pools = {
        user: BackendPool(
            shares,
            host=config.server_host,
            port=config.server_port,
            database=config.database,
            user=user,
            password=password,
            limit=config.most_backends,
            borrow_seconds=config.borrow_seconds,
        )
        for user, password in config.logins.items()
    }
    verifiers = {user: verifier_of(password) for user, password in config.logins.items()}
    house = House(verifiers, pools, config.database, config.most_clients)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    server = await loop.create_server(lambda: Session(house), config.host, config.port, backlog=1024)
    keeping = asyncio.create_task(_keep_house(config, house, shares))
    await stop.wait()
    keeping.cancel()
    server.close()
    for pool in pools.values():
        pool.close()


async def _keep_house(config: PoolerConfig, house: House, shares: Shares) -> None:
    """Closes, again and again, what has been idle for too long."""
    pause = min(SWEEP_SECONDS, config.idle_seconds / 2, config.idle_client_seconds / 2, config.client_seconds / 2)
    while True:
        await asyncio.sleep(pause)
        now = asyncio.get_running_loop().time()
        shares.sweep(now - config.idle_seconds)
        house.sweep(idle_since=now - config.idle_client_seconds, began=now - config.client_seconds)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    config = PoolerConfig(**json.loads(Path(sys.argv[1]).read_text()))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(config))


if __name__ == "__main__":
    main()
