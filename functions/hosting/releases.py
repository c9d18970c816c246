"""Releases in the script bucket: read by hash, verified, never believed."""

from __future__ import annotations

import re
from typing import Protocol

from callscript.bucket_layout import release_prefix
from callscript.problems import ScriptError
from callscript.release import MANIFEST, Manifest, ReleaseBroken, read_manifest, verify_file
from functions.hosting.aws import AwsTrouble, NotStored
from functions.hosting.errors import BROKEN_RELEASE, SCRIPTS_AWAY, UNKNOWN_RELEASE, Refused

MOST_REASONS = 5
_RELEASE = re.compile(r"[0-9a-f]{64}")
_CAMPAIGN = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class Bucket(Protocol):
    """Where scripts are kept; see `aws.S3Bucket`."""

    def get(self, key: str) -> bytes: ...


def read_release_manifest(bucket: Bucket, campaign: str, release: str) -> tuple[Manifest, str]:
    """The verified manifest of a release of `campaign`, and its text.

    Raises:
        Refused: `unknown_release`, `broken_release`, `scripts_away`.
    """
    if not _RELEASE.fullmatch(release) or not _CAMPAIGN.fullmatch(campaign):
        raise Refused(UNKNOWN_RELEASE)
    try:
        text = bucket.get(release_prefix(campaign, release) + MANIFEST).decode()
        manifest = read_manifest(release, text)
    except NotStored as error:
        raise Refused(UNKNOWN_RELEASE) from error
    except AwsTrouble as error:
        raise Refused(SCRIPTS_AWAY) from error
    except (ReleaseBroken, UnicodeDecodeError) as error:
        raise Refused(BROKEN_RELEASE) from error
    if manifest.campaign != campaign:
        raise Refused(BROKEN_RELEASE)
    return manifest, text


def read_release_file(bucket: Bucket, manifest: Manifest, release: str, name: str) -> bytes:
    """File `name` of a release, if it is what the manifest says.

    Raises:
        Refused: `broken_release`, `scripts_away`.
    """
    try:
        return verify_file(manifest, name, bucket.get(release_prefix(manifest.campaign, release) + name))
    except (NotStored, ReleaseBroken) as error:
        raise Refused(BROKEN_RELEASE) from error
    except AwsTrouble as error:
        raise Refused(SCRIPTS_AWAY) from error


def reasons_of(error: ScriptError) -> str:
    """What is against a script that cannot be read, for the log: places and codes."""
    return "; ".join(f"{problem.span} {problem.code}" for problem in error.problems[:MOST_REASONS])
