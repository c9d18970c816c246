"""The codebook of a campaign: its meanings from every release that interviews were held with."""

from __future__ import annotations

from admin.application import err
from admin.cloud import Cloud
from admin.errors import AdminError, NotFound
from admin.language import say
from callscript.model.campaign import Campaign
from callscript.parser import load_campaign
from callscript.problems import ScriptError
from database.connection import Connection
from datasets.codebook import codebook_of
from datasets.snapshot import releases_used
from datasets.variables import Codebook


def codebook(cloud: Cloud, campaign: str, connection: Connection, language: str = "") -> Codebook:
    """Reads the current release and all that interviews were held with, the newest first.

    A release that cannot be read is told; its answers are exported all the same, in columns without labels.

    Raises:
        AdminError: the campaign was never published.
    """
    held = cloud.bucket.pointer(campaign)
    if held is None:
        raise AdminError(
            say(f"{campaign} was never published.", f"{campaign} 还没有发布过。"),
            say(
                f"Published: {', '.join(cloud.bucket.campaigns())}.", f"已发布：{'、'.join(cloud.bucket.campaigns())}。"
            ),
        )
    scripts: dict[str, Campaign] = {}
    unreadable: list[str] = []
    for release in dict.fromkeys([held.pointer.release, *releases_used(connection, campaign)]):
        try:
            scripts[release] = load_campaign(cloud.bucket.release_files(campaign, release)).usable
        except (NotFound, ScriptError):
            err.print(say(f"The release {release[:12]} cannot be read.", f"版本 {release[:12]} 读不了。"))
            unreadable.append(release)
    return codebook_of(campaign, scripts, language, unreadable)
