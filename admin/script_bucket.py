"""The script bucket as the administrator uses it: immutable releases, pointers that move by condition, histories.

Layout (also in docs/admin.md): `releases/<campaign>/<release>/…`, `pointers/<campaign>.json`,
`history/<campaign>/<time>-<release>.json`, `routing/routing.xml`, `health/cells.json`, `seals/journal/<day>.json`,
`drafts/<person>/<campaign>.json`, `incoming/…`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from admin.errors import NotFound, PublishedMeanwhile, SurroundingsAway
from admin.language import say
from callscript.bucket_layout import (
    DRAFTS,
    HEALTH_KEY,
    HISTORY,
    POINTERS,
    RELEASES,
    ROUTING_KEY,
    SEALS,
    pointer_key,
    release_prefix,
)
from callscript.release import MANIFEST

_JOURNAL_SEALS = f"{SEALS}journal/"


class Pointer(Struct, frozen=True, kw_only=True):
    """Which release the next case of a campaign takes."""

    release: str
    published_at: str
    """ISO 8601, UTC."""
    published_by: str
    comment: str = ""
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A pointer as read, with the tag that a conditional write compares."""

    pointer: Pointer
    tag: str


class ScriptBucket:
    """Wraps an S3 client; every failure of S3 itself is `SurroundingsAway`."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self.name = name

    def campaigns(self) -> list[str]:
        """Campaigns that were ever published."""
        return [key.removeprefix(POINTERS).removesuffix(".json") for key, _ in self._keys(POINTERS)]

    def pointer(self, campaign: str) -> Held | None:
        found = self._get(pointer_key(campaign))
        return Held(msgspec.json.decode(found[0], type=Pointer), found[1]) if found else None

    def move_pointer(self, campaign: str, pointer: Pointer, held: Held | None) -> None:
        """Moves the pointer if it is still as `held` says (None: there is none yet), and notes it in the history.

        Raises:
            PublishedMeanwhile: someone else was first; the pointer is theirs.
        """
        condition = {"IfMatch": held.tag} if held else {"IfNoneMatch": "*"}
        body = msgspec.json.encode(pointer)
        if not self._put(pointer_key(campaign), body, "application/json", **condition):
            raise PublishedMeanwhile(
                say(f"{campaign} was published by someone else just now.", f"{campaign} 刚刚被别人发布了。"),
                say(
                    "See `waihu status`, then publish again if yours is still right.",
                    "请先看 waihu status，确认后再发布。",
                ),
            )
        self._put(f"{HISTORY}{campaign}/{pointer.published_at}-{pointer.release[:12]}.json", body, "application/json")

    def history(self, campaign: str) -> list[Pointer]:
        """What the pointer has been, newest first."""
        keys = sorted((key for key, _ in self._keys(f"{HISTORY}{campaign}/")), reverse=True)
        bodies = (self._get(key) for key in keys)
        return [msgspec.json.decode(found[0], type=Pointer) for found in bodies if found]

    def put_release(self, campaign: str, release: str, files: Mapping[str, bytes]) -> int:
        """Writes what is not there yet; returns how many files were new. The manifest, which makes it, comes last."""
        ordered = sorted(files, key=lambda path: (path == MANIFEST, path))
        return sum(
            self._put(release_prefix(campaign, release) + path, files[path], _kind(path), IfNoneMatch="*")
            for path in ordered
        )

    def releases(self, campaign: str) -> list[str]:
        """Every release of `campaign` in the bucket, in no particular order."""
        suffix = f"/{MANIFEST}"
        prefix = f"{RELEASES}{campaign}/"
        return [key[len(prefix) : -len(suffix)] for key, _ in self._keys(prefix) if key.endswith(suffix)]

    def release_files(self, campaign: str, release: str) -> dict[str, bytes]:
        """The files of a release.

        Raises:
            NotFound: the bucket does not hold it.
        """
        prefix = release_prefix(campaign, release)
        found = {key[len(prefix) :]: self._get(key) for key, _ in self._keys(prefix)}
        files = {path: body[0] for path, body in found.items() if body}
        if MANIFEST not in files:
            raise NotFound(
                say(
                    f"The bucket holds no release {release[:12]} of {campaign}.",
                    f"没有 {campaign} 的版本 {release[:12]}。",
                ),
                say("`waihu status` lists the releases.", "waihu status 会列出所有版本。"),
            )
        return files

    def routing(self) -> tuple[bytes, str] | None:
        """`routing.xml` in force, and its tag."""
        return self._get(ROUTING_KEY)

    def put_routing(self, body: bytes, tag: str | None) -> None:
        """Replaces `routing.xml` if it is still the one with `tag`.

        Raises:
            PublishedMeanwhile: it is not.
        """
        condition = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
        if not self._put(ROUTING_KEY, body, "application/xml", **condition):
            raise PublishedMeanwhile(
                say("The routing was published by someone else just now.", "路由刚刚被别人发布了。"),
                say("Look at theirs, then publish again.", "请先看对方的内容，再发布。"),
            )

    def cell_health(self) -> tuple[bytes, str] | None:
        """What is held of the cells' health, and its tag."""
        return self._get(HEALTH_KEY)

    def put_cell_health(self, body: bytes, tag: str | None) -> bool:
        """Replaces it if it is still the one with `tag` (None: there is none yet); False where it is not."""
        return self._put(HEALTH_KEY, body, "application/json", **({"IfMatch": tag} if tag else {"IfNoneMatch": "*"}))

    def draft(self, key: str) -> bytes | None:
        """What somebody has changed and not published; `key` says whose and of which campaign."""
        found = self._get(f"{DRAFTS}{key}.json")
        return found[0] if found else None

    def put_draft(self, key: str, body: bytes) -> None:
        """The draft as it is now; the one before gives way."""
        self._put(f"{DRAFTS}{key}.json", body, "application/json")

    def handed_in(self, key: str) -> bytes:
        """What was put into `incoming/` to be published.

        Raises:
            NotFound: it is there no more.
        """
        found = self._get(key)
        if found is None:
            raise NotFound(
                say(f"There is no {key} any more.", f"{key} 已不存在。"), say("Put it there again.", "请重新放入。")
            )
        return found[0]

    def put_verdict(self, key: str, text: bytes) -> None:
        """Leaves the verdict on what was handed in beside it; an older one gives way."""
        self._put(key, text, "text/plain; charset=utf-8")

    def sealed_days(self) -> list[str]:
        """Days (ISO 8601) of the journal that have a seal, in order."""
        return sorted(key.removeprefix(_JOURNAL_SEALS).removesuffix(".json") for key, _ in self._keys(_JOURNAL_SEALS))

    def seal(self, day: str) -> bytes:
        """The seal of a day.

        Raises:
            NotFound: there is none.
        """
        found = self._get(f"{_JOURNAL_SEALS}{day}.json")
        if found is None:
            raise NotFound(say(f"The journal of {day} has no seal.", f"{day} 的日志没有封存。"))
        return found[0]

    def put_seal(self, day: str, body: bytes) -> bool:
        """Keeps the seal of a day for good; False where there is one already, which stays."""
        return self._put(f"{_JOURNAL_SEALS}{day}.json", body, "application/json", IfNoneMatch="*")

    def _get(self, key: str) -> tuple[bytes, str] | None:
        try:
            reply = self._client.get_object(Bucket=self.name, Key=key)
            return reply["Body"].read(), reply["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise self._away(error) from error
        except BotoCoreError as error:
            raise self._away(error) from error

    def _put(self, key: str, body: bytes, kind: str, **condition: str) -> bool:
        """False where the condition does not hold."""
        try:
            self._client.put_object(Bucket=self.name, Key=key, Body=body, ContentType=kind, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict", "412", "409"):
                return False
            raise self._away(error) from error
        except BotoCoreError as error:
            raise self._away(error) from error
        return True

    def _keys(self, prefix: str) -> Iterator[tuple[str, int]]:
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix):
                for item in page.get("Contents", ()):
                    yield item["Key"], item["Size"]
        except (ClientError, BotoCoreError) as error:
            raise self._away(error) from error

    def _away(self, error: Exception) -> SurroundingsAway:
        return SurroundingsAway(
            say(
                f"The script bucket {self.name} cannot be used: {error}.", f"脚本存储桶 {self.name} 无法使用：{error}。"
            ),
            say(
                "Is the cloud running (./run), and are you signed in to AWS?", "云是否在运行（./run）？AWS 是否已登录？"
            ),
        )


def _kind(path: str) -> str:
    ending = path.rpartition(".")[2]
    return {"xml": "application/xml", "json": "application/json"}.get(ending, "text/x-gettext-translation")
