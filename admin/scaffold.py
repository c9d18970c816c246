"""`waihu new`: a first questionnaire that checks clean, with a branch and every pack default in force."""

from __future__ import annotations

import re
from pathlib import Path

from admin.errors import AdminError
from admin.language import say

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

LOCAL = """\
<?xml version="1.0" encoding="UTF-8"?>
<local xmlns="urn:waihu:local:1" campaign="{name}" language="zh" uses="outbound desk" title="{title}">

  <!-- 选项表：可以被许多题共用。 A list of options, for any number of questions. -->
  <options id="yes_no">
    <option value="yes">是</option>
    <option value="no">否</option>
  </options>

  <!-- 一个 action 是一屏：念什么（say）、只给坐席看什么（note）、问什么（field）。
       One action is one screen: what is read out, what only the agent sees, what is asked. -->
  <action id="greeting">
    <title>开场</title>
    <data>
      <say>您好，${{contact.name}}！耽误您一分钟，可以吗？</say>
      <field name="consent" type="choice" options="yes_no" required="yes">
        <label>是否愿意</label>
      </field>
    </data>
    <!-- 没有 next 成立时，按顺序走到下一个 action。 Without a next that holds, the flow goes on in document order. -->
    <next action="refusal" when="${{consent}} = 'no'"/>
  </action>

  <action id="score">
    <title>打分</title>
    <data>
      <say>0 到 10 分，您给我们打几分？</say>
      <field name="score" type="integer" min="0" max="10" required="yes" special="dk refused">
        <label>分数</label>
      </field>
    </data>
    <next action="done" when="${{score}} >= 7"/>
  </action>

  <action id="reason">
    <title>原因</title>
    <data>
      <say>请问主要的原因是什么？</say>
      <field name="reason" type="text" length="1..500" special="dk refused">
        <label>原因（原话）</label>
      </field>
    </data>
  </action>

  <end id="done" outcome="1.1">
    <say>谢谢您，再见！</say>
  </end>

  <!-- 预约、没接通、拒绝、打错、听不清：由 outbound 包提供。 Ways out of any call come from the pack. -->
  <include block="outbound.exits"/>
</local>
"""


def new_campaign(name: str, root: Path, title: str = "") -> Path:
    """Writes the folder of a new campaign and returns it.

    Raises:
        AdminError: the name cannot be one, or the campaign is there already; nothing is overwritten.
    """
    if not _NAME.fullmatch(name):
        raise AdminError(
            say(f"“{name}” cannot be a campaign's name.", f"“{name}”不能作为活动名。"),
            say(
                "Use small letters, digits and _, beginning with a letter.", "请用小写字母、数字和下划线，以字母开头。"
            ),
        )
    folder = root / "campaigns" / name
    if folder.exists():
        raise AdminError(
            say(f"{folder} is there already.", f"{folder} 已经存在。"),
            say("Choose another name; nothing was changed.", "请换一个名字；什么也没有改动。"),
        )
    (folder / "translations").mkdir(parents=True)
    shown = (title or name).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    (folder / "local.xml").write_text(LOCAL.format(name=name, title=shown), encoding="utf-8")
    return folder
