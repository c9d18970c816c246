"""The picture of a flow: every node, every way, lanes that never lie on one another."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from callscript.parser import load_campaign
from callscript.pictures import flow_picture
from callscript.pictures.boxes import Box, Kind, Way, boxes_of
from callscript.pictures.lanes import lanes_of
from callscript.pictures.svg import _columns, _cut
from tests.callscript.scripts import campaigns, shipped

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
SVG = "{http://www.w3.org/2000/svg}"


def box(name: str, *targets: str, goes_on: bool = True) -> Box:
    return Box(name, Kind.ACTION, "", 0, "", (), tuple(Way(target, "") for target in targets), (), goes_on)


@pytest.mark.parametrize("name", campaigns())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_node_of_a_shipped_campaign_is_a_group_with_its_id(name: str, language: str) -> None:
    campaign = load_campaign(shipped(name)).usable
    drawn = ET.fromstring(flow_picture(campaign, language))  # noqa: S314 - our own

    assert [g.get("id") for g in drawn.iter(f"{SVG}g")] == [box.id for box in boxes_of(campaign, language)]


def test_a_text_is_shown_in_the_language_asked_for() -> None:
    campaign = load_campaign(shipped("csat")).usable

    assert "征得同意" in flow_picture(campaign)
    assert "Consent" in flow_picture(campaign, "en")


def test_lanes_of_one_side_that_overlap_have_tracks_of_their_own() -> None:
    boxes = [box("a", "d", "c"), box("b", "e", "a"), box("c", "a"), box("d", "b"), box("e")]
    lanes = lanes_of(boxes)

    for one, other in combinations(lanes, 2):
        overlap = one.first <= other.last and other.first <= one.last
        assert not (one.backward == other.backward and overlap and one.track == other.track)
    assert {(lane.target, lane.backward) for lane in lanes} == {
        (3, False),
        (2, False),
        (4, False),
        (0, True),
        (1, True),
    }


def test_sources_of_one_target_share_its_lane() -> None:
    lanes = lanes_of([box("a", "c"), box("b", "c"), box("c")])

    assert [lane.sources for lane in lanes] == [((0, 0), (1, 0))]


def test_a_way_to_nowhere_draws_nothing() -> None:
    assert lanes_of([box("a", "nowhere")]) == ()


@pytest.mark.parametrize(("text", "shown"), [("abc", "abc"), ("abcdef", "abcd…"), ("满意度调查", "满意…")])
def test_long_words_are_cut_by_the_room_they_take(text: str, shown: str) -> None:
    assert _cut(text, 5) == shown
    assert _columns(shown) <= 5


@pytest.mark.parametrize("name", campaigns())
def test_the_picture_in_the_documentation_is_of_the_script_that_ships(name: str) -> None:
    """If not: `python -m admin graph NAME --texts en --output docs/pictures/flow-NAME.svg`, and look at it."""
    assert (PICTURES / f"flow-{name}.svg").read_text("utf-8") == flow_picture(load_campaign(shipped(name)).usable, "en")


def test_wide_letters_take_more_room_than_narrow_ones() -> None:
    assert _columns("ill") < _columns("abc") < _columns("www") < _columns("满意度")
