"""Is a document made of the right elements? One walk over the tree against the grammar.

A misspelt word with one near right word is reported and then read as that word, so that what is inside is checked too
and nothing that refers to it is called wrong. What cannot be mended is taken out of the tree, and every name in it is
kept in `doubtful`: later checks say nothing about names that stand there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from callscript.parser import kinds
from callscript.parser.document import Chunk, Element, Source
from callscript.parser.grammar import Grammar, Rule, Words
from callscript.parser.suggestion import hints, nearest
from callscript.problems import Kind, Problem

MOST_PROBLEMS = 200
"""In one file: a hostile or wholly wrong document is not worth more words."""

XINCLUDE = "http://www.w3.org/2001/XInclude"
_FLOW_TAGS = frozenset({"action", "next", "repeat", "shuffle", "end", "include", "exit", "condition", "when", "block"})

_NAMED_TAGS = frozenset({"action", "repeat", "end", "field", "compute", "row", "options", "take", "include"})
"""What has a name that others refer to, or brings such."""
_ASKING_TAGS = frozenset({"repeat", "field", "matrix", "call"})


class EnoughProblems(Exception):
    """The file has more problems than are shown."""


@dataclass
class Findings:
    """What was found in one file."""

    source: Source
    problems: list[Problem] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    """Names of things that stand in parts that could not be read, or whose contents are incomplete."""
    flow_doubtful: bool = False
    """Part of the flow could not be read: nothing may be said about reachability."""
    nameless: bool = False
    """Something without a name could not be read: any name that is unknown may be its."""

    def add(self, problem: Problem) -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            self.problems.append(Problem(kinds.TOO_MANY_PROBLEMS, problem.span, {"most": str(MOST_PROBLEMS)}))
            raise EnoughProblems
        self.problems.append(problem)

    def at(self, kind: Kind, element: Element, attribute: str | None = None, /, **values: str) -> None:
        span = self.source.of_attribute(element, attribute) if attribute else self.source.of(element)
        self.add(Problem(kind, span, values))


def check_structure(source: Source, root: Element, grammar: Grammar, findings: Findings) -> None:
    """Report what does not follow the grammar, and leave in the tree only what does."""
    wanted = grammar.rules[grammar.root]
    if root.namespace != grammar.namespace:
        findings.at(kinds.WRONG_NAMESPACE, root, found=root.namespace or "-", namespace=grammar.namespace)
    if root.tag != wanted.tag:
        values = {"found": root.tag, "wanted": wanted.tag, "file": source.file, "namespace": grammar.namespace}
        findings.at(kinds.WRONG_ROOT, root, **values)
        if nearest(root.tag, [wanted.tag]) is None:
            raise EnoughProblems
    _Walk(grammar, findings, root.namespace).visit(root, wanted)


class _Walk:
    def __init__(self, grammar: Grammar, findings: Findings, namespace: str) -> None:
        self.grammar, self.findings, self.namespace = grammar, findings, namespace

    def visit(self, element: Element, rule: Rule) -> bool:
        """Check `element` and all in it; False if it lacks so much that it cannot be read."""
        readable = self._attributes(element, rule)
        if element.content:
            self._content(element, rule)
        elif rule.words is Words.MUST:
            self.findings.at(kinds.EMPTY_TEXT, element, tag=rule.tag)
            return False
        return self._required_children(element, rule) and readable

    # --- attributes ---------------------------------------------------------------------------------------------------
    def _attributes(self, element: Element, rule: Rule) -> bool:
        readable = True
        for written in [*element.attributes]:
            name = written if written in rule.attributes else self._mend_attribute(element, rule, written)
            if name is None:
                continue
            attribute = rule.attributes[name]
            if not attribute.form.accepts(element.attributes[name]):
                self._bad_value(element, rule, name)
                readable = readable and not attribute.required
        for name, attribute in rule.attributes.items():
            if attribute.required and name not in element.attributes and readable:
                self.findings.at(kinds.MISSING_ATTRIBUTE, element, tag=rule.tag, attribute=name)
                readable = False
        return readable

    def _mend_attribute(self, element: Element, rule: Rule, name: str) -> str | None:
        free = [known for known in rule.attributes if known not in element.attributes]
        suggestion = nearest(name, free, rule.aliases)
        values = {"tag": rule.tag, "attribute": name, "allowed": ", ".join(rule.attributes) or "-", **hints(suggestion)}
        self.findings.at(kinds.UNKNOWN_ATTRIBUTE, element, name, **values)
        value = element.attributes.pop(name)
        if suggestion is not None:
            element.attributes[suggestion] = value
            element.written[suggestion] = name
        else:
            self._incomplete(element, rule)
        return suggestion

    def _incomplete(self, element: Element, rule: Rule) -> None:
        """What it asks is not all known, since an attribute was lost."""
        if rule.tag in _ASKING_TAGS:
            self.findings.doubtful.update(_own_names(element))

    def _bad_value(self, element: Element, rule: Rule, name: str) -> None:
        form, value = rule.attributes[name].form, element.attributes[name]
        suggestion = nearest(value, form.values) if form.values else None
        shown = value if len(value) <= 60 else value[:57] + "..."
        values = {"attribute": name, "value": shown, "wanted": form.wanted, "wanted_zh": form.wanted_zh}
        self.findings.at(kinds.BAD_VALUE, element, name, **values, **hints(suggestion))
        del element.attributes[name]
        if suggestion is not None:
            element.attributes[name] = suggestion
        else:
            self._incomplete(element, rule)
            self.findings.flow_doubtful |= rule.tag in _FLOW_TAGS
            self.findings.nameless |= name == "uses"

    # --- content ------------------------------------------------------------------------------------------------------
    def _content(self, element: Element, rule: Rule) -> None:
        kept: list[Element | Chunk] = []
        first: dict[str, Element] = {}
        for part in element.content:
            if isinstance(part, Chunk):
                kept.append(part)
                continue
            child = self._child(element, rule, part)
            if child is None or not self.visit(part, child):
                self._give_up(element, part)
            elif rule.children[part.tag].many or part.tag not in first:
                first.setdefault(part.tag, part)
                kept.append(part)
            else:
                self.findings.at(kinds.REPEATED_ELEMENT, part, tag=rule.tag, child=part.tag)
                if child.words is Words.NONE:
                    first[part.tag].content.extend(part.content)
        element.content = kept
        self._words(element, rule)

    def _child(self, parent: Element, rule: Rule, child: Element) -> Rule | None:
        if child.namespace == XINCLUDE:
            self.findings.at(kinds.XINCLUDE_REFUSED, child)
            return None
        known = rule.children.get(child.tag)
        if known is None or child.namespace != self.namespace:
            suggestion = nearest(child.tag, rule.children, rule.aliases)
            allowed = ", ".join(f"<{tag}>" for tag in rule.children) or (
                "text" if rule.words is not Words.NONE else "-"
            )
            values = {"tag": child.tag, "parent": parent.tag, "allowed": allowed, **hints(suggestion)}
            self.findings.at(kinds.UNKNOWN_ELEMENT, child, **values)
            if suggestion is None:
                return None
            child.tag = suggestion
            known = rule.children[suggestion]
        return self.grammar.rules[known.rule]

    def _words(self, element: Element, rule: Rule) -> None:
        if rule.words is Words.MIXED or rule.words is Words.MAY:
            return
        if rule.words is Words.MUST:
            if not element.text.strip() and not any(element.children):
                self.findings.at(kinds.EMPTY_TEXT, element, tag=rule.tag)
            return
        for part in element.content:
            if isinstance(part, Chunk) and not part.text.isspace():
                lead = len(part.text) - len(part.text.lstrip())
                place = self.findings.source.place(part.offset + len(part.text[:lead].encode()))
                shown = part.text.strip()
                shown = shown if len(shown) <= 40 else shown[:37] + "..."
                self.findings.add(Problem(kinds.STRAY_TEXT, place, {"tag": rule.tag, "text": shown}))
                return

    def _required_children(self, element: Element, rule: Rule) -> bool:
        readable = True
        for tag, child in rule.children.items():
            if child.required and not any(part.tag == tag for part in element.children):
                self.findings.at(kinds.MISSING_ELEMENT, element, tag=rule.tag, child=tag)
                readable = False
        return readable

    def _give_up(self, parent: Element, lost: Element) -> None:
        """`lost` cannot be read: nothing may be said about the names in it, nor about its parent's completeness."""
        self.findings.doubtful.update(names_in(lost))
        self.findings.doubtful.update(_own_names(parent))
        if lost.tag in _NAMED_TAGS and not any(True for _ in _own_names(lost)):
            self.findings.nameless = True
        if lost.tag in _FLOW_TAGS or not self.grammar.rules.get(lost.tag):
            self.findings.flow_doubtful = True


def _own_names(element: Element) -> Iterator[str]:
    for attribute in ("id", "name", "other", "pack", "campaign"):
        if attribute in element.attributes:
            yield element.attributes[attribute]


def names_in(element: Element) -> Iterator[str]:
    """Every name that `element` or anything in it defines."""
    yield from _own_names(element)
    for child in element.children:
        yield from names_in(child)
