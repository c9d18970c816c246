"""Scripts whose bytes atheris chooses, by the code of ours that they reach.

Nothing of ours may be imported before atheris instruments it.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callscript.parser.grammar import Grammar


def guided(runs: int, seconds: int, most_ms: float) -> None:
    """Each input is the whole of a local.xml beside the pack that ships.

    A crash keeps its input and ends the run; a slow one is kept and told.
    """
    atheris = importlib.import_module("atheris")

    with atheris.instrument_imports(include=["callscript"]):
        from callscript.checker import check_files
        from callscript.expressions.functions import DATES, NUMBERS, TEXTS, TRUTHS
        from callscript.parser.grammar import LOCAL
        from tests.callscript.checker.test_sound import EVERYTHING
        from tests.callscript.scripts import local, shipped
    files, everything = shipped("reminder"), local(EVERYTHING)

    def one(data: bytes) -> None:
        begun = time.process_time()
        for problem in check_files({**files, "local.xml": data}).problems:
            assert problem.what("zh")
            assert problem.code != "schema-disagrees"
        took = (time.process_time() - begun) * 1000
        if took > most_ms:
            kept = Path(tempfile.gettempdir(), f"slow-{hashlib.sha256(data).hexdigest()[:12]}.xml")
            kept.write_bytes(data)
            print(f"{took:.0f} ms: {kept}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder, "seeds")
        seeds.mkdir()
        (seeds / "reminder").write_bytes(files["local.xml"])
        (seeds / "all").write_bytes(everything)
        words = Path(folder, "words")
        words.write_text("".join(f'"{word}"\n' for word in _words(LOCAL, {*DATES, *NUMBERS, *TEXTS, *TRUTHS})))
        long = f"-max_total_time={seconds}" if seconds else f"-atheris_runs={runs}"
        options = (
            long,
            f"-dict={words}",
            "-max_len=20000",
            "-rss_limit_mb=1024",
            "-timeout=120",
            "-print_final_stats=1",
        )
        atheris.Setup([sys.argv[0], *options, str(seeds)], one)
        atheris.Fuzz()


def _words(grammar: Grammar, functions: Iterable[str]) -> Iterator[str]:
    """What the language is made of, for atheris to put together."""
    for tag, rule in grammar.rules.items():
        yield f"<{tag}"
        yield from (f' {name}=\\"' for name in rule.attributes)
    yield from (f"{name}(" for name in sorted(functions))
    yield from ("${", " and ", " or ", " div ", " mod ", "today()", "'", "</", "/>")
