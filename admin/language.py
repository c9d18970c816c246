"""The language in which the command speaks: English or Chinese, by `--language`, else by the terminal's locale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

LANGUAGES = ("en", "zh")
_chosen = "en"
_noted: dict[str, tuple[str, str]] | None = None


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Fixes the language for this process and returns it; the first that says anything wins."""
    wishes = (_option(arguments), *(environment.get(name, "") for name in _VARIABLES))
    wish = next((wish for wish in wishes if wish), "en")
    return use("zh" if wish.lower().startswith("zh") else "en")


def use(language: str) -> str:
    """Speaks `language` from now on."""
    global _chosen  # noqa: PLW0603 - one terminal has one language
    _chosen = language if language in LANGUAGES else "en"
    return _chosen


def current() -> str:
    return _chosen


def say(en: str, zh: str) -> str:
    """Whichever of the two texts is in the chosen language."""
    said = zh if _chosen == "zh" else en
    if _noted is not None:
        _noted[said] = (en, zh)
    return said


@contextmanager
def noted() -> Iterator[Mapping[str, tuple[str, str]]]:
    """What is said meanwhile -> both its texts: an error has its words when it is raised, to be told twice."""
    global _noted  # noqa: PLW0603 - as the language itself
    _noted = {}
    try:
        yield _noted
    finally:
        _noted = None


_VARIABLES = ("WAIHU_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def _option(arguments: Sequence[str]) -> str:
    for position, argument in enumerate(arguments):
        if argument.startswith("--language="):
            return argument.partition("=")[2]
        if argument == "--language" and position + 1 < len(arguments):
            return arguments[position + 1]
    return ""
