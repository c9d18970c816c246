"""What an agent's app needs of a release: everything but SQL, each file verified."""

from __future__ import annotations

from callscript.protocol import ReleaseReply
from callscript.release import for_agents
from functions.dispatch.directory import Directory
from functions.hosting.errors import FOREIGN_CAMPAIGN, Refused
from functions.hosting.identity import Identity
from functions.hosting.recent import Recent
from functions.hosting.releases import Bucket, read_release_file, read_release_manifest

REMEMBERED = 16
"""Releases kept in memory: they never change."""


class Releases:
    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._replies = Recent(self._read, seconds=None, most=REMEMBERED)

    def reply(self, who: Identity, directory: Directory, campaign: str, release: str) -> ReleaseReply:
        """The release for an app whose agent may work on the campaign.

        Raises:
            Refused: `foreign_campaign`, `unknown_release`, `broken_release`, `scripts_away`.
        """
        if campaign not in {each.id for each in directory.campaigns_of(who.groups)}:
            raise Refused(FOREIGN_CAMPAIGN)
        return self._replies.get((campaign, release))

    def _read(self, key: tuple[str, str]) -> ReleaseReply:
        campaign, release = key
        manifest, text = read_release_manifest(self._bucket, campaign, release)
        names = for_agents(manifest.files)
        files = {name: read_release_file(self._bucket, manifest, release, name).decode() for name in names}
        return ReleaseReply(campaign=campaign, release=release, manifest=text, files=files)
