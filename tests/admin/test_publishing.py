from __future__ import annotations

from collections.abc import Mapping

import pytest
from botocore.exceptions import ClientError

from admin.errors import NotFound, PublicationRefused, PublishedMeanwhile, ReleaseDamaged
from admin.publishing import Occasion, Published, publish, publish_routing, roll_back
from admin.script_bucket import ScriptBucket
from callscript import release
from callscript.places import Span
from callscript.problems import Problem, error, warning

LOCAL = b'<local xmlns="urn:waihu:local:1" campaign="csat" language="zh"/>'
FILES = {"local.xml": LOCAL, "packs/outbound/server.xml": b'<server xmlns="urn:waihu:server:1" pack="outbound"/>'}
CHANGED = {**FILES, "local.xml": LOCAL + b"<!-- changed -->"}
BROKEN = error("broken", "Broken.", "Mend it.", zh="坏了。", mend_zh="请修理。")
ODD = warning("odd", "Odd.", "Look.", zh="奇怪。", mend_zh="请看。")


def fine(_: Mapping[str, bytes]) -> tuple[Problem, ...]:
    return ()


def broken(_: Mapping[str, bytes]) -> tuple[Problem, ...]:
    return (Problem(BROKEN, Span("local.xml", 3, 7)),)


def at(second: int, who: str = "chen") -> Occasion:
    return Occasion(who, f"2026-11-23T08:00:{second:02}.000000Z", f"number {second}")


def put(bucket: ScriptBucket, files: Mapping[str, bytes], second: int) -> Published:
    return publish(files, campaign="csat", bucket=bucket, check=fine, occasion=at(second))


def current(bucket: ScriptBucket) -> str | None:
    held = bucket.pointer("csat")
    return held.pointer.release if held else None


def test_a_release_is_whole_and_can_be_verified_by_its_id(bucket: ScriptBucket) -> None:
    done = put(bucket, FILES, 1)
    files = bucket.release_files("csat", done.release)
    assert release.verify(files, done.release).campaign == "csat"
    assert sorted(files) == ["local.xml", "manifest.json", "packs/outbound/interface.xml", "packs/outbound/server.xml"]
    assert (current(bucket), done.previous, done.moved) == (done.release, None, True)


def test_publishing_the_same_again_changes_nothing(bucket: ScriptBucket) -> None:
    first = put(bucket, FILES, 1)
    again = put(bucket, FILES, 2)
    assert (again.release, again.new_files, again.moved) == (first.release, 0, False)
    assert len(bucket.history("csat")) == 1


def test_errors_refuse_and_leave_what_runs(bucket: ScriptBucket) -> None:
    running = put(bucket, FILES, 1).release
    with pytest.raises(PublicationRefused) as refused:
        publish(CHANGED, campaign="csat", bucket=bucket, check=broken, occasion=at(2))
    assert [problem.code for problem in refused.value.problems] == ["broken"]
    assert current(bucket) == running
    assert bucket.releases("csat") == [running]


def test_warnings_do_not_refuse(bucket: ScriptBucket) -> None:
    def warned(_: Mapping[str, bytes]) -> tuple[Problem, ...]:
        return (Problem(ODD, Span("local.xml", 1, 1)),)

    done = publish(FILES, campaign="csat", bucket=bucket, check=warned, occasion=at(1))
    assert [problem.code for problem in done.warnings] == ["odd"]


def test_of_two_who_publish_at_once_one_is_told(bucket: ScriptBucket) -> None:
    put(bucket, FILES, 1)

    def someone_else_is_faster(_: Mapping[str, bytes]) -> tuple[Problem, ...]:
        put(bucket, {**FILES, "local.xml": LOCAL + b"<!-- theirs -->"}, 2)
        return ()

    with pytest.raises(PublishedMeanwhile):
        publish(CHANGED, campaign="csat", bucket=bucket, check=someone_else_is_faster, occasion=at(3, "wang"))
    assert [pointer.comment for pointer in bucket.history("csat")] == ["number 2", "number 1"]


