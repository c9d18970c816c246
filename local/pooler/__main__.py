"""The built-in pooler as a process: `python -m local.pooler CONFIG.json`."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

import uvloop

from local.pooler.backends import BackendPool
from local.pooler.config import PoolerConfig
from local.pooler.scram import verifier_of
from local.pooler.sessions import House, Session


async def serve(config: PoolerConfig) -> None:
    """Listens until SIGTERM."""
    pools = {
        user: BackendPool(
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
    await stop.wait()
    server.close()
    for pool in pools.values():
        pool.close()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    config = PoolerConfig(**json.loads(Path(sys.argv[1]).read_text()))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(config))


if __name__ == "__main__":
    main()
