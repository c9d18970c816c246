"""Transcripts: an interview written down as moves and what each must lead to, played against a script without a server.

A transcript is TOML (see docs/transcripts.md). `read_transcript` reads one, `play` compares it with what the engine
does, `Coverage` tells which nodes, ways and options the transcripts of a campaign have been through.
"""

from __future__ import annotations

from callscript.transcripts.coverage import Coverage, coverage_of
from callscript.transcripts.form import Ending, Move, Transcript, TranscriptError, read_transcript
from callscript.transcripts.playing import Played, play

__all__ = [
    "Coverage",
    "Ending",
    "Move",
    "Played",
    "Transcript",
    "TranscriptError",
    "coverage_of",
    "play",
    "read_transcript",
]
