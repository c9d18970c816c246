"""What the app is to show and to do next: texts piped and translated, fields with their values, calls as data."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from callscript.model.links import Mode


class OptionView(Struct, frozen=True, kw_only=True):
    value: str
    label: str
    exclusive: bool = False
    other: str | None = None


class FieldView(Struct, frozen=True, kw_only=True, tag="field"):
    """A field to ask, with what it holds now; limits are shown and checked again by the engine."""

    name: str
    field_type: str
    label: str
    hint: str = ""
    value: Any = None
    special: str | None = None
    required: bool = False
    specials: tuple[str, ...] = ()
    minimum: Any = None
    maximum: Any = None
    length: tuple[int, int] | None = None
    options: tuple[OptionView, ...] = ()


class SayView(Struct, frozen=True, tag="say"):
    text: str


class NoteView(Struct, frozen=True, tag="note"):
    text: str


class MatrixView(Struct, frozen=True, kw_only=True, tag="matrix"):
    id: str
    label: str
    rows: tuple[FieldView, ...]


ItemView = SayView | NoteView | FieldView | MatrixView


class Complaint(Struct, frozen=True, kw_only=True):
    """Why the node cannot be left yet: a wrong input (`field` set) or a check of the script."""

    code: str
    message: str
    field: str | None = None
    soft: bool = False


class ExitView(Struct, frozen=True, kw_only=True):
    id: str
    key: str
    label: str


class Visit(Struct, frozen=True, kw_only=True):
    """A node on the path that can be jumped to."""

    place: str
    title: str


class Screen(Struct, frozen=True, kw_only=True):
    """One node as the agent sees it."""

    place: str
    node: str
    title: str
    language: str
    items: tuple[ItemView, ...]
    complaints: tuple[Complaint, ...] = ()
    exits: tuple[ExitView, ...] = ()
    can_go_back: bool = False
    visits: tuple[Visit, ...] = ()
    progress: float = 0.0
    """Share of the way to the end, 0 to 1; never falls while the agent goes forward."""


class ServerCall(Struct, frozen=True, kw_only=True):
    """A call that was decided at this step. It is in the state's outbox until its reply is taken."""

    key: str
    link: str
    action: str
    mode: Mode
    node: str
    parameters: dict[str, Any]
    slow: bool = False
    """Its action is of class `slow`: sent to the function for those, and waited for longer."""


class Ask(Struct, frozen=True, kw_only=True, tag="ask"):
    """Show this node."""

    screen: Screen


class Wait(Struct, frozen=True, kw_only=True, tag="wait"):
    """Wait for the reply of the call with this key."""

    call: ServerCall


class Failed(Struct, frozen=True, kw_only=True, tag="failed"):
    """A call that the agent needs failed: name the node, offer the choices."""

    call: ServerCall
    code: str
    detail: str
    choices: tuple[str, ...]


class Ended(Struct, frozen=True, kw_only=True, tag="ended"):
    """The interview is over; its last calls may still be on their way."""

    node: str
    outcome: str
    items: tuple[ItemView, ...] = ()
    parked: bool = False


View = Ask | Wait | Failed | Ended


class Step(Struct, frozen=True, kw_only=True):
    """The answer to an event: what to show, and the calls decided by it.

    The caller stores the new state and `calls` in one write before it shows `view`; then it sends the calls in order.
    The call that a `Wait` waits for is among them.
    """

    view: View
    calls: tuple[ServerCall, ...] = ()
