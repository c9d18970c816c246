"""What a new system is filled with so that someone can try it: the shipped campaigns and invented people to call.

Running it again changes nothing: the same release is not published twice, the same numbers are not imported twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from admin import folders, publishing
from admin.contacts.demo import demo_table
from admin.contacts.files import read_contacts
from admin.contacts.importing import import_rows
from admin.publishing import Occasion
from admin.script_bucket import ScriptBucket
from database.connection import Connection
from database.numbers import NumberKeys

CONTACTS: Mapping[str, tuple[str, int]] = {"csat": ("service", 1000), "reminder": ("clinic", 200)}
"""Campaign -> what its people are called about, and how many they are."""

Progress = Callable[[str, int, int], None]
"""Told of each stage: its name, how much is done, of how much."""


@dataclass(frozen=True, slots=True)
class Loaded:
    releases: Mapping[str, str]
    """Campaign -> its current release."""
    contacts: Mapping[str, int]
    """Campaign -> how many were new."""


def publish_all(
    bucket: ScriptBucket, occasion: Occasion, root: Path = folders.CHECKOUT_SCRIPTS, progress: Progress = lambda *_: None
) -> dict[str, str]:
    """Publishes every campaign under `root`, then the routing; returns each one's release.

    Raises:
        PublicationRefused: one has errors.
    """
    names = folders.campaigns(root)
    releases: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        folder = folders.collect(folders.find_campaign(name, root), root)
        done = publishing.publish(folder.files, campaign=name, bucket=bucket, occasion=occasion)
        releases[name] = done.release
        progress(name, number, len(names))
    publishing.publish_routing((root / "routing.xml").read_bytes(), bucket=bucket)
    return releases


def import_demo_contacts(
    connection: Connection, keys: NumberKeys, campaign: str, progress: Progress = lambda *_: None
) -> int:
    """Imports the invented people of `campaign`; returns how many were new."""
    kind, count = CONTACTS[campaign]
    done = 0

    def tell(rows: int) -> None:
        nonlocal done
        done += rows
        progress(campaign, done, count)

    table = read_contacts(demo_table(count, kind=kind))
    return import_rows(table, campaign=campaign, connection=connection, keys=keys, progress=tell).contacts


def load_demo(
    bucket: ScriptBucket, connection: Connection, keys: NumberKeys, occasion: Occasion, progress: Progress = lambda *_: None
) -> Loaded:
    """Everything: campaigns, routing, contacts. `connection` is signed in as `waihu_admin`."""
    releases = publish_all(bucket, occasion, progress=progress)
    contacts = {name: import_demo_contacts(connection, keys, name, progress) for name in CONTACTS}
    return Loaded(releases, contacts)
