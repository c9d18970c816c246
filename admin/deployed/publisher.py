"""Publishes what is put into the bucket's `incoming/`: checks it, and leaves the verdict beside it and as an event."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent
from rich.console import Console

from admin import boards, language, publishing
from admin.deployed.handed_in import VERDICT, HandedIn, concerns, read_handed_in
from admin.deployed.settings import PublisherSettings
from admin.errors import AdminError, PublicationRefused
from admin.language import say
from admin.script_bucket import ScriptBucket
from admin.verdicts.for_people import count_line, show_problems
from functions.hosting import logbook
from functions.hosting.logbook import Metric
from monitoring.metrics import DIMENSIONS, PUBLICATIONS

SOURCE = "waihu.publisher"
PUBLISHED, UNCHANGED, REFUSED = "published", "unchanged", "refused"
TITLES = {PUBLISHED: "Release published", UNCHANGED: "Release unchanged", REFUSED: "Release refused"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an object: `outcome`, and for whom it was."""

    outcome: str
    campaign: str
    release: str
    text: str


class Publisher:
    """`client(service)` gives a boto3 client; `now` the time (aware)."""

    def __init__(
        self, settings: PublisherSettings, bucket: ScriptBucket, client: Callable[[str], Any],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._settings, self._bucket, self._client, self._now = settings, bucket, client, now

    def take(self, key: str, who: str) -> Verdict | None:
        """Publishes object `key`, if it is for us; the verdict lies beside it before the event is sent.

        Raises:
            SurroundingsAway: bucket or events cannot be used: to be tried again.
        """
        if not concerns(key):
            return None
        verdict = self._judge(key, self._bucket.handed_in(key), who)
        self._bucket.put_verdict(key + VERDICT, verdict.text.encode())
        self._tell(key, verdict)
        if verdict.outcome == PUBLISHED and verdict.campaign and self._settings.dashboard_prefix:
            self._draw(verdict.campaign)
        return verdict

    def _judge(self, key: str, body: bytes, who: str) -> Verdict:
        campaign = key.split("/")[1].removesuffix(".zip")
        with language.noted() as said:
            try:
                given = read_handed_in(key, body, self._bucket)
                campaign = given.campaign
                published = self._publish(given, key, who)
            except AdminError as error:
                if error.code == "surroundings-away":
                    raise
                refused = error
                return Verdict(REFUSED, campaign, "", in_both_languages(lambda: _refusal(key, refused, said)))
        outcome = PUBLISHED if published.moved or not campaign else UNCHANGED
        return Verdict(outcome, campaign, published.release, in_both_languages(lambda: _success(key, published)))

    def _publish(self, given: HandedIn, key: str, who: str) -> publishing.Published:
        if not given.campaign:
            publishing.publish_routing(given.files["routing.xml"], bucket=self._bucket)
            return publishing.Published("", "", None, 0, moved=False)
        occasion = publishing.Occasion(who, self._now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"), key)
        return publishing.publish(given.files, campaign=given.campaign, bucket=self._bucket, occasion=occasion)

    def _tell(self, key: str, verdict: Verdict) -> None:
        detail = {"key": key, "campaign": verdict.campaign, "release": verdict.release, "verdict": key + VERDICT}
        entry = {"Source": SOURCE, "DetailType": TITLES[verdict.outcome], "Detail": json.dumps(detail)}
        self._client("events").put_events(Entries=[entry])
        fields = {**detail, "campaign": verdict.campaign or "routing", "outcome": verdict.outcome}
        metric = Metric(PUBLICATIONS, "Count", 1, DIMENSIONS[PUBLICATIONS])
        measured = logbook.measured(self._settings.metrics_namespace, [metric], time.time(), fields)
        logbook.write("WARNING" if verdict.outcome == REFUSED else "INFO", "publication", fields | measured)

    def _draw(self, campaign: str) -> None:
        drawn = boards.draw(
            self._client("cloudwatch"), campaign, prefix=self._settings.dashboard_prefix,
            namespace=self._settings.metrics_namespace, region=os.environ.get("AWS_REGION", ""),
        )  # fmt: skip
        if not drawn:
            logbook.write("WARNING", "no dashboard", {"campaign": campaign})


def in_both_languages(write: Callable[[], str]) -> str:
    """What `write` gives in each language, the deployment's own first."""
    chosen = language.current()
    parts = []
    for each in sorted(language.LANGUAGES, key=lambda name: name != chosen):
        language.use(each)
        parts.append(write())
    language.use(chosen)
    return "\n".join(parts)


def _success(key: str, done: publishing.Published) -> str:
    if not done.campaign:
        return say(f"{key}: the routing is in force.\n", f"{key}：路由已生效。\n")
    kept = "" if done.moved else say(" (this very release was in force already)", "（与当前版本完全相同）")
    text = say(f"{key}: published.", f"{key}：已发布。") + f"\n{done.campaign} → {done.release}{kept}\n"
    return text + (count_line(done.warnings) + "\n" if done.warnings else "")


def _refusal(key: str, error: AdminError, said: Mapping[str, tuple[str, str]]) -> str:
    paper = Console(file=io.StringIO(), width=120, no_color=True, highlight=False, legacy_windows=False)
    paper.print(say(f"{key}: refused.", f"{key}：未发布。"))
    # Worded when it was raised, in one language.
    paper.print(*(say(*said.get(words, (words, words))) for words in (error.what, error.mend)), markup=False)
    paper.print()
    if isinstance(error, PublicationRefused):
        show_problems(error.problems, {}, paper)
    return str(paper.file.getvalue())  # type: ignore[attr-defined]


def handle(event: Mapping[str, Any], _context: object) -> dict[str, str]:
    """Lambda's entry point: EventBridge's `Object Created` of the script bucket."""
    settings = PublisherSettings.from_environment(os.environ)
    language.use(settings.language)
    detail = EventBridgeEvent(dict(event)).detail
    publisher = Publisher(settings, ScriptBucket(_client("s3"), settings.script_bucket), _client)
    verdict = publisher.take(detail["object"]["key"], f"incoming ({detail.get('requester', 'S3')})")
    return {"outcome": verdict.outcome if verdict else "ignored"}


def _client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(service, config=Config(connect_timeout=3, read_timeout=15, retries={"total_max_attempts": 3}))
