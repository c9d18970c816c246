"""Scripts made to be slow: tangles, knots, bombs. `python -m tests.fuzz --what hostile` says what each costs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from tests.callscript.checker.defects import END, in_local
from tests.callscript.scripts import links, server

Files = dict[str, bytes]
_YN = '<options id="yn"><option value="y">是</option><option value="n">否</option></options>'
_CHANCE = random.Random(1)  # noqa: S311 - a test's seed


def _local(body: str) -> Files:
    return in_local("", body + END).files


def _action(number: int, items: str = "<say>?</say>", nexts: str = "", when: str = "") -> str:
    condition = f"<condition><when>{when}</when></condition>" if when else ""
    return f'<action id="a{number}">{condition}<data>{items}</data>{nexts}</action>'


def _asking(number: int, nexts: str = "") -> str:
    return _action(number, f'<say>?</say><field name="f{number}" type="choice" options="yn"/>', nexts)


def _actions(made: Iterable[str]) -> Files:
    return _local(_YN + "".join(made))


def _tangle(nodes: int, ways: int) -> Files:
    """Jumps from anywhere to anywhere, on answers from anywhere."""
    at = _CHANCE.randrange
    jumps = ["".join(f'<next action="a{at(nodes)}" when="${{f{at(nodes)}}} = \'y\'"/>' for _ in range(ways))
             for _ in range(nodes)]  # fmt: skip
    return _actions(_asking(number, jumps[number]) for number in range(nodes))


def _back(nodes: int) -> Files:
    loop = '<next action="a{}" when="${{f{}}} = \'y\'"/>'
    return _actions(_asking(number, loop.format(max(0, number - 1), number)) for number in range(nodes))


def _chain() -> Files:
    chain = "".join(f'<compute name="c{n}" type="integer" value="${{c{n + 1}}} + 1"/>' for n in range(3_000))
    return _local(_action(0, f'<say>?</say>{chain}<compute name="c3000" type="integer" value="1"/>'))


def _knot() -> Files:
    sums = [" + ".join(f"${{c{(n * 7 + other * 13) % 400}}}" for other in range(20)) for n in range(400)]
    knot = "".join(f'<compute name="c{n}" type="integer" value="{value}"/>' for n, value in enumerate(sums))
    return _local(_action(0, f"<say>?</say>{knot}"))


def _exits() -> Files:
    exits = "".join(f'<exit id="x{n}" key="k" action="a{n}">去</exit>' for n in range(1_000))
    return _local(exits + "".join(_action(number) for number in range(1_000)))


def _options(count: int) -> Files:
    options = "".join(f'<option value="v{n}">x</option>' for n in range(count))
    asked = _action(0, '<say>?</say><field name="f" type="choice" options="o"/>')
    return _local(f'<options id="o">{options}</options>{asked}')


def _conditions(count: int, fields: Iterable[str], when: Callable[[int], str], lists: str = _YN) -> Files:
    asked = _action(0, "<say>?</say>" + "".join(fields))
    return _local(lists + asked + "".join(_action(n + 1, when=when(n)) for n in range(count)))


def _choices(kind: str, options: int) -> tuple[str, list[str]]:
    offered = "".join(f'<option value="o{n}">x</option>' for n in range(options))
    fields = [f'<field name="f{n}" type="{kind}" options="big"/>' for n in range(40)]
    return f'<options id="big">{offered}</options>', fields


def _pairs_of_choices() -> Files:
    lists, fields = _choices("choice", 24)
    whens = "${{f{}}} = 'o{}' and ${{f{}}} = 'o{}'"
    return _conditions(1_250, fields, lambda n: whens.format(n % 40, n % 24, (n * 7 + 1) % 40, n * 5 % 24), lists)


def _triples_of_selections() -> Files:
    lists, fields = _choices("choices", 20)
    sought = "selected(${{f{}}}, 'o{}')".format
    return _conditions(
        850,
        fields,
        lambda n: " and ".join(sought((n * step + step) % 40, (n + step) % 4) for step in (1, 3, 7)),
        lists,
    )


def _ranges() -> Files:
    fields = [f'<field name="f{n}" type="integer"/>' for n in range(20)]
    return _conditions(1_250, fields, lambda n: f"${{f{n % 20}}} > {n} and ${{f{(n * 7 + 1) % 20}}} lt {n * 3}")


def _repeats(deep: bool) -> Files:
    inner = [_action(n, f'<say>?</say><field name="f{n}" type="integer"/>') for n in range(1_200)]
    if not deep:
        return _local("".join(f'<repeat id="r{n}" count="2">{each}</repeat>' for n, each in enumerate(inner)))
    return _local("".join(f'<repeat id="r{n}" count="2">' for n in range(25)) + "".join(inner) + "</repeat>" * 25)


def _shuffled() -> Files:
    jump = '<next action="a{}" when="${{f{}}} > 3"/>'
    each = (_action(n, f'<say>?</say><field name="f{n}" type="integer"/>', jump.format(n * 37 % 1_800, n))
            for n in range(1_800))  # fmt: skip
    return _local(f'<shuffle id="s">{"".join(each)}</shuffle>')


def _translated(entry: str, times: int) -> Files:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    texts = head + "".join(entry.format(number) for number in range(times))
    return {**_local("".join(_action(n) for n in range(500))), "translations/en.po": texts.encode()}


def _served(sql: str, actions: int) -> Files:
    made = "".join(
        f'<action id="s{n}" roles="agent"><param name="p" type="text"/><select name="q">{sql}</select><data/></action>'
        for n in range(actions)
    )
    calls = "".join(f'<call id="l{n}" on="leave" node="a0" action="c.s{n}"><give name="p" value="1"/></call>'
                    for n in range(actions))  # fmt: skip
    return {**_local(_action(0)), "server.xml": server(made), "links.xml": links(calls)}


HOSTILE: dict[str, Callable[[], Files]] = {
    "a tangle of 3,000 actions": lambda: _tangle(3_000, 2),
    "a tangle of 1,500 actions": lambda: _tangle(1_500, 1),
    "400 actions with 25 ways each": lambda: _tangle(400, 25),
    "1,800 loops in each other": lambda: _back(1_800),
    "a chain of 3,000 computes": _chain,
    "a knot of 400 computes": _knot,
    "1,000 exits from 1,000 actions": _exits,
    "24,000 options": lambda: _options(24_000),
    "12,000 options": lambda: _options(12_000),
    "2,000 unknown names": lambda: _local("".join(_action(n, f"<say>${{zz{n}}}</say>") for n in range(2_000))),
    "500 conditions over 60 names": lambda: _conditions(
        500, [f'<field name="f{n}" type="choice" options="yn"/>' for n in range(60)],
        lambda _: " or ".join(f"${{f{n}}} = 'y'" for n in range(60)),
    ),
    "2,000 conditions in 90 parentheses": lambda: _conditions(
        2_000, ['<field name="f" type="choice" options="yn"/>'], lambda _: "(" * 90 + "${f} = 'y'" + ")" * 90
    ),
    "conditions on pairs of long lists": _pairs_of_choices,
    "conditions on three selections": _triples_of_selections,
    "conditions on ranges of their own": _ranges,
    "25 repeats in each other": lambda: _repeats(deep=True),
    "1,200 repeats": lambda: _repeats(deep=False),
    "1,800 actions in a shuffle that jump": _shuffled,
    "24,000 unknown elements": lambda: _local("<junk/>" * 24_000),
    "2,000 endless loops": lambda: _local("".join(_action(n, nexts=f'<next action="a{n}"/>') for n in range(2_000))),
    "1,200 parts that nothing leads to": lambda: _local(
        _action(0, nexts='<next action="done"/>')
        + "".join(f'<end id="e{n}" outcome="1.1"/>{_action(n + 1)}' for n in range(1_200))
    ),
    "2,400 actions of one name": lambda: _local(_action(1) * 2_400),
    "20,000 values in texts": lambda: _conditions(0, [f"<say>{'${f}' * 200}</say>" for _ in range(100)], str),
    "3 MB of titles": lambda: _local(f'<action id="a" title="{"x" * 16_000}"><data><say>?</say></data></action>' * 190),
    "40,000 translations": lambda: _translated('msgctxt "k{0}"\nmsgid "x{0}"\nmsgstr "y{0}"\n\n', 40_000),
    "7,000 translations of nothing": lambda: _translated('msgctxt "k{0}"\nmsgid "x{0}"\nmsgstr "y{0}"\n\n', 7_000),
    "100,000 broken translations": lambda: _translated('msgid "a\n', 100_000),
    "90,000 parameters in SQL": lambda: _served("SELECT " + ":p, " * 300 + "1", 300),
    "250 KB of SQL": lambda: _served("SELECT " + "+" * 7_000 + "1", 36),
    "comments in comments in SQL": lambda: _served("SELECT " + "/*" * 7_000 + "1", 30),
}  # fmt: skip
