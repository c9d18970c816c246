from __future__ import annotations

import hashlib

import pytest

from callscript.release import MANIFEST, ReleaseBroken, build, complete, for_agents, read_manifest, verify
from tests.callscript.scripts import shipped

FILES = {"local.xml": b"<local/>", "packs/p/links.xml": b"<links/>"}


def whole() -> tuple[str, dict[str, bytes]]:
    release, text = build("c", FILES)
    return release, {**FILES, MANIFEST: text.encode()}


def test_a_release_is_known_by_the_hash_of_its_manifest() -> None:
    release, text = build("c", FILES)
    assert hashlib.sha256(text.encode()).hexdigest() == release
    assert (release, text) == build("c", dict(reversed(FILES.items())))
    assert hashlib.sha256(b"<local/>").hexdigest() == read_manifest(release, text).files["local.xml"]


def test_a_release_verifies_whole_or_in_part() -> None:
    release, files = whole()
    assert verify(files, release).campaign == "c"
    del files["local.xml"]
    assert verify(files, release).campaign == "c"


@pytest.mark.parametrize("name", ["local.xml", MANIFEST])
def test_one_changed_byte_is_seen(name: str) -> None:
    release, files = whole()
    files[name] += b" "
    with pytest.raises(ReleaseBroken, match=name):
        verify(files, release)


def test_a_file_that_the_manifest_does_not_name_is_refused() -> None:
    release, files = whole()
    with pytest.raises(ReleaseBroken, match="more"):
        verify({**files, "more.xml": b""}, release)


def test_agents_get_an_interface_in_place_of_each_server() -> None:
    files = complete(shipped("csat"))
    agents = for_agents(files)
    servers = {name for name in files if name.endswith("server.xml")}
    assert "packs/outbound/server.xml" in servers
    assert servers == set(files) - set(agents)
    assert b"SELECT" not in agents["packs/outbound/interface.xml"]
