"""Whether this cell does its work: asked by whoever watches the cells, by calling the function itself.

No route of the API leads here: an event of the API has no such member.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from database.connection import Query
from database.failures import DatabaseTrouble, NoneFree
from functions.business.connections import Connections

ASK = "ask"
PULSE = "pulse"
_QUERY = Query("SELECT 1", (), "pulse")


def is_asked(event: Mapping[str, Any]) -> bool:
    return event.get(ASK) == PULSE


def pulse(connections: Connections) -> dict[str, bool | None]:
    """`{"alive": true}` where a statement went to the database and came back, by the way that actions go.

    None where no connection was free: who is busy is not away. A connection that was kept may have ended unseen: then
    it is asked once more by a new one.
    """
    kept = False
    for _ in range(2):
        try:
            connection, kept = connections.get()
            connection.run_pipeline([_QUERY])
        except NoneFree:
            return {"alive": None}
        except DatabaseTrouble:
            connections.discard()
            if kept:
                continue
            break
        return {"alive": True}
    return {"alive": False}
