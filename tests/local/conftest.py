"""A gateway with an echo function behind it, and tokens that a key of the test's own signs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from local.gateway.authorizer import JwtAuthorizer
from local.gateway.routes import business, routes
from local.gateway.server import GatewayServer
from local.lambda_workers import Finished, FunctionSpec
from local.ports import free_port
from local.reaper import Reaper

ISSUER = "https://issuer.example/pool"
AUDIENCE = "client-1"


@dataclass
class Issuer:
    """A user pool's keys, published over HTTP, and the tokens it signs."""

    url: str
    keys: list[RSAKey] = field(default_factory=list)

    def token(self, key: RSAKey | None = None, algorithm: str = "RS256", **claims: Any) -> str:
        now = int(time.time())
        whole = {"iss": ISSUER, "client_id": AUDIENCE, "sub": "s1", "iat": now, "exp": now + 600} | claims
        signing = key or self.keys[0]
        header = {"alg": algorithm, "kid": signing.kid}
        present = {name: value for name, value in whole.items() if value is not None}
        return jwt.encode(header, present, signing, algorithms=[algorithm])


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    made = Issuer("", [RSAKey.generate_key(2048, auto_kid=True)])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"keys": [key.as_dict(private=False) for key in made.keys]}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
    yield made
    server.shutdown()
    server.server_close()


@dataclass
class Echo:
    """The running gateway, a client of it, and what its functions wrote and how they ended."""

    server: GatewayServer
    client: httpx.Client
    lines: list[tuple[str, bytes]]
    finished: list[Finished]
    token: Callable[..., str]

    def ask(self, path: str = "/sessions", token: str | None = None, **wish: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {token or self.token()}"}
        return self.client.post(path, json=wish, headers=headers)


@pytest.fixture(scope="module")
def reaper() -> Iterator[Reaper]:
    made = Reaper()
    yield made
    made.close()


@pytest.fixture(scope="module")
def echo(issuer: Issuer, reaper: Reaper) -> Iterator[Echo]:
    lines: list[tuple[str, bytes]] = []
    finished: list[Finished] = []
    server = GatewayServer(
        free_port(),
        free_port(),
        table=routes(["c1", "c2"]),
        authorizer=JwtAuthorizer(issuer=ISSUER, audience=AUDIENCE, jwks_url=issuer.url),
        reaper=reaper,
        on_line=lambda spec, stream, line: lines.append((spec.name, line)),
        on_finished=lambda spec, ended: finished.append(ended),
        origins=["https://app.example"],
    )
    server.start()
    handler = "tests.local.echo_function.handle"
    server.add_function(FunctionSpec(name="dispatch", handler=handler, environment={"WAIHU_X": "1"}, workers=2))
    server.add_function(
        FunctionSpec(name=business("c1"), handler=handler, environment={}, workers=1, timeout_seconds=0.5)
    )
    server.wait_until_warm()
    with httpx.Client(base_url=server.url, timeout=20) as client:
        yield Echo(server, client, lines, finished, issuer.token)
    server.stop()


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Any]:
    """Waits for something to become true, and gives back what it became."""

    def wait(ready: Callable[[], Any], seconds: float = 10) -> Any:
        limit = time.monotonic() + seconds
        while not (found := ready()):
            if time.monotonic() > limit:
                raise AssertionError("it did not happen")
            time.sleep(0.01)
        return found

    return wait


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
