"""Interviews as authors write them down: read, played on the real engine, measured, and found by a search.

    read = read_transcripts(text, "transcripts/first.txt")      # problems with places, transcripts
    results, coverage = play_all(campaign, read.transcripts, {}) # the same engine as the agents', no server
    found = synthesize(Theatre(campaign))                       # transcripts that cover every branch
    text = write_transcripts(found.transcripts)

Pure, like the engine: the clock of an interview is written in its transcript.
"""

from __future__ import annotations

from callscript.transcripts.model import Block, Here, Line, Reply, Setting, Transcript, Word
from callscript.transcripts.points import Point, Points, points_of
from callscript.transcripts.reading import ReadTranscripts, read_transcripts
from callscript.transcripts.rehearsal import Rehearsal
from callscript.transcripts.replies import read_replies
from callscript.transcripts.running import Coverage, Result, Theatre, play_all
from callscript.transcripts.synthesis import Synthesis, Unreached, synthesize, title_of
from callscript.transcripts.writing import answer_text, write_transcripts

__all__ = [
    "Block",
    "Coverage",
    "Here",
    "Line",
    "Point",
    "Points",
    "ReadTranscripts",
    "Rehearsal",
    "Reply",
    "Result",
    "Setting",
    "Synthesis",
    "Theatre",
    "Transcript",
    "Unreached",
    "Word",
    "answer_text",
    "play_all",
    "points_of",
    "read_replies",
    "read_transcripts",
    "synthesize",
    "title_of",
    "write_transcripts",
]
