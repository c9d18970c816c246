"""Runs a pack's server actions against a fresh database: compiled as for the business function, under row security."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from admin.folders import CHECKOUT_SCRIPTS
from callscript.parser import read_server
from callscript.sql import Bindings, CompiledAction, compile_action
from database.connection import Connection, Query
from tests.harness.acting import Session


def pack(name: str) -> dict[str, CompiledAction]:
    """The compiled actions of a pack that ships."""
    server = read_server((CHECKOUT_SCRIPTS / name / "server.xml").read_bytes(), "server.xml").usable
    return {action: compile_action(found) for action, found in server.actions.items()}


@dataclass
class Acting:
    """Runs actions of one pack; gives the rows of each statement."""

    actions: dict[str, CompiledAction]
    business: Connection

    def __call__(self, who: Session, action: str, **parameters: Any) -> dict[str, list[dict[str, Any]]]:
        compiled = self.actions[action]
        given = {parameter.name: None for parameter in compiled.action.parameters} | parameters
        session = {"agent": who.agent, "campaign": who.campaigns[0]}
        rendered = [(each.name, each.render(Bindings(given, session))) for each in compiled.statements]
        queries = [Query(each.sql, each.values, name) for name, each in rendered]
        interview = given.get("interview")
        results = who.act(self.business, *queries, interview=uuid.UUID(str(interview)) if interview else None)
        return {name: result.dicts() for (name, _), result in zip(rendered, results, strict=True)}
