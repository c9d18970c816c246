"""Publish and roll back: check everything, write an immutable release, then move the pointer by condition.

Whatever fails, the pointer stays and with it what runs. An interview keeps the release it began with; the next case
takes the one that the pointer names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from admin.errors import NotFound, PublicationRefused, ReleaseDamaged
from admin.language import current, say
from admin.script_bucket import Held, Pointer, ScriptBucket
from callscript import release
from callscript.checker import check_routing
from callscript.checker.kinds_between import UNPUBLISHED_CAMPAIGN
from callscript.problems import Problem

if TYPE_CHECKING:
    from admin.checking import Preparing

Check = Callable[[Mapping[str, bytes]], tuple[Problem, ...]]


@dataclass(frozen=True, slots=True)
class Published:
    campaign: str
    release: str
    previous: str | None
    new_files: int
    """0 where the very same scripts were published before."""
    moved: bool
    """False where this release was in force already."""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who publishes, when (ISO 8601, UTC) and why."""

    who: str
    at: str
    comment: str = ""


def whole_release(campaign: str, files: Mapping[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """The release's id and all its files: those given, each server script's interface, and the manifest."""
    whole = release.complete(files)
    release_id, manifest = release.build(campaign, whole)
    return release_id, {**whole, release.MANIFEST: manifest.encode()}


def publish(
    files: Mapping[str, bytes], *, campaign: str, bucket: ScriptBucket, occasion: Occasion,
    check: Check | None = None, held: Held | None = None,
) -> Published:  # fmt: skip
    """Checks `files`, stores them as a release and makes it the campaign's current one.

    `held` is the pointer that the caller saw when deciding; left out, it is read here, first.

    Raises:
        PublicationRefused: the scripts have errors.
        PublishedMeanwhile: someone else published after the pointer was read.
    """
    before = held or bucket.pointer(campaign)
    problems = check(files) if check else everything(campaign, files)
    errors = tuple(problem for problem in problems if problem.is_error)
    if errors:
        raise PublicationRefused(
            say(
                f"{campaign} was not published: {len(errors)} error(s).",
                f"{campaign} 没有发布：有 {len(errors)} 个错误。",
            ),
            say("What runs is unchanged.", "正在运行的版本不变。"),
            problems,
        )
    release_id, whole = whole_release(campaign, files)
    new_files = bucket.put_release(campaign, release_id, whole)
    moved = before is None or before.pointer.release != release_id
    if moved:
        bucket.move_pointer(campaign, _pointer(release_id, occasion, before), before)
    previous = before.pointer.release if before else None
    return Published(campaign, release_id, previous, new_files, moved, problems)


def roll_back(
    campaign: str, wanted: str | None, *, bucket: ScriptBucket, occasion: Occasion, held: Held | None = None
) -> Published:
    """Makes an earlier release current again: `wanted` (its id or the first digits of it), else the one before.

    `held` is the pointer that the caller saw when deciding; left out, it is read here.

    Raises:
        NotFound: there is no such release, or nothing to go back to.
        ReleaseDamaged: its files are not what its id promises.
        PublishedMeanwhile: someone else moved the pointer first.
    """
    held = held or bucket.pointer(campaign)
    if held is None:
        raise NotFound(
            say(f"{campaign} was never published.", f"{campaign} 还没有发布过。"),
            say("`waihu status` lists the campaigns.", "waihu status 会列出所有项目。"),
        )
    target = _wanted(campaign, wanted, bucket) if wanted else held.pointer.previous
    if target is None:
        raise NotFound(
            say(f"{campaign} has only ever had one release.", f"{campaign} 只有过一个版本。"),
            say("Publish another one instead.", "请改为发布新的版本。"),
        )
    moved = target != held.pointer.release
    if moved:
        _refuse_broken(campaign, target, bucket)
        bucket.move_pointer(campaign, _pointer(target, occasion, held), held)
    return Published(campaign, target, held.pointer.release, 0, moved)


def publish_routing(body: bytes, *, bucket: ScriptBucket, file: str = "routing.xml") -> tuple[Problem, ...]:
    """Makes `body` the routing in force; returns the warnings.

    Raises:
        PublicationRefused: it has errors, or names a campaign that was never published.
        PublishedMeanwhile: someone else replaced it first.
    """
    now = bucket.routing()
    read = check_routing(body, file)
    errors = tuple(problem for problem in read.problems if problem.is_error)
    if errors or read.document is None:
        raise PublicationRefused(
            say(f"The routing was not published: {len(errors)} error(s).", f"路由没有发布：有 {len(errors)} 个错误。"),
            say("What runs is unchanged.", "正在运行的版本不变。"),
            tuple(read.problems),
        )
    published = set(bucket.campaigns())
    missing = {name: found for name, found in read.document.campaigns.items() if name not in published}
    if missing:
        raise PublicationRefused(
            say(
                f"The routing names campaigns that were never published: {', '.join(missing)}.",
                f"路由里有还没发布过的项目：{'、'.join(missing)}。",
            ),
            say("Publish them first: `waihu publish NAME`.", "请先发布它们：waihu publish 名称。"),
            tuple(Problem(UNPUBLISHED_CAMPAIGN, found.span, {"name": name}) for name, found in missing.items()),
        )
    if now is None or now[0] != body:
        bucket.put_routing(body, now[1] if now else None)
    return tuple(read.problems)


def everything(campaign: str, files: Mapping[str, bytes], preparing: Preparing | None = None) -> tuple[Problem, ...]:
    """Every problem of the files, with those that a live schema tells of where one is given.

    Raises:
        PublicationRefused: PostgreSQL's parser is not here.
    """
    from admin.checking import check
    from callscript.sql.kinds import NOT_ADMITTED

    problems = check(files, campaign, preparing).problems
    if any(problem.kind is NOT_ADMITTED for problem in problems):
        raise PublicationRefused(NOT_ADMITTED.what[current()], NOT_ADMITTED.mend[current()], ())
    return problems


def _pointer(release_id: str, occasion: Occasion, before: Held | None) -> Pointer:
    return Pointer(
        release=release_id,
        published_at=occasion.at,
        published_by=occasion.who,
        comment=occasion.comment,
        previous=before.pointer.release if before else None,
    )


def _refuse_broken(campaign: str, wanted: str, bucket: ScriptBucket) -> None:
    try:
        release.verify(bucket.release_files(campaign, wanted), wanted)
    except release.ReleaseBroken as error:
        raise ReleaseDamaged(
            say(
                f"The release {wanted[:12]} in the bucket is damaged: {error}.", f"版本 {wanted[:12]} 已损坏：{error}。"
            ),
            say("What runs is unchanged; publish the scripts again.", "正在运行的版本不变；请重新发布脚本。"),
        ) from error


def _wanted(campaign: str, wanted: str, bucket: ScriptBucket) -> str:
    known = bucket.releases(campaign)
    found = [release_id for release_id in known if release_id.startswith(wanted.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(
            say(
                f"{len(found)} releases of {campaign} begin with {wanted}.",
                f"{campaign} 有 {len(found)} 个版本以 {wanted} 开头。",
            ),
            say("Give more digits.", "请多写几位。"),
        )
    raise NotFound(
        say(f"{campaign} has no release {wanted}.", f"{campaign} 没有版本 {wanted}。"),
        say(
            f"It has: {', '.join(release_id[:12] for release_id in known)}.",
            f"现有：{'、'.join(release_id[:12] for release_id in known)}。",
        ),
    )
