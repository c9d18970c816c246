"""What can be wrong in `calling.xml`."""

from __future__ import annotations

from callscript.problems import error, warning

EMPTY_HOURS = error(
    "empty-hours",
    "These hours end ({closes}) before they begin ({opens}).",
    "Write the earlier time in from; hours over midnight are two elements.",
    zh="这段时间的结束（{closes}）早于开始（{opens}）。",
    mend_zh="请把较早的时刻写在 from；跨过午夜请写成两条。",
)
HOURS_OVERLAP = error(
    "hours-overlap",
    "These hours overlap with those in line {line}.",
    "Join the two, or change one.",
    zh="与第 {line} 行的时间重叠。",
    mend_zh="请合并，或修改其中之一。",
)
NO_SUCH_DATE = error(
    "no-such-date",
    "There is no day {date}.",
    "Write an existing day: year-month-day.",
    zh="没有 {date} 这一天。",
    mend_zh="请写存在的日期：年-月-日。",
)
CALLING_TWICE = error(
    "calling-twice",
    "{what} {name} is here already, in line {line}.",
    "Delete one of them.",
    zh="{what} {name} 在第 {line} 行已经写过。",
    mend_zh="请删除其中之一。",
)
PART_NEVER_OPEN = error(
    "part-never-open",
    "No calling window meets the part {name}: calls that are to be spread over it would wait for ever.",
    "Change its hours, or open a window.",
    zh="时段“{name}”没有任何拨打窗口：分散到该时段的拨打将永远等待。",
    mend_zh="请修改时段，或增加拨打窗口。",
)
SPREAD_WITHOUT_PARTS = error(
    "spread-without-parts",
    "Calls cannot be spread or limited by parts of the week: there is no part.",
    "Write <part> elements, or delete per-part and spread.",
    zh="没有划分时段，无法按时段分散或限制拨打。",
    mend_zh="请写 <part>，或删除 per-part 和 spread。",
)
TOO_MANY_PARTS = error(
    "too-many-parts",
    "There are {count} parts; at most 15 can be told apart.",
    "Join some.",
    zh="共有 {count} 个时段，最多 15 个。",
    mend_zh="请合并一些时段。",
)
RETRY_MISSING = error(
    "retry-missing",
    "Outcome {code} is not final here, but nothing says when to call again.",
    'Add retry="4h" or the like.',
    zh="结果 {code} 在这里不是最终结果，但没有说何时再打。",
    mend_zh='请加上 retry="4h" 之类。',
)
QUOTA_SOURCE = error(
    "quota-source",
    "Quota {name} must say either attribute or answer.",
    "Write what is counted by: an attribute of the contacts, or a field of the questionnaire.",
    zh="配额 {name} 必须写 attribute 或 answer 其中之一。",
    mend_zh="请写按什么计数：联系人的属性，或问卷的字段。",
)
QUOTA_VALUES = error(
    "quota-values",
    "Quota {name} crosses {count} names; this cell does not give {count} values.",
    "Write them in the same order with | between.",
    zh="配额 {name} 由 {count} 个名称交叉，这一格没有给出 {count} 个值。",
    mend_zh="请按相同顺序用 | 隔开。",
)
NO_WINDOW = warning(
    "no-window",
    "There is no calling window: contacts may be called at any hour.",
    'Write one: <window days="mon-fri" from="09:00" to="20:00"/>.',
    zh="没有拨打窗口：任何时刻都可能拨打。",
    mend_zh='请写一条：<window days="mon-fri" from="09:00" to="20:00"/>。',
)
OUT_OF_RANGE = error(
    "setting-out-of-range",
    "{name} must be between {least} and {most}.",
    "Write a number in that range.",
    zh="{name} 必须在 {least} 和 {most} 之间。",
    mend_zh="请写该范围内的数。",
)
