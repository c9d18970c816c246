from __future__ import annotations

from agent_app.status import status_of
from agent_app.store.records import Backlog, SetAside
from tests.agent_app.making import NOW, queued


def keys(notice: object) -> list[str]:
    return [key for key, _ in getattr(notice, "lines", ())]


def test_nothing_is_said_while_all_is_well() -> None:
    assert status_of(Backlog(waiting=2, answers=2), [], server_away=False) is None


def test_an_outage_counts_the_answers_that_wait() -> None:
    assert keys(status_of(Backlog(waiting=2, answers=3), [], server_away=True)) == ["away.title", "away.answers"]
    assert keys(status_of(Backlog(waiting=2), [], server_away=True)) == ["away.title", "away.calls"]
    assert keys(status_of(Backlog(), [], server_away=True)) == ["away.title"]


def test_what_is_only_late_is_no_outage() -> None:
    assert keys(status_of(Backlog(waiting=1, answers=1, failing=1), [], server_away=False)) == ["late.title"]


def test_what_a_person_must_see_comes_first() -> None:
    aside = SetAside(queued=queued(4), code="refused", detail="", correlation_id="", set_aside_at=NOW)
    notice = status_of(Backlog(failing=1), [aside], server_away=True)
    assert notice is not None
    assert notice.lines[1] == ("aside.item", {"node": "q4", "code": "refused"})
