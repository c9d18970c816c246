"""What each column means, from the scripts of every release that interviews were held with.

Columns stand in the order of the script. Releases may differ: the newest order rules, and a field that only an older
release had stands after the field that preceded it there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callscript.model.campaign import Campaign
from callscript.model.expression import Text
from callscript.model.local import Action, Compute, Field, Matrix, Node, OptionList, Repeat, Say, Shuffle
from datasets.variables import Category, Codebook, Kind, Question


def codebook_of(
    campaign: str, releases: Mapping[str, Campaign], language: str = "", unreadable: Sequence[str] = ()
) -> Codebook:
    """The codebook over `releases` (id -> scripts, the newest first).

    Args:
        language: of the labels; the scripts' own where it is empty or a text is not translated.
    """
    found: dict[str, Question] = {}
    orders = []
    for release in releases.values():
        questions = {question.field: question for question in _Reader(release, language).questions()}
        orders.append(list(questions))
        for field, question in questions.items():
            found[field] = found[field].with_older(question) if field in found else question
    newest = next(iter(releases.values()), None)
    title = _Reader(newest, language).words(newest.local.title) if newest else ""
    used = language or (newest.local.language if newest else "")
    ordered = tuple(found[field] for field in merge_orders(orders))
    others = {field: name for scripts in reversed([*releases.values()]) for field, name in _others(scripts)}
    return Codebook(campaign, title or campaign, used, ordered, tuple(releases), others, tuple(unreadable))


def merge_orders(orders: Sequence[Sequence[str]]) -> list[str]:
    """One order of all names: the first order's, and what only later ones have after what preceded it there.

    >>> merge_orders([["a", "c"], ["a", "b", "c", "d"]])
    ['a', 'b', 'c', 'd']
    """
    merged: list[str] = []
    for order in orders:
        place = 0
        for name in order:
            if name in merged:
                place = merged.index(name) + 1
            else:
                merged.insert(place, name)
                place += 1
    return merged


def _others(campaign: Campaign) -> Iterator[tuple[str, str]]:
    for field in _fields(campaign.local.nodes):
        options = campaign.local.options.get(field.options or "")
        for option in options.options if options else ():
            if option.other:
                yield option.other, field.name


def _fields(nodes: Iterable[Node]) -> Iterator[Field]:
    for node in nodes:
        if isinstance(node, Repeat | Shuffle):
            yield from _fields(node.nodes)
        elif isinstance(node, Action):
            for item in node.items:
                if isinstance(item, Field):
                    yield item
                elif isinstance(item, Matrix):
                    yield from item.rows


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one release in one language."""

    campaign: Campaign
    language: str

    def questions(self) -> Iterator[Question]:
        """Every field and computed value, in document order."""
        yield from self._of_nodes(self.campaign.local.nodes)

    def words(self, text: Text | None) -> str:
        """A text in the language of the labels, its piped values as they are written (`${name}`)."""
        if text is None:
            return ""
        translation = self.campaign.translations.get(self.language)
        found = translation.texts.get(text.key) if translation else None
        return " ".join((found or text).source.split())

    def _of_nodes(self, nodes: Iterable[Node]) -> Iterator[Question]:
        for node in nodes:
            if isinstance(node, Action):
                yield from self._of_action(node)
            elif isinstance(node, Repeat | Shuffle):
                yield from self._of_nodes(node.nodes)

    def _of_action(self, action: Action) -> Iterator[Question]:
        asked = " ".join(self.words(item.text) for item in action.items if isinstance(item, Say))
        for item in action.items:
            match item:
                case Field():
                    yield from self._of_field(item, self.words(item.label), asked, action.id)
                case Matrix():
                    above = self.words(item.label)
                    for row in item.rows:
                        label = " – ".join(part for part in (above, self.words(row.label)) if part)
                        yield from self._of_field(row, label, asked, action.id)
                case Compute():
                    yield Question(item.name, item.type, node=action.id, computed=True)

    def _of_field(self, field: Field, label: str, asked: str, node: str) -> Iterator[Question]:
        options = self.campaign.local.options.get(field.options or "")
        categories = tuple(self._categories(options)) if options and not options.delivered else ()
        # What the server delivered is not in the script: its values stand as they are.
        delivered = options is not None and options.delivered is not None
        kind = Kind.TEXT if delivered and field.type is Kind.CHOICE else field.type
        specials = tuple(special.value for special in field.specials)
        yield Question(field.name, kind, label or asked, asked, node, categories, specials)

    def _categories(self, options: OptionList) -> Iterator[Category]:
        for option in options.options:
            yield Category(option.value, self.words(option.label))
