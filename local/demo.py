"""What a cloud of one machine begins with: the campaigns that ship, and invented contacts to call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from admin import folders, publishing
from admin.contacts.demo import demo_table
from admin.contacts.files import read_contacts
from admin.contacts.importing import import_rows
from admin.script_bucket import ScriptBucket
from database.connection import Connection
from database.numbers import NumberKeys
from local import keys as secret_names
from local.aws import SCRIPT_BUCKET, LocalAws
from local.database import CellDatabase
from local.keys import Keys

PUBLISHER = "demo"
KINDS = {"csat": "service", "reminder": "clinic"}
"""Campaign -> what its contacts are called about."""


@dataclass(frozen=True, slots=True)
class Loaded:
    published: tuple[str, ...]
    contacts: int


class Demo:
    """Loads what is missing; what a person has published or imported is never touched."""

    def __init__(self, aws: LocalAws, database: CellDatabase, keys: Keys) -> None:
        self._bucket = ScriptBucket(aws.client("s3"), SCRIPT_BUCKET)
        self._database = database
        self._keys = keys

    def load(self, contacts: int) -> Loaded:
        """Publishes the shipped campaigns and gives each one without contacts `contacts` of them.

        Raises:
            PublicationRefused: a shipped script has errors.
        """
        root = folders.CHECKOUT_SCRIPTS
        names = folders.campaigns(root)
        published = tuple(
            name for name in names if self._publish(folders.collect(folders.find_campaign(name, root), root))
        )
        if published:
            publishing.publish_routing((root / "routing.xml").read_bytes(), bucket=self._bucket)
        added = sum(self._import(name, contacts) for name in names if name in KINDS) if contacts else 0
        return Loaded(published, added)

    def _publish(self, folder: folders.Folder) -> bool:
        held = self._bucket.pointer(folder.campaign)
        if held is not None and held.pointer.published_by != PUBLISHER:
            return False
        if held is not None and held.pointer.release == publishing.whole_release(folder.campaign, folder.files)[0]:
            return False
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return publishing.publish(
            folder.files,
            campaign=folder.campaign,
            bucket=self._bucket,
            occasion=publishing.Occasion(PUBLISHER, now, "ships with the program"),
            held=held,
        ).moved

    def _import(self, campaign: str, count: int) -> int:
        with self._connected() as connection:
            if connection.fetch("SELECT 1 FROM outbound.contacts WHERE campaign = $1 LIMIT 1", campaign):
                return 0
            rows = read_contacts(demo_table(count, kind=KINDS[campaign]))
            keys = NumberKeys.from_secret(self._keys.text(secret_names.NUMBER_KEYS))
            return import_rows(rows, campaign=campaign, connection=connection, keys=keys).contacts

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        connection = self._database.connect("waihu_admin", self._keys.password(secret_names.ADMIN_LOGIN))
        try:
            yield connection
        finally:
            connection.close()
