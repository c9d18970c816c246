"""The script's own messages, as they go out with a refusal."""

from __future__ import annotations

from collections.abc import Mapping

from callscript.model.expression import Text


def words(message: Text | None) -> Mapping[str, str] | None:
    """The message by language; None where the script has none.

    Only texts without `${…}` are told: what a customer said has no place in an error.
    """
    if message is None or any(not isinstance(part, str) for part in message.parts):
        return None
    return {"zh": message.source}
