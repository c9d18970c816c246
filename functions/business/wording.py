"""The script's own messages, as they go out with a refusal: in its language and in those it was translated to."""

from __future__ import annotations

from collections.abc import Mapping

from callscript.model.expression import Text

_HAN = ("\u3400", "\u9fff")


def words(message: Text | None) -> Mapping[str, str] | None:
    """The message by language; None where the script has none.

    Only texts without `${…}` are told: what a customer said has no place in an error. A server script does not say its
    language: it is Chinese if it is written so, else English.
    """
    if message is None or any(not isinstance(part, str) for part in message.parts):
        return None
    return {"zh" if any(_HAN[0] <= letter <= _HAN[1] for letter in message.source) else "en": message.source}
