"""An interview walked in the terminal, without any server, and written down as a transcript."""

from __future__ import annotations

from admin.playing.play import Play
from admin.playing.terminal import Quit, Terminal

__all__ = ["Play", "Quit", "Terminal"]
