"""The flow: every node can be reached, every way ends, every loop can be left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from callscript.checker import kinds
from callscript.checker.conditions import judge_flow
from callscript.checker.context import Context
from callscript.checker.expressions import links_in_force
from callscript.checker.graph import OFF, Graph, draw, strongly_connected
from callscript.checker.trees import parts_of
from callscript.model.expression import Call, Expression
from callscript.model.local import Action, Compute, End, Field, Matrix, Next, Shuffle


def check_flow(context: Context) -> None:
    if not context.outline.placed:
        if not context.flow_doubtful:
            context.report(kinds.NO_NODES, context.campaign.local.span)
        return
    _into_containers(context)
    _after_unconditional(context)
    if context.outline.repeated:
        return  # which of two is led to is not known
    drawing = replace(judge_flow(context), meant=_meant(context))
    if context.flow_doubtful:
        return
    graph = draw(context.outline, drawing)
    reached = graph.reached_from(roots(context))
    _unreachable(context, graph, reached)
    _run_off(context, graph, reached)
    stuck = _endless(context, graph, reached)
    _unchanging(context, graph, reached - stuck)


def roots(context: Context) -> tuple[int, ...]:
    """Where interviews begin, and where exits and failed calls lead."""
    names = [found.action for found in context.campaign.local.exits]
    names += [link.fail_action for link in links_in_force(context) if link.fail_action]
    known = context.outline.by_id
    return (0, *(known[name].index for name in names if name in known))


def _meant(context: Context) -> dict[str, str | None]:
    """Targets that do not exist, with what was probably meant: so that one slip makes one problem."""
    known = context.outline.by_id
    names = [next_.action for action in context.outline.actions for next_ in action.nexts]
    names += [found.action for found in context.campaign.local.exits]
    return {name: context.nearest(name, known) for name in names if name not in known}


def _nexts(context: Context) -> Iterator[tuple[Action, Next]]:
    for action in context.outline.actions:
        for next_ in action.nexts:
            yield action, next_


# --- single ways -----------------------------------------------------------------------------------------------------
def _into_containers(context: Context) -> None:
    for placed in context.outline.placed:
        if not isinstance(placed.node, Action):
            continue
        for next_ in placed.node.nexts:
            target = context.outline.by_id.get(next_.action)
            outside = [each for each in target.around if each not in placed.around] if target else []
            if outside:
                values = {"name": next_.action, "container": outside[0].id}
                context.report(kinds.NEXT_INTO_REPEAT, next_.span, placed.node.id, **values)


def _after_unconditional(context: Context) -> None:
    for action in context.outline.actions:
        certain: Next | None = None
        for next_ in action.nexts:
            if certain is not None:
                why = f"the one in line {certain.span.line} has no condition"
                why_zh = f"第 {certain.span.line} 行的没有条件"
                context.report(kinds.SHADOWED_NEXT, next_.span, action.id, why=why, why_zh=why_zh)
            elif next_.when is None:
                certain = next_


# --- reaching --------------------------------------------------------------------------------------------------------
def _unreachable(context: Context, graph: Graph, reached: Collection[int]) -> None:
    """Only where an unreachable part begins; what hangs on it comes right with it."""
    lost = any(meant is None for meant in _meant(context).values()) or bool(context.doubtful)
    if lost:
        return
    for part in _beginnings(graph, reached):
        placed = context.outline.placed[min(part)]
        inside = any(context.outline.by_id[each.id].index not in reached for each in placed.around)
        if not inside and not placed.node.span.file.startswith("packs/"):
            why, why_zh = _why_unreachable(context, placed.index, graph)
            values = {"name": placed.node.id, "why": why, "why_zh": why_zh}
            context.report(kinds.UNREACHABLE, placed.node.span, placed.node.id, **values)


def _beginnings(graph: Graph, reached: Collection[int]) -> Iterator[list[int]]:
    """Nodes that are not reached and that nothing leads to: single ones, or circles as a whole."""
    ways = [[way for way in ways if way != OFF and way not in reached] if node not in reached else []
            for node, ways in enumerate(graph.ways)]  # fmt: skip
    parts = [part for part in strongly_connected(ways) if part[0] not in reached]
    part_of = {node: number for number, part in enumerate(parts) for node in part}
    entered = {part_of[way] for node in part_of for way in ways[node] if part_of[way] != part_of[node]}
    return (part for number, part in enumerate(parts) if number not in entered)


def _why_unreachable(context: Context, index: int, graph: Graph) -> tuple[str, str]:
    before = context.outline.placed[index - 1].node if index else None
    if isinstance(before, End):
        return f" The node before it, {before.id}, is an end.", f"其前的 {before.id} 是 end。"
    if before is not None and index not in graph.ways[index - 1]:
        return f" The node before it, {before.id}, always leads elsewhere.", f"其前的 {before.id} 总是通向别处。"
    return "", ""


def _run_off(context: Context, graph: Graph, reached: Iterable[int]) -> None:
    if any(OFF in graph.ways[node] for node in reached):
        last = context.campaign.local.nodes[-1]
        context.report(kinds.NO_END_AFTER, last.span, last.id, name=last.id)


# --- ending ----------------------------------------------------------------------------------------------------------
def _endless(context: Context, graph: Graph, reached: frozenset[int]) -> frozenset[int]:
    ends = {placed.index for placed in context.outline.placed if isinstance(placed.node, End)}
    lost = {
        placed.index
        for placed in context.outline.placed
        if isinstance(placed.node, Action) and any(n.action not in context.outline.by_id for n in placed.node.nexts)
    }
    stuck = reached - graph.leading_to(ends | lost | {OFF})
    told: set[int] = set()
    for index in sorted(stuck):
        if index in told:
            continue
        told |= graph.reached_from([index])
        node = context.outline.placed[index].node
        context.report(kinds.ENDLESS_LOOP, node.span, node.id, name=node.id, loop=_loop(context, graph, index))
    return stuck


def _loop(context: Context, graph: Graph, start: int) -> str:
    """A way from `start` that comes round again, as `a → b → a`."""
    way, seen = [start], {start}
    while True:
        following = min((each for each in graph.ways[way[-1]] if each != OFF), default=None)
        if following is None:
            break
        way.append(following)
        if following in seen:
            break
        seen.add(following)
    names = [context.outline.placed[index].node.id for index in way]
    return " → ".join(names if len(names) <= 8 else [*names[:6], "…", names[-1]])


def _unchanging(context: Context, graph: Graph, reached: frozenset[int]) -> None:
    """A loop whose conditions read nothing that is asked in it: who goes round once, goes round for ever."""
    computes = {compute.name: compute for _, compute in context.computes}
    taken = {take.name for link in context.campaign.links for take in link.takes if link.node}
    for circle in graph.circles:
        if not circle <= reached:
            continue
        actions = [context.outline.placed[index].node for index in sorted(circle)]
        deciding = [when for node in actions for when in _deciding(node)]
        read = _with_computed(computes, {name for when in deciding for name in when.names})
        asked = {name for node in actions for name in _asked(node)}
        if read & asked or any(_moves_by_itself(when, taken) for when in deciding):
            continue
        back = next((n for node in actions for n in _backward(context, node, circle)), None)
        if back is not None and not any(context.is_unclear(name) for name in read):
            names = ", ".join(sorted(f"${{{name}}}" for name in read)) or "-"
            loop = _loop(context, graph, min(circle))
            context.report(kinds.UNCHANGING_LOOP, back.span, None, loop=loop, names=names)


def _deciding(node: object) -> Iterator[Expression]:
    if isinstance(node, Action | Shuffle) and node.when is not None:
        yield node.when
    if isinstance(node, Action):
        yield from (next_.when for next_ in node.nexts if next_.when is not None)


def _asked(node: object) -> Iterator[str]:
    for item in node.items if isinstance(node, Action) else ():
        if isinstance(item, Field):
            yield item.name
        elif isinstance(item, Matrix):
            yield from (row.name for row in item.rows)


def _with_computed(computes: Mapping[str, Compute], names: set[str]) -> set[str]:
    """The names, and all that computes among them are worked out from."""
    found, queue = set(names), list(names)
    while queue:
        compute = computes.get(queue.pop())
        for name in compute.value.names if compute else ():
            if name not in found:
                found.add(name)
                queue.append(name)
    return found


def _moves_by_itself(when: Expression, taken: Collection[str]) -> bool:
    """Whether time, or a reply that is taken on the way, may change what the condition gives."""
    clock = any(isinstance(part, Call) and part.function in {"now", "today"} for part in parts_of(when.tree))
    return clock or any(name.partition(".")[0] in taken for name in when.names)


def _backward(context: Context, node: object, circle: Collection[int]) -> Iterator[Next]:
    for next_ in node.nexts if isinstance(node, Action) else ():
        target = context.outline.by_id.get(next_.action)
        if target is not None and target.index in circle and target.index <= context.outline.by_id[node.id].index:  # type: ignore[attr-defined]
            yield next_
