"""Where a play is shown and typed: a rich console and a line editor with history."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from admin.language import say
from callscript.engine.steps import Complaint, FieldView, MatrixView, NoteView, OptionView, SayView, Screen
from callscript.transcripts.running import written
from callscript.transcripts.writing import answer_text

SPECIALS = {
    "dk": ("don't know", "不知道"),
    "refused": ("refused", "拒绝回答"),
    "na": ("not applicable", "不适用"),
}


class Quit(Exception):
    """The author wants to stop, or the input has ended."""


@dataclass
class Terminal:
    console: Console

    def __post_init__(self) -> None:
        if sys.stdin.isatty():
            try:
                import readline  # noqa: F401 - importing it gives input() its editing and history
            except ImportError:
                return

    def ask(self, prompt: str) -> str:
        """What is typed behind `prompt`.

        Raises:
            Quit: nothing more comes.
        """
        self.console.print(f"[bold cyan]{escape(prompt)}[/] ", end="")
        try:
            return input().strip()
        except EOFError:
            self.console.print()
            raise Quit from None

    def say(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style=style), soft_wrap=True)

    # --- a screen ----------------------------------------------------------------------------------------------------
    def screen(self, screen: Screen) -> None:
        """The node as an agent would see it, without its questions."""
        heading = f"[bold]{escape(screen.place)}[/]" + (f" · {escape(screen.title)}" if screen.title else "")
        heading += f" [dim]({screen.language}, {round(100 * screen.progress)} %)[/]"
        self.console.print()
        self.console.print(Rule(heading, align="left", style="dim"))
        for item in screen.items:
            self._item(item)

    def _item(self, item: Any) -> None:
        if isinstance(item, SayView):
            self.console.print(Text(f"  {item.text}", style="bold"))
        elif isinstance(item, NoteView):
            self.console.print(Text(f"  ({item.text})", style="dim italic"))
        elif isinstance(item, MatrixView) and item.label:
            self.console.print(Text(f"  {item.label}", style="underline"))

    def items(self, items: tuple[Any, ...]) -> None:
        for item in items:
            self._item(item)

    def complaints(self, complaints: tuple[Complaint, ...]) -> None:
        for each in complaints:
            mark = "?" if each.soft else "✘"
            field = f" [{each.field}]" if each.field else ""
            self.console.print(Text(f"  {mark} {each.message}{field}", style="yellow" if each.soft else "red"))

    # --- a question --------------------------------------------------------------------------------------------------
    def question(self, field: FieldView) -> None:
        """A question with what may be typed."""
        mark = Text(" *", style="red") if field.required else Text("")
        label = field.label or field.name
        self.console.print(Text.assemble((f"  {label}", "cyan"), mark, (f"  {_kind(field)}", "dim")))
        if field.hint:
            self.console.print(Text(f"  {field.hint}", style="dim italic"))
        if field.options:
            table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
            for key, option in keys_of(field):
                table.add_row(
                    "  ", Text(key, style="bold"), Text(option.label), Text(_option(key, option), style="dim")
                )
            self.console.print(table)
        if field.field_type == "boolean":
            self.console.print(Text(say("    y yes  n no", "    y 是  n 否"), style="dim"))
        if field.specials:
            told = "  ".join(f"#{each} {say(*SPECIALS.get(each, (each, each)))}" for each in field.specials)
            self.console.print(Text(f"    {told}", style="dim"))


def keys_of(field: FieldView) -> list[tuple[str, OptionView]]:
    """What to type for each option: its value where all are numbers (a scale), else its number in the list."""
    if all(option.value.isdigit() for option in field.options):
        return [(option.value, option) for option in field.options]
    return [(str(number), option) for number, option in enumerate(field.options, 1)]


def _option(key: str, option: OptionView) -> str:
    told = [] if key == option.value else [option.value]
    if option.exclusive:
        told.append(say("alone", "单选"))
    return " ".join(told)


def _kind(field: FieldView) -> str:
    told = [field.name, field.field_type]
    low, high = field.minimum, field.maximum
    if low is not None or high is not None:
        told.append(f"{written(low)}..{written(high)}")
    if field.length is not None:
        told.append(say(f"length {field.length[0]}..{field.length[1]}", f"长度 {field.length[0]}..{field.length[1]}"))
    held = f"#{field.special}" if field.special else answer_text(field.value)
    if held:
        told.append(say(f"now: {held}", f"现为：{held}"))
    return " · ".join(told)
