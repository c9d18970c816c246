"""From folders of scripts on disk to a release's files, and where each of these files came from.

`scripts_bucket/campaigns/<campaign>/…` is a campaign, `scripts_bucket/<pack>/…` a pack. In a release a campaign's own
files keep their paths and a pack's lie under `packs/<pack>/` (docs/admin.md shows the layout).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from admin.errors import NotFound
from admin.language import say

CHECKOUT_SCRIPTS = Path(__file__).resolve().parent.parent / "scripts_bucket"
_DOCUMENTS = ("local.xml", "links.xml", "server.xml", "blocks.xml")
# Read by pattern, not by parser: which packs a script uses must be known even where it is not well-formed.
_USES = re.compile(rb"<local\b[^>]*?\buses\s*=\s*[\"']([^\"']*)[\"']")


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one campaign and its packs, before any check."""

    campaign: str
    root: Path
    files: dict[str, bytes]
    sources: dict[str, Path]
    """Path in the release -> file on disk."""


def scripts_root(given: Path | None) -> Path:
    """Where scripts are: `given`, else `scripts_bucket/` here or above, else that of the checkout."""
    if given is not None:
        return given
    here = Path.cwd()
    for place in (here, *here.parents):
        if (place / "scripts_bucket" / "campaigns").is_dir():
            return place / "scripts_bucket"
    return CHECKOUT_SCRIPTS


def find_campaign(name: str, root: Path) -> Path:
    """The folder of campaign `name`, which may also be a path to the folder or to its `local.xml`.

    Raises:
        NotFound: there is none; the text lists those that are there.
    """
    for place in (Path(name), Path(name).parent, root / "campaigns" / name):
        if (place / "local.xml").is_file() and (place == Path(name) or place.name == name or Path(name).suffix):
            return place.resolve()
    known = campaigns(root)
    raise NotFound(
        say(f"There is no campaign “{name}” in {root / 'campaigns'}.", f"{root / 'campaigns'} 里没有项目“{name}”。"),
        say(f"There is: {', '.join(known) or 'none'}.", f"现有：{'、'.join(known) or '无'}。")
        + " "
        + say("`waihu new NAME` makes one.", "waihu new 名称 可以新建。"),
    )


def campaigns(root: Path) -> list[str]:
    """Names of the campaigns under `root`."""
    return sorted(file.parent.name for file in (root / "campaigns").glob("*/local.xml"))


def collect(folder: Path, root: Path) -> Folder:
    """Everything that a release of the campaign in `folder` holds, but for what is made from that (interfaces)."""
    sources = _documents(folder, "")
    for pack in packs_used(sources["local.xml"].read_bytes()):
        if (root / pack).is_dir():
            sources |= _documents(root / pack, f"packs/{pack}/")
    files = {path: file.read_bytes() for path, file in sorted(sources.items())}
    return Folder(folder.name, root, files, sources)


def packs_used(local: bytes) -> list[str]:
    """Names of the packs that a `local.xml` says it uses."""
    packs = _USES.search(local)
    names = packs[1].decode(errors="replace").split() if packs else ()
    return [name for name in names if re.fullmatch(r"[a-z][a-z0-9_]*", name)]


def _documents(folder: Path, prefix: str) -> dict[str, Path]:
    found = {name: folder / name for name in _DOCUMENTS if (folder / name).is_file()}
    found |= {f"translations/{file.name}": file for file in sorted((folder / "translations").glob("*.po"))}
    return {prefix + name: file for name, file in found.items()}
