"""Shows that the fault machine catches broken products: each defect is built into a copy, and attacked.

python -m tests.faults.known_bad                 # all, with a verdict each; 1 if one goes unseen
python -m tests.faults.known_bad "no epoch"      # those whose name begins so
The copy without a defect is attacked as well: it must come out good, or "caught" would mean nothing.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console

from local.layout import CHECKOUT
from tests.faults.defects import CONTROL, DEFECTS, Defect
from tests.faults.seed import Outcome, Wishes

NOT_THE_PRODUCT = {"tests", "docs", "infra", "node_modules", "build", "cdk.out"}
SECONDS = 400
SEEDS = (1, 2, 3)
"""A defect that needs two things at the same moment may hide from one seed; the first that shows it is enough."""


class NoSuchText(Exception):
    """The product has changed: the defect has to be written anew."""


def build(defect: Defect, folder: Path) -> None:
    """A copy of the product in `folder`, with the defect.

    Raises:
        NoSuchText: what is to be broken is not there.
    """
    rooms = [each.name for each in CHECKOUT.iterdir() if each.is_dir() and not each.name.startswith(".")]
    for part in sorted({*rooms, "tests/faults"} - NOT_THE_PRODUCT):
        shutil.copytree(CHECKOUT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for edit in defect.edits:
        file = folder / edit.file
        text = file.read_text()
        if edit.old not in text:
            raise NoSuchText(f"{defect.name}: {edit.file} has no {edit.old!r}")
        file.write_text(text.replace(edit.old, edit.new))
    if defect.sql:
        migrations = folder / "database" / "migrations"
        last = max(int(file.name[:4]) for file in migrations.glob("*.sql"))
        (migrations / f"{last + 1:04}_defect.sql").write_text(defect.sql)


def attack(defect: Defect, seed: int) -> Outcome:
    """What the fault machine says of a product with the defect."""
    with tempfile.TemporaryDirectory(prefix="waihu-bad-") as name:
        folder = Path(name)
        # Whoever runs PostgreSQL must be able to read the migrations' folder.
        folder.chmod(0o755)
        build(defect, folder)
        wishes = Wishes(
            seeds=[seed], faults=list(defect.faults), agents=8, brisk=True, patience=defect.patience, contacts=1500
        )
        asked, answer = folder / "wishes.json", folder / "outcome.json"
        asked.write_bytes(msgspec.json.encode(wishes))
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.seed", str(asked), str(answer)],
            cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip
        if not answer.exists():
            return Outcome([seed], wrong={"machine": [done.stderr[-2000:]]})
        return msgspec.json.decode(answer.read_bytes(), type=Outcome)


def verdict(defect: Defect) -> tuple[bool, str]:
    """Whether the defect was seen for what it is, and how."""
    said = ""
    for seed in SEEDS:
        try:
            outcome = attack(defect, seed)
        except (NoSuchText, subprocess.TimeoutExpired) as error:
            return False, str(error)
        seen = [name for name in outcome.wrong if name in defect.seen_as]
        if seen:
            first = outcome.wrong[seen[0]][0]
            counts = ", ".join(f"{name}: {len(outcome.wrong[name])}" for name in seen)
            return True, f"seed {seed}: {counts}; such as: {first[:150]}"
        said = "; ".join(f"{name}: {found[0][-300:]}" for name, found in outcome.wrong.items())
    return False, said or "nothing was seen"


def control() -> tuple[bool, str]:
    outcome = attack(CONTROL, SEEDS[0])
    return not outcome.wrong, "; ".join(f"{name}: {found[0][-300:]}" for name, found in outcome.wrong.items()) or "good"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.known_bad")
    parser.add_argument("names", nargs="*", help="beginnings of defects' names; all unless given")
    names = tuple(parser.parse_args(arguments).names)
    console = Console(width=None if sys.stdout.isatty() else 160)
    missed = 0
    if not names:
        good, said = control()
        missed += not good
        console.print(
            f"{'good  ' if good else 'BAD   '} {CONTROL.name}: {said}", highlight=False, markup=False, soft_wrap=True
        )
    wanted = [defect for defect in DEFECTS if not names or defect.name.startswith(names)]
    for defect in wanted:
        seen, said = verdict(defect)
        missed += not seen
        console.print(
            f"{'caught' if seen else 'UNSEEN'} {defect.name}: {said}", highlight=False, markup=False, soft_wrap=True
        )
    console.print(f"{len(wanted)} known-bad builds, {missed} verdicts that should be otherwise", highlight=False)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
