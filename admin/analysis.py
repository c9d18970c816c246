"""Analysts' views follow the release in force, however it was published; a database that is away never stops that.

`waihu publish` makes them at once. On AWS each cell hears of every pointer that moves (`admin.deployed.upkeep`, task
`views`), so what the admin's page, `incoming/` and other people's commands publish has its views within seconds; the
one-machine cloud hears of it likewise (`local.bucket_events`). The daily upkeep makes those that were missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from admin.cloud import Cloud
from admin.errors import AdminError, ViewsInUse
from admin.language import say
from admin.script_bucket import ScriptBucket
from callscript.bucket_layout import POINTERS, pointer_key
from callscript.parser import load_campaign
from callscript.problems import ScriptError
from database.connection import Connection
from database.failures import DatabaseFailure
from datasets.views import make_views

_BUILT_UPON = "2BP01"


def renew_views(
    cloud: Cloud, campaign: str, release: str, files: Mapping[str, bytes] | None = None
) -> AdminError | None:
    """Makes the views of a release; gives what stood in the way, for the command to tell, else None.

    Args:
        files: the release's, where they are at hand; else they are read from the bucket.
    """
    from admin.database import connected

    try:
        with connected(cloud) as connection:
            _make(connection, cloud.bucket, campaign, release, files)
    except AdminError as error:
        return error
    return None


def follow_pointer(connection: Connection, bucket: ScriptBucket, campaign: str) -> str:
    """Makes the views of the release that is in force now; gives its id, "" where there is none.

    Whichever of several moves is heard of last: it is the bucket that says what is in force.

    Raises:
        ViewsInUse: somebody built on a view that would have to change.
        SurroundingsAway: the bucket cannot be used.
        DatabaseFailure, ConnectionLost: the database refused, or is away.
    """
    held = bucket.pointer(campaign)
    if held is None:
        return ""
    _make(connection, bucket, campaign, held.pointer.release, None)
    return held.pointer.release


def follow_all(connection: Connection, bucket: ScriptBucket) -> Iterator[tuple[str, ViewsInUse | None]]:
    """`follow_pointer` for every campaign: its name, and what stood in the way of its views, if anything did."""
    for campaign in bucket.campaigns():
        try:
            follow_pointer(connection, bucket, campaign)
        except ViewsInUse as error:
            yield campaign, error
        else:
            yield campaign, None


def campaign_of(key: str) -> str:
    """The campaign whose pointer object `key` is; "" for any other object."""
    name = key.removeprefix(POINTERS).removesuffix(".json")
    return name if key == pointer_key(name) and "/" not in name else ""


def _make(
    connection: Connection, bucket: ScriptBucket, campaign: str, release: str, files: Mapping[str, bytes] | None
) -> None:
    try:
        scripts = load_campaign(files or bucket.release_files(campaign, release)).usable
    except ScriptError:
        return  # an old release of another version: nothing that this program could make of it
    try:
        make_views(connection, campaign, release, scripts)
    except DatabaseFailure as error:
        if error.sqlstate != _BUILT_UPON:
            raise
        raise ViewsInUse(
            say(
                f"A view of someone's own is built on analysis.{campaign}, which therefore stays as it was.",
                f"有人在 analysis.{campaign} 上建了自己的视图，因此它没有更新。",
            ),
            say(
                f"Build on analysis.{campaign}_{release[:12]} instead, which never changes, and publish again.",
                f"请改为基于不变的 analysis.{campaign}_{release[:12]}，然后再发布一次。",
            ),
        ) from error
