"""The forms that attribute values have. A form is a pattern with a name; meaning comes later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from callscript.model.values import FIELD_TYPES, Special, ValueType


@dataclass(frozen=True)
class Form:
    """`pattern` in the dialect that XML Schema and Python share; `values` are all there are, where they are few."""

    name: str
    wanted: str
    wanted_zh: str
    pattern: str = ""
    values: tuple[str, ...] = ()

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def accepts(self, value: str) -> bool:
        if self.values:
            return value in self.values
        return not self.pattern or self._compiled.fullmatch(value) is not None


def words(name: str, *values: str) -> Form:
    listed = ", ".join(values)
    return Form(name, f"one of {listed}", f"以下之一：{listed}", values=values)


_NAME = "[A-Za-z_][A-Za-z0-9_\\-]{0,63}"
_DOTTED = f"{_NAME}(\\.{_NAME})*"

TEXT = Form("text", "a text", "文字")
EXPRESSION = Form("expression", "an expression", "表达式", "[\\s\\S]*\\S[\\s\\S]*")
NAME = Form(
    "name", "a name (letters, digits, _ and -, beginning with a letter)", "名称（字母、数字、_、-，以字母开头）", _NAME
)
COLUMN = Form(
    "column",
    "a name (letters, digits and _, beginning with a letter)",
    "名称（字母、数字、_，以字母开头）",
    "[A-Za-z_][A-Za-z0-9_]{0,62}",
)
NAMES = Form("names", "names with spaces between", "以空格分隔的名称", f"\\s*{_NAME}(\\s+{_NAME})*\\s*")
NODE = Form("node", "a name or *", "名称或 *", f"\\*|{_NAME}")
DOTTED = Form("dotted", "a dotted name such as contact.name", "带点的名称，如 contact.name", _DOTTED)
PATH = Form("path", "a dotted path into the reply", "指向回复内容的带点路径", f"({_DOTTED})?")
SERVER_ACTION = Form(
    "server-action", "pack.action, such as outbound.park", "“包名.操作名”（如 outbound.park）", f"{_NAME}\\.{_NAME}"
)
BLOCK = Form("block", "pack.block, such as outbound.exits", "“包名.块名”（如 outbound.exits）", f"{_NAME}\\.{_NAME}")
OPTION_VALUE = Form(
    "option-value",
    "an option's value (no spaces, quotes or /, at most 64 characters)",
    "选项值（不含空格、引号和 /，最多 64 个字符）",
    "[^\\s'\"/]{1,64}",  # rounds of repeats over options are written a/b
)
LANGUAGE = Form(
    "language",
    "a language such as zh, en or zh-Hant",
    "语言代码，如 zh、en、zh-Hant",
    "[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*",
)
LENGTH = Form(
    "length",
    "a length such as 5, 2..40 or 2..",
    "长度，如 5、2..40 或 2..",
    "[0-9]{1,6}(\\.\\.([0-9]{1,6})?)?|\\.\\.[0-9]{1,6}",
)
ROWS = Form(
    "rows", "a number of rows: 1, 0..1, 0..n or 1..n", "行数：1、0..1、0..n、1..n", "[0-9]{1,6}(\\.\\.([0-9]{1,6}|n))?"
)
ORDER = Form(
    "order",
    "columns with their types, such as: due_at:datetime desc, id:uuid",
    "列及其类型，如：due_at:datetime desc, id:uuid",
    "\\s*{0}(\\s*,\\s*{0})*\\s*".format(
        "[A-Za-z_][A-Za-z0-9_]{0,62}:(text|integer|decimal|date|time|datetime|uuid)(\\s+(asc|desc))?"
    ),
)
INTEGER = Form("integer", "a whole number", "整数", "[0-9]{1,9}")
KEY = Form(
    "key",
    "one letter or digit, F1 to F12, or Escape",
    "一个字母或数字、F1 至 F12，或 Escape",
    "[A-Za-z0-9]|F([1-9]|1[0-2])|Escape",
)
OUTCOME = Form(
    "outcome", "an AAPOR code such as 1.1 or 2.112", "AAPOR 代码，如 1.1、2.112", "[1-5](\\.[0-9]{1,4}){0,2}"
)
SQLSTATE = Form(
    "sqlstate",
    "an SQLSTATE such as 23505 (or a class: 23)",
    "SQLSTATE，如 23505（或类别：23）",
    "[0-9A-Z]{5}|[0-9A-Z]{2}",
)
CODE = Form("code", "a code in small letters, digits and _", "小写字母、数字和 _ 组成的代码", "[a-z][a-z0-9_]{0,63}")
REGEX = Form("regex", "a pattern", "正则表达式")

YES_NO = words("yes-no", "yes", "no")
LEVEL = words("level", "hard", "soft")
FIELD_TYPE = words("field-type", *(t.value for t in ValueType if t in FIELD_TYPES))
VALUE_TYPE = words("value-type", *(t.value for t in ValueType))
SPECIALS = Form(
    "specials",
    "any of dk, refused, na",
    "dk、refused、na 中的若干个",
    "\\s*({0})(\\s+({0}))*\\s*".format("|".join(s.value for s in Special)),
)
MOMENT = words("moment", "start", "enter", "leave", "exit", "end", "command")
MODE = words("mode", "wait", "background")
FAIL = words("fail", "ask", "go-on", "park", "go-to", "retry")
MASK = words("mask", "yes", "no", "dialler")
CLASS = words("class", "fast", "slow")
ROLE = Form(
    "roles",
    "roles with spaces between: agent, supervisor, admin",
    "以空格分隔的角色：agent、supervisor、admin",
    "\\s*(agent|supervisor|admin)(\\s+(agent|supervisor|admin))*\\s*",
)
