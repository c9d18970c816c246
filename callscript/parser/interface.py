"""`interface.xml`: a pack's server.xml without its SQL, which is all that agents' apps need to know of it."""

from __future__ import annotations

from callscript.parser.document import Chunk, Element, read_document
from callscript.parser.grammar import SERVER

_HIDDEN_ATTRIBUTES = frozenset({"constraint"})
_SHOWN_ELEMENTS = frozenset({"action", "param", "fail", "on-error", "data", "value", "record", "list"})
"""All others go: an element that a later version adds is hidden until someone says that it may be seen."""


def interface_of(server: bytes) -> bytes:
    """The same document without statements; parameters, codes, messages and the reply's shape stay.

    Raises:
        ScriptError: if `server` is not well-formed.
    """
    _, root = read_document(server, "server.xml")
    root.attributes["interface"] = "yes"
    pieces: list[str] = []
    _write(root, pieces, f' xmlns="{SERVER.namespace}"')
    return ("".join(pieces) + "\n").encode()


def _write(element: Element, pieces: list[str], namespace: str = "") -> None:
    pieces.append(f"<{element.tag}{namespace}")
    pieces.extend(
        f' {name}="{_escaped(value)}"' for name, value in element.attributes.items() if name not in _HIDDEN_ATTRIBUTES
    )
    if not element.content:
        pieces.append("/>")
        return
    pieces.append(">")
    for part in element.content:
        if isinstance(part, Chunk):
            pieces.append(_escaped(part.text))
        elif part.tag in _SHOWN_ELEMENTS:
            _write(part, pieces)
    pieces.append(f"</{element.tag}>")


_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\r": "&#13;"})


def _escaped(text: str) -> str:
    """Not `xml.sax.saxutils`, whose import costs a cold function 40 ms."""
    return text.translate(_ENTITIES)
