"""Why a case is not called, and what the whole queue waits for: in words, from what the database says."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from admin.errors import NotFound
from admin.language import say
from database.connection import Connection

_CASE = """
SELECT c.id, c.campaign, c.state, c.attempts, c.timezone, outbound.callable_at(c.id)
  FROM outbound.cases c WHERE c.id = $1 OR c.contact_id = $1
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A rule that keeps a case back; `until` None: until something else changes."""

    rule: str
    until: datetime | None
    detail: str

    @property
    def words(self) -> str:
        detail = self.detail.strip()
        if self.rule == "closed":
            by, _, outcome = self.detail.partition(" ")
            return f"{_RULES['closed']()}{say(': ', '：')}{closed_words(by)}" + (f" ({outcome})" if outcome else "")
        return _RULES[self.rule]() + (f" ({detail})" if detail else "")


@dataclass(frozen=True, slots=True)
class WhyNot:
    case: uuid.UUID
    campaign: str
    state: str
    attempts: int
    timezone: str
    callable_at: datetime | None
    rules: tuple[Held, ...]

    def there(self, moment: datetime) -> str:
        """`moment` by the contact's clock."""
        return f"{moment.astimezone(ZoneInfo(self.timezone)):%Y-%m-%d %H:%M} ({self.timezone})"


def why_not(identity: str, connection: Connection, agent: str = "") -> WhyNot:
    """What keeps the case (or the contact's case) `identity` from being called, by `agent` where one is named.

    Raises:
        NotFound: there is no such case.
    """
    try:
        rows = connection.fetch(_CASE, uuid.UUID(identity.strip()))
    except ValueError:
        rows = []
    if not rows:
        raise NotFound(
            say(f"There is no case {identity}.", f"没有个案 {identity}。"),
            say("Give the id of a case or a contact, as trace shows it.", "请给出个案或联系人的编号（见 trace）。"),
        )
    case, campaign, state, attempts, timezone, callable_at = rows[0]
    held = connection.fetch("SELECT rule, until, detail FROM outbound.why_not($1, $2)", case, agent or None)
    return WhyNot(case, campaign, state, attempts, timezone, callable_at, tuple(Held(*row) for row in held))


def queue(campaign: str, connection: Connection, agent: str = "") -> list[tuple[str, int, datetime | None]]:
    """Reason, number of cases, and when the first of them is next; all cases are counted."""
    sql = "SELECT reason, cases, next_at FROM outbound.queue_state($1, $2, 2147483647) ORDER BY cases DESC"
    return [(row[0], int(row[1]), row[2]) for row in connection.fetch(sql, campaign, agent or None)]


def reason_words(reason: str) -> str:
    """What a rule of `why_not` or a reason of `queue_state` means."""
    return _RULES[reason]()


def closed_words(by: str) -> str:
    """Why a case was closed; `by` as in `outbound.cases.closed_by`."""
    return _CLOSED[by]()


_RULES: Mapping[str, _Words]
_CLOSED: Mapping[str, _Words]


class _Words:
    """A sentence in both languages, said when it is asked for."""

    def __init__(self, english: str, chinese: str) -> None:
        self._both = english, chinese

    def __call__(self) -> str:
        return say(*self._both)


_RULES = {
    "ready": _Words("may be called now", "现在可以拨打"),
    "closed": _Words("it is closed", "已结束"),
    "held": _Words("an agent holds it", "有坐席正在处理"),
    "not_due": _Words("its time has not come yet", "还没到拨打的时间"),
    "appointment": _Words("a call-back is agreed for later", "已约定以后再打"),
    "limits": _Words("it was called as often as it may be for now", "目前已达到拨打次数上限"),
    "do_not_call": _Words("every number is on a do-not-call list", "所有号码都在免打扰名单上"),
    "no_number": _Words("no number is left that works and was not called too often", "没有可用的号码，或都已打满次数"),
    "window": _Words("nobody may be called there at this hour or on this day", "当地此刻不在拨打时间内，或为假日"),
    "day_part": _Words("it was called often enough in this part of the week", "在这个时段已打够次数"),
    "quota": _Words("its quota cell is full, with the interviews that are going on", "所属配额已满（含进行中的访问）"),
    "language": _Words("the agent does not speak its language", "坐席不会联系人的语言"),
    "skill": _Words("the agent lacks a skill that it needs", "坐席缺少所需的技能"),
    "other_agent": _Words("the call-back was promised by another agent", "由另一位坐席约定，先留给本人"),
    "not_this_agent": _Words("it is to be called by anybody but the last agent", "应换一位坐席拨打"),
}
_CLOSED = {
    "": _Words("nobody wrote down why", "没有记下原因"),
    "outcome": _Words("its last outcome is final", "最后的结果是最终结果"),
    "times": _Words("the same outcome came as often as it may", "同一结果已达到允许的次数"),
    "attempts": _Words("it was called as often as it may be", "已达到最多拨打次数"),
    "numbers": _Words("no number is left that works and was not called too often", "没有可用的号码，或都已打满次数"),
    "parts": _Words("each part of the week was called often enough", "每个时段都已打够次数"),
    "erased": _Words("the person asked to be erased", "此人要求删除资料"),
    "person": _Words("somebody closed it by hand", "由人工结束"),
}
