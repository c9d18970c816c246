from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from agent_app.pages.time_range import last
from agent_app.texts import TEXTS, best_language, text

APP = Path(__file__).parents[2] / "agent_app"


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_take_the_same_values(key: str) -> None:
    chinese, english = ({name for _, name, _, _ in Formatter().parse(words) if name} for words in TEXTS[key])
    assert chinese == english


def test_every_text_that_python_names_exists() -> None:
    source = "\n".join(path.read_text() for path in APP.rglob("*.py"))
    named = set(re.findall(r'text\(\s*\w+(?:\.\w+)*,\s*"([\w.]+)"', source)) | set(
        re.findall(r'_t\(language, "([\w.]+)"\)', source)
    )
    assert named - TEXTS.keys() == set()


def test_every_text_that_the_component_names_exists() -> None:
    source = "\n".join(path.read_text() for path in (APP / "look" / "desk").glob("*.js"))
    named = set(re.findall(r'\bt\("([\w.]+)"', source))
    known = {key.removeprefix("ask.") for key in TEXTS if key.startswith("ask.")} | {"dial"}
    assert {f"help.{name}" for name in re.findall(r'^  *\["[^"]+", "(\w+)"\]', source, re.MULTILINE)} <= TEXTS.keys()
    assert named - known == set()


def test_every_text_is_said_somewhere() -> None:
    """By its whole key, or by its last word where the rest of the key is put together."""
    sources = [
        path.read_text() for path in (*APP.rglob("*.py"), *APP.rglob("*.js")) if path.stem not in ("texts", "words")
    ]
    named = set(re.findall(r"[\"'`]([\w.]+)[\"'`]|\b(\w+):", "\n".join(sources)))
    words = {word for pair in named for word in pair}
    put_together = {f"_{end}" for source in sources for end in re.findall(r"\}_(\w+)`", source)}
    told_by_servers = {key for key in TEXTS if key.startswith(("reason.", "kind.", "detail."))}
    silent = {
        key
        for key in TEXTS.keys() - told_by_servers
        if not {key, key.rpartition(".")[2]} & words and not key.endswith(tuple(put_together))
    }
    assert silent == set()


@pytest.mark.parametrize(
    ("accepted", "language"), [("en-GB,zh;q=0.5", "en"), ("zh-CN", "zh"), ("fr", "zh"), ("", "zh")]
)
def test_the_browsers_language_is_taken_where_we_have_it(accepted: str, language: str) -> None:
    assert best_language(accepted, "zh") == language


@pytest.mark.parametrize(
    ("hours", "chinese", "english"),
    [(1, "最近 1 小时", "Last hour"), (4, "最近 4 小时", "Last 4 hours"), (24, "最近 24 小时", "Last 24 hours"),
     (72, "最近 3 天", "Last 3 days")],
)  # fmt: skip
def test_a_stretch_of_time_is_called_as_people_call_it(hours: int, chinese: str, english: str) -> None:
    assert (last("zh", hours), last("en", hours)) == (chinese, english)


def test_an_unknown_language_reads_english() -> None:
    assert text("fr", "ask.next") == TEXTS["ask.next"][1]
