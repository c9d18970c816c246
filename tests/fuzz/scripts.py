"""Scripts that are mutated or made up: the check ends, every problem has its place, and what is sound runs."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

from callscript.checker import check_files
from callscript.engine import prepare
from callscript.parser.interface import interface_of
from tests.callscript.checker.test_sound import EVERYTHING, LINKS, SERVER
from tests.callscript.scripts import below, campaigns, links, local, server, shipped
from tests.fuzz.events import wander
from tests.fuzz.slips import mutated

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def attempt(seed: int) -> None:
    """One script."""
    chance = random.Random(seed)  # noqa: S311 - a test's seed
    files = made_up(chance) if chance.random() < 0.25 else slipped(chance)
    checked = check_files(files)
    for problem in checked.problems:
        assert problem.span.file in files
        assert problem.code != "schema-disagrees"
        assert problem.span.line > 0
        assert problem.span.column > 0
        assert all((problem.what(language), problem.mend(language) is not None) for language in ("en", "zh"))
    if checked.campaign is not None:
        wander(prepare(checked.campaign), chance, events=8)


def slipped(chance: random.Random) -> dict[str, bytes]:
    """A sound campaign with one slip to eight in one of its files.

    Mostly its packs come without their SQL, as agents' apps get them: that costs half the time.
    """
    files = dict(chance.choice(_sound())())
    name = chance.choice(sorted(files))
    if not name.endswith("server.xml") and chance.random() < 0.9:
        files = {_as_interface(file): _interface(data) if file != _as_interface(file) else data
                 for file, data in files.items()}  # fmt: skip
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        files[name] = mutated(files[name], chance)
    return files


def _as_interface(file: str) -> str:
    return file.replace("server.xml", "interface.xml") if file.startswith("packs/") else file


@cache
def _interface(server: bytes) -> bytes:
    return interface_of(server)


@cache
def _sound() -> list[Callable[[], dict[str, bytes]]]:
    """Campaigns to begin from. Those in the docs are small, so that more of them can be tried."""
    examples = [folder.name for folder in sorted(EXAMPLES.iterdir()) if folder.is_dir()]
    return [*(lambda name=name: _shipped(name) for name in campaigns()),
            *(lambda name=name: _example(name) for name in examples),
            _with_all_of_the_language]  # fmt: skip


@cache
def _shipped(name: str) -> dict[str, bytes]:
    return shipped(name)


@cache
def _example(name: str) -> dict[str, bytes]:
    packs = {file: data for file, data in _shipped("reminder").items() if file.startswith("packs/")}
    return {**packs, **below(EXAMPLES / name, "")}


@cache
def _with_all_of_the_language() -> dict[str, bytes]:
    return {"local.xml": local(EVERYTHING), "server.xml": server(SERVER), "links.xml": links(LINKS)}


# --- made up from nothing --------------------------------------------------------------------------------------------
_FIELDS = {
    "n": 'type="integer" min="0" max="10"', "d": 'type="decimal"', "t": 'type="text"', "b": 'type="boolean"',
    "c": 'type="choice" options="ab" special="dk"', "m": 'type="choices" options="abc"', "w": 'type="date"',
}  # fmt: skip
_LISTS = (
    '<options id="ab"><option value="a">A</option><option value="b">B</option></options>'
    '<options id="abc"><option value="a">A</option><option value="b">B</option>'
    '<option value="c" exclusive="yes">C</option></options>'
)


def made_up(chance: random.Random) -> dict[str, bytes]:
    """Up to thirty nodes of every sort that lead anywhere, under conditions of every sort."""
    most = chance.choice([3, 8, 15, 30])
    script = _Script(chance, most)
    body = _LISTS + "".join(script.node(number, 0) for number in range(most)) + '<end id="e" outcome="1.1"/>'
    return {"local.xml": local(body)}


class _Script:
    def __init__(self, chance: random.Random, most: int) -> None:
        self.chance, self.most, self._inner = chance, most, most

    def node(self, number: int, depth: int) -> str:
        kind = self.chance.random()
        if depth < 3 and kind < 0.08:
            head = self.chance.choice([f'count="{self.number()}"', f'over="m{self.any()}"', 'count="3"'])
            return f'<repeat id="r{number}" {head}>{self.inside(depth)}</repeat>'
        if depth < 3 and kind < 0.12:
            return f'<shuffle id="s{number}">{self.inside(depth)}</shuffle>'
        if kind < 0.16:
            return f'<end id="x{number}" outcome="2.11"/>'
        return self.action(number)

    def inside(self, depth: int) -> str:
        """Nodes in a node, with numbers of their own."""
        first, self._inner = self._inner, self._inner + 2
        return self.node(first, depth + 1) + self.node(first + 1, depth + 1)

    def action(self, number: int) -> str:
        chance = self.chance
        when = f"<when>{self.condition(2)}</when>" if chance.random() < 0.3 else ""
        check = f'<check test="{self.condition(2)}" level="soft">?</check>' if chance.random() < 0.2 else ""
        items = "".join(
            f'<field name="{kind}{number}" {_FIELDS[kind]}{self.required()}/>'
            for kind in chance.sample(sorted(_FIELDS), chance.choice([0, 1, 1, 2, 4]))
        )
        if chance.random() < 0.2:
            items += f'<compute name="k{number}" type="decimal" value="{self.number()}"/>'
        nexts = "".join(
            f'<next action="{self.target()}"' + (f' when="{self.condition(2)}"/>' if chance.random() < 0.8 else "/>")
            for _ in range(chance.choice([0, 0, 1, 1, 2, 3]))
        )
        data = f"<data><say>{self.text()}</say>{items}</data>"
        return f'<action id="a{number}"><condition>{when}{check}</condition>{data}{nexts}</action>'

    def any(self) -> int:
        return self.chance.randrange(self.most)

    def required(self) -> str:
        return self.chance.choice(["", ' required="yes"', f' when="{self.condition(1)}"'])

    def target(self) -> str:
        return self.chance.choice([f"a{self.any()}", f"a{self.any()}", f"r{self.any()}", f"x{self.any()}", "e"])

    def text(self) -> str:
        return self.chance.choice(["问", f"${{n{self.any()}}}问", f"${{sum(${{n{self.any()}}})}}"])

    def number(self) -> str:
        kind = self.chance.choice("ndk")
        return self.chance.choice([f"${{{kind}{self.any()}}}", "3", f"sum(${{n{self.any()}}}) + 1", "position()"])

    def condition(self, depth: int) -> str:
        chance, at = self.chance, self.any()
        if depth and chance.random() < 0.4:
            word = chance.choice([" and ", " or "])
            return f"({self.condition(depth - 1)}{word}{self.condition(depth - 1)})"
        return chance.choice([
            f"${{n{at}}} {chance.choice(['=', '!=', 'lt', 'le', '>', '>='])} {chance.randrange(-1, 12)}",
            f"${{n{at}}} {chance.choice(['=', 'lt', 'ge'])} ${{d{self.any()}}}",
            f"${{w{at}}} {chance.choice(['lt', '>='])} ${{w{self.any()}}}",
            f"${{c{at}}} = '{chance.choice('abz')}'", f"special(${{c{at}}}) = 'dk'",
            f"selected(${{m{at}}}, '{chance.choice('abc')}')", f"answered(${{t{at}}})", f"not(${{b{at}}})",
            f"${{w{at}}} > today()", f"count(${{n{at}}}) > 1", f"regex(${{t{at}}}, '^[a-z]+$')",
        ])  # fmt: skip
