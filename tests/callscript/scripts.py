"""Scripts for tests: small ones from a few words, and those that ship."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from callscript.problems import Problem

SHIPPED = Path(__file__).resolve().parents[2] / "scripts_bucket"


def local(body: str, *, attributes: str = 'campaign="c" language="zh"') -> bytes:
    """A local.xml; `body` begins on line 2."""
    return f'<local xmlns="urn:waihu:local:1" {attributes}>\n{body}\n</local>\n'.encode()


def server(body: str, pack: str = "c") -> bytes:
    """A server.xml; `body` begins on line 2."""
    return f'<server xmlns="urn:waihu:server:1" pack="{pack}">\n{body}\n</server>\n'.encode()


def links(body: str) -> bytes:
    return f'<links xmlns="urn:waihu:links:1">\n{body}\n</links>\n'.encode()


def codes(problems: Iterable[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def places(problems: Iterable[Problem]) -> list[tuple[str, int, int]]:
    """Code, line and column of each problem."""
    return [(problem.code, problem.span.line, problem.span.column) for problem in problems]


def shipped(campaign: str) -> dict[str, bytes]:
    """A shipped campaign's files, keyed as in a release, with every pack."""
    files = below(SHIPPED / "campaigns" / campaign, "")
    for pack in SHIPPED.iterdir():
        if pack.is_dir() and pack.name != "campaigns":
            files |= below(pack, f"packs/{pack.name}/")
    return files


def campaigns() -> list[str]:
    return sorted(folder.name for folder in (SHIPPED / "campaigns").iterdir() if (folder / "local.xml").exists())


def below(folder: Path, prefix: str) -> dict[str, bytes]:
    """A folder's scripts and translations, keyed by `prefix` and their path in it."""
    found = [path for path in folder.rglob("*") if path.suffix in {".xml", ".po"} and path.name != "calling.xml"]
    return {prefix + path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(found)}
