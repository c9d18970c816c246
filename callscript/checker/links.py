"""Links, closed over the three documents: what is called exists, gets what it needs, and gives what is taken."""

from __future__ import annotations

from collections.abc import Iterable

from callscript.checker import kinds_between as kinds
from callscript.checker.context import Context
from callscript.checker.expressions import links_in_force, uses_of
from callscript.checker.names import require_node
from callscript.model.expression import Name
from callscript.model.links import FailPolicy, Give, Link, Mode, Moment, Take
from callscript.model.local import End
from callscript.model.server import ServerAction, Shape, Value
from callscript.model.values import ValueType
from callscript.parser.kinds import DUPLICATE_ID
from callscript.parser.suggestion import hints

AGENT = "agent"


def check_links(context: Context) -> None:
    for link in links_in_force(context):
        if link.id in context.doubtful:
            continue
        _moment(context, link)
        _policy(context, link)
        action = _action(context, link)
        if action is not None:
            _gives(context, link, action)
            _takes(context, link, action)
    _deliveries(context)
    _unused_takes(context)
    started = any(link.moment is Moment.START for link in context.campaign.links)
    if not started and not context.doubtful and not context.parts_missing:
        context.report(kinds.NO_CASE_AT_START, context.campaign.local.span)


def _moment(context: Context, link: Link) -> None:
    if link.moment in (Moment.START, Moment.COMMAND):
        if link.node:
            context.report(kinds.LINK_NODE_UNFIT, link.span, None, moment=link.moment)
        return
    if link.node == "*":
        return
    if link.moment is Moment.EXIT:
        exits = {found.id for found in context.campaign.local.exits}
        if link.node not in exits and not context.is_doubtful(link.node):
            context.report(
                kinds.UNKNOWN_EXIT, link.span, None, name=link.node, **hints(context.nearest(link.node, exits))
            )
        return
    if not require_node(context, link.node, link.span, link.node):
        return
    is_end = isinstance(context.outline.by_id[link.node].node, End)
    if is_end != (link.moment is Moment.END):
        wanted = ("an <end>", "一个 end") if link.moment is Moment.END else ("an action", "一个节点")
        found = ("an <end>", "end") if is_end else ("an action", "节点")
        values = {"wanted": wanted[0], "wanted_zh": wanted[1], "found": found[0], "found_zh": found[1]}
        context.report(kinds.LINK_NODE_KIND, link.span, None, moment=link.moment, name=link.node, **values)


def _policy(context: Context, link: Link) -> None:
    if link.fail is FailPolicy.GO_TO:
        if link.fail_action is None:
            context.report(kinds.FAIL_ACTION_MISSING, link.span)
        else:
            require_node(context, link.fail_action, link.span, None)
    elif link.fail_action is not None:
        context.report(kinds.FAIL_ACTION_UNFIT, link.span, None, fail=link.fail)
    agents_choice = link.fail in (FailPolicy.ASK, FailPolicy.PARK, FailPolicy.GO_TO)
    if agents_choice and link.mode is Mode.BACKGROUND:
        context.report(kinds.FAIL_NEEDS_WAIT, link.span, None, fail=link.fail)


def _action(context: Context, link: Link) -> ServerAction | None:
    action = context.campaign.server_action(link.action)
    pack, _, name = link.action.partition(".")
    if action is None and not (context.is_doubtful(pack) or context.is_doubtful(name)):
        known = [f"{pack}.{name}" for pack, server in context.campaign.servers.items() for name in server.actions]
        values = hints(context.nearest(link.action, known))
        context.report(kinds.UNKNOWN_SERVER_ACTION, link.span, None, name=link.action, **values)
    elif action is not None and AGENT not in action.roles:
        roles = ", ".join(action.roles)
        context.report(kinds.ROLE_CANNOT_CALL, link.span, None, action=link.action, roles=roles)
    return action


