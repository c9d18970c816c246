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


def led_to(page: Path) -> list[Path]:
    """What `page` links to in this checkout."""
    return [(page.parent / target).resolve() for target in LINK.findall(page.read_text(encoding="utf-8"))]


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    missing = [
        f"{page.relative_to(ROOT)} → {target}" for page in pages for target in led_to(page) if not target.exists()
    ]
    assert missing == []


def test_every_page_and_picture_is_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting += led_to(page) if page.suffix == ".md" and page.is_file() else []
    written = {*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/pictures/*")}
    assert sorted(str(page.relative_to(ROOT)) for page in written - reached) == []


def test_the_index_of_decisions_has_each_one_under_its_own_title() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    records = sorted(folder.glob("[0-9]*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    lines = [line for line in index.splitlines() if line.startswith("| [")]
    assert [line.split("|")[1].strip() for line in lines] == [f"[{each.name[:4]}]({each.name})" for each in records]
    titles = [
        each.read_text(encoding="utf-8").partition("\n")[0].removeprefix(f"# {each.name[:4]} ") for each in records
    ]
    assert [line.split("|")[2].strip() for line in lines] == titles
