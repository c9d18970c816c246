"""The campaign of the fault machine: five screens of eight fields, on the shipped `outbound` pack; and its queue."""

from __future__ import annotations

from datetime import UTC, datetime

from admin import folders, publishing
from admin.contacts.demo import demo_table
from admin.contacts.files import read_contacts
from admin.contacts.importing import import_rows
from admin.script_bucket import ScriptBucket
from database.connection import Connection
from database.numbers import NumberKeys

CAMPAIGN = "faults"
GROUP = "faults"
SCREENS = 5
NUMBERS, WORDS = 5, 3
"""Fields of a screen: integers and texts."""
ANSWERS = SCREENS * (NUMBERS + WORDS)
"""Of one interview."""

ROUTING = f"""<?xml version="1.0" encoding="UTF-8"?>
<routing xmlns="urn:waihu:routing:1">
  <cell id="c1"><version name="live" weight="100"/></cell>
  <campaign id="{CAMPAIGN}" cell="c1" groups="{GROUP}">
    <title lang="zh">故障演练</title>
    <title lang="en">Fault drill</title>
  </campaign>
</routing>
"""


def local_xml(edition: int) -> str:
    """The script; editions differ in what is said, as when a typing error is mended in the middle of the day."""
    screens = "\n".join(_screen(number, edition) for number in range(1, SCREENS + 1))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<local xmlns="urn:waihu:local:1" campaign="{CAMPAIGN}" language="zh" uses="outbound" title="故障演练">
{screens}
  <end id="done" outcome="1.1"/>
  <include block="outbound.exits"/>
</local>
"""


def _screen(number: int, edition: int) -> str:
    integers = "".join(
        f'<field name="n{number}_{each}" type="integer" min="0" max="999999" required="yes"><label>数</label></field>'
        for each in range(NUMBERS)
    )
    words = "".join(
        f'<field name="w{number}_{each}" type="text" length="1..40" required="yes"><label>字</label></field>'
        for each in range(WORDS)
    )
    return (
        f'  <action id="s{number}"><title>第{number}页</title><data><say>第 {edition} 版</say>'
        f"{integers}{words}</data></action>"
    )


def publish(bucket: ScriptBucket, edition: int) -> str:
    """Makes this edition the current release; returns its id."""
    pack = folders.CHECKOUT_SCRIPTS / "outbound"
    files = {"local.xml": local_xml(edition).encode()} | {
        f"packs/outbound/{name}": (pack / name).read_bytes() for name in ("server.xml", "links.xml", "blocks.xml")
    }
    occasion = publishing.Occasion("faults", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), f"edition {edition}")
    # Known-bad builds carry scripts that the checker would refuse: what runs is to be judged here, not the checker.
    release = publishing.publish(files, campaign=CAMPAIGN, bucket=bucket, occasion=occasion, check=lambda _: ()).release
    if edition == 1:
        publishing.publish_routing(ROUTING.encode(), bucket=bucket)
    return release


_IMPORTED = 100
_MORE = """
WITH made AS (
  INSERT INTO outbound.contacts (id, campaign, name, language, timezone, attributes)
  SELECT gen_random_uuid(), campaign, name, language, timezone, attributes
    FROM outbound.contacts, generate_series(1, CAST($1 AS integer))
  RETURNING id, campaign
), phone AS (SELECT number_cipher, number_index FROM outbound.phones LIMIT 1
), phones AS (
  INSERT INTO outbound.phones (contact_id, campaign, number_cipher, number_index)
  SELECT m.id, m.campaign, p.number_cipher, p.number_index FROM made m, phone p
)
INSERT INTO outbound.cases (campaign, contact_id) SELECT campaign, id FROM made
"""


def fill_queue(connection: Connection, keys: NumberKeys, contacts: int) -> None:
    """Contacts whose cases are due, in hundreds: some imported, the others like them; as the administrator's login."""
    import_rows(read_contacts(demo_table(_IMPORTED)), campaign=CAMPAIGN, connection=connection, keys=keys)
    connection.execute(_MORE, contacts // _IMPORTED)