def _gives(context: Context, link: Link, action: ServerAction) -> None:
    parameters = {parameter.name: parameter for parameter in action.parameters}
    given: dict[str, Give] = {}
    strange = [give.name for give in link.gives if give.name not in parameters]
    written = {give.name for give in link.gives}
    missing = [
        each.name for each in action.parameters if each.required and each.default is None and each.name not in written
    ]
    meant = missing[0] if len(strange) == len(missing) == 1 else None
    """One that is given and unknown, one that is needed and not given: one slip."""
    for give in link.gives:
        first = given.setdefault(give.name, give)
        if first is not give:
            what = {"what": "Parameter", "what_zh": "参数", "name": give.name, "first": str(first.span)}
            context.report(DUPLICATE_ID, give.span, None, **what)
        elif give.name not in parameters and not context.is_doubtful(give.name):
            free = [name for name in parameters if name not in {each.name for each in link.gives}]
            values = hints(context.nearest(give.name, free) or meant)
            context.report(kinds.UNKNOWN_PARAMETER, give.span, None, action=link.action, name=give.name, **values)
        elif is_answers(give) and give.name in parameters and parameters[give.name].type is ValueType.JSON:
            context.report(kinds.ANSWERS_UNSAVED, give.span, None, action=link.action, name=give.name)
    near = {meant} | {context.nearest(name, parameters) for name in given if name not in parameters}
    for name in missing:
        if name not in near and not context.is_doubtful(link.id):
            context.report(kinds.MISSING_PARAMETER, link.span, None, action=link.action, name=name)


def is_answers(give: Give) -> bool:
    return isinstance(give.value.tree, Name) and give.value.tree.text == "answers"


def _takes(context: Context, link: Link, action: ServerAction) -> None:
    for take in link.takes:
        if link.mode is Mode.BACKGROUND:
            context.report(kinds.TAKE_IN_BACKGROUND, take.span, None, name=take.name)
        _path(context, link, take, action.data)


def _path(context: Context, link: Link, take: Take, shapes: Iterable[Shape]) -> None:
    for step in take.path:
        known = {shape.name: shape for shape in shapes}
        if step not in known:
            if not context.is_doubtful(step):
                values = {"path": ".".join(take.path), **hints(context.nearest(step, known))}
                context.report(kinds.UNKNOWN_REPLY_PART, take.span, None, action=link.action, **values)
            return
        shape = known[step]
        shapes = () if isinstance(shape, Value) else shape.items


def _deliveries(context: Context) -> None:
    """Each list that a server delivers is one that a link takes, and its rows have what it shows."""
    rows: dict[str, list[str]] = {}
    for name, known in context.names.items():
        source, _, value = name.rpartition(".")
        if source and known.repeats and known.repeats[-1] == source:
            rows.setdefault(source, []).append(value)
    for found in context.campaign.local.options.values():
        if found.delivered is None or found.options or found.span.file.startswith("packs/"):
            continue
        source = ".".join(found.delivered.source)
        if source in rows:
            for attribute, value in (("value", found.delivered.value), ("label", found.delivered.label)):
                if value not in rows[source]:
                    values = {"found": value, "attribute": attribute, "known": ", ".join(rows[source])}
                    near = hints(context.nearest(value, rows[source]))
                    context.report(
                        kinds.UNKNOWN_DELIVERED_VALUE, found.span, None, name=found.id, source=source, **values, **near
                    )
        elif not context.is_unclear(source):
            near = hints(context.nearest(source, rows))
            context.report(kinds.UNKNOWN_DELIVERY, found.span, None, name=found.id, source=source, **near)


def _unused_takes(context: Context) -> None:
    """Only of the campaign's own links: a pack takes for all who use it, and the agent's desk shows some of it."""
    own = [link for link in context.campaign.links if not link.span.file.startswith("packs/")]
    undelivered = any(problem.kind is kinds.UNKNOWN_DELIVERY for problem in context.problems)
    if not any(link.takes for link in own) or context.doubtful or undelivered:
        return
    read = {name for use in uses_of(context) for name in use.expression.names}
    for link in context.campaign.links:
        read.update(name for give in link.gives for name in give.value.names)
        read.update(link.when.names if link.when else ())
    for found in context.campaign.local.options.values():
        if found.delivered:
            read.add(".".join(found.delivered.source))
    wrong = {problem.span for problem in context.problems if problem.kind is kinds.UNKNOWN_REPLY_PART}
    for link in own:
        for take in link.takes:
            if take.span not in wrong and not any(
                name == take.name or name.startswith(f"{take.name}.") for name in read
            ):
                context.report(kinds.UNUSED_TAKE, take.span, None, name=take.name)
