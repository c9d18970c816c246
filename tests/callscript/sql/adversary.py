"""Statements of an attacker who writes server scripts, and of people who do honest work: texts beside this file.

A paragraph is a statement, for a `<select>` unless another element stands before it; `#` begins a class of grammar.

- `adversary.txt` may never be published; its last class is told by the live schema alone.
- `probes.txt` are plain statements that no grammar tells from honest ones: they may be published, and come back without
  anything of another campaign. `{contact}` and so on are rows of campaign `beta`.
- `bombs.txt` are plain, too, and ask for time or memory without end: the database bounds them.
- `honest.txt` must be admitted: a gate that refuses honest work is got around.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from callscript.model.server import Verb

Written = tuple[Verb, str]
LIVE = "refused by the live schema"
_ELEMENT = re.compile(r"<(select|insert|update|delete|call)> ")


def _read(name: str) -> dict[str, list[Written]]:
    kind = ""
    found: list[tuple[str, Written]] = []
    for text in (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n").split("\n\n"):
        if text.startswith("# "):
            kind = text.removeprefix("# ")
            continue
        element = _ELEMENT.match(text)
        verb = Verb(element[1]) if element else Verb.SELECT
        found.append((kind, (verb, text[element.end() :] if element else text)))
    return {name: [written for _, written in group] for name, group in groupby(found, lambda each: each[0])}


REFUSED: Mapping[str, list[Written]] = _read("adversary")
PROBES = _read("probes")[""]
BOMBS = [sql for _, sql in _read("bombs")[""]]
HONEST = _read("honest")[""]
