"""Transcripts: an interview written down as moves and what each must lead to, played against a script without a server.

A transcript is TOML. `read_transcript` reads one, `play` compares it with what the engine
does, `Coverage` tells which nodes, ways and options the transcripts of a campaign have been through.
"""

from __future__ import annotations

from tests.harness.played.coverage import Coverage, coverage_of
from tests.harness.played.form import Ending, Move, Transcript, TranscriptError, read_transcript
from tests.harness.played.playing import Played, play

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
