"""Reader of `links.xml`: a pack's defaults, or a campaign's own links and overrides."""

from __future__ import annotations

from callscript.model.links import FailPolicy, Give, Link, Links, Mode, Moment, Take
from callscript.parser import kinds
from callscript.parser.document import Element
from callscript.parser.reading import Reading

_WAITED_FOR = frozenset({Moment.START, Moment.ENTER, Moment.COMMAND})


def read_links_element(reading: Reading, root: Element) -> Links:
    """Every link of the file. One that is switched off, or lacks `on` or `action`, has an empty `action`."""
    links: dict[str, Link] = {}
    for element in root.children:
        link = _link(reading, element)
        if link.id in links:
            values = {"what": "Link", "what_zh": "链接", "name": link.id, "first": str(links[link.id].span)}
            reading.findings.at(kinds.DUPLICATE_ID, element, "id", **values)
        else:
            links[link.id] = link
    return Links(reading.span(root), tuple(links.values()))


def _link(reading: Reading, element: Element) -> Link:
    written = element.attributes
    moment = Moment(written.get("on", Moment.COMMAND))
    mode = Mode(written.get("mode", Mode.WAIT if moment in _WAITED_FOR else Mode.BACKGROUND))
    off = reading.yes(element, "off")
    if not off:
        _require_whole(reading, element)
    everywhere = "" if moment in (Moment.START, Moment.COMMAND) else "*"
    return Link(
        span=reading.span(element),
        id=written["id"],
        moment=moment,
        node=written.get("node", everywhere),
        action="" if off else written.get("action", ""),
        mode=mode,
        gives=tuple(_give(reading, child) for child in element.children if child.tag == "give"),
        takes=tuple(_take(reading, child) for child in element.children if child.tag == "take"),
        when=reading.expression(element, "when"),
        fail=_policy(written, mode),
        fail_action=written.get("fail-action"),
    )


def _require_whole(reading: Reading, element: Element) -> None:
    if element.attributes["id"] in reading.findings.doubtful:
        return
    for attribute in ("on", "action"):
        if attribute not in element.attributes:
            reading.findings.at(kinds.MISSING_ATTRIBUTE, element, tag="call", attribute=attribute)
            reading.findings.doubtful.add(element.attributes["id"])


def _policy(written: dict[str, str], mode: Mode) -> FailPolicy:
    if "fail" in written:
        return FailPolicy(written["fail"])
    if "fail-action" in written:
        return FailPolicy.GO_TO
    return FailPolicy.ASK if mode is Mode.WAIT else FailPolicy.RETRY


def _give(reading: Reading, element: Element) -> Give:
    return Give(reading.span(element), element.attributes["name"], reading.needed(element, "value"))


def _take(reading: Reading, element: Element) -> Take:
    path = element.attributes.get("path", "")
    return Take(reading.span(element), element.attributes["name"], tuple(path.split(".")) if path else ())
