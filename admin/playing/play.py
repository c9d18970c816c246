"""The course of a play: one screen after another, what is typed becomes events and, with them, a transcript."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from admin.language import say
from admin.playing.terminal import Quit, Terminal, keys_of
from callscript.engine import preview, visits
from callscript.engine.events import Answered, Chose, Event, Jumped, SwitchedLanguage, TookExit, WentBack
from callscript.engine.steps import Complaint, Ended, Failed, FieldView, Screen
from callscript.transcripts import Block, Here, Line, Rehearsal, Setting, Theatre, Transcript, Word, answer_text
from callscript.transcripts.reading import words_of
from callscript.transcripts.running import fields_in

Save = Callable[[Transcript], str]
"""Writes a transcript down; the file's name."""

COMMANDS = {
    "b": "back",
    "x": "exit",
    "j": "jump",
    "l": "language",
    "speak": "language",
    "s": "save",
    "q": "quit",
    "e": "empty",
}


class Moved(Exception):
    """What was typed took the interview somewhere else: the screen is no longer the one that was asked."""


class Play:
    def __init__(self, theatre: Theatre, setting: Setting, terminal: Terminal, save: Save) -> None:
        self.theatre, self.setting, self.terminal, self._save = theatre, setting, terminal, save
        self.on = Rehearsal.begun(theatre.program, theatre.campaign, setting, theatre.given)
        self.blocks: list[Block] = []
        self.saved = False

    def run(self) -> None:
        """Play to the end, or until the author quits."""
        self.terminal.say(say("Type ? for help at any time.", "随时可输入 ? 查看帮助。"), "dim")
        try:
            while not isinstance(self.on.view, Ended):
                self._once()
        except Quit:
            self.terminal.say(say("Stopped.", "已停止。"), "dim")
            return
        self._ended(self.on.view)

    def transcript(self, title: str) -> Transcript:
        return Transcript(title, tuple(self.blocks), self.setting)

    def _once(self) -> None:
        view = self.on.view
        if isinstance(view, Failed):
            self._failed(view)
            return
        screen = self.on.screen
        if screen is None:
            self.terminal.say(say(f"The interview waits: {self.on.where}", f"访问在等待：{self.on.where}"), "red")
            raise Quit
        self.terminal.screen(screen)
        try:
            self._answer(screen)
        except Moved:
            return

    # --- answers -----------------------------------------------------------------------------------------------------
    def _answer(self, screen: Screen) -> None:
        values: dict[str, Any] = {}
        fields = list(fields_in(screen.items))
        if screen.complaints:
            self.terminal.complaints(screen.complaints)
        if not fields:
            self._read(say("Enter: go on", "回车继续"))
        self._ask_all(screen, fields, values)
        while True:
            complaints = self._submit(screen, values)
            if not complaints:
                return
            self.terminal.complaints(complaints)
            if all(each.soft for each in complaints):
                typed = self._read(say("Is it right as it is? y/n", "确认无误吗？y/n"))
                if typed.lower() in {"y", "yes", "是", "对"}:
                    self._confirm(screen, values)
                    return
            blamed = {each.field for each in complaints if each.field}
            now = list(fields_in((self._view(values) or screen).items))
            again = [each for each in now if each.name in blamed] or now
            for each in again:  # so that Enter does not give again what was refused
                values[each.name] = None
            self._ask_all(screen, again, values, refused=True)

    def _ask_all(
        self, screen: Screen, fields: Iterable[FieldView], values: dict[str, Any], *, refused: bool = False
    ) -> None:
        """Ask these fields, and those that the answers make appear."""
        asked: set[str] = set()
        queue = list(fields)
        while queue:
            field = queue.pop(0)
            asked.add(field.name)
            values[field.name] = self._ask(field, keeping=not refused)
            view = self._view(values) or screen
            shown = {each.name: each for each in fields_in(view.items)}
            queue = [shown[each.name] for each in queue if each.name in shown]
            known = {*asked, *values, *(each.name for each in queue)}
            queue = [each for name, each in shown.items() if name not in known] + queue
        shown_last = {each.name for each in fields_in((self._view(values) or screen).items)}
        for name in [name for name in values if name not in shown_last]:
            del values[name]

    def _view(self, values: Mapping[str, Any]) -> Screen | None:
        return preview(self.theatre.program, self.on.state, values)

    def _ask(self, field: FieldView, *, keeping: bool) -> Any:
        """The input typed; Enter leaves the answer as it is, and where it was just refused, takes it away."""
        self.terminal.question(field)
        typed = self._read(f"{field.name}>")
        if keeping and not typed and (field.value is not None or field.special):
            return {"special": field.special} if field.special else field.value
        if typed == ":empty":
            return None
        return meant(field, typed)

    def _submit(self, screen: Screen, values: dict[str, Any]) -> tuple[Complaint, ...]:
        self.on.do(Answered(at=self.on.tick(), values=values, place=screen.place))
        again = self.on.screen
        doubted = again is not None and again.place == screen.place and self.on.state.doubt is not None
        complaints = again.complaints if again is not None and doubted else ()
        codes = dict.fromkeys(each.code for each in complaints)
        lines = [Line(Word.ANSWER, name, answer_text(value)) for name, value in values.items()]
        self._note(screen, (*lines, *(Line(Word.COMPLAINS, code) for code in codes)))
        return complaints

    def _confirm(self, screen: Screen, values: dict[str, Any]) -> None:
        self.on.do(Answered(at=self.on.tick(), values=values, place=screen.place, confirmed=True))
        last = self.blocks.pop()
        self._note(screen, (*last.lines, Line(Word.CONFIRM)))

    def _note(self, screen: Screen, lines: tuple[Line, ...]) -> None:
        self.blocks.append(Block(Here.AT, screen.place, lines))

    # --- commands ----------------------------------------------------------------------------------------------------
    def _read(self, prompt: str) -> str:
        """What was typed, once it is no command.

        Raises:
            Moved: a command took the interview elsewhere.
            Quit: the author stops.
        """
        while True:
            typed = self.terminal.ask(prompt)
            if typed in {"?", "？", ":help", ":h"}:
                self._help()
            elif typed[:1] in {":", "："}:
                word, _, rest = typed[1:].strip().partition(" ")
                word = COMMANDS.get(word, word)
                if word == "empty":
                    return ":empty"
                self._command(word, rest.strip())
            else:
                return typed

    def _command(self, word: str, rest: str) -> None:
        at = self.on.tick()
        screen = self.on.screen
        if word == "quit":
            raise Quit
        if word == "save":
            self._keep(rest)
        elif screen is None or word not in {"back", "exit", "jump", "language"}:
            self.terminal.say(
                say(f"There is no command :{word}; ? for help.", f"没有命令 :{word}，输入 ? 查看。"), "red"
            )
        elif word == "back":
            self._do(WentBack(at=at), Line(Word.BACK), screen)
        elif word == "exit":
            self._exit(rest, screen)
        elif word == "jump":
            self._jump(rest, screen)
        elif rest in self.theatre.program.languages:
            self._do(SwitchedLanguage(at=at, language=rest), Line(Word.SPEAK, rest), screen)
        else:
            self.terminal.say(say("Languages: ", "语言：") + " ".join(self.theatre.program.languages))

    def _exit(self, which: str, screen: Screen) -> None:
        found = next((each for each in screen.exits if which in {each.id, each.key}), None)
        if found is None:
            for each in screen.exits:
                self.terminal.say(f"  :exit {each.key}  {each.label} ({each.id})")
            return
        self.theatre.watch.took_exit(found.id)
        self._do(TookExit(at=self.on.at, exit=found.id), Line(Word.EXIT, found.id), screen)

    def _jump(self, place: str, screen: Screen) -> None:
        known = visits(self.theatre.program, self.on.state)
        if place not in {each.place for each in known}:
            for each in known:
                self.terminal.say(f"  :jump {each.place}  {each.title}")
            return
        self._do(Jumped(at=self.on.at, place=place), Line(Word.JUMP, place), screen)

    def _do(self, event: Event, line: Line, screen: Screen) -> None:
        self.on.do(event)
        after = self.on.screen
        if after is not None and after.complaints and after.place == screen.place and line.word is Word.BACK:
            self.terminal.complaints(after.complaints)
            return
        self._note(screen, (line,))
        raise Moved

    def _failed(self, view: Failed) -> None:
        self.terminal.say(f"{view.call.action}: {view.code} {view.detail}".strip(), "red")
        prompt = " / ".join(view.choices)
        typed = self._read(f"{prompt}>")
        choice = next((each for each in view.choices if typed and each.startswith(typed)), "")
        if not choice:
            return
        self.on.do(Chose(at=self.on.tick(), choice=choice))
        self.blocks.append(Block(Here.FAILED, view.code, (Line(Word.CHOOSE, choice),)))

    def _help(self) -> None:
        self.terminal.say(
            say(
                "  An option: its number or its value; several: 1, 3. A special answer: #dk #refused #na.\n"
                "  Enter leaves the answer as it is.\n"
                "  :back (:b)  :exit KEY (:x; alone: which there are)  :jump PLACE (:j)  :language en (:l)\n"
                "  :empty (:e) takes an answer away  :save TITLE (:s) writes down what was played  :quit (:q)",
                "  选项：输入序号或值，多选如 1, 3；特殊回答：#dk #refused #na；直接回车保持不变。\n"
                "  :back (:b) 返回  :exit 按键 (:x，不带按键列出所有出口)  :jump 位置 (:j) 跳转\n"
                "  :language en (:l) 换语言\n"
                "  :empty (:e) 清空答案  :save 标题 (:s) 存为记录  :quit (:q) 退出",
            ),
            "dim",
        )

    # --- the end -----------------------------------------------------------------------------------------------------
    def _ended(self, view: Ended) -> None:
        self.blocks.append(Block(Here.END, "parked" if view.parked else view.node, (), view.outcome))
        self.terminal.console.print()
        self.terminal.items(view.items)
        told = say(
            f"■ End {view.node}, outcome {view.outcome or '-'}", f"■ 结束 {view.node}，结果代码 {view.outcome or '-'}"
        )
        self.terminal.say(told, "bold green")
        for call in self.on.calls:
            self.terminal.say(f"  → {call.action}", "dim")
        if self.saved:
            return
        try:
            title = self.terminal.ask(
                say("Title to save it as a transcript (Enter: don't)>", "存为记录的标题（回车不存）>")
            )
        except Quit:
            return
        if title:
            self._keep(title)

    def _keep(self, title: str) -> None:
        if not title:
            self.terminal.say(say("Give it a title: :save Wrong number", "请给出标题，如 :save 打错了"), "red")
            return
        self.saved = True
        self.terminal.say(say("Saved: ", "已保存：") + self._save(self.transcript(title)), "green")


def meant(field: FieldView, typed: str) -> Any:
    """The input that `typed` stands for: an option's number becomes its value, `#dk` a special answer."""
    if not typed:
        return None
    if typed[0] in {"#", "＃"}:
        return {"special": typed[1:].strip()}
    if not field.options:
        return typed
    values = {option.value for option in field.options}
    keys = {key: option.value for key, option in keys_of(field)}
    if field.field_type == "choices":
        return [each if each in values else keys.get(each, each) for each in words_of(typed)]
    return typed if typed in values else keys.get(typed, typed)
