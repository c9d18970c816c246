"""ODK's own engine as a peer, run in Node on a form of as many questions; see `tests/callscript/odk/step.mjs`."""

from __future__ import annotations

import json
import subprocess

from local.layout import CHECKOUT

FOLDER = CHECKOUT / "tests" / "callscript" / "odk"


def odk_answer_times(size: int) -> list[float]:
    """Microseconds of each answer, from the first question to the last. It works out what depends on the answer, but
    draws no screen, moves no cursor and keeps no state that could be saved; ours does all of these.

    Raises:
        RuntimeError: there is no Node.
    """
    from tests.callscript.odk.harness import install

    done = subprocess.run(  # noqa: S603 - ourselves
        [install(), "step.mjs"],
        cwd=FOLDER,
        input=json.dumps({"size": size}),
        capture_output=True,
        text=True,
        check=True,
    )
    times: list[float] = json.loads(done.stdout)["times"]
    return times
