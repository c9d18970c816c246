"""Which texts of a campaign, or of a pack, one translators' file holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from admin import folders
from admin.errors import NotFound
from admin.language import say
from callscript.model.expression import Text
from callscript.parser import load_campaign, read_blocks, read_server
from callscript.problems import Problem, in_order
from callscript.translations import read_catalogue, texts_of
from callscript.translations.texts import texts_of_nodes, texts_of_server


@dataclass(frozen=True, slots=True)
class Wording:
    """`texts` are to be translated here; `elsewhere` are those of packs, which the file may translate, too."""

    name: str
    folder: Path
    language: str
    """In which they are written."""
    texts: Mapping[str, Text]
    elsewhere: Mapping[str, Text]
    problems: tuple[Problem, ...]
    """Why the texts cannot be read."""
    sources: Mapping[str, Path]


def wording_of(name: str, scripts: Path | None) -> Wording:
    """The texts of campaign or pack `name`.

    Raises:
        NotFound: there is neither.
    """
    root = folders.scripts_root(scripts)
    if (root / name / "blocks.xml").is_file() or (root / name / "server.xml").is_file():
        return _of_pack(name, root / name)
    return _of_campaign(name, root)


def _of_campaign(name: str, root: Path) -> Wording:
    collected = folders.collect(folders.find_campaign(name, root), root)
    loaded = load_campaign(collected.files)
    folder = collected.sources["local.xml"].parent
    draft = loaded.draft
    errors = tuple(each for each in loaded.problems if each.is_error and not each.span.file.endswith(".po"))
    if draft is None or errors:
        return Wording(collected.campaign, folder, "", {}, {}, errors, collected.sources)
    texts = {key: text for key, text in texts_of(draft).items() if _has_letters(text)}
    own = {key: text for key, text in texts.items() if not text.span.file.startswith("packs/")}
    others = {key: text for key, text in texts.items() if key not in own}
    return Wording(collected.campaign, folder, draft.local.language, own, others, (), collected.sources)


def _of_pack(name: str, folder: Path) -> Wording:
    texts: dict[str, Text] = {}
    problems: list[Problem] = []
    sources: dict[str, Path] = {}
    language = ""
    blocks, server = folder / "blocks.xml", folder / "server.xml"
    if blocks.is_file():
        sources["blocks.xml"] = blocks
        read = read_blocks(blocks.read_bytes(), "blocks.xml")
        problems += [each for each in read.problems if each.is_error]
        for block in read.document.blocks.values() if read.document else ():
            _add(texts, (option.label for found in block.options.values() for option in found.options))
            _add(texts, texts_of_nodes(block.nodes))
            _add(texts, (found.label for found in block.exits))
        language = read.document.language if read.document else ""
    if server.is_file():
        sources["server.xml"] = server
        read_one = read_server(server.read_bytes(), "server.xml")
        problems += [each for each in read_one.problems if each.is_error]
        _add(texts, texts_of_server(read_one.document) if read_one.document else iter(()))
    return Wording(name, folder, language, texts, {}, in_order(problems), sources)


def _add(texts: dict[str, Text], found: Iterator[Text]) -> None:
    for text in found:
        if _has_letters(text):
            texts.setdefault(text.key, text)


def _has_letters(text: Text) -> bool:
    """As the checker has it: a text without a letter needs no translation."""
    return any(letter.isalpha() for letter in text.source)


def file_for(wording: Wording, language: str) -> Path:
    """Its translators' file.

    Raises:
        NotFound: that is the language in which the texts are written.
    """
    if language == wording.language:
        raise NotFound(
            say(f"{wording.name} is written in {language} itself.", f"{wording.name} 本来就是用 {language} 写的。"),
            say(
                f"Name the language to translate into: `waihu translate {wording.name} {_another(language)}`. "
                'The language of the script itself is language="…" in the first lines of local.xml.',
                f"请给出要译成的语言：waihu translate {wording.name} {_another(language)}。"
                '脚本本身的语言是 local.xml 开头的 language="…"。',
            ),
        )
    return wording.folder / "translations" / f"{language}.po"


def packs_lacking(wording: Wording, language: str, scripts: Path | None, data: bytes | None) -> dict[str, int]:
    """Packs whose texts in this campaign are translated neither by them nor by the campaign's file `data`."""
    root = folders.scripts_root(scripts)
    done = set(read_catalogue(data, "").entries) if data else set()
    lacking: dict[str, int] = {}
    known: dict[str, set[str]] = {}
    written: dict[str, str] = {}
    for key, text in wording.elsewhere.items():
        pack = text.span.file.split("/")[1]
        if pack not in known:
            written[pack] = _of_pack(pack, root / pack).language
            file = root / pack / "translations" / f"{language}.po"
            known[pack] = set(read_catalogue(file.read_bytes(), "").entries) if file.is_file() else set()
        own = _language_of_message(text) if key.startswith("server/") else written[pack]
        if key not in done and key not in known[pack] and own != language:
            lacking[pack] = lacking.get(pack, 0) + 1
    return lacking


def _language_of_message(text: Text) -> str:
    """A server's message names no language: one with a Chinese character is Chinese, as the server itself has it."""
    return "zh" if any("一" <= letter <= "鿿" for letter in text.source) else "en"


def _another(language: str) -> str:
    return "zh" if language == "en" else "en"
