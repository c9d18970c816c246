"""The rows of a campaign as they stood at one moment, page by page: memory does not grow with their number.

One snapshot (`REPEATABLE READ`) holds for all pages, so interviews that are being held meanwhile come neither twice nor
half. An interview's answers arrive as one JSON text, which costs a tenth of reading them row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from database.connection import Connection
from datasets.variables import Category, Codebook, Kind, Question, Variable

PAGE = 500
Key = tuple[str, str]
_BETWEEN = "\x1f"
"""Parts field and round in a key of the JSON; no name may hold it."""

CODED = "_code"
"""What is put behind an open question's name for the column of the code that it was given."""

_INTERVIEWS = f"""
SELECT i.id::text, i.case_id::text, k.external_id, i.agent, left(i.release, 12), i.language, i.started_at, i.ended_at,
       i.outcome, i.overtaken, i.id,
       (SELECT json_object_agg(a.field || E'{_BETWEEN}' || a.round, CASE
                 WHEN a.special IS NULL THEN a.value ELSE jsonb_build_object('', a.special) END)::text
          FROM outbound.answers a WHERE a.interview_id = i.id AND a.on_path) AS answers,
       (SELECT json_object_agg(f.field || '{CODED}' || E'{_BETWEEN}' || f.round, f.code)::text
          FROM (SELECT c.field, c.round, coalesce(max(c.code) FILTER (WHERE c.final),
                       CASE WHEN count(DISTINCT c.code) = 1 THEN max(c.code) END) AS code
                  FROM supervision.codings c WHERE c.interview_id = i.id GROUP BY c.field, c.round) f
         WHERE f.code IS NOT NULL) AS codes
  FROM outbound.interviews i
  JOIN outbound.cases c ON c.id = i.case_id
  JOIN outbound.contacts k ON k.id = c.contact_id
 WHERE i.campaign = $1 AND (i.started_at, i.id) > ($2::timestamptz, $3::uuid)
   AND ($5::boolean OR i.outcome IS NOT NULL) AND {{since}}
 ORDER BY i.started_at, i.id
 LIMIT $4
"""  # noqa: S608 - constants of this module
_NEW = """($6::timestamptz IS NULL OR i.started_at >= $6 OR i.ended_at >= $6
        OR EXISTS (SELECT FROM outbound.answers n WHERE n.interview_id = i.id AND n.saved_at >= $6))"""
_PAGE = _INTERVIEWS.format(since=_NEW)
_COUNT = f"""
SELECT count(*) FROM outbound.interviews i WHERE i.campaign = $1 AND ($2::boolean OR i.outcome IS NOT NULL)
   AND {_NEW.replace("$6", "$3")}
"""  # noqa: S608 - constants of this module
_HELD = """
SELECT DISTINCT field, round FROM outbound.answers
 WHERE campaign = $1 AND on_path AND (round <> '' OR field <> ALL (CAST($2 AS text[])))
"""
_PLAIN = """
SELECT DISTINCT field FROM outbound.answers
 WHERE campaign = $1 AND on_path AND round = '' AND field = ANY (CAST($2 AS text[]))
"""
_FRAMES = "SELECT field, code, title FROM supervision.frames WHERE campaign = $1 ORDER BY field, code"
_RELEASES = (
    "SELECT release, max(started_at) FROM outbound.interviews WHERE campaign = $1 GROUP BY release ORDER BY 2 DESC"
)


@dataclass(frozen=True, slots=True)
class Special:
    """A special answer: no value, but not unanswered either."""

    name: str


