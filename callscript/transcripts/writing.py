"""Transcripts written so that `read_transcripts` reads them again as they were."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from callscript.transcripts.model import Block, Here, Line, Reply, Setting, Transcript, Word

_PLAIN = Setting()


def write_transcripts(transcripts: Iterable[Transcript], heading: str = "") -> str:
    """The text of a file of transcripts; `heading` becomes comments at its top."""
    lines = [f"# {line}".rstrip() for line in heading.splitlines()]
    for transcript in transcripts:
        lines += ["", f"== {transcript.title or '-'} ==", *_setting(transcript.setting)]
        for block in transcript.blocks:
            lines += _block(block)
    return "\n".join(lines).lstrip("\n") + "\n"


def _setting(setting: Setting) -> Iterable[str]:
    if setting.language:
        yield f"language: {setting.language}"
    if setting.seed != _PLAIN.seed:
        yield f"seed: {setting.seed}"
    if setting.timezone != _PLAIN.timezone:
        yield f"timezone: {setting.timezone}"
    if setting.begin != _PLAIN.begin:
        yield f"clock: {datetime.fromtimestamp(setting.begin / 1000, UTC).isoformat()}"
    yield from (_reply(reply) for reply in setting.replies)


def _reply(reply: Reply) -> str:
    return f"reply {reply.action} " + (f"fails {reply.fails}" if reply.fails else f"{reply.path} = {reply.value}")


def _block(block: Block) -> Iterable[str]:
    yield " ".join(each for each in (block.here.value, block.name, block.outcome) if each)
    if block.here is Here.END and not block.lines:
        return
    yield from (f"  {_line(line)}" for line in block.lines)


def _line(line: Line) -> str:
    if line.word is Word.ANSWER:
        return f"{line.name} = {line.text}".rstrip()
    if line.word in {Word.VALUE, Word.OFFERS}:
        return f"{line.word.value} {line.name} = {line.text}".rstrip()
    return " ".join(each for each in (line.word.value, line.name, line.text) if each)


def answer_text(value: Any) -> str:
    """An input of `Answered` as an author writes it after `=`."""
    if isinstance(value, dict):
        return f"#{value.get('special', '')}"
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    text = str(value)
    odd = text != text.strip() or not text.isprintable() or text[:1] in {'"', "#"}
    return json.dumps(text, ensure_ascii=False) if odd else text
