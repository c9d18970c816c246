"""Names: each defined once, none reserved, none that leads to nothing."""

from __future__ import annotations

from callscript.checker import kinds
from callscript.checker.context import SYSTEM_WORDS, Context
from callscript.model.local import Action, Exit, Matrix, Repeat
from callscript.model.outcomes import OUTCOMES, meant
from callscript.parser.kinds import DUPLICATE_ID
from callscript.parser.suggestion import hints
from callscript.places import Span

RESERVED_NODES = frozenset({"options", "exits", "server", "title"})
"""They begin the keys of texts that belong to no node."""
RESERVED_KEYS = {
    "c": ("clear cache of the page", "清除页面缓存"),
    "r": ("rerun of the page", "重新运行页面"),
    **{str(digit): ("choosing an option", "选择选项") for digit in range(10)},
}


def check_names(context: Context) -> None:
    _nodes(context)
    _values(context)
    _exits(context)
    _targets(context)
    _lists(context)
    _outcomes(context)


def _nodes(context: Context) -> None:
    for placed in context.outline.repeated:
        first = context.outline.by_id[placed.node.id].node.span
        _twice(context, placed.node.span, ("Node", "节点"), placed.node.id, first)
        context.repeated.add("nodes")
    for node in context.outline.nodes:
        if node.id in RESERVED_NODES:
            context.report(kinds.RESERVED_NAME, node.span, node.id, name=node.id)


def _twice(context: Context, span: Span, what: tuple[str, str], name: str, first: Span) -> None:
    span, first = own_last(first, span)
    context.report(DUPLICATE_ID, span, None, what=what[0], what_zh=what[1], name=name, first=first)


def own_last(first: Span, second: Span) -> tuple[Span, Span]:
    """Where to report that two have one name, and where the other stands: a pack was there before its campaign."""
    is_packs = second.file.startswith("packs/") and not first.file.startswith("packs/")
    return (first, second) if is_packs else (second, first)


def _values(context: Context) -> None:
    """Fields, computes, matrices, repeats and takes share one space of names: that of `${...}`."""
    taken: dict[str, tuple[Span, str, str]] = {}
    takes = {take.name: take.span for link in context.campaign.links for take in link.takes}
    for name, span in takes.items():
        if name in SYSTEM_WORDS:
            context.ambiguous.add(name)
            context.report(kinds.RESERVED_NAME, span, None, name=name)
        taken[name] = (span, "a taken value", "取回的值")
    for span, name, what, what_zh in sorted(_defined(context)):
        if name in SYSTEM_WORDS:
            context.report(kinds.RESERVED_NAME, span, None, name=name)
        first = taken.setdefault(name, (span, what, what_zh))
        if first[0] == span:
            continue
        context.ambiguous.add(name)
        context.repeated.add("values")
        if first[1] == what:
            _twice(context, span, (what.removeprefix("a ").capitalize(), what_zh), name, first[0])
        else:
            told, other = own_last(first[0], span)
            named = first[1:] if told == span else (what, what_zh)
            context.report(kinds.NAME_TAKEN, told, None, name=name, what=named[0], what_zh=named[1], first=other)


def _defined(context: Context) -> list[tuple[Span, str, str, str]]:
    found = [(field.span, field.name, "a field", "字段") for _, field in context.fields]
    found += [(compute.span, compute.name, "a compute", "计算项") for _, compute in context.computes]
    for node in context.outline.nodes:
        if isinstance(node, Repeat):
            found.append((node.span, node.id, "a repeat", "repeat"))
        elif isinstance(node, Action):
            found += [(item.span, item.id, "a matrix", "matrix") for item in node.items if isinstance(item, Matrix)]
    return found


def _exits(context: Context) -> None:
    ids: dict[str, Exit] = {}
    keys: dict[str, Exit] = {}
    for found in context.campaign.local.exits:
        first = ids.setdefault(found.id, found)
        if first is not found:
            _twice(context, found.span, ("Exit", "出口"), found.id, first.span)
            continue
        key = found.key.lower()
        if key in RESERVED_KEYS:
            meaning, meaning_zh = RESERVED_KEYS[key]
            context.report(kinds.KEY_RESERVED, found.span, None, key=found.key, meaning=meaning, meaning_zh=meaning_zh)
        same = keys.setdefault(key, found)
        if same is not found:
            told, other = own_last(same.span, found.span)
            first_of_key = same.id if other == same.span else found.id
            context.report(kinds.KEY_TAKEN, told, None, key=found.key, first=first_of_key)


def _targets(context: Context) -> None:
    for action in context.outline.actions:
        for next_ in action.nexts:
            require_node(context, next_.action, next_.span, action.id)
    for found in context.campaign.local.exits:
        require_node(context, found.action, found.span, None)


def require_node(context: Context, name: str, span: Span, node: str | None) -> bool:
    """Whether there is a node `name`; reported where it is sure that there is none."""
    known = context.outline.by_id
    if name in known:
        return True
    near = context.nearest(name, known)
    may_be_another = near in context.ambiguous if near else "nodes" in context.repeated
    if not may_be_another and not context.is_doubtful(name):
        context.report(kinds.UNKNOWN_NODE, span, node, name=name, **hints(near))
    return False


def _lists(context: Context) -> None:
    lists = context.campaign.local.options
    used = set()
    for action, field in context.fields:
        if field.options is None:
            continue
        used.add(field.options)
        if field.options not in lists and not context.is_doubtful(field.options):
            values = hints(context.nearest(field.options, lists))
            context.report(kinds.UNKNOWN_OPTIONS, field.span, action.id, name=field.options, **values)
    for name, found in lists.items():
        if name not in used and not found.span.file.startswith("packs/") and not context.doubtful:
            context.report(kinds.UNUSED_OPTIONS, found.span, None, name=name)


def _outcomes(context: Context) -> None:
    """A code that nobody knows would be refused when the call ends: its answers stay, its case is settled by nobody."""
    for end in context.outline.ends:
        if end.outcome not in OUTCOMES:
            context.report(kinds.UNKNOWN_OUTCOME, end.span, end.id, code=end.outcome, **hints(meant(end.outcome)))
