"""A small campaign over the shipped `outbound` pack, released as the administrator's command would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from callscript.protocol import ActionRequest, ReleaseReply
from callscript.release import build, complete, for_agents
from tests.agent_app.fake_cloud import FakeCloud

PACKS = Path(__file__).parents[2] / "scripts_bucket"
PACK_FILES = ("outbound/server.xml", "outbound/links.xml", "outbound/blocks.xml", "desk/server.xml")

LOCAL = """<?xml version="1.0" encoding="UTF-8"?>
<local xmlns="urn:waihu:local:1" campaign="csat" language="zh" uses="outbound" title="Test">
  <options id="yesno"><option value="yes">是</option><option value="no">否</option></options>
  <action id="consent">
    <title>同意</title>
    <data><say>您好，${contact.name}</say><field name="consent" type="choice" options="yesno" required="yes"/></data>
    <next action="refusal" when="${consent} = 'no'"/>
  </action>
  <action id="nps">
    <title>打分</title>
    <condition><check test="${nps} >= 3" level="soft">很低，请再确认。</check></condition>
    <data><say>SAY_NPS</say>
      <field name="nps" type="integer" min="0" max="10" required="yes" special="dk refused"/></data>
    <next action="thanks" when="${nps} >= 9"/>
  </action>
  <action id="why">
    <title>原因</title>
    <data><say>为什么？</say><field name="why" type="text" length="2..200"/></data>
  </action>
  <action id="thanks">
    <title>谢谢</title>
    <data><say>谢谢</say><field name="again" type="choice" options="yesno"/></data>
  </action>
  <end id="done" outcome="1.1"><say>再见</say></end>
  <include block="outbound.exits"/>
</local>
"""

WITH_DESK = LOCAL.replace('uses="outbound"', 'uses="outbound desk"')
"""The same campaign with the desk's pack: states, notes, reports, parked interviews."""

CASE = {
    "case": {"id": "c-1", "epoch": 1, "attempt": 2, "subject": "冰箱", "subject_at": "2026-11-01T10:00:00"},
    "contact": {
        "name": "王芳",
        "phone": "138****1234",
        "language": "zh",
        "timezone": "Asia/Shanghai",
        "attributes": {"product": "冰箱"},
    },
    "calls": [{"at": "2026-11-20T03:30:00+00:00", "agent": "a-9", "outcome": "无人接听", "outcome_en": "No answer"}],
}


def release_of(local: str = LOCAL, links: str = "") -> ReleaseReply:
    files = {"local.xml": local.encode()}
    if links:
        files["links.xml"] = links.encode()
    used = ("outbound", "desk") if 'uses="outbound desk"' in local else ("outbound",)
    files |= {f"packs/{name}": (PACKS / name).read_bytes() for name in PACK_FILES if name.startswith(used)}
    whole = complete(files)
    release, manifest = build("csat", whole)
    texts = {name: data.decode() for name, data in for_agents(whole).items()}
    return ReleaseReply(campaign="csat", release=release, manifest=manifest, files=texts)


def publish(fake: FakeCloud, local: str = LOCAL, links: str = "") -> str:
    """Makes it the campaign's current release; returns its id."""
    reply = release_of(local, links)
    fake.releases[reply.release] = reply
    fake.current["csat"] = reply.release
    return reply.release


def with_cases(fake: FakeCloud) -> None:
    """There is always somebody to call."""
    fake.replies["outbound.next_case"] = lambda _: CASE
    fake.replies["outbound.dial"] = lambda _: {"number": "+8613812341234", "at": "2026-11-23T00:00:00Z"}


def saved_answers(fake: FakeCloud) -> dict[str, Any]:
    """What the server knows of each field after all that has arrived, off-path answers left out."""
    known: dict[str, Any] = {}
    for action, request, _ in fake.ran:
        if action in {"outbound.save_answers", "outbound.finish"}:
            for change in request.parameters.get("answers") or ():
                if change.get("on_path", True):
                    known[change["field"]] = change.get("special") or change.get("value")
                else:
                    known.pop(change["field"], None)
    return known


def requests_of(fake: FakeCloud, action: str) -> list[ActionRequest]:
    return [request for name, request, _ in fake.ran if name == action]
