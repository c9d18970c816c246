"""Analysts' views are made when a release is published; a database that is away never stops a publication."""

from __future__ import annotations

from collections.abc import Mapping

from admin.cloud import Cloud
from admin.errors import AdminError
from callscript.parser import load_campaign
from callscript.problems import ScriptError
from datasets.views import make_views


def renew_views(
    cloud: Cloud, campaign: str, release: str, files: Mapping[str, bytes] | None = None
) -> AdminError | None:
    """Makes the views of a release; gives what stood in the way, for the command to tell, else None.

    Args:
        files: the release's, where they are at hand; else they are read from the bucket.
    """
    from admin.database import connected

    try:
        scripts = load_campaign(files or cloud.bucket.release_files(campaign, release)).usable
        with connected(cloud) as connection:
            make_views(connection, campaign, release, scripts)
    except AdminError as error:
        return error
    except ScriptError:
        return None  # an old release of another version: nothing that this program could make of it
    return None
