"""From the model to a program: everything that can be worked out once is worked out here, before any interview."""

from __future__ import annotations

from callscript.engine.names import ONLY_GIVEN, names_of
from callscript.engine.prepare_links import prepare_links
from callscript.engine.prepare_nodes import NodeBuilder
from callscript.engine.prepare_texts import Wording
from callscript.engine.program import ActionStep, PreparedExit, PreparedStep, Program, Texts
from callscript.engine.readers import readers_of
from callscript.engine.steps import ExitView, Visit
from callscript.garbage import uncollected
from callscript.model.campaign import Campaign


def prepare(campaign: Campaign) -> Program:
    """The program that `begin` and `advance` run; costs milliseconds, so keep it for all interviews of a release.

    The campaign should have been checked: what a check would have refused (a `next` to nowhere, say) is left out here.
    """
    with uncollected():
        return _program(campaign)


def _program(campaign: Campaign) -> Program:
    names = names_of(campaign)
    wording = Wording(campaign, names)
    built = NodeBuilder(campaign, names, wording).build()
    links = prepare_links(campaign, {**names, **ONLY_GIVEN})
    exits = {exit_.id: exit_ for exit_ in campaign.local.exits if exit_.action in built.by_id}
    exit_texts = tuple((exit_.id, exit_.key, wording.texts(exit_.label)) for exit_ in exits.values())
    plain = all(wording.is_plain(exit_.label) for exit_ in exits.values())
    return Program(
        campaign=campaign.id,
        language=campaign.local.language,
        languages=campaign.languages,
        nodes=built.nodes,
        roots=built.roots,
        by_id=built.by_id,
        owners=built.owners,
        readers=readers_of(campaign, built.by_id),
        lists=built.lists,
        rounds_of=built.rounds_of,
        links=links.links,
        called=links.called,
        everywhere=links.everywhere,
        saving=links.saving,
        exits={exit_.id: PreparedExit(exit_.id, exit_.action) for exit_ in exits.values()},
        exit_texts=exit_texts,
        exit_views={language: _views(exit_texts, language) for language in campaign.languages} if plain else {},
        plain_visits={language: _plain_visits(built.nodes, language) for language in campaign.languages},
        names=names,
    )


def _plain_visits(nodes: tuple[PreparedStep, ...], language: str) -> dict[str, Visit]:
    """Nodes outside repeats whose titles are the same in every interview: written once."""
    found = {}
    for step in nodes:
        if isinstance(step, ActionStep) and not step.repeats and step.plain_title:
            title = step.title[language](_NO_SCOPE) if step.title else ""
            found[step.id] = Visit(place=step.id, title=title or step.id)
    return found


def _views(exit_texts: tuple[tuple[str, str, Texts], ...], language: str) -> tuple[ExitView, ...]:
    """Labels without piped values are the same in every interview: written once."""
    return tuple(ExitView(id=name, key=key, label=label[language](_NO_SCOPE)) for name, key, label in exit_texts)


class _NoScope:
    now_ms = 0
    timezone = "UTC"
    language = ""
    position = 0

    def value(self, name: str) -> str:  # noqa: ARG002 - a scope in which nothing has an answer
        return ""

    def rounds(self, name: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def special(self, name: str) -> str:  # noqa: ARG002
        return ""

    def option_label(self, name: str, value: str) -> str:  # noqa: ARG002
        return value


_NO_SCOPE = _NoScope()
