"""What is put into `incoming/` on AWS: read, checked, published or refused, with a verdict beside it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from admin import language
from admin.deployed.handed_in import MOST_BYTES, VERDICT, Unfit, concerns, read_handed_in
from admin.deployed.publisher import Publisher
from admin.deployed.settings import PublisherSettings
from admin.folders import CHECKOUT_SCRIPTS, collect, find_campaign
from admin.script_bucket import ScriptBucket

BUCKET = "scripts"


@pytest.fixture
def bucket() -> Iterator[ScriptBucket]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield ScriptBucket(client, BUCKET)


def zipped(files: Mapping[str, bytes]) -> bytes:
    paper = io.BytesIO()
    with zipfile.ZipFile(paper, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return paper.getvalue()


def shipped(campaign: str) -> dict[str, bytes]:
    return collect(find_campaign(campaign, CHECKOUT_SCRIPTS), CHECKOUT_SCRIPTS).files


def take(bucket: ScriptBucket, key: str, body: bytes) -> tuple[Any, str]:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    publisher = Publisher(
        PublisherSettings(script_bucket=BUCKET, dashboard_prefix="Waihu"), bucket,
        lambda service: boto3.client(service, region_name="us-east-1"), lambda: datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip
    verdict = publisher.take(key, "tester")
    return verdict, s3.get_object(Bucket=BUCKET, Key=key + VERDICT)["Body"].read().decode()


def test_a_whole_campaign_then_one_file_of_it(bucket: ScriptBucket) -> None:
    files = shipped("reminder")
    first, text = take(bucket, "incoming/reminder.zip", zipped(files))
    again, _ = take(bucket, "incoming/reminder.zip", zipped(files))
    changed, _ = take(bucket, "incoming/reminder/local.xml", files["local.xml"] + b"<!-- a word -->\n")

    assert (first.outcome, again.outcome, changed.outcome) == ("published", "unchanged", "published")
    assert "incoming/reminder.zip: published." in text
    assert "incoming/reminder.zip：已发布。" in text
    held = bucket.pointer("reminder")
    assert held is not None
    assert (held.pointer.release, held.pointer.previous) == (changed.release, first.release)
    assert held.pointer.published_by == "tester"
    kept = bucket.release_files("reminder", changed.release)
    assert kept["packs/outbound/server.xml"] == files["packs/outbound/server.xml"]
    boards = boto3.client("cloudwatch", region_name="us-east-1").get_dashboard(DashboardName="Waihu-campaign-reminder")
    assert json.loads(boards["DashboardBody"])["widgets"]


def test_a_folder_that_was_packed_whole_takes_its_packs_from_those_in_force(bucket: ScriptBucket) -> None:
    take(bucket, "incoming/reminder.zip", zipped(shipped("reminder")))
    own = {f"csat/{name}": data for name, data in shipped("csat").items() if not name.startswith("packs/outbound/")}

    verdict, text = take(bucket, "incoming/csat.zip", zipped(own))
    assert verdict.outcome == "published", text


def test_what_is_wrong_is_said_by_place_and_nothing_changes(bucket: ScriptBucket) -> None:
    take(bucket, "incoming/reminder.zip", zipped(shipped("reminder")))
    before = bucket.pointer("reminder")
    verdict, text = take(bucket, "incoming/reminder/local.xml", b"<local xmlns='urn:waihu:local:1'>\n <x></local>")

    assert verdict.outcome == "refused"
    assert "local.xml:2:" in text
    assert bucket.pointer("reminder") == before


def test_why_it_was_refused_is_told_in_each_language_alone(
    bucket: ScriptBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "_chosen", "zh")
    routing = b"""<routing xmlns="urn:waihu:routing:1"><cell id="c1"><version name="live" weight="100"/></cell>
      <campaign id="reminder" cell="c1" groups="clinic"><title lang="en">Reminder</title></campaign></routing>"""
    verdict, text = take(bucket, "incoming/routing.xml", routing)

    assert verdict.outcome == "refused"
    chinese, refused, english = text.partition("incoming/routing.xml: refused.")
    assert refused
    assert "还没发布过" in chinese
    assert "never published" in english
    assert not re.search(r"[\u4e00-\u9fff]", english), english


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("incoming/reminder.zip", b"no zip"),
        ("incoming/reminder.zip", zipped({"local.xml": b"<" * 2, "big.xml": b"0" * (MOST_BYTES + 1)})),
        ("incoming/reminder.zip", zipped({"../local.xml": b"x", "local.xml": b"x"})),
        ("incoming/reminder.zip", zipped({"readme.txt": b"x"})),
        ("incoming/Reminder!.zip", b""),
        ("incoming/reminder/run.py", b""),
        ("incoming/reminder/../x.xml", b""),
        ("incoming/reminder/local.xml", b"never published"),
        ("incoming/loose.xml", b""),
    ],
)
def test_what_is_no_campaign_is_refused_with_a_remedy(bucket: ScriptBucket, key: str, body: bytes) -> None:
    with pytest.raises(Unfit) as refused:
        read_handed_in(key, body, bucket)

    assert refused.value.mend


@pytest.mark.parametrize("key", ["incoming/", "incoming/a.zip.verdict.txt", "releases/x.xml"])
def test_verdicts_and_other_places_are_left_alone(key: str) -> None:
    assert not concerns(key)
