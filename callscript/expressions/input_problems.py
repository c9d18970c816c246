"""Why an input cannot be taken, in the agent's language: codes are stable, messages are for the screen."""

from __future__ import annotations

from dataclasses import dataclass

_MESSAGES: dict[str, tuple[str, str]] = {
    "not-a-number": ("Type a number, such as {example}.", "请输入数字，例如 {example}。"),
    "not-whole": ("Type a whole number, without decimals.", "请输入整数，不带小数。"),
    "number-too-long": ("At most 15 digits are kept.", "最多保留 15 位数字。"),
    "not-yes-or-no": ("Answer {yes} or {no}.", "请回答“{yes}”或“{no}”。"),
    "not-a-date": ("Type a date, such as {example}.", "请输入日期，例如 {example}。"),
    "no-such-day": ("There is no such day.", "没有这一天。"),
    "not-a-time": ("Type a time, such as 14:30.", "请输入时间，例如 14:30。"),
    "not-a-date-and-time": (
        "Type a date and a time, such as {example} 14:30.",
        "请输入日期和时间，例如 {example} 14:30。",
    ),
    "not-a-phone": ("Type a telephone number, such as {example}.", "请输入电话号码，例如 {example}。"),
    "not-an-email": ("Type an e-mail address, such as name@example.com.", "请输入邮箱，例如 name@example.com。"),
    "not-an-option": ("Choose one of the options.", "请从选项中选择。"),
    "text-too-long": ("At most {most} characters are kept.", "最多保留 {most} 个字。"),
    "not-an-identifier": ("This is no identifier.", "这不是有效的标识。"),
}
INPUT_CODES = frozenset(_MESSAGES)


@dataclass(frozen=True, slots=True)
class InputProblem:
    """What was typed is no value of the field's type."""

    code: str
    values: tuple[tuple[str, str], ...] = ()

    def message(self, language: str) -> str:
        """What to do, in Chinese for `zh…`, else in English."""
        english, chinese = _MESSAGES[self.code]
        return (chinese if language.startswith("zh") else english).format_map(dict(self.values))


def input_problem(code: str, **values: object) -> InputProblem:
    return InputProblem(code, tuple((name, str(value)) for name, value in values.items()))
