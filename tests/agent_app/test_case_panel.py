from __future__ import annotations

from agent_app.case_panel import case_panel

TAKEN = {
    "case": {"attempt": 3},
    "contact": {
        "name": "王芳",
        "phone": "138****1234",
        "timezone": "Asia/Shanghai",
        "attributes": {"product": "冰箱", "visits": 2, "nested": {"x": 1}, "empty": ""},
    },
    "calls": [
        {"at": "2026-11-20T03:30:00+00:00", "outcome": "无人接听", "outcome_en": "No answer", "note": "晚上再打"}
    ],
}


def test_before_a_case_there_is_no_panel() -> None:
    assert case_panel({}, "zh") is None


def test_what_is_known_is_shown_on_the_contacts_clock() -> None:
    panel = case_panel(TAKEN, "zh")
    assert panel is not None
    assert (panel["name"], panel["phone"]) == ("王芳", "138****1234")
    assert panel["details"] == [["product", "冰箱"], ["visits", "2"]]
    assert panel["history"] == [{"at": "2026-11-20 11:30", "what": "无人接听", "note": "晚上再打"}]


def test_what_the_call_is_about_is_said_in_the_agents_words() -> None:
    about = {"subject": "洗牙", "subject_at": "2026-12-03T10:30", "branch": "East"}
    panels = [case_panel({"contact": {"name": "王芳", "attributes": about}}, language) for language in ("zh", "en")]
    assert [panel and panel["details"] for panel in panels] == [
        [["事项", "洗牙"], ["时间", "2026-12-03 10:30"], ["branch", "East"]],
        [["Subject", "洗牙"], ["Time", "2026-12-03 10:30"], ["branch", "East"]],
    ]


def test_outcomes_follow_the_language() -> None:
    panel = case_panel(TAKEN, "en")
    assert panel is not None
    assert panel["history"][0]["what"] == "No answer"


def test_odd_replies_do_not_break_it() -> None:
    panel = case_panel({"contact": {"name": None, "timezone": "Nowhere/At_all"}, "calls": [{"at": "soon"}, 7]}, "en")
    assert panel is not None
    assert panel["history"] == [{"at": "soon", "what": "", "note": ""}, {"at": "", "what": "", "note": ""}]
