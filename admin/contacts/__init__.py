"""People to call: reading contact files, importing them, and inventing them for a demo."""

from __future__ import annotations

from admin.contacts.complaints import Complaint
from admin.contacts.demo import demo_contacts, demo_table
from admin.contacts.files import read_contacts
from admin.contacts.importing import Imported, import_rows
from admin.contacts.rows import Contact, Defaults

__all__ = [
    "Complaint",
    "Contact",
    "Defaults",
    "Imported",
    "demo_contacts",
    "demo_table",
    "import_rows",
    "read_contacts",
]
