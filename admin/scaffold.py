"""`waihu new`: a first questionnaire that checks clean, with a branch and every pack default in force.

Its words are in the language that the command speaks; the comments are in both.
"""

from __future__ import annotations

import re
from pathlib import Path

from admin.errors import AdminError
from admin.language import current, say

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

LOCAL = """\
<?xml version="1.0" encoding="UTF-8"?>
<local xmlns="urn:waihu:local:1" campaign="{name}" language="{language}" uses="outbound desk" title="{title}">

  <!-- 选项表：可以被许多题共用。 A list of options, for any number of questions. -->
  <options id="yes_no">
    <option value="yes">{yes}</option>
    <option value="no">{no}</option>
  </options>

  <!-- 一个 action 是一屏：念什么（say）、只给坐席看什么（note）、问什么（field）。
       One action is one screen: what is read out, what only the agent sees, what is asked. -->
  <action id="greeting">
    <title>{opening}</title>
    <data>
      <say>{hello}</say>
      <field name="consent" type="choice" options="yes_no" required="yes">
        <label>{willing}</label>
      </field>
    </data>
    <!-- 没有 next 成立时，按顺序走到下一个 action。 Without a next that holds, the flow goes on in document order. -->
    <next action="refusal" when="${{consent}} = 'no'"/>
  </action>

  <action id="score">
    <title>{rating}</title>
    <data>
      <say>{how_good}</say>
      <field name="score" type="integer" min="0" max="10" required="yes" special="dk refused">
        <label>{score}</label>
      </field>
    </data>
    <next action="done" when="${{score}} >= 7"/>
  </action>

  <action id="reason">
    <title>{cause}</title>
    <data>
      <say>{why}</say>
      <field name="reason" type="text" length="1..500" special="dk refused">
        <label>{reason}</label>
      </field>
    </data>
  </action>

  <end id="done" outcome="1.1">
    <say>{thanks}</say>
  </end>

  <!-- 预约、没接通、拒绝、打错、听不清：由 outbound 包提供。 Ways out of any call come from the pack. -->
  <include block="outbound.exits"/>
</local>
"""

WORDS = {
    "en": {
        "yes": "Yes",
        "no": "No",
        "opening": "Opening",
        "hello": "Hello ${contact.name}, may I take one minute of your time?",
        "willing": "Willing",
        "rating": "Score",
        "how_good": "From 0 to 10, how good are we?",
        "score": "Score",
        "cause": "Reason",
        "why": "What is the main reason?",
        "reason": "Reason (verbatim)",
        "thanks": "Thank you, goodbye!",
    },
    "zh": {
        "yes": "是",
        "no": "否",
        "opening": "开场",
        "hello": "您好，${contact.name}！耽误您一分钟，可以吗？",
        "willing": "是否愿意",
        "rating": "打分",
        "how_good": "0 到 10 分，您给我们打几分？",
        "score": "分数",
        "cause": "原因",
        "why": "请问主要的原因是什么？",
        "reason": "原因（原话）",
        "thanks": "谢谢您，再见！",
    },
}


def new_campaign(name: str, root: Path, title: str = "") -> Path:
    """Writes the folder of a new campaign and returns it.

    Raises:
        AdminError: the name cannot be one, or the campaign is there already; nothing is overwritten.
    """
    if not _NAME.fullmatch(name):
        raise AdminError(
            say(f"“{name}” cannot be a campaign's name.", f"“{name}”不能作为项目名。"),
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
    language = current()
    text = LOCAL.format(name=name, title=shown, language=language, **WORDS[language])
    (folder / "local.xml").write_text(text, encoding="utf-8")
    return folder
