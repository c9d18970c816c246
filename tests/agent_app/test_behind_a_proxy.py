"""The desk behind a load balancer: websockets are taken from the page's own host alone, so that has to come through."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from agent_app.look.component import SCRIPT_ROUTE, script, script_path
from agent_app.settings import AgentAppSettings
from local.agent_app import AgentApp
from local.aws import REGION
from local.ports import HOST, Ports
from local.reaper import Reaper
from tests.agent_app.making import KEY_SECRET
from tests.harness.aws_server import running_aws

DESK = "desk.example.com"
STREAM = "/_stcore/stream"


class ReverseProxy:
    """Passes bytes on; with `host` it puts that in place of the host that the browser named, as some proxies do."""

    def __init__(self, port: int, host: str = "") -> None:
        self._target, self._host = port, host
        self._listening = socket.create_server((HOST, 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection((HOST, self._target))
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, asking: bool) -> None:
        with source, target:
            while True:
                try:
                    data = source.recv(65_536)
                    if asking and self._host:
                        data = data.replace(f"Host: {DESK}".encode(), f"Host: {self._host}".encode())
                    if not data:
                        return
                    target.sendall(data)
                except OSError:
                    return


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentApp]:
    """The app as a process of its own, with an empty store."""
    folder: Path = tmp_path_factory.mktemp("desk")
    with ExitStack() as ending:
        aws = ending.enter_context(running_aws(folder))
        secrets = aws.client("secretsmanager")
        secrets.create_secret(Name="store", SecretString=KEY_SECRET)
        secrets.close()
        settings = AgentAppSettings(
            gateway_url="http://127.0.0.1:9", user_pool_client_id="c", aws_region=REGION,
            store_path=str(folder / "store.sqlite"), store_key_secret="store", release_cache_path=str(folder / "cache"),
        )  # fmt: skip
        reaper = Reaper()
        ending.callback(reaper.close)
        environment = {**settings.to_environment(), **aws.environment}
        app = AgentApp(Ports(folder / "app.json").take("app"), environment, log=folder / "app.log", reaper=reaper)
        ending.callback(app.stop)
        app.start()
        app.wait()
        yield app


@contextmanager
def proxied(desk: AgentApp, host: str = "") -> Iterator[int]:
    proxy = ReverseProxy(int(desk.url.rpartition(":")[2]), host)
    try:
        yield proxy.port
    finally:
        proxy.close()


def opens(port: int, origin: str) -> bool:
    """Whether a browser on a page of `origin`, which named the desk, gets its websocket."""
    try:
        with (
            socket.create_connection((HOST, port)) as sock,
            connect(f"ws://{DESK}{STREAM}", sock=sock, origin=Origin(origin), open_timeout=60),
        ):
            return True
    except InvalidStatus as refused:
        return refused.response.status_code != 403


def test_a_page_of_the_desk_gets_its_websocket_where_the_host_comes_through(desk: AgentApp) -> None:
    with proxied(desk) as port:
        assert opens(port, f"https://{DESK}")


def test_a_foreign_page_gets_none(desk: AgentApp) -> None:
    with proxied(desk) as port:
        assert not opens(port, "https://elsewhere.example.net")


def test_behind_a_proxy_that_changes_the_host_even_the_desks_own_page_gets_none(desk: AgentApp) -> None:
    """Why the template keeps the host (`preserve_host_header`, CloudFront's AllViewer)."""
    with proxied(desk, "10-0-0-7.internal") as port:
        assert not opens(port, f"https://{DESK}")


def test_the_health_check_needs_no_host(desk: AgentApp) -> None:
    assert httpx.get(f"{desk.url}/healthz", headers={"host": "10.0.3.4"}).json()["status"] == "ok"


def test_the_desks_script_is_kept_by_the_browser_under_its_edition_alone(desk: AgentApp) -> None:
    ours = httpx.get(f"{desk.url}{script_path()}")
    assert (ours.text, ours.headers["content-type"]) == (script(), "text/javascript; charset=utf-8")
    assert "immutable" in ours.headers["cache-control"]
    # Asked for by a page of another edition's process, while one takes over from the other.
    other = httpx.get(f"{desk.url}{SCRIPT_ROUTE.format(edition='0' * 16)}")
    assert (other.text, other.headers["cache-control"]) == (script(), "no-store")
