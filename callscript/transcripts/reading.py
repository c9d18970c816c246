"""Transcripts as text: read with every problem at its place.

# settings before the first title are for all: language, seed, clock, timezone
language: zh
== A busy customer ==
reply outbound.next_case contact.visits = 3
at consent
  says 耽误您三分钟
  agreement = later
at callback
  callback_at = 2026-01-06 10:00
  callback_kind = hard
  calls outbound.arrange_callback kind=hard
end called_back 2.21
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from callscript.places import NOWHERE, Span
from callscript.problems import Kind, Problem
from callscript.transcripts import kinds
from callscript.transcripts.model import Block, Here, Line, Reply, Setting, Transcript, Word

MAX_BYTES = 4 * 1024 * 1024
MAX_SEED = 1 << 53
_DEFAULT = Setting()

_SETTING = re.compile(r"(language|seed|clock|timezone):\s*(.*)$")
_BLOCK = re.compile(r"(at|failed|end)\s+(\S+)(?:\s+(\S+))?$")
_REPLY = re.compile(r"reply\s+([\w.]+)\s+(?:fails\s+(\S+)|([\w.]+)\s*=\s*(.*))$")
_ANSWER = re.compile(r"([\w.-]+)\s*=\s*(.*)$")
_NAMED = re.compile(r"(value|offers)\s+([\w.-]+)\s*=\s*(.*)$")
_SAYS = re.compile(r"(says|says-not)\s+(\S.*)$")
_SHORT = re.compile(r"(asks|hides|exit|jump|speak|choose)\s+(\S+)$")
_LONG = re.compile(r"(complains|calls)\s+(\S+)(?:\s+(.*))?$")
_BARE = re.compile(r"(back|confirm)$")


@dataclass(frozen=True, slots=True)
class ReadTranscripts:
    transcripts: tuple[Transcript, ...]
    problems: tuple[Problem, ...]


def read_transcripts(text: str, file: str) -> ReadTranscripts:
    """All transcripts of a file; problems are collected, never raised, and a transcript with one is left out."""
    reading = _Reading(file)
    if len(text) > MAX_BYTES:
        reading.report(kinds.UNREADABLE_LINE, Span(file, 1, 1), line=f"{len(text)} characters")
        return ReadTranscripts((), tuple(reading.problems))
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        reading.take(line, number)
    reading.close()
    return ReadTranscripts(tuple(reading.done), tuple(reading.problems))


@dataclass
class _Reading:
    file: str
    problems: list[Problem] = field(default_factory=list)
    done: list[Transcript] = field(default_factory=list)
    common: Setting = _DEFAULT
    setting: Setting = _DEFAULT
    title: str | None = None
    span: Span = NOWHERE
    blocks: list[Block] = field(default_factory=list)
    broken: bool = False

    def report(self, kind: Kind, span: Span, **values: str) -> None:
        self.problems.append(Problem(kind, span, values))
        self.broken = True

    def take(self, line: str, number: int) -> None:
        said = line.strip()
        if not said or said.startswith("#"):
            return
        span = Span(self.file, number, len(line) - len(line.lstrip()) + 1)
        if line[0] in " \t\u3000":
            self._detail(said, span)
        elif said.startswith("=="):
            self.close()
            self.title, self.span = said.strip("=").strip(), span
        elif found := _SETTING.match(said):
            self._set(found[1], found[2].strip(), span)
        elif found := _BLOCK.match(said):
            self._open(span)
            self.blocks.append(Block(Here(found[1]), found[2], (), found[3] or "", span))
        elif found := _REPLY.match(said):
            reply = Reply(found[1], found[3] or "", found[4] or "", found[2] or "", span)
            self._put(replace(self._now(), replies=(*self._now().replies, reply)))
        else:
            self.report(kinds.UNREADABLE_LINE, span, line=said[:80])

    def close(self) -> None:
        """The transcript that was being read is complete."""
        if self.blocks and not self.broken:
            self.done.append(Transcript(self.title or "", tuple(self.blocks), self.setting, self.span))
        self.blocks, self.broken = [], False
        self.title = None
        self.setting = self.common

    def _open(self, span: Span) -> None:
        if self.title is None:
            self.title, self.span = "", span
            self.setting = self.common

    def _now(self) -> Setting:
        return self.common if self.title is None else self.setting

    def _put(self, setting: Setting) -> None:
        if self.title is None:
            self.common = setting
        self.setting = setting

    def _detail(self, said: str, span: Span) -> None:
        if not self.blocks:
            self.report(kinds.STRAY_LINE, span)
            return
        line = _line(said, span)
        if line is None:
            self.report(kinds.UNREADABLE_LINE, span, line=said[:80])
            return
        last = self.blocks[-1]
        self.blocks[-1] = replace(last, lines=(*last.lines, line))

    def _set(self, name: str, value: str, span: Span) -> None:
        now = self._now()
        try:
            match name:
                case "language":
                    self._put(replace(now, language=value))
                case "seed":
                    self._put(replace(now, seed=min(abs(int(value)), MAX_SEED)))
                case "timezone":
                    ZoneInfo(value)
                    self._put(replace(now, timezone=value))
                case _:
                    self._put(replace(now, begin=_moment(value, now.timezone)))
        except (ValueError, OSError, KeyError, OverflowError):
            self.report(kinds.BAD_SETTING, span, name=name, value=value[:60] or "-")


def read_replies_written(texts: Iterable[str], file: str) -> tuple[tuple[Reply, ...], tuple[Problem, ...]]:
    """Each text as it would stand behind the word `reply` in a transcript."""
    reading = _Reading(file)
    for number, text in enumerate(texts, 1):
        reading.take(f"reply {text.strip()}", number)
    return reading.common.replies, tuple(reading.problems)


def _moment(text: str, timezone: str) -> int:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(timezone))
    return int(found.timestamp() * 1000)


def _line(said: str, span: Span) -> Line | None:
    if found := _ANSWER.match(said):
        return Line(Word.ANSWER, found[1], found[2].strip(), span)
    if found := _NAMED.match(said):
        return Line(Word(found[1]), found[2], found[3].strip(), span)
    if found := _SAYS.match(said):
        return Line(Word(found[1]), "", found[2], span)
    if found := _SHORT.match(said) or _BARE.match(said):
        return Line(Word(found[1]), found[2] if found.re is _SHORT else "", "", span)
    if found := _LONG.match(said):
        return Line(Word(found[1]), found[2], (found[3] or "").strip(), span)
    return None


def words_of(text: str) -> list[str]:
    """The options that a line lists: `a, b; c`."""
    return [word for word in re.split(r"[\s,;，；、]+", text) if word]


def pairs_of(text: str) -> Iterable[tuple[str, str]]:
    """The parameters that a `calls` line names: `kind=hard at=…`."""
    for found in re.finditer(r"(?<![\w.-])([\w.-]+)=(\"[^\"]*\"|\S*)", text):
        yield found[1], found[2].strip('"')
