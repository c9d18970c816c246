"""The store on AWS: one DynamoDB table, state and outbox changed in one transaction, values encrypted by the app.

    partition            sort                 what
    signin#<id>          signin               a sign-in
    agent#<agent>        signin#<id>          where to find it by its agent
    agent#<agent>        open                 the agent's open interview: there is at most one
    agent#<agent>        work#<interview>     an interview that is here, or has calls
    agent#<agent>        aside#<key>          a call that a person has to look at
    interview#<id>       state                the interview
    interview#<id>       call#<key>           a call on its way
    interview#<id>       result#<key>         how a call ended
    interview#<id>       lease                who drains the outbox

The index `due` holds calls by when they are due, and sign-ins that wait to be revoked. What has not arrived never
expires; sign-ins, results, leases and what was set aside do.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from agent_app.store.cipher import Cipher
from agent_app.store.port import HORIZON, Lease, LeaseLost, StoreUnreadable, TurnConflict, is_due, is_held
from agent_app.store.records import Backlog, CallResult, Interview, QueuedCall, SetAside, SignIn, Waiting, by_agent
from agent_app.store.table import IS_NEW, IS_THERE, MOST_ITEMS, ConditionFailed, Item, Row, Table, When
from agent_app.store.table_layout import (
    DUE,
    DUE_AT,
    DUE_PARTITION,
    EXPIRES,
    PARTITION,
    SORT,
    agent_place,
    at,
    interview_place,
    position,
    tail,
)
from callscript.model.links import Mode

SHARDS = 4
"""Partitions of the index: each takes about a thousand writes a second."""
_DAY = 86_400
_SIGN_IN_LIFE, _RESULT_LIFE, _LEASE_LIFE, _ASIDE_LIFE = 7 * _DAY, 30 * _DAY, 2 * _DAY, 400 * _DAY
_LOOKED_AT = 200
"""How many due calls one look at a shard takes at most."""
_SIGN_IN, _OPEN, _STATE, _LEASE, _CLOSED = "signin", "open", "state", "lease", "closed"
_T = TypeVar("_T")


class DynamoStore:
    """Adapter of `port.Store`."""

    def __init__(self, table: Table, cipher: Cipher) -> None:
        self._table = table
        self._cipher = cipher

    def close(self) -> None:
        """Nothing is held."""

    # --- sign-ins
    def put_sign_in(self, sign_in: SignIn) -> None:
        expires = sign_in.signed_in_at + _SIGN_IN_LIFE
        row = at(f"signin#{sign_in.id}", _SIGN_IN) | {
            "value": self._seal(sign_in, "sign_ins", sign_in.id), EXPIRES: expires,
        }  # fmt: skip
        if sign_in.closed_at is not None:
            row |= {DUE_PARTITION: _CLOSED, DUE_AT: sign_in.closed_at}
        pointer = at(agent_place(sign_in.agent), f"signin#{sign_in.id}") | {EXPIRES: expires}
        self._table.write([self._table.put(row), self._table.put(pointer)])

    def sign_in(self, sign_in_id: str) -> SignIn | None:
        row = self._table.get(f"signin#{sign_in_id}", _SIGN_IN)
        return self._open(SignIn, "sign_ins", sign_in_id, row) if row else None

    def sign_ins_of(self, agent: str) -> Sequence[SignIn]:
        ids = [tail(row[SORT]) for row in self._table.partition(agent_place(agent), "signin#")]
        found = [held for held in map(self.sign_in, ids) if held is not None]
        return sorted(found, key=lambda held: -held.signed_in_at)

    def remove_sign_in(self, sign_in_id: str) -> None:
        held = self.sign_in(sign_in_id)
        if held is not None:
            whole = self._table.delete(f"signin#{sign_in_id}", _SIGN_IN)
            self._table.write([whole, self._table.delete(agent_place(held.agent), f"signin#{sign_in_id}")])

    def closed_sign_ins(self) -> Sequence[SignIn]:
        rows = self._table.by_index(DUE, f"{DUE_PARTITION} = :d", {":d": _CLOSED}, _LOOKED_AT)
        found = (self.sign_in(tail(row[PARTITION])) for row in rows)
        return [held for held in found if held is not None and held.closed_at is not None]

    # --- interviews
    def begin_interview(self, interview: Interview, calls: Sequence[QueuedCall]) -> None:
        rows = self._new_calls([], calls)
        items = [
            self._table.put(at(agent_place(interview.agent), _OPEN) | {"interview": interview.id}, IS_NEW),
            self._table.put(self._state_row(interview), IS_NEW),
            self._work(interview.agent, interview.id, rows),
            *(self._table.put(row) for row in rows),
        ]
        try:
            self._write(items)
        except ConditionFailed as error:
            raise TurnConflict(f"agent {interview.agent} has an open interview") from error

    def save_interview(self, interview: Interview, calls: Sequence[QueuedCall], *, settled: Sequence[str] = ()) -> None:
        place = interview_place(interview.id)
        rows = self._table.partition(place)
        held = next((row for row in rows if row[SORT] == _STATE), None)
        if held is None or held["turn"] != interview.turn - 1:
            raise TurnConflict(f"interview {interview.id} is not at turn {interview.turn - 1}")
        waiting = {tail(row[SORT]): row for row in rows if row[SORT].startswith("call#")}
        fresh = self._new_calls([row for key, row in waiting.items() if key not in settled], calls)
        gone = [row[SORT] for row in rows if row[SORT].startswith(("call#", "result#")) and tail(row[SORT]) in settled]
        at_turn = When("turn = :before", {":before": interview.turn - 1})
        items = [self._table.put(self._state_row(interview), at_turn)]
        items += [self._table.put(row) for row in fresh]
        items += [self._table.delete(place, sort) for sort in gone]
        if fresh:
            items.append(self._work(interview.agent, interview.id, fresh))
        if not interview.open:
            mine = When("attribute_not_exists(pk) OR interview = :mine", {":mine": interview.id})
            items.append(self._table.delete(agent_place(interview.agent), _OPEN, mine))
        try:
            self._write(items)
        except ConditionFailed as error:
            raise TurnConflict(f"interview {interview.id} is not at turn {interview.turn - 1}") from error
        if not interview.open:
            self._forget_if_finished(interview.agent, interview.id)

    def interview(self, interview_id: str) -> Interview | None:
        row = self._table.get(interview_place(interview_id), _STATE)
        return self._open(Interview, "interviews", interview_id, row) if row else None

    def open_interview(self, agent: str) -> Interview | None:
        pointer = self._table.get(agent_place(agent), _OPEN)
        return self.interview(pointer["interview"]) if pointer else None

    def drop_interview(self, interview_id: str) -> None:
        place = interview_place(interview_id)
        rows = self._table.partition(place)
        agents = {row["agent"] for row in rows if "agent" in row}
        items = [self._table.delete(place, row[SORT]) for row in rows]
        for agent in agents:
            mine = When("attribute_not_exists(pk) OR interview = :mine", {":mine": interview_id})
            items.append(self._table.delete(agent_place(agent), f"work#{interview_id}"))
            pointer = self._table.get(agent_place(agent), _OPEN)
            if pointer and pointer["interview"] == interview_id:
                items.append(self._table.delete(agent_place(agent), _OPEN, mine))
        if items:
            self._write(items)

    def kept(self) -> Mapping[str, Sequence[str]]:
        found = []
        for row in self._table.all_under("agent#"):
            kind, _, name = row[SORT].partition("#")
            if kind == "aside":
                found.append((tail(row[PARTITION]), self._open(SetAside, "set_aside", name, row).queued.interview))
            elif kind in {_OPEN, "work"}:
                found.append((tail(row[PARTITION]), name or row["interview"]))
        return by_agent(found)

    def forget_interview(self, agent: str, interview_id: str) -> None:
        self.drop_interview(interview_id)
        place = agent_place(agent)
        self._write([self._table.delete(place, f"work#{interview_id}")])
        for row in self._table.partition(place, "aside#"):
            if self._open(SetAside, "set_aside", tail(row[SORT]), row).queued.interview == interview_id:
                self._write([self._table.delete(place, row[SORT])])

    # --- outbox
    def append(self, call: QueuedCall) -> None:
        place = interview_place(call.interview)
        rows = self._new_calls(self._table.partition(place, "call#"), [call])
        if rows:
            self._write([*(self._table.put(row) for row in rows), self._work(call.agent, call.interview, rows)])

    def waiting(self, interview_id: str) -> Sequence[Waiting]:
        rows = self._table.partition(interview_place(interview_id), "call#")
        return [self._waiting(row) for row in sorted(rows, key=position)]

    def backlog(self, agent: str) -> Backlog:
        rows = [row for row in self._calls_of(agent) if not row["waited_for"]]
        failing = [row for row in rows if row["attempts"]]
        return Backlog(
            waiting=len(rows),
            answers=sum(row["answers"] for row in rows),
            failing=len(failing),
            last_code=failing[-1]["last_code"] if failing else "",
        )

    def interviews_waiting(self, agent: str) -> Sequence[str]:
        return list(dict.fromkeys(tail(row[PARTITION]) for row in self._calls_of(agent)))

    def interviews_due(self, now: int, limit: int) -> Sequence[str]:
        found: dict[str, None] = {}
        for shard, (than, bound) in itertools.product(range(SHARDS), (("<=", now), (">", now + HORIZON))):
            condition = f"{DUE_PARTITION} = :d AND {DUE_AT} {than} :at"
            rows = self._table.by_index(DUE, condition, {":d": f"due#{shard}", ":at": bound}, _LOOKED_AT)
            found |= dict.fromkeys(row[PARTITION] for row in rows)
        heads = [head for place in found if (head := self._due_head(place, now)) is not None]
        return [tail(row[PARTITION]) for row in sorted(heads, key=lambda row: (row[DUE_AT], position(row)))[:limit]]

    def lease(self, interview_id: str, owner: str, now: int, until: int) -> Lease | None:
        times = {":now": now, ":far": now + HORIZON}
        free = When("attribute_not_exists(#u) OR #u <= :now OR #u > :far", times, {"#u": "until"})
        values = {":owner": owner, ":until": until, ":one": 1, ":gone": until // 1000 + _LEASE_LIFE}
        update = f"SET owner_id = :owner, #u = :until, {EXPIRES} = :gone ADD fence :one"
        try:
            row = self._table.update(interview_place(interview_id), _LEASE, update, values, free)
        except ConditionFailed:
            return None
        return Lease(interview_id, row["fence"], until)

    def release_lease(self, lease: Lease) -> None:
        held = When("fence = :fence", {":fence": lease.fence}, {"#u": "until"})
        with suppress(ConditionFailed):
            self._table.update(interview_place(lease.interview), _LEASE, "SET #u = :none", {":none": 0}, held)

    def settle(self, lease: Lease, key: str, result: CallResult, set_aside: SetAside | None) -> None:
        place = interview_place(lease.interview)
        rows = {row[SORT]: row for row in self._table.partition(place)}
        call = rows.get(f"call#{key}")
        items = [self._demand(lease), self._table.delete(place, f"call#{key}")]
        if _STATE in rows:
            now = call["queued_at"] // 1000 if call else 0
            kept = {"value": self._seal(result, "results", key)} | ({EXPIRES: now + _RESULT_LIFE} if now else {})
            items.append(self._table.put(at(place, f"result#{key}") | kept))
        if set_aside is not None:
            items.append(self._table.put(self._aside_row(set_aside, key)))
        self._write_leased(items, lease)
        if call is not None and not any(sort.startswith("call#") and sort != f"call#{key}" for sort in rows):
            self._forget_if_finished(call["agent"], lease.interview)

    def postpone(self, lease: Lease, key: str, code: str, due_at: int) -> None:
        values = {":one": 1, ":due": due_at, ":code": code}
        change = self._table.change(
            interview_place(lease.interview), f"call#{key}",
            f"SET {DUE_AT} = :due, last_code = :code ADD attempts :one", values, IS_THERE,
        )  # fmt: skip
        self._write_leased([self._demand(lease), change], lease)

    def hurry(self, now: int) -> None:
        condition = f"{DUE_PARTITION} = :d AND {DUE_AT} > :now"
        for shard in range(SHARDS):
            for row in self._table.by_index(DUE, condition, {":d": f"due#{shard}", ":now": now}, _LOOKED_AT):
                later = When(f"{DUE_AT} > :now", {":now": now})
                try:
                    self._table.update(row[PARTITION], row[SORT], f"SET {DUE_AT} = :now", {}, later)
                except ConditionFailed:
                    continue  # it has arrived, or is due by now

    def results(self, interview_id: str) -> Sequence[CallResult]:
        rows = self._table.partition(interview_place(interview_id), "result#")
        return [self._open(CallResult, "results", tail(row[SORT]), row) for row in rows]

    # --- calls that a person has to look at
    def set_aside_calls(self, agent: str) -> Sequence[SetAside]:
        rows = [row for row in self._table.partition(agent_place(agent), "aside#") if not row["dismissed"]]
        found = [(self._open(SetAside, "set_aside", tail(row[SORT]), row), row[SORT]) for row in rows]
        return [held for held, _ in sorted(found, key=lambda pair: (pair[0].set_aside_at, pair[1]))]

    def dismiss_set_aside(self, agent: str, key: str) -> None:
        with suppress(ConditionFailed):
            self._table.update(agent_place(agent), f"aside#{key}", "SET dismissed = :yes", {":yes": True}, IS_THERE)

    # --- rows
    def _state_row(self, interview: Interview) -> Row:
        return at(interview_place(interview.id), _STATE) | {
            "agent": interview.agent,
            "turn": interview.turn,
            "is_open": interview.open,
            "value": self._seal(interview, "interviews", interview.id),
        }

    def _new_calls(self, waiting: Sequence[Row], calls: Sequence[QueuedCall]) -> list[Row]:
        """Rows of `calls` behind those of `waiting`; one whose key waits already is the same call."""
        known = {tail(row[SORT]) for row in waiting}
        last = max((row["position"] for row in waiting), default=0)
        rows = []
        for call in calls:
            if call.key in known:
                continue
            known.add(call.key)
            # By the clock, so that interviews can be compared; behind the last one whatever the clock says.
            last = max(last + 1, call.queued_at * 1000)
            rows.append(self._call_row(call, last))
        return rows

    def _call_row(self, call: QueuedCall, position: int) -> Row:
        shard = zlib.crc32(call.interview.encode()) % SHARDS
        return at(interview_place(call.interview), f"call#{call.key}") | {
            "agent": call.agent,
            "position": position,
            "queued_at": call.queued_at,
            "waited_for": call.call.mode is Mode.WAIT,
            "answers": call.answers,
            "attempts": 0,
            "last_code": "",
            DUE_PARTITION: f"due#{shard}",
            DUE_AT: 0,
            "value": self._seal(call, "outbox", call.key),
        }

    def _work(self, agent: str, interview_id: str, calls: Sequence[Row]) -> Item:
        """Says that the agent has something here; `touched` keeps it from being forgotten while more comes in."""
        touched = max((row["position"] for row in calls), default=0)
        return self._table.put(at(agent_place(agent), f"work#{interview_id}") | {"touched": touched})

    def _aside_row(self, set_aside: SetAside, key: str) -> Row:
        return at(agent_place(set_aside.queued.agent), f"aside#{key}") | {
            "dismissed": False,
            EXPIRES: set_aside.set_aside_at // 1000 + _ASIDE_LIFE,
            "value": self._seal(set_aside, "set_aside", key),
        }

    # --- below
    def _calls_of(self, agent: str) -> list[Row]:
        """Rows of every call of the agent, in order."""
        work = self._table.partition(agent_place(agent), "work#")
        rows = [row for one in work for row in self._table.partition(interview_place(tail(one[SORT])), "call#")]
        return sorted((row for row in rows if row["agent"] == agent), key=position)

    def _due_head(self, place: str, now: int) -> Row | None:
        """The interview's first call, if it may be sent at `now`."""
        rows = self._table.partition(place)
        calls = sorted((row for row in rows if row[SORT].startswith("call#")), key=position)
        leased = any(row[SORT] == _LEASE and is_held(row["until"], now) for row in rows)
        if not calls or leased or calls[0]["waited_for"] or not is_due(calls[0][DUE_AT], now):
            return None
        return calls[0]

    def _forget_if_finished(self, agent: str, interview_id: str) -> None:
        """A finished interview whose calls have all arrived is no longer needed: its answers leave the table."""
        place, pointer = interview_place(interview_id), self._table.get(agent_place(agent), f"work#{interview_id}")
        rows = self._table.partition(place)
        state = next((row for row in rows if row[SORT] == _STATE), None)
        if any(row[SORT].startswith("call#") for row in rows) or (state is not None and state["is_open"]):
            return
        items = [self._table.delete(place, row[SORT]) for row in rows if row[SORT].startswith("result#")]
        if state is not None:
            items.append(self._table.delete(place, _STATE, When("turn = :t", {":t": state["turn"]})))
        if pointer is not None:
            untouched = When("touched = :t", {":t": pointer["touched"]})
            items.append(self._table.delete(agent_place(agent), f"work#{interview_id}", untouched))
        try:
            if items:
                self._write(items)
        except ConditionFailed:
            return  # something came meanwhile: who sends it forgets it

    def _demand(self, lease: Lease) -> Item:
        return self._table.check(
            interview_place(lease.interview), _LEASE, When("fence = :fence", {":fence": lease.fence})
        )

    def _write_leased(self, items: Sequence[Item], lease: Lease) -> None:
        try:
            self._table.write(items)
        except ConditionFailed as error:
            if 0 in error.places:
                raise LeaseLost(lease.interview) from error

    def _write(self, items: Sequence[Item]) -> None:
        """As one transaction; where there are too many, what is only forgotten comes after it, in further ones."""
        self._table.write(items[:MOST_ITEMS])
        for start in range(MOST_ITEMS, len(items), MOST_ITEMS):
            self._table.write(items[start : start + MOST_ITEMS])

    def _waiting(self, row: Row) -> Waiting:
        return Waiting(
            position=row["position"],
            queued=self._open(QueuedCall, "outbox", tail(row[SORT]), row),
            attempts=row["attempts"],
            due_at=row[DUE_AT],
            last_code=row["last_code"],
        )

    def _seal(self, record: object, table: str, row: str) -> bytes:
        return self._cipher.seal(msgspec.msgpack.encode(record), f"{table}/{row}")

    def _open(self, record_type: type[_T], table: str, name: str, row: Row) -> _T:
        plain = self._cipher.open(row["value"], f"{table}/{name}")
        try:
            return msgspec.msgpack.decode(plain, type=record_type)
        except msgspec.DecodeError as error:
            raise StoreUnreadable(f"{table}/{name} was written by another version") from error


def open_store(client: Any, table: str, cipher: Cipher) -> DynamoStore:
    """The store in `table`; `client` is boto3's for DynamoDB."""
    return DynamoStore(Table(client, table), cipher)
