"""What Streamlit does at each rerun beside running the page, made as little as it needs to be.

A key of an agent is one rerun, a look of an open page another: what they cost in common decides how many agents one
process can serve. Both places are inside of Streamlit, which has no settings for them; a test holds them against the
version in use.
"""

from __future__ import annotations

from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, runtime

FLUSH_SECONDS = 0.001
"""Between two messages to a browser. A rerun sends three, and the question is in the second: Streamlit's own 5 ms are
waited for by the agent."""
_work_out = app_session._populate_theme_msg  # noqa: SLF001 - see above


@cache
def _worked_out(section: str) -> CustomThemeConfig:
    theme = CustomThemeConfig()
    _work_out(theme, section)
    return theme


def write_theme(msg: CustomThemeConfig, section: str = "theme") -> None:
    """Fills in what Streamlit would: the theme of `.streamlit/config.toml`, which it works out anew at each rerun (a
    quarter of what a rerun costs) though the settings of a process never change."""
    theme = _worked_out(section)
    if theme.ByteSize():
        msg.MergeFrom(theme)


def lighten() -> None:
    """From now on the reruns of this process cost less."""
    app_session._populate_theme_msg = write_theme  # noqa: SLF001 - see above
    runtime.MESSAGE_FLUSH_INTERVAL_SECS = FLUSH_SECONDS  # type: ignore[attr-defined]
