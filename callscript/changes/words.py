"""How each kind of change is said, in English and Chinese: where, and what about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Phrase(NamedTuple):
    """What a fact is about; `{subject}` and `{detail}` are those of its key."""

    en: str
    zh: str


PHRASES: Mapping[str, Phrase] = {
    "title": Phrase("the campaign's title", "项目标题"),
    "language": Phrase("the campaign's base language", "项目的基础语言"),
    "node": Phrase("node {subject}", "节点 {subject}"),
    "after": Phrase("place of node {subject}: follows", "节点 {subject} 的位置：跟在其后"),
    "node-title": Phrase("title of {subject}", "{subject} 的标题"),
    "asked-when": Phrase("when {subject} is asked", "{subject} 的提问条件"),
    "rounds": Phrase("rounds of {subject}", "{subject} 的轮次"),
    "outcome": Phrase("outcome of end {subject}", "结束 {subject} 的结果代码"),
    "say": Phrase("what is said in {subject} (text {detail})", "{subject} 的话术（第 {detail} 段）"),
    "note": Phrase("the agent's note in {subject} (note {detail})", "{subject} 的坐席提示（第 {detail} 条）"),
    "field": Phrase("field {subject}, asked in", "字段 {subject}，所在节点"),
    "field-type": Phrase("type of {subject}", "{subject} 的类型"),
    "field-label": Phrase("label of {subject}", "{subject} 的题干"),
    "field-hint": Phrase("hint of {subject}", "{subject} 的提示"),
    "required": Phrase("{subject} must be answered", "{subject} 是否必答"),
    "specials": Phrase("special answers of {subject}", "{subject} 的特殊答案"),
    "minimum": Phrase("smallest {subject}", "{subject} 的最小值"),
    "maximum": Phrase("largest {subject}", "{subject} 的最大值"),
    "pattern": Phrase("pattern of {subject}", "{subject} 的格式"),
    "length": Phrase("length of {subject}", "{subject} 的长度"),
    "field-options": Phrase("option list of {subject}", "{subject} 的选项表"),
    "compute": Phrase("how {subject} is computed", "{subject} 的计算式"),
    "option": Phrase("option {subject}", "选项 {subject}"),
    "option-when": Phrase("when option {subject} is offered", "选项 {subject} 的出现条件"),
    "option-order": Phrase("order of options in {subject}", "{subject} 的选项顺序"),
    "check": Phrase("check {detail} of {subject}", "{subject} 的第 {detail} 条检查"),
    "check-message": Phrase("message of check {detail} of {subject}", "{subject} 第 {detail} 条检查的提示"),
    "next": Phrase("way {detail} out of {subject}", "{subject} 的第 {detail} 个去向"),
    "exit": Phrase("exit {subject}", "出口 {subject}"),
    "link": Phrase("link {subject}", "关联 {subject}"),
    "server-roles": Phrase("who may call {subject}", "谁可以调用 {subject}"),
    "server-parameter": Phrase("parameter {detail} of {subject}", "{subject} 的参数 {detail}"),
    "server-sql": Phrase("statement {detail} of {subject}", "{subject} 的语句 {detail}"),
    "server-fail": Phrase("failure {detail} of {subject}", "{subject} 的失败 {detail}"),
    "server-reply": Phrase("{detail} in the reply of {subject}", "{subject} 回复中的 {detail}"),
    "translation": Phrase("{detail} translation of {subject}", "{subject} 的 {detail} 译文"),
}

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "added": {"en": "New: {what}: {new}", "zh": "新增：{what}：{new}"},
    "removed": {"en": "Gone: {what}: {old}", "zh": "删除：{what}：{old}"},
    "changed": {"en": "Changed: {what}: {old} → {new}", "zh": "修改：{what}：{old} → {new}"},
}

NOTHING: Mapping[str, str] = {"en": "nothing", "zh": "无"}
