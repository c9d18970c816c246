"""Graphs are drawn by what has been read in whole."""

from __future__ import annotations

import subprocess
import sys

from local.layout import CHECKOUT

PAGES = CHECKOUT / "agent_app" / "pages"


def test_pages_that_draw_take_altair_from_where_pandas_was_read_before() -> None:
    sources = {page.stem: page.read_text(encoding="utf-8") for page in PAGES.glob("*.py")}
    assert [name for name, source in sources.items() if "import altair" in source] == ["charting"]
    drawing = {name for name, source in sources.items() if "altair_chart(" in source}
    assert {"supervisor_now", "dashboards", "figures"} <= drawing
    assert all("from agent_app.pages.charting import alt" in sources[name] for name in drawing)


def test_pandas_is_there_before_the_first_graph() -> None:
    asked = "import sys, agent_app.pages.charting; print('pandas' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True"]
