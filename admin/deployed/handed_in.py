"""What lies in the bucket's `incoming/`, as the files of a release.

incoming/routing.xml              the routing
incoming/<campaign>/<path>        one file of the campaign; the others are those of its current release
incoming/<campaign>.zip           the whole campaign; packs that it uses and does not bring are those in force
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from admin.errors import AdminError
from admin.folders import packs_used
from admin.language import say
from admin.script_bucket import ScriptBucket
from callscript import release
from callscript.bucket_layout import INCOMING

VERDICT = ".verdict.txt"
MOST_FILES, MOST_BYTES = 500, 20 * 1024 * 1024
_CAMPAIGN = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_ENDINGS = (".xml", ".po")


class Unfit(AdminError):
    """What was handed in is no campaign, no file of one, and no routing."""

    code = "unfit-for-publishing"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Files of a campaign, by their path in a release; `campaign` empty: `files` has the routing alone."""

    campaign: str
    files: Mapping[str, bytes]


def concerns(key: str) -> bool:
    """Whether the object is for us to publish: folders, verdicts and other places are not."""
    return key.startswith(INCOMING) and not key.endswith((VERDICT, "/"))


def fit_path(path: str) -> bool:
    """Whether this can be the path of a source within a release."""
    return path.endswith(_ENDINGS) and not path.startswith("/") and ".." not in PurePosixPath(path).parts


def read_handed_in(key: str, body: bytes, bucket: ScriptBucket) -> HandedIn:
    """What object `key` with content `body` asks to publish.

    Raises:
        Unfit: nothing that can be published.
        SurroundingsAway: the bucket cannot be used.
    """
    path = PurePosixPath(key.removeprefix(INCOMING))
    if path == PurePosixPath("routing.xml"):
        return HandedIn("", {"routing.xml": body})
    campaign = path.parts[0] if len(path.parts) > 1 else path.stem
    if not _CAMPAIGN.fullmatch(campaign):
        raise _unfit(key)
    if len(path.parts) > 1:
        inner = str(PurePosixPath(*path.parts[1:]))
        if not fit_path(inner):
            raise _unfit(key)
        return HandedIn(campaign, {**_in_force(campaign, bucket), inner: body})
    if path.suffix != ".zip":
        raise _unfit(key)
    return HandedIn(campaign, _with_packs(_unzipped(key, body), bucket))


def _in_force(campaign: str, bucket: ScriptBucket) -> dict[str, bytes]:
    """The sources of the campaign's current release."""
    held = bucket.pointer(campaign)
    if held is None:
        raise Unfit(
            say(
                f"{campaign} was never published: one file of it is not enough.",
                f"{campaign} 还没有发布过，只有一个文件不够。",
            ),
            say(
                f"Put the whole campaign there as {INCOMING}{campaign}.zip.",
                f"请把整个项目打包为 {INCOMING}{campaign}.zip 放入。",
            ),
        )
    files = bucket.release_files(campaign, held.pointer.release)
    return {name: data for name, data in files.items() if not is_made(name)}


def is_made(name: str) -> bool:
    """Whether a file of a release is made from the others, and no source of its own."""
    return name == release.MANIFEST or name.rpartition("/")[2] == "interface.xml"


def _unzipped(key: str, body: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise Unfit(
                    say(f"{key} unpacks to too much.", f"{key} 解压后过大。"),
                    say(
                        f"At most {MOST_FILES} files, {MOST_BYTES} bytes.",
                        f"最多 {MOST_FILES} 个文件、{MOST_BYTES} 字节。",
                    ),
                )
            files = {entry.filename: _read(archive, entry) for entry in entries if entry.filename.endswith(_ENDINGS)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise _unfit(key) from error
    top = {name.partition("/")[0] for name in files}
    if "local.xml" not in files and len(top) == 1:  # a folder was packed, not what is in it
        files = {name.partition("/")[2]: data for name, data in files.items()}
    if "local.xml" not in files or any(".." in PurePosixPath(name).parts or name.startswith("/") for name in files):
        raise _unfit(key)
    return files


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        return file.read(MOST_BYTES)


def _with_packs(files: dict[str, bytes], bucket: ScriptBucket) -> dict[str, bytes]:
    whole = dict(files)
    for pack in packs_used(files["local.xml"]):
        prefix = f"packs/{pack}/"
        if not any(name.startswith(prefix) for name in files):
            whole |= _pack_in_force(prefix, bucket)
    return whole


def _pack_in_force(prefix: str, bucket: ScriptBucket) -> dict[str, bytes]:
    """The pack as the release that was published last has it; none where no release uses it."""
    held = [(found.pointer, name) for name in bucket.campaigns() if (found := bucket.pointer(name))]
    for pointer, name in sorted(held, key=lambda pair: pair[0].published_at, reverse=True):
        files = bucket.release_files(name, pointer.release)
        pack = {path: data for path, data in files.items() if path.startswith(prefix) and not is_made(path)}
        if pack:
            return pack
    return {}


def _unfit(key: str) -> Unfit:
    return Unfit(
        say(f"{key} is nothing that can be published.", f"{key} 不是可以发布的内容。"),
        say(
            f"Put {INCOMING}routing.xml, {INCOMING}CAMPAIGN.zip, or {INCOMING}CAMPAIGN/FILE there.",
            f"请放入 {INCOMING}routing.xml、{INCOMING}项目.zip 或 {INCOMING}项目/文件。",
        ),
    )
