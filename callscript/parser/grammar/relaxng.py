"""RELAX NG schemas out of the grammars: for editors, which complete and validate while the author types.

python -m callscript.parser.grammar.relaxng     # writes callscript/schemas/*.rng
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from callscript.parser.document import IGNORED_NAMESPACES
from callscript.parser.grammar import GRAMMARS
from callscript.parser.grammar.forms import Form
from callscript.parser.grammar.rules import Attribute, Child, Grammar, Rule, Words

FOLDER = Path(__file__).resolve().parents[2] / "schemas"

_NOT_EMPTY = '<data type="string"><param name="pattern">[\\s\\S]*\\S[\\s\\S]*</param></data>'
_INDENT = "  "
_EDITORS_OWN = (
    '<define name="editors-own">',
    "  <zeroOrMore><attribute><choice>",
    *(f"    <nsName ns={quoteattr(namespace)}/>" for namespace in IGNORED_NAMESPACES),
    "  </choice></attribute></zeroOrMore>",
    "</define>",
)
"""Attributes that editors write on any element, such as xsi:schemaLocation; the structure check ignores them."""


def schema_of(grammar: Grammar) -> str:
    """The RELAX NG schema (XML syntax) of a document."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- Made from callscript/parser/grammar; change it there. -->",
        '<grammar xmlns="http://relaxng.org/ns/structure/1.0"',
        '         xmlns:a="http://relaxng.org/ns/compatibility/annotations/1.0"',
        '         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"',
        f"         ns={quoteattr(grammar.namespace)}>",
        f'  <start><ref name="{grammar.root}"/></start>',
    ]
    for key, rule in grammar.rules.items():
        lines += [f'  <define name="{key}">', *_indented(_element(rule), 2), "  </define>"]
    lines += _indented(iter(_EDITORS_OWN), 1)
    return "\n".join([*lines, "</grammar>", ""])


def _indented(lines: Iterator[str], depth: int) -> Iterator[str]:
    return (_INDENT * depth + line for line in lines)


def _element(rule: Rule) -> Iterator[str]:
    yield f'<element name="{rule.tag}">'
    if rule.about:
        yield f"  <a:documentation>{escape(rule.about)}</a:documentation>"
    for name, attribute in rule.attributes.items():
        yield from _indented(_attribute(name, attribute), 1)
    yield '  <ref name="editors-own"/>'
    yield from _indented(_content(rule), 1)
    yield "</element>"


def _attribute(name: str, attribute: Attribute) -> Iterator[str]:
    written = f'<attribute name="{name}">{_form(attribute.form)}</attribute>'
    yield written if attribute.required else f"<optional>{written}</optional>"


def _form(form: Form) -> str:
    if form.values:
        return "<choice>" + "".join(f"<value>{escape(value)}</value>" for value in form.values) + "</choice>"
    if form.pattern:
        return f'<data type="string"><param name="pattern">{escape(form.pattern)}</param></data>'
    return "<text/>"


def _content(rule: Rule) -> Iterator[str]:
    if rule.words is Words.MIXED:
        yield "<mixed>"
        yield from _indented(_any_of(rule), 1)
        yield "</mixed>"
    elif rule.words is Words.MUST:
        yield _NOT_EMPTY
    elif rule.words is Words.MAY:
        yield "<text/>"
    elif not rule.children:
        yield "<empty/>"
    elif len(rule.children) == 1:
        yield from (_child(child) for child in rule.children.values())
    else:
        yield "<interleave>"
        yield from _indented((_child(child) for child in rule.children.values()), 1)
        yield "</interleave>"


def _any_of(rule: Rule) -> Iterator[str]:
    yield "<zeroOrMore><choice>"
    yield from _indented((f'<ref name="{child.rule}"/>' for child in rule.children.values()), 1)
    yield "</choice></zeroOrMore>"


def _child(child: Child) -> str:
    times = {
        (True, True): "oneOrMore",
        (True, False): "zeroOrMore",
        (False, False): "optional",
        (False, True): "group",
    }[child.many, child.required]
    return f'<{times}><ref name="{child.rule}"/></{times}>'


def write(folder: Path = FOLDER) -> None:
    for grammar in GRAMMARS:
        (folder / f"{grammar.name}.rng").write_text(schema_of(grammar), encoding="utf-8")


if __name__ == "__main__":
    write()
