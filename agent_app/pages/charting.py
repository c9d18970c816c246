"""Altair, ready to draw: every page that draws takes it from here.

It looks at pandas with each first graph, where pandas is being read in: while another thread (another supervisor's
page) was still at it, the graph failed, and with it the page. So pandas is read whole before.
"""

from __future__ import annotations

from importlib import import_module

import altair as alt

import_module("pandas")

__all__ = ["alt"]
