"""What is asked of the business function: which action, with what, under which key."""

from __future__ import annotations

import re
import uuid

import msgspec

from callscript.protocol import KEY_HEADER, SESSION_HEADER, ActionRequest
from functions.hosting.errors import BAD_REQUEST, UNKNOWN_ROUTE, Refused
from functions.hosting.web import Request

_PATH = re.compile(
    r"/([A-Za-z0-9_-]{1,64})(?:/[A-Za-z0-9_-]{1,64})?/(slow-)?actions/([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})"
)
_NODE = re.compile(r"(?!.*\d{7})[\w.@/*-]{0,128}")
"""It stands in logs, journal and metrics: what could be a telephone number is no node's name."""
_DECODER = msgspec.json.Decoder(ActionRequest)


class ActionCall(msgspec.Struct, frozen=True):
    """One call of `pack.action`; nothing in it has been believed yet."""

    cell: str
    pack: str
    action: str
    slow: bool
    """It was sent the way of slow actions."""
    key: str
    token: str
    correlation: str
    body: ActionRequest

    @property
    def name(self) -> str:
        return f"{self.pack}.{self.action}"

    @property
    def node(self) -> str | None:
        return self.body.node or None

    @property
    def interview(self) -> str | None:
        return self.body.interview or None


def read_call(request: Request) -> ActionCall:
    """The call that `request` makes.

    Raises:
        Refused: `unknown_route`, `bad_request` (naming the member where one is wrong).
    """
    match = _PATH.fullmatch(request.path)
    if match is None or request.method != "POST":
        raise Refused(UNKNOWN_ROUTE)
    try:
        body = _DECODER.decode(request.body)
    except msgspec.ValidationError as error:
        raise Refused(BAD_REQUEST, parameter=_member(str(error))) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(BAD_REQUEST) from error
    if not _NODE.fullmatch(body.node or ""):
        raise Refused(BAD_REQUEST, parameter="node")
    if body.interview and not is_uuid(body.interview):
        raise Refused(BAD_REQUEST, parameter="interview")
    return ActionCall(
        cell=match[1],
        pack=match[3],
        action=match[4],
        slow=match[2] is not None,
        key=request.headers.get(KEY_HEADER, ""),
        token=request.headers.get(SESSION_HEADER, ""),
        correlation=request.correlation,
        body=body,
    )


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID in its usual form."""
    try:
        return len(text) == 36 and bool(uuid.UUID(text))
    except ValueError:
        return False


def _member(message: str) -> str | None:
    """msgspec ends its text with the path of the wrong member: ``- at `$.campaign` ``."""
    match = re.search(r"`\$\.?([\w.]*)", message)
    return match[1] or None if match else None
