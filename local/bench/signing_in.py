"""Sessions of many agents, opened by dispatch through the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
import uvloop

from callscript import protocol
from local.bench import progress
from local.bench.agents import CAMPAIGN, Credentials
from local.bench.house import House
from local.bench.keep_alive import KeepAlive

AT_ONCE = 20


def sign_in(house: House, agents: int) -> Sequence[Credentials]:
    """`agents` agents (`bench-1` …) with a session each."""
    address = urlsplit(house.gateway_url)
    clients = [KeepAlive(str(address.hostname), int(address.port or 80)) for _ in range(AT_ONCE)]
    names = [f"bench-{number}" for number in range(1, agents + 1)]
    tokens = [house.access_token(name) for name in progress.counted("signing in", names, agents)]

    async def one(client: KeepAlive, agent: str, token: str) -> Credentials:
        answered = await client.post(protocol.SESSIONS_PATH, {"authorization": f"Bearer {token}"}, b"")
        if answered.status != 200:
            raise RuntimeError(f"no session: {answered.status} {answered.body!r}")
        reply = msgspec.json.decode(answered.body, type=protocol.SessionReply)
        access = next(access for access in reply.campaigns if access.id == CAMPAIGN)
        return Credentials(agent, token, reply.token, access.release, access.business_path)

    async def some(client: KeepAlive, mine: Sequence[tuple[str, str]]) -> list[Credentials]:
        return [await one(client, agent, token) for agent, token in mine]

    async def everyone() -> list[Credentials]:
        pairs = list(zip(names, tokens, strict=True))
        parts = [some(client, pairs[at::AT_ONCE]) for at, client in enumerate(clients)]
        made = [who for part in await asyncio.gather(*parts) for who in part]
        for client in clients:
            client.close()
        return made

    with progress.step("opening sessions", None), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(everyone())
