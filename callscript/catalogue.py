"""Every kind of problem that a script can have, by code. `docs/errors.md` is made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from callscript import expressions, translations
from callscript.checker import kinds as checker_kinds
from callscript.checker import kinds_between, kinds_calling
from callscript.parser import kinds as parser_kinds
from callscript.problems import Kind, Severity
from callscript.sql import kinds as sql_kinds


def _of_module(module: object) -> list[Kind]:
    return [value for value in vars(module).values() if isinstance(value, Kind)]


def _collect(groups: Mapping[str, Iterable[Kind]]) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for kinds in groups.values():
        for kind in kinds:
            if found.setdefault(kind.code, kind) is not kind:
                raise ValueError(f"two kinds of problem have the code {kind.code}")
    return found


GROUPS: Mapping[str, tuple[Kind, ...]] = MappingProxyType(
    {
        "Documents": tuple(_of_module(parser_kinds)),
        "Expressions and texts": tuple(expressions.KINDS),
        "Meaning": (*_of_module(checker_kinds), *_of_module(kinds_between)),
        "Calling": tuple(_of_module(kinds_calling)),
        "Translations": tuple(translations.KINDS),
        "SQL": tuple(sql_kinds.KINDS),
    }
)

CATALOGUE: Mapping[str, Kind] = MappingProxyType(_collect(GROUPS))
"""Code -> kind; no code is there twice."""

_INTRODUCTION = """\
# What can be wrong with a script

Every problem that `waihu check` can report: its code, what is wrong, and what to do. An error refuses publication, a
warning is said and published. Words in braces stand for names and values of your script. Made from the catalogue by
`python -m callscript.catalogue > docs/errors.md`; a test holds the two together.

`waihu check` 能报告的全部问题：代码、错在哪里、如何修正。error 会拒绝发布，warning 只作提示。
花括号中的词代表脚本中的名称和值。
"""


def as_markdown() -> str:
    """The text of `docs/errors.md`."""
    lines = [_INTRODUCTION]
    for title, kinds in GROUPS.items():
        lines.append(f"## {title}\n")
        for kind in sorted(kinds, key=lambda kind: kind.code):
            lines.extend(_entry(kind))
    return "\n".join(lines).rstrip() + "\n"


def _entry(kind: Kind) -> list[str]:
    mark = " (warning)" if kind.severity is Severity.WARNING else ""
    lines = [f"### `{kind.code}`{mark}\n"]
    for language in ("en", "zh"):
        what, mend = kind.what[language], kind.mend[language]
        lines.append(f"- {_plain(what)} *{_plain(mend)}*" if mend else f"- {_plain(what)}")
    return [*lines, ""]


def _plain(template: str) -> str:
    """A template as Markdown: doubled braces single, and nothing taken for a tag."""
    return template.replace("{{", "{").replace("}}", "}").replace("<", "&lt;").replace("*", "\\*").strip()


if __name__ == "__main__":
    print(as_markdown(), end="")
