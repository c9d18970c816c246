"""The examples of the documentation, run.

A fenced block says what it is: `xml complete teahouse/local.xml` is a file of campaign `teahouse` (all files of one
campaign are checked together, with the shipped packs); `xml in-local` stands inside a `<local>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from callscript.checker import check_files, check_routing
from callscript.problems import Problem

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^```(?P<info>(?:xml|po) [^\n]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#)([^)#\s]+)[^)]*\)")

AROUND = """<local xmlns="urn:waihu:local:1" campaign="example" language="en" uses="outbound">
{example}
{end}</local>"""


@dataclass(frozen=True)
class Example:
    """`place` is file:line of its first line; `name` the file that it is, empty for a part of a `<local>`."""

    place: str
    name: str
    body: str


def examples() -> Iterator[Example]:
    for page in (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))):
        text = page.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            _, _, rest = found["info"].partition(" ")
            line = text[: found.start("body")].count("\n") + 1
            name = "" if rest == "in-local" else rest.rpartition(" ")[2]
            yield Example(f"{page.relative_to(ROOT)}:{line}", name, found["body"])


EXAMPLES = tuple(examples())
PARTS = [example for example in EXAMPLES if not example.name]
ROUTINGS = [example for example in EXAMPLES if example.name == "routing.xml"]
CAMPAIGNS: Mapping[str, list[Example]] = {
    campaign: [example for example in EXAMPLES if example.name.partition("/")[0] == campaign]
    for campaign in dict.fromkeys(example.name.partition("/")[0] for example in EXAMPLES if "/" in example.name)
}


def packs() -> dict[str, bytes]:
    folder = ROOT / "scripts_bucket" / "outbound"
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {f"packs/outbound/{file.relative_to(folder).as_posix()}": file.read_bytes() for file in files}


def errors(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem) for problem in problems if problem.is_error]


def test_there_are_examples() -> None:
    assert len(PARTS) >= 5
    assert set(CAMPAIGNS) >= {"teahouse", "clinic"}


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_a_whole_campaign_checks_clean(campaign: str) -> None:
    files = {example.name.partition("/")[2]: example.body.encode() for example in CAMPAIGNS[campaign]}
    checked = check_files(packs() | files)
    assert errors(checked.problems) == []
    assert checked.campaign is not None


@pytest.mark.parametrize("example", PARTS, ids=lambda example: example.place)
def test_a_part_checks_clean_where_it_belongs(example: Example) -> None:
    end = "" if "<end" in example.body else '<end id="example_end" outcome="1.1"/>\n'
    text = AROUND.format(example=example.body, end=end)
    checked = check_files({**packs(), "local.xml": text.encode()})
    assert errors(checked.problems) == []


@pytest.mark.parametrize("example", ROUTINGS, ids=lambda example: example.place)
def test_a_routing_checks_clean(example: Example) -> None:
    assert errors(check_routing(example.body.encode()).problems) == []


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    missing = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in pages
        if page.is_file()
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert missing == []