@dataclass(frozen=True, slots=True)
class Interview:
    """`frame` is in the order of `variables.FRAME`; `answers` by (field, round)."""

    frame: tuple[Any, ...]
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which interviews; `since`: only those with anything new from then on."""

    campaign: str
    unfinished: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open, read-only transaction; see `snapshot`."""

    connection: Connection
    wanted: Wanted

    def count(self) -> int:
        return int(self.connection.fetch(_COUNT, self.wanted.campaign, self.wanted.unfinished, self.wanted.since)[0][0])

    def outcomes(self) -> list[tuple[str, str, str]]:
        """Code, Chinese and English title of every registered outcome."""
        rows = self.connection.fetch("SELECT code, title_zh, title_en FROM outbound.outcomes ORDER BY code")
        return [(str(code), str(chinese), str(english)) for code, chinese, english in rows]

    def variables(self, codebook: Codebook) -> tuple[Variable, ...]:
        """The columns: questions in order, one column a round; what no readable script knows stands last, as text."""
        known = [question.field for question in codebook.questions]
        frames = self._frames()
        rounds: dict[str, list[str]] = {}
        for field, round_ in self.connection.fetch(_HELD, self.wanted.campaign, known):
            rounds.setdefault(field, []).append(round_)
        # A field that an older release asked once, and a newer one in rounds, or the other way about.
        for (field,) in self.connection.fetch(_PLAIN, self.wanted.campaign, [each for each in known if each in rounds]):
            rounds[field].append("")
        strangers = [Question(field, Kind.TEXT) for field in sorted(rounds) if field not in set(known)]
        return tuple(
            Variable(each, round_)
            for question in (*codebook.questions, *strangers)
            for round_ in sorted(rounds.get(question.field, [""]), key=_round_order)
            for each in (question, *_coded(question, frames))
        )

    def _frames(self) -> dict[str, tuple[Category, ...]]:
        found: dict[str, tuple[Category, ...]] = {}
        for field, code, title in self.connection.fetch(_FRAMES, self.wanted.campaign):
            found[field] = (*found.get(field, ()), Category(code, title))
        return found

    def interviews(self) -> Iterator[Interview]:
        """In the order in which they were begun. The database works on the next page while one is being used."""
        # The connection is the worker's until the last page has come: nobody else may use it meanwhile.
        with ThreadPoolExecutor(1, thread_name_prefix="snapshot") as ahead:
            coming = ahead.submit(self._page, ("-infinity", "00000000-0000-0000-0000-000000000000"))
            while page := coming.result():
                coming = ahead.submit(self._page, (page[-1][6], page[-1][10]))
                for row in page:
                    answers = _decode(row[11]) if row[11] else {}
                    if row[12]:
                        # A code stands only beside an answer that is still on the path.
                        answers |= {place: code for place, code in _decode(row[12]).items() if _open(place) in answers}
                    yield Interview(row[:10], answers)

    def _page(self, after: Sequence[Any]) -> list[tuple[Any, ...]]:
        wanted = self.wanted
        return self.connection.fetch(_PAGE, wanted.campaign, *after, PAGE, wanted.unfinished, wanted.since)


def place_of(variable: Variable) -> str:
    """Where a variable's answer stands in `Interview.answers`."""
    field, round_ = variable.key
    return f"{field}{_BETWEEN}{round_}"


def releases_used(connection: Connection, campaign: str) -> list[str]:
    """Releases with which the campaign's interviews were held, the one used last first."""
    return [row[0] for row in connection.fetch(_RELEASES, campaign)]


@contextmanager
def snapshot(connection: Connection, wanted: Wanted) -> Iterator[Snapshot]:
    """The campaign as it stands now, whatever is written while it is read."""
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield Snapshot(connection, wanted)
    finally:
        connection.roll_back()


def _coded(question: Question, frames: dict[str, tuple[Category, ...]]) -> tuple[Question, ...]:
    """The code of an open question, as a choice of its coding frame; nothing where it has none."""
    frame = frames.get(question.field)
    if not frame:
        return ()
    label = f"{question.label or question.field} (code)"
    return (Question(question.field + CODED, Kind.CHOICE, label, node=question.node, categories=frame),)


def _open(place: str) -> str:
    """Where the answer stands whose code stands at `place`."""
    field, _, round_ = place.partition(_BETWEEN)
    return f"{field.removesuffix(CODED)}{_BETWEEN}{round_}"


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def _round_order(round_: str) -> tuple[tuple[int, str], ...]:
    if not round_:
        return ()
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in round_.split("/"))
