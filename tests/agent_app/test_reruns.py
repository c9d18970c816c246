"""What is done in Streamlit's place at each rerun comes to the same, and is done where this version of it does it."""

from __future__ import annotations

import inspect

import pytest
import streamlit as st
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, runtime

from agent_app import reruns
from agent_app.look.component import _renderer, script, script_path
from agent_app.pages import desk

SECTIONS = ("theme", *(f"theme.{each.value}" for each in config.CustomThemeCategories))


@pytest.mark.parametrize("section", SECTIONS)
def test_the_theme_is_streamlits_own(section: str) -> None:
    theirs, ours, again = CustomThemeConfig(), CustomThemeConfig(), CustomThemeConfig()
    reruns._work_out(theirs, section)
    for message in (ours, again):
        reruns.write_theme(message, section)
    assert ours == theirs == again
    assert bool(theirs.ByteSize()) is (section == "theme")


def test_streamlit_still_does_it_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_session, "_populate_theme_msg", reruns._work_out)
    monkeypatch.setattr(runtime, "MESSAGE_FLUSH_INTERVAL_SECS", 0.005)
    reruns.lighten()
    assert "_populate_theme_msg(" in inspect.getsource(app_session.AppSession._create_new_session_message)
    assert app_session._populate_theme_msg is reruns.write_theme
    assert "sleep(MESSAGE_FLUSH_INTERVAL_SECS)" in inspect.getsource(runtime.Runtime._loop_coroutine)
    assert vars(runtime)["MESSAGE_FLUSH_INTERVAL_SECS"] == reruns.FLUSH_SECONDS


def test_a_drawing_does_not_carry_the_script_along(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: dict[str, str] = {}
    monkeypatch.setattr(st.components.v2, "component", lambda _name, **given: sent.update(given))
    _renderer.__wrapped__()
    assert script_path().lstrip("/") in sent["js"]
    assert len(script()) > 30 * len(sent["js"])


def test_an_open_page_has_one_timer() -> None:
    """Each costs the process as much as an agent's key, times the number of pages."""
    assert inspect.getsource(desk).count("run_every=") == 1