def test_of_two_first_publishers_one_is_told(bucket: ScriptBucket) -> None:
    def someone_else_is_faster(_: Mapping[str, bytes]) -> tuple[Problem, ...]:
        put(bucket, CHANGED, 1)
        return ()

    with pytest.raises(PublishedMeanwhile):
        publish(FILES, campaign="csat", bucket=bucket, check=someone_else_is_faster, occasion=at(2))


def test_an_upload_that_breaks_off_leaves_no_release_and_what_runs(
    bucket: ScriptBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = put(bucket, FILES, 1).release
    real = bucket._client.put_object

    def breaks_off(**arguments: object) -> object:
        if str(arguments["Key"]).endswith("local.xml"):
            raise ClientError({"Error": {"Code": "SlowDown", "Message": "slow down"}}, "PutObject")
        return real(**arguments)

    monkeypatch.setattr(bucket._client, "put_object", breaks_off)
    with pytest.raises(Exception, match="cannot be used"):
        put(bucket, CHANGED, 2)
    monkeypatch.undo()
    assert current(bucket) == running
    assert bucket.releases("csat") == [running]
    assert put(bucket, CHANGED, 3).moved


def test_rolling_back_and_forth(bucket: ScriptBucket) -> None:
    first, second = put(bucket, FILES, 1).release, put(bucket, CHANGED, 2).release
    assert roll_back("csat", None, bucket=bucket, occasion=at(3)).release == first
    assert roll_back("csat", second[:8], bucket=bucket, occasion=at(4)).release == second
    assert current(bucket) == second
    assert [pointer.release for pointer in bucket.history("csat")] == [second, first, second, first]


def test_nothing_to_roll_back_to(bucket: ScriptBucket) -> None:
    with pytest.raises(NotFound):
        roll_back("csat", None, bucket=bucket, occasion=at(1))
    put(bucket, FILES, 1)
    with pytest.raises(NotFound):
        roll_back("csat", None, bucket=bucket, occasion=at(2))
    with pytest.raises(NotFound):
        roll_back("csat", "ffff", bucket=bucket, occasion=at(2))


def test_a_release_that_was_tampered_with_is_not_rolled_back_to(bucket: ScriptBucket) -> None:
    first = put(bucket, FILES, 1).release
    running = put(bucket, CHANGED, 2).release
    bucket._client.put_object(Bucket=bucket.name, Key=f"releases/csat/{first}/local.xml", Body=b"<evil/>")
    with pytest.raises(ReleaseDamaged):
        roll_back("csat", first, bucket=bucket, occasion=at(3))
    assert current(bucket) == running


ROUTING = b"""<routing xmlns="urn:waihu:routing:1">
  <cell id="c1"><version name="live" weight="100"/></cell>
  <campaign id="csat" cell="c1" groups="service"><title lang="zh">t</title></campaign>
</routing>"""


def test_routing_is_published_only_for_campaigns_that_were(bucket: ScriptBucket) -> None:
    with pytest.raises(PublicationRefused) as refused:
        publish_routing(ROUTING, bucket=bucket)
    assert [(problem.code, problem.span.line) for problem in refused.value.problems] == [("unpublished-campaign", 3)]
    put(bucket, FILES, 1)
    publish_routing(ROUTING, bucket=bucket)
    found = bucket.routing()
    assert found is not None
    assert found[0] == ROUTING


def test_a_broken_routing_leaves_the_one_in_force(bucket: ScriptBucket) -> None:
    put(bucket, FILES, 1)
    publish_routing(ROUTING, bucket=bucket)
    with pytest.raises(PublicationRefused) as refused:
        publish_routing(ROUTING.replace(b'cell="c1"', b'cell="c9"'), bucket=bucket)
    assert [problem.span.line for problem in refused.value.problems] == [3]
    found = bucket.routing()
    assert found is not None
    assert found[0] == ROUTING
