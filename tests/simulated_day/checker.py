"""Was a rule of calling broken? Independent code: rules come from `rulebook`, times of day are worked out here, and
only rows that the day left behind are looked at (attempts, promises, lists, the journal).

Nothing of the pack's SQL or of the database's functions is used.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.simulated_day.day import Told
from tests.simulated_day.left import Left, done, simulated
from tests.simulated_day.rulebook import Row, Rules
from tests.simulated_day.sample import Agent

_BACK_WITHIN = timedelta(seconds=60)


@dataclass
class Call:
    """One attempt with what came before it in its case."""

    row: Row
    there: datetime
    before: list[Row]
    """Earlier attempts that were settled, oldest first."""
    goes_on: bool
    """The attempt before it was lost."""
    promise: Row | None
    """What was agreed in the last settled call."""

    @property
    def at(self) -> datetime:
        moment: datetime = self.row["started_at"]
        return moment


@dataclass
class Checker:
    left: Left
    told: Told
    agents: Mapping[str, Agent]
    rules: Rules

    def broken(self) -> list[str]:
        """Every breach: rule, then what happened."""
        found = [f"refused: {each}" for each in self.told.refused]
        by_case: dict[Any, list[Row]] = defaultdict(list)
        for row in self.left.attempts:
            by_case[row["case_id"]].append(row)
        for case, rows in by_case.items():
            found += (f"{each} (case {case})" for each in self._case(case, rows))
        found += self._quotas()
        found += self._journal()
        found += self._returns(by_case)
        return found

    def _case(self, case: Any, rows: list[Row]) -> Iterator[str]:
        rows.sort(key=lambda row: row["epoch"])
        if [row["epoch"] for row in rows] != list(range(1, len(rows) + 1)):
            yield "epochs: they have a gap or a double"
        zone = ZoneInfo(self.left.contacts[case]["timezone"])
        settled: list[Row] = []
        for place, row in enumerate(rows):
            earlier = rows[place - 1] if place else None
            if earlier is not None and (earlier["ended_at"] is None or row["started_at"] < earlier["ended_at"]):
                yield f"double: taken at {row['started_at']} while {earlier['agent']} still had it"
            promise = self.left.promises.get(settled[-1]["interview_id"]) if settled else None
            goes_on = earlier is not None and bool(earlier["lost"])
            call = Call(row, row["started_at"].astimezone(zone), list(settled), goes_on, promise)
            yield from self._call(call)
            if not row["lost"] and row["outcome"] is not None:
                settled.append(row)

    def _call(self, call: Call) -> Iterator[str]:
        if not self.rules.open(call.there):
            yield f"window: called at {call.there}"
        yield from self._number(call)
        yield from self._agent(call)
        yield from self._settlement(call)
        if call.promise is not None:
            yield from self._promised(call, call.promise)
        elif call.before and not call.goes_on:
            yield from self._limits(call)

    def _number(self, call: Call) -> Iterator[str]:
        phone = call.row["phone_id"]
        for entry in self.left.listed.get(bytes(self.left.phones[phone]["number_index"]), ()):
            if entry["added_at"] <= call.at and (entry["expires_at"] is None or entry["expires_at"] > call.at):
                yield f"do-not-call: a listed number was taken at {call.at}"
        if any(row["phone_id"] == phone and self.rules.outcomes[row["outcome"]].dead for row in call.before):
            yield f"dead number: taken again at {call.at}"

    def _agent(self, call: Call) -> Iterator[str]:
        agent = self.agents[call.row["agent"]]
        case = call.row["case_id"]
        language = self._language(case, call.at)
        if language not in agent.languages:
            yield f"language: {agent.name} was given a case in {language}"
        for row in call.before:
            skill = self.rules.outcomes[row["outcome"]].skill
            if skill and skill not in agent.skills:
                yield f"skill: {agent.name} lacks {skill}"
        last = [row for row in call.before if self.rules.outcomes[row["outcome"]].other_agent][-1:]
        if last and last[0]["agent"] == agent.name:
            yield f"other agent: {agent.name} was given the case again after {last[0]['outcome']}"

    def _settlement(self, call: Call) -> Iterator[str]:
        for place, row in enumerate(call.before):
            outcome = self.rules.outcomes[row["outcome"]]
            so_far = sum(each["outcome"] == row["outcome"] for each in call.before[: place + 1])
            if outcome.final and not outcome.dead:
                yield f"final: called again after {row['outcome']}"
            if outcome.times is not None and so_far > outcome.times:
                yield f"times: called again after {so_far} times {row['outcome']}"

    def _promised(self, call: Call, promise: Row) -> Iterator[str]:
        if call.at < promise["at"]:
            yield f"promise: called at {call.at}, agreed for {promise['at']}"
        others = promise["kind"] == "hard" and call.row["agent"] != promise["agent"] and not call.goes_on
        if others and call.at < promise["at"] + self.rules.wait:
            yield f"hard promise: {call.row['agent']} called what {promise['agent']} had promised"
        if not call.goes_on and not call.row["lost"] and call.row["outcome"] not in (None, "3.11"):
            wanted = "missed" if call.at > promise["at"] + self.rules.late else "kept"
            if promise["state"] != wanted:
                yield f"lateness: {promise['state']} instead of {wanted}"

    def _limits(self, call: Call) -> Iterator[str]:
        last, limits = call.before[-1], self.rules.limits
        outcome = self.rules.outcomes[last["outcome"]]
        if call.at < last["ended_at"] + self.rules.gap:
            yield f"gap: called at {call.at}, last ended {last['ended_at']}"
        if not outcome.final and call.at < last["ended_at"] + outcome.retry:
            yield f"retry: called at {call.at} after {last['outcome']} at {last['ended_at']}"
        if len(call.before) >= limits["attempts"]:
            yield f"attempts: called {len(call.before) + 1} times"
        if sum(row["phone_id"] == call.row["phone_id"] for row in call.before) >= limits["per-number"]:
            yield "per number: one number was called too often"
        zone = call.there.tzinfo
        there = [row["started_at"].astimezone(zone) for row in call.before]
        if sum(moment.date() == call.there.date() for moment in there) >= limits["per-day"]:
            yield "per day: called too often on one day"
        yield from self._parts(call, Counter(self.rules.part(moment) for moment in there))

    def _parts(self, call: Call, calls: Counter[str]) -> Iterator[str]:
        part = self.rules.part(call.there)
        if part and calls[part] >= self.rules.limits["per-part"]:
            yield f"per part: called too often in the {part}"
        if part and calls[part] > min(calls[name] for name, _ in self.rules.parts) + self.rules.limits["spread"]:
            yield f"spread: called in the {part} once more, others less"

    def _language(self, case: Any, at: datetime) -> str:
        language: str = self.left.contacts[case]["language"]
        for since, said in self.told.languages.get(str(case), ()):
            if since <= at:
                language = said
        return language

    # --- quotas -------------------------------------------------------------------------------------------------------
    def _quotas(self) -> Iterator[str]:
        interviews = Counter(
            self.left.contacts[row["case_id"]]["region"]
            for row in self.left.attempts
            if row["outcome"] is not None and self.rules.outcomes[row["outcome"]].interview and not row["lost"]
        )
        total = sum(interviews.values())
        for (quota, name), target in self.rules.targets.items():
            cell = self.left.cells[quota, name]
            if cell["complete"] > target:
                yield f"quota: {cell['complete']} of {target} in {quota}/{name}"
            if quota == "region" and cell["complete"] != interviews[name]:
                yield f"quota count: {quota}/{name} says {cell['complete']}, there are {interviews[name]}"
        ages = sum(cell["complete"] for (quota, _), cell in self.left.cells.items() if quota == "age")
        if ages != total:
            yield f"quota count: {ages} places taken by answer for {total} interviews"
        yield from self._running()

    def _running(self) -> Iterator[str]:
        """Complete and going on together never pass the target; a case that was lost keeps its place."""
        moves: list[tuple[datetime, int, str, int, int]] = []
        by_case: dict[Any, list[Row]] = defaultdict(list)
        for row in self.left.attempts:
            by_case[row["case_id"]].append(row)
        for case, rows in by_case.items():
            region = self.left.contacts[case]["region"]
            for place, row in enumerate(rows):
                if not (place and rows[place - 1]["lost"]):
                    moves.append((row["started_at"], 1, region, 1, 0))
                if row["ended_at"] is not None and not row["lost"]:
                    whole = row["outcome"] is not None and self.rules.outcomes[row["outcome"]].interview
                    moves.append((row["ended_at"], 0, region, -1, int(whole)))
        running: Counter[str] = Counter()
        complete: Counter[str] = Counter()
        for at, _, region, change, finished in sorted(moves):
            running[region] += change
            complete[region] += finished
            if change > 0 and running[region] + complete[region] > self.rules.targets["region", region]:
                yield f"quota in progress: {region} had {complete[region]} + {running[region]} at {at}"

    # --- journal ------------------------------------------------------------------------------------------------------
    def _journal(self) -> Iterator[str]:
        taken = {row["interview"]: row for row in self.left.journal if done(row, "next_case")}
        if len(taken) != sum(done(row, "next_case") for row in self.left.journal):
            yield "journal: two claims for one interview"
        if taken.keys() != {row["interview_id"] for row in self.left.attempts}:
            yield "journal: claims and attempts are not the same"
        settled = {row["interview"] for row in self.left.journal if done(row, "finish") or done(row, "park")}
        for row in self.left.attempts:
            journaled = taken.get(row["interview_id"])
            if journaled is not None and (simulated(journaled), journaled["agent"]) != (
                row["started_at"],
                row["agent"],
            ):
                yield f"journal: claim of {row['interview_id']} at another time or by another agent"
            if (row["outcome"] is not None) != (row["interview_id"] in settled):
                yield f"journal: settlement of {row['interview_id']} and its attempt do not agree"

    def _returns(self, by_case: Mapping[Any, list[Row]]) -> Iterator[str]:
        """A dead agent's case is not taken before its lease ends, and goes to the first who can take it after 60 s."""
        asked = [row for row in self.left.journal if row["action"] == "outbound.next_case"]
        times = [simulated(row) for row in asked]
        place = {row["interview_id"]: (case, at) for case, rows in by_case.items() for at, row in enumerate(rows)}
        for interview, last in self.told.deaths:
            found = next(((case, at) for key, (case, at) in place.items() if str(key) == interview), None)
            if found is None:
                continue
            case, at = found
            later = by_case[case][at + 1] if at + 1 < len(by_case[case]) else None
            back = later["started_at"] if later else datetime.max.replace(tzinfo=UTC)
            if back < last + self.rules.lease:
                yield f"lease: case {case} was given away before its lease ended"
            for index in range(bisect_right(times, last + _BACK_WITHIN), len(asked)):
                if times[index] >= back:
                    break
                if self._could_take(case, asked[index], times[index]) and not self._kept_back(
                    by_case, case, asked[index]
                ):
                    yield f"return: case {case} was not back when {asked[index]['agent']} asked at {times[index]}"
                    break

    def _could_take(self, case: Any, asked: Row, at: datetime) -> bool:
        agent = self.agents[asked["agent"]]
        there = at.astimezone(ZoneInfo(self.left.contacts[case]["timezone"]))
        return self.rules.open(there) and self._language(case, at) in agent.languages

    def _kept_back(self, by_case: Mapping[Any, list[Row]], case: Any, asked: Row) -> bool:
        """By rules other than hours and language; or the agent was given another case that was lost before."""
        before = [row for row in by_case[case] if row["started_at"] < simulated(asked) and row["outcome"] is not None]
        outcomes = [self.rules.outcomes[row["outcome"]] for row in before]
        skills = {outcome.skill for outcome in outcomes if outcome.skill}
        avoided = [row["agent"] for row, outcome in zip(before, outcomes, strict=True) if outcome.other_agent][-1:]
        listed = all(
            any(e["added_at"] <= simulated(asked) and (e["expires_at"] is None or e["expires_at"] > simulated(asked))
                for e in self.left.listed.get(bytes(self.left.phones[row["phone_id"]]["number_index"]), ()))
            for row in by_case[case]
        )  # fmt: skip
        went_on = any(
            row["interview_id"] == asked["interview"] and place and rows[place - 1]["lost"]
            for rows in by_case.values()
            for place, row in enumerate(rows)
        )
        return not skills <= set(self.agents[asked["agent"]].skills) or asked["agent"] in avoided or listed or went_on
