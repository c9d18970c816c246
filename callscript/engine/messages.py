"""What the engine itself says to agents: why an input cannot stay, in the interview's language or else in English."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "required": {"en": "Please answer this.", "zh": "这一项必须回答。"},
    "not-an-option": {"en": "Please choose one of the options.", "zh": "请从选项中选择。"},
    "option-gone": {
        "en": "The option “{option}” is no longer offered, since an earlier answer changed.",
        "zh": "前面的回答改变了，选项“{option}”已不能选择。",
    },
    "exclusive-option": {
        "en": "“{option}” cannot be chosen together with others.",
        "zh": "“{option}”不能与其他选项同时选择。",
    },
    "special-not-offered": {
        "en": "This special answer is not offered here.",
        "zh": "这一项不能选择该特殊回答。",
    },
    "too-small": {"en": "The least allowed is {limit}.", "zh": "不能小于 {limit}。"},
    "too-large": {"en": "The most allowed is {limit}.", "zh": "不能大于 {limit}。"},
    "too-early": {"en": "The earliest allowed is {limit}.", "zh": "不能早于 {limit}。"},
    "too-late": {"en": "The latest allowed is {limit}.", "zh": "不能晚于 {limit}。"},
    "too-short": {"en": "Please type at least {limit} characters.", "zh": "至少填写 {limit} 个字。"},
    "too-long": {"en": "Please type at most {limit} characters.", "zh": "最多填写 {limit} 个字。"},
    "too-few": {"en": "Please choose at least {limit}.", "zh": "至少选择 {limit} 项。"},
    "too-many": {"en": "Please choose at most {limit}.", "zh": "最多选择 {limit} 项。"},
    "pattern": {"en": "This is not in the form that is wanted here.", "zh": "格式不符合要求。"},
    "endless-loop": {
        "en": "The script goes in a circle at “{node}” and asks nothing. Go back, or take an exit.",
        "zh": "脚本在“{node}”处原地循环，没有问题可问。请返回修改回答，或使用快捷键退出。",
    },
    "no-such-place": {"en": "That question cannot be jumped to.", "zh": "不能跳到那一题。"},
    "nothing-before": {"en": "This is the first question.", "zh": "已经是第一题。"},
    "unknown-exit": {"en": "There is no such exit here.", "zh": "没有这个退出方式。"},
    "unknown-language": {"en": "This campaign has no texts in that language.", "zh": "本项目没有该语言的文本。"},
    "unknown-field": {"en": "This node does not ask “{field}”.", "zh": "这里没有“{field}”这一项。"},
}


def message(code: str, language: str, **values: object) -> str:
    """The message of `code`; a language without one of its own gets English."""
    by_language = MESSAGES[code]
    template = by_language.get(language) or by_language.get(language.partition("-")[0]) or by_language["en"]
    return template.format_map(values)
