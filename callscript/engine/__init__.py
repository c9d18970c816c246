"""The interview as a pure function: `advance(program, state, event) -> (state, step)`.

`events` are what can happen, `steps` what the app is to show and do, `state` what is saved between the two.

    program = prepare(campaign)                      # once a release
    state, step = begin(program, Begun(...))         # write dump(state) and step.calls at once, then show step.view
    state, step = advance(program, state, event)     # likewise
    view = show(program, load(stored))               # after a reload: the same view
    call = command_call(program, state, "dial", at)  # the desk's own commands

    Exception
    ├── StateUnusable        a stored state cannot be read
    │   └── StateTooNew      a newer version of this program wrote it
    └── UnknownCommand       the campaign has no such command link

No event that an agent, a server or a clock can cause raises: what means nothing now is ignored, or complained about in
the step.
"""

from __future__ import annotations

from callscript.engine.interview import (
    UnknownCommand,
    advance,
    answers,
    begin,
    command_call,
    commands,
    path,
    preview,
    show,
    visits,
)
from callscript.engine.names import names_of
from callscript.engine.prepare import prepare
from callscript.engine.program import Program
from callscript.engine.state import State
from callscript.engine.stored import VERSION, StateTooNew, StateUnusable, dump, load

__all__ = [
    "VERSION",
    "Program",
    "State",
    "StateTooNew",
    "StateUnusable",
    "UnknownCommand",
    "advance",
    "answers",
    "begin",
    "command_call",
    "commands",
    "dump",
    "load",
    "names_of",
    "path",
    "prepare",
    "preview",
    "show",
    "visits",
]
