"""Whether a release in the bucket still is what was published; where it is not, the last good one keeps serving."""

from __future__ import annotations

import time
from collections.abc import Callable

from functions.hosting import logbook
from functions.hosting.errors import BROKEN_RELEASE, SCRIPTS_AWAY, Refused
from functions.hosting.recent import Recent
from functions.hosting.releases import Bucket, read_release_file, read_release_manifest

LOOKED_AT_SECONDS = 60.0
"""Between two looks at the files of a release that sessions are given."""


class Soundness:
    """Reads every file of a release and compares it with the manifest, at most once in `LOOKED_AT_SECONDS`."""

    def __init__(self, bucket: Bucket, clock: Callable[[], float] = time.monotonic) -> None:
        self._bucket = bucket
        self._looks = Recent(self._look, seconds=LOOKED_AT_SECONDS, most=100, keep_if=(Refused,), clock=clock)

    def serving(self, campaign: str, release: str, previous: str | None) -> str:
        """`release`, or `previous` where that one is sound and `release` is not: which is logged, to be alarmed."""
        if previous is None or self._sound(campaign, release) or not self._sound(campaign, previous):
            return release
        fields = {"campaign": campaign, "release": release, "serving": previous, "code": BROKEN_RELEASE.code}
        logbook.write("ERROR", "broken release", fields)
        return previous

    def _sound(self, campaign: str, release: str) -> bool:
        try:
            return self._looks.get((campaign, release))
        except Refused:
            return True  # the bucket is away: nothing is known against it

    def _look(self, key: tuple[str, str]) -> bool:
        try:
            manifest, _ = read_release_manifest(self._bucket, *key)
            for name in manifest.files:
                read_release_file(self._bucket, manifest, key[1], name)
        except Refused as error:
            if error.refusal is SCRIPTS_AWAY:
                raise
            return False
        return True
