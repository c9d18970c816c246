"""One agent's page as Streamlit's own browser code keeps it: its websocket, its protobuf messages, its timed reruns.

Written against the pinned version of Streamlit, whose own message classes it uses; nothing is drawn.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_SECONDS = 30.0
RESEND_AFTER_SECONDS = 6.0
"""As in `agent_app/look/desk/entry.js`."""
_TRIGGERS = "$$STREAMLIT_INTERNAL_KEY_{component}__events"
"""Id under which a component's events travel: see `streamlit.components.v2.bidi_component.main._make_trigger_id`."""


async def sign_in(client: httpx.AsyncClient, username: str, password: str) -> str:
    """The cookies of a browser in which `username` has filled in the form.

    Raises:
        RuntimeError: the form was not taken.
    """
    page = await client.get("/signin")
    form = {"username": username, "password": password, "language": "zh", "form_token": page.cookies["waihu_form"]}
    cookie = f"waihu_form={form['form_token']}"
    answer = await client.post("/signin", data=form, headers={"cookie": cookie})
    if answer.status_code != httpx.codes.SEE_OTHER:
        raise RuntimeError(f"{username} was not let in: {answer.status_code}")
    return f"waihu_sign_in={answer.cookies['waihu_sign_in']}"


@dataclass(slots=True)
class PageSession:
    """`async with PageSession(url, cookies) as page`: then `page.drawing` is on the screen, `page.click(…)` acts."""

    url: str
    cookies: str
    drawing: dict[str, Any] = field(default_factory=dict)
    _socket: Any = None
    _reader: asyncio.Task[None] | None = None
    _timers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _drawn: asyncio.Event = field(default_factory=asyncio.Event)
    _component: str = ""
    _fragment: str = ""

    async def __aenter__(self) -> Self:
        self._socket = await websockets.connect(
            f"ws://{urlsplit(self.url).netloc}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            additional_headers={"Cookie": self.cookies},
            origin=websockets.Origin(self.url),
            max_size=None,
        )
        self._reader = asyncio.create_task(self._read())
        message = BackMsg()
        message.rerun_script.query_string = ""
        await self._socket.send(message.SerializeToString())
        await self._until_drawn(PATIENCE_SECONDS)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (*self._timers.values(), self._reader):
            if task is not None:
                task.cancel()
        await self._socket.close()

    async def click(self, event: dict[str, Any]) -> float:
        """Seconds until what the desk shows after `event` has arrived.

        Raises:
            TimeoutError: it did not, though the event was sent again as the page does where it hears nothing.
        """
        begun, before = time.perf_counter(), self.drawing.get("stamp")
        await self._send(event)
        resend = RESEND_AFTER_SECONDS
        while self.drawing.get("stamp") == before:
            try:
                await self._until_drawn(resend)
            except TimeoutError:
                if resend == PATIENCE_SECONDS:
                    raise
                resend = PATIENCE_SECONDS
                await self._send({**event, "again": int(time.time() * 1000)})
        return time.perf_counter() - begun

    # -- below -----------------------------------------------------------------------------------------------------

    async def _send(self, event: dict[str, Any]) -> None:
        message = self._rerun(self._fragment)
        widget = message.rerun_script.widget_states.widgets.add()
        widget.id = _TRIGGERS.format(component=self._component)
        widget.json_trigger_value = json.dumps([{"event": "event", "value": event}])
        self._drawn.clear()
        await self._socket.send(message.SerializeToString())

    async def _until_drawn(self, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await self._drawn.wait()
        self._drawn.clear()

    def _rerun(self, fragment: str, *, timed: bool = False) -> BackMsg:
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = timed
        widget = message.rerun_script.widget_states.widgets.add()
        widget.id, widget.json_value = self._component, "{}"
        return message

    async def _read(self) -> None:
        async for data in self._socket:
            message = ForwardMsg()
            message.ParseFromString(data)
            match message.WhichOneof("type"):
                case "delta":
                    self._take(message.delta)
                case "auto_rerun":
                    self._every(message.auto_rerun.fragment_id, message.auto_rerun.interval)
                case "stop_auto_rerun":
                    self._stop(message.stop_auto_rerun.fragment_id)

    def _take(self, delta: Any) -> None:
        element = delta.new_element
        if delta.WhichOneof("type") != "new_element" or element.WhichOneof("type") != "bidi_component":
            return
        self._component, self._fragment = element.bidi_component.id, delta.fragment_id
        self.drawing = json.loads(element.bidi_component.json)
        self._drawn.set()

    def _every(self, fragment: str, seconds: float) -> None:
        """The page asks for some of its parts anew by itself, as long as it is open."""

        async def ask() -> None:
            while True:
                await asyncio.sleep(seconds)
                await self._socket.send(self._rerun(fragment, timed=True).SerializeToString())

        self._stop(fragment)
        self._timers[fragment] = asyncio.create_task(ask())

    def _stop(self, fragment: str) -> None:
        task = self._timers.pop(fragment, None)
        if task is not None:
            task.cancel()
