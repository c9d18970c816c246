"""Faults between the agents' app and the gateway: replies lost, requests doubled, delayed, altered, all at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec

from callscript.protocol import REPLAY_HEADER
from tests.faults.http_tap import Exchange, Reply, Request
from tests.faults.scene import Scene

_AGAIN_SECONDS = 12.0
"""As long a copy is sent again while it is refused as something that may be tried again: faults overlap."""


def reply_lost(scene: Scene) -> int:
    """The action was committed and answered; the answer does not reach the agents' app."""
    lost: list[str] = []
    wanted = 6

    def drop(request: Request, reply: Reply) -> bool:
        if request.is_action and reply.status == 200 and len(lost) < wanted and scene.dice.random() < 0.7:
            lost.append(request.key)
            return False
        return True

    tap = scene.cloud.app_tap
    tap.on_reply = drop
    try:
        scene.until(lambda: len(lost) >= wanted, "no reply came to be lost")
    finally:
        tap.on_reply = None
    return len(lost)


def requests_doubled(scene: Scene) -> int:
    """Requests come again after they were answered; and with their key but other parameters."""
    copies = _some_done(scene, 12)
    for one in copies:
        _expect_same(scene, one, _sent_again(scene, one.request))
        altered = _altered(one.request)
        if altered is not None:
            reply = scene.cloud.app_tap.send(one.request, altered)
            if reply.status == 200:
                scene.oddities.append(f"key {one.request.key} was accepted with other parameters")
    return len(copies)


def requests_at_once(scene: Scene) -> int:
    """A request is answered to nobody, and comes five times at the same moment beside the agents' own retry."""
    caught: list[Request] = []

    def catch(request: Request) -> bool:
        if request.is_action and request.key and len(caught) < 3:
            caught.append(request)
            return False
        return True

    tap = scene.cloud.app_tap
    tap.on_request = catch
    try:
        scene.until(lambda: len(caught) >= 3, "no request came")
    finally:
        tap.on_request = None
    sent = 0
    for request in caught:
        with ThreadPoolExecutor(5) as pool:
            replies = list(pool.map(lambda _, one=request: _sent_again(scene, one), range(5)))
        bodies = {reply.body for reply in replies if reply is not None and reply.status == 200}
        if len(bodies) > 1:
            scene.oddities.append(f"key {request.key} was answered in {len(bodies)} ways")
        first = sum(
            reply is not None and reply.status == 200 and REPLAY_HEADER not in reply.headers for reply in replies
        )
        if first > 1:
            scene.oddities.append(f"key {request.key} ran {first} times at once")
        sent += len(replies)
    return sent


def requests_reordered(scene: Scene) -> int:
    """A request is lost on its way, sent anew by the app, and comes out of the network when the agent is further on."""
    held: list[tuple[Request, float]] = []
    lock = threading.Lock()

    def delay(request: Request) -> bool:
        with lock:
            if request.is_action and request.key and len(held) < 4:
                held.append((request, time.monotonic()))
                return False
        return True

    tap = scene.cloud.app_tap
    tap.on_request = delay
    try:
        scene.until(lambda: len(held) >= 4, "no request came to be held back")
    finally:
        tap.on_request = None
    last = held[-1][1]
    scene.until(lambda: scene.accepted_since(last) >= 2 * scene.agents, "the agents did not go on")
    first = {one.request.key: one for one in tap.done}
    for request, _ in held:
        reply = _sent_again(scene, request)
        known = first.get(request.key)
        if known is not None:
            _expect_same(scene, known, reply)
    return len(held)


def _some_done(scene: Scene, count: int) -> list[Exchange]:
    tap = scene.cloud.app_tap
    scene.until(lambda: len(tap.done) >= count, "too few requests have succeeded")
    return scene.dice.sample(list(tap.done), count)


def _sent_again(scene: Scene, request: Request) -> Reply | None:
    """The answer to a copy; None where the way was never open."""
    limit = time.monotonic() + _AGAIN_SECONDS
    while time.monotonic() < limit:
        try:
            reply = scene.cloud.app_tap.send(request)
        except OSError:
            reply = None
        if reply is not None and reply.status < 500:
            return reply
        time.sleep(0.05)
    return None


def _expect_same(scene: Scene, first: Exchange, again: Reply | None) -> None:
    if again is None or again.status in {401, 429}:
        return  # the copy's token is of yesterday's clock, or of a session that was renewed
    key = first.request.key
    if again.status != 200 or again.body != first.reply.body:
        scene.oddities.append(f"key {key}: {first.reply.body!r} at first, then {again.status} {again.body!r}")
    elif REPLAY_HEADER not in again.headers:
        scene.oddities.append(f"key {key} ran again")


def _altered(request: Request) -> bytes | None:
    """The same call with one answer changed; None where it carries none."""
    body = msgspec.json.decode(request.body)
    answers = body["parameters"].get("answers")
    if not answers:
        return None
    answers[0]["value"] = "altered"
    return msgspec.json.encode(body)
