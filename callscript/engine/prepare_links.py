"""Links made ready: by moment and node, with the parameters of their server actions typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callscript.engine.prepare_nodes import condition
from callscript.engine.program import PreparedGive, PreparedLink
from callscript.expressions.fields import compile_field
from callscript.expressions.scope import Names
from callscript.model.campaign import Campaign
from callscript.model.expression import Name
from callscript.model.links import Give, Link, Moment
from callscript.model.server import ActionClass, ServerAction
from callscript.model.values import ValueType

EVERY = "*"


@dataclass(frozen=True, slots=True)
class PreparedLinks:
    links: Mapping[str, PreparedLink]
    called: Mapping[tuple[str, str], tuple[str, ...]]
    everywhere: Mapping[str, tuple[str, ...]]
    saving: tuple[str, ...]


def prepare_links(campaign: Campaign, names: Names) -> PreparedLinks:
    """The links in force, in document order; a link of one node is called among those of every node."""
    links = {link.id: _link(campaign, link, names) for link in campaign.links if link.action}
    everywhere: dict[str, list[str]] = {}
    nodes: dict[str, dict[str, None]] = {}
    for link in links.values():
        if link.node in {EVERY, ""}:
            everywhere.setdefault(link.moment, []).append(link.id)
        else:
            nodes.setdefault(link.moment, {})[link.node] = None
    called = {
        (moment, node): tuple(
            link.id for link in links.values() if link.moment == moment and link.node in {EVERY, node}
        )
        for moment, named in nodes.items()
        for node in named
    }
    saving = tuple(dict.fromkeys(link.pack for link in links.values() if link.saves))
    return PreparedLinks(links, called, {moment: tuple(ids) for moment, ids in everywhere.items()}, saving)


def _link(campaign: Campaign, link: Link, names: Names) -> PreparedLink:
    action = campaign.server_action(link.action)
    gives = tuple(_give(give, action, names) for give in link.gives)
    return PreparedLink(
        id=link.id,
        moment=link.moment,
        node=link.node or (EVERY if link.moment is Moment.START else ""),
        action=link.action,
        pack=link.action.partition(".")[0],
        mode=link.mode,
        gives=gives,
        takes=tuple((take.name, take.path) for take in link.takes),
        when=condition(link.when),
        fail=link.fail,
        fail_action=link.fail_action or "",
        saves=any(give.answers for give in gives),
        slow=action is not None and action.action_class is ActionClass.SLOW,
    )


def _give(give: Give, action: ServerAction | None, names: Names) -> PreparedGive:
    tree = give.value.tree
    name = tree.text if isinstance(tree, Name) else ""
    if name in {"answers", "paradata"}:
        return PreparedGive(give.name, name == "answers", name == "paradata", None, None)
    kinds = {parameter.name: parameter.type for parameter in action.parameters} if action else {}
    kind = kinds.get(give.name)
    if kind is None:
        known = names.get(name)
        kind = known.type if known else ValueType.JSON
    return PreparedGive(give.name, answers=False, paradata=False, type=kind, worth=compile_field(give.value, kind))
