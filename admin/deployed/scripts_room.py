"""Serves the admin's pages: scripts are opened, checked, published and rolled back by the code of the `waihu` command.

`POST /scripts/{verb}` with the types of `callscript.scripts_protocol`, for people in group `admin` alone. That nothing
was published is an answer, not an error: the page shows the findings, or who was first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from admin import language, publishing
from admin.checking import Verdict, check
from admin.deployed.draft_shelf import DraftShelf
from admin.deployed.handed_in import Unfit, fit_path, is_made
from admin.deployed.settings import PublisherSettings
from admin.errors import AdminError, NotFound, PublicationRefused, PublishedMeanwhile, SurroundingsAway
from admin.language import say
from admin.script_bucket import Held, Pointer, ScriptBucket
from callscript.changes import changes
from callscript.parser import load_campaign
from callscript.problems import Problem
from callscript.scripts_protocol import (
    CHECK,
    KEEP,
    LIST,
    MEANWHILE,
    OPEN,
    PUBLISH,
    REFUSED,
    ROLL_BACK,
    Finding,
    KeptDraft,
    KeptReply,
    ListReply,
    Live,
    OpenReply,
    PublishedReply,
    ScriptsRequest,
    VerdictReply,
)
from functions.hosting import logbook
from functions.hosting.errors import BAD_REQUEST, SCRIPTS_AWAY, UNKNOWN_RELEASE, UNKNOWN_ROUTE, Refusal, Refused
from functions.hosting.identity import Identity, identity
from functions.hosting.web import (
    Answer,
    Event,
    Story,
    answer,
    correlation_of,
    guarded,
    language_of,
    read_request,
)

ADMIN = "admin"
FOR_ADMINS = Refusal(
    "for_admins", 403, "Only administrators may see and publish scripts.", "只有管理员可以查看和发布脚本。"
)
UNFIT = Refusal("unfit_files", 422, "These files are no campaign.", "这些文件不是一个项目。")
_PREFIX = "/scripts/"


class ScriptsRoom:
    """`now` gives the time (aware)."""

    def __init__(self, bucket: ScriptBucket, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._bucket, self._now, self._drafts = bucket, now, DraftShelf(bucket)
        self._verbs: Mapping[str, Callable[[ScriptsRequest, Identity], msgspec.Struct]] = {
            LIST: self._list,
            OPEN: self._open,
            KEEP: self._keep,
            CHECK: self._check,
            PUBLISH: self._publish,
            ROLL_BACK: self._roll_back,
        }

    def handle(self, event: Event) -> Answer:
        """The answer to one HTTP request; never raises."""
        story = Story(correlation_of(event))
        outcome = guarded(lambda: self._serve(event, story), story, language_of(event))
        logbook.write_request("scripts", story, outcome)
        return outcome.answer

    def _serve(self, event: Event, story: Story) -> Answer:
        request = read_request(event)
        who = identity(request.claims)
        verb = request.path.removeprefix(_PREFIX)
        serve = self._verbs.get(verb) if request.path.startswith(_PREFIX) and request.method == "POST" else None
        if serve is None:
            raise Refused(UNKNOWN_ROUTE)
        story.action = f"scripts.{verb}"
        story.details["agent"] = who.agent
        if ADMIN not in who.roles:
            raise Refused(FOR_ADMINS)
        try:
            asked = msgspec.json.decode(request.body or b"{}", type=ScriptsRequest)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Refused(BAD_REQUEST, reason=str(error)) from error
        story.campaign = asked.campaign or None
        language.use(asked.language)
        try:
            reply = serve(asked, who)
        except SurroundingsAway as error:
            raise Refused(SCRIPTS_AWAY, reason=str(error)) from error
        except NotFound as error:
            raise Refused(UNKNOWN_RELEASE, messages={asked.language: str(error)}) from error
        except AdminError as error:
            raise Refused(UNFIT, messages={asked.language: str(error)}, reason=error.code) from error
        if isinstance(reply, PublishedReply):
            story.release, story.details["refusal"] = reply.release or None, reply.refusal or None
        return answer(msgspec.json.encode(reply), story.correlation)

    def _list(self, _asked: ScriptsRequest, _who: Identity) -> ListReply:
        held = [(name, self._bucket.pointer(name)) for name in self._bucket.campaigns()]
        return ListReply(campaigns=[_live(name, each.pointer) for name, each in held if each])

    def _open(self, asked: ScriptsRequest, who: Identity) -> OpenReply:
        wanted = asked.release or self._held(asked.campaign).pointer.release
        files = self._bucket.release_files(asked.campaign, wanted)
        return OpenReply(
            campaign=asked.campaign,
            release=wanted,
            files={name: data.decode() for name, data in sorted(files.items()) if not is_made(name)},
            history=[_live(asked.campaign, pointer) for pointer in self._bucket.history(asked.campaign)],
            draft=self._drafts.of(who.agent, asked.campaign),
        )

    def _keep(self, asked: ScriptsRequest, who: Identity) -> KeptReply:
        self._held(asked.campaign)
        _refuse_unfit(asked.files)
        at = self._time()
        draft = KeptDraft(base=asked.release, files=asked.files, kept_at=at)
        self._drafts.keep(who.agent, asked.campaign, draft)
        return KeptReply(campaign=asked.campaign, kept_at=at)

    def _check(self, asked: ScriptsRequest, _who: Identity) -> VerdictReply:
        verdict = check(_files(asked), asked.campaign)
        held = self._bucket.pointer(asked.campaign)
        return VerdictReply(
            ok=verdict.ok,
            findings=_findings(verdict.problems),
            changes=self._changes(asked.campaign, held, verdict),
            round_trips=dict(verdict.round_trips),
            live=held.pointer.release if held else "",
        )

    def _changes(self, campaign: str, held: Held | None, verdict: Verdict) -> list[str]:
        if held is None or verdict.campaign is None:
            return []
        live = load_campaign(self._bucket.release_files(campaign, held.pointer.release)).campaign
        spoken = language.current()
        return [each.sentence(spoken) for each in changes(live, verdict.campaign)] if live else []

    def _publish(self, asked: ScriptsRequest, who: Identity) -> PublishedReply:
        files = _files(asked)
        held = self._bucket.pointer(asked.campaign)
        if (held.pointer.release if held else "") != asked.seen:
            return self._first_was_another(asked.campaign)
        try:
            done = publishing.publish(
                files, campaign=asked.campaign, bucket=self._bucket, occasion=self._occasion(asked, who), held=held
            )
        except PublishedMeanwhile:
            return self._first_was_another(asked.campaign)
        except PublicationRefused as error:
            return _nothing_published(asked.campaign, REFUSED, findings=_findings(error.problems))
        # What was published is no draft any more: nothing must bring it back over what comes later.
        self._drafts.keep(who.agent, asked.campaign, KeptDraft(base=done.release, files={}, kept_at=self._time()))
        return _published(done)

    def _roll_back(self, asked: ScriptsRequest, who: Identity) -> PublishedReply:
        held = self._held(asked.campaign)
        if held.pointer.release != asked.seen:
            return self._first_was_another(asked.campaign)
        try:
            done = publishing.roll_back(
                asked.campaign, asked.release or None, bucket=self._bucket, occasion=self._occasion(asked, who),
                held=held,
            )  # fmt: skip
        except PublishedMeanwhile:
            return self._first_was_another(asked.campaign)
        return _published(done)

    def _first_was_another(self, campaign: str) -> PublishedReply:
        held = self._bucket.pointer(campaign)
        return _nothing_published(campaign, MEANWHILE, live=_live(campaign, held.pointer) if held else None)

    def _held(self, campaign: str) -> Held:
        held = self._bucket.pointer(campaign)
        if held is None:
            raise NotFound(say(f"{campaign} was never published.", f"{campaign} 还没有发布过。"))
        return held

    def _occasion(self, asked: ScriptsRequest, who: Identity) -> publishing.Occasion:
        return publishing.Occasion(who.agent, self._time(), asked.comment)

    def _time(self) -> str:
        return self._now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _files(asked: ScriptsRequest) -> dict[str, bytes]:
    _refuse_unfit(asked.files)
    if "local.xml" not in asked.files:
        raise Unfit(say("A campaign needs a local.xml.", "项目必须有 local.xml。"))
    return {name: text.encode() for name, text in asked.files.items()}


def _refuse_unfit(names: Iterable[str]) -> None:
    unfit = next((name for name in names if not fit_path(name)), None)
    if unfit is not None:
        raise Unfit(say(f"Not a file of a campaign: {unfit}.", f"不是项目的文件：{unfit}。"))


def _published(done: publishing.Published) -> PublishedReply:
    return PublishedReply(
        campaign=done.campaign,
        release=done.release,
        previous=done.previous or "",
        moved=done.moved,
        findings=_findings(done.warnings),
    )


def _nothing_published(
    campaign: str, why: str, *, findings: Iterable[Finding] = (), live: Live | None = None
) -> PublishedReply:
    return PublishedReply(
        campaign=campaign, release="", previous="", moved=False, findings=list(findings), refusal=why, live=live
    )


def _findings(problems: Iterable[Problem]) -> list[Finding]:
    spoken = language.current()
    return [
        Finding(
            code=problem.code,
            error=problem.is_error,
            file=problem.span.file,
            line=problem.span.line,
            column=problem.span.column,
            what=problem.what(spoken),
            mend=problem.mend(spoken),
            node=problem.node or "",
        )
        for problem in problems
    ]


def _live(campaign: str, pointer: Pointer) -> Live:
    return Live(
        campaign=campaign,
        release=pointer.release,
        published_at=pointer.published_at,
        published_by=pointer.published_by,
        comment=pointer.comment,
    )


def handle(event: Event, _context: object) -> Answer:
    """Lambda's entry point."""
    settings = PublisherSettings.from_environment(os.environ)
    return ScriptsRoom(ScriptBucket(_s3(), settings.script_bucket)).handle(event)


def _s3() -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client("s3", config=Config(connect_timeout=3, read_timeout=15, retries={"total_max_attempts": 3}))
