"""A draft played as an agent would see it: the real engine, the desk's own drawing, and replies made from types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from agent_app.drawing import words
from agent_app.inputs import Input, event_of
from agent_app.panels import panel
from agent_app.texts import text
from callscript.engine import prepare, visits
from callscript.engine.events import SwitchedLanguage
from callscript.engine.steps import Ask, Ended, Failed, NoteView, SayView, Visit
from callscript.parser import load_campaign
from callscript.transcripts import Rehearsal, Setting


@dataclass
class Playing:
    """One interview in a rehearsal; nothing of it reaches a server."""

    on: Rehearsal
    languages: tuple[str, ...]
    turn: int = 1
    stamp: int = 1
    listed: tuple[Visit, ...] = ()
    heard: list[str] = field(default_factory=list)
    """Server actions that it would have called, in order."""

    @classmethod
    def of(cls, files: Mapping[str, str], language: str) -> Playing | None:
        """A play of scripts that were checked; None where they cannot even be read."""
        campaign = load_campaign({name: source.encode() for name, source in files.items()}).campaign
        if campaign is None:
            return None
        program = prepare(campaign)
        spoken = language if language in program.languages else program.language
        on = Rehearsal.begun(program, campaign, Setting(language=spoken))
        return cls(on, tuple(program.languages), heard=[call.action for call in on.calls])

    def speak(self, language: str) -> None:
        """Goes on in that language, where the scripts have it."""
        if language in self.languages and self.on.state.language != language and not self.ended:
            self.on.do(SwitchedLanguage(at=self.on.tick(), language=language))
            self.turn += 1

    @property
    def ended(self) -> bool:
        return isinstance(self.on.view, Ended)

    def apply(self, done: Input) -> None:
        """Does what was done on the screen; what came from an older screen is let go."""
        self.stamp += 1
        self.listed = ()
        if done.type == "visits":
            self.listed = tuple(visits(self.on.program, self.on.state))
            return
        event = event_of(done, self.on.tick()) if done.turn == self.turn else None
        if event is None or self.ended:
            return
        if isinstance(event, SwitchedLanguage) and event.language not in self.languages:
            return
        self.on.do(event)
        self.turn += 1
        self.heard += [call.action for call in self.on.calls]

    def drawing(self, language: str) -> dict[str, Any]:
        """The same plain data that the desk gives to the browser, without contact, day and tools."""
        return {
            "turn": self.turn,
            "interview": "rehearsal",
            "stamp": self.stamp,
            "language": language,
            "texts": words(language),
            "view": self._view(language),
            "case": None,
            "can_dial": False,
            "dial": None,
            "visits": [msgspec.to_builtins(visit) for visit in self.listed],
            "tools": {"note": False, "report": False, "park": False},
            "note": "",
            "notice": "",
            "strip": None,
            "rehearsal": True,
        }

    def _view(self, language: str) -> dict[str, Any]:
        view = self.on.view
        match view:
            case Ask():
                return {"type": "ask", "screen": msgspec.to_builtins(view.screen)}
            case Ended():
                lines = [item.text for item in view.items if isinstance(item, (SayView, NoteView))]
                small = text(language, "ended.outcome", outcome=view.outcome) if view.outcome else ""
                return panel(text(language, "ended.title"), lines, [], tone="good", small=small)
            case Failed():
                choices = [(each, text(language, f"choice.{each}"), "") for each in view.choices]
                return panel(text(language, "failed.title"), [view.detail or view.code], choices, tone="trouble")
        return panel(text(language, "wait.title"), [text(language, "wait.lead")], [], busy=True)
