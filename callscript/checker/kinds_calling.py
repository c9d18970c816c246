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
WINDOW_AT_NIGHT = warning(
    "window-at-night",
    "Calls may be made from {opens} to {closes}, where the contact lives: that is at night.",
    "Write hours by the 24-hour clock, such as 13:30 to 20:00; leave it if calls at night are meant.",
    zh="按联系人当地时间，{opens} 到 {closes} 都可能拨打，其中有深夜。",
    mend_zh="请按 24 小时制书写，例如 13:30 到 20:00；如果确实要在夜间拨打，可以不改。",
)
PARTS_WITHOUT_LIMIT = warning(
    "parts-without-limit",
    "The week has parts, but calls are neither spread over them nor limited in them.",
    'Add per-part="…" or spread="…" to <limits>, or delete the parts.',
    zh="划分了时段，但既没有按时段分散拨打，也没有限制次数。",
    mend_zh='请在 <limits> 加上 per-part="…" 或 spread="…"，或删除这些时段。',
)
LIMIT_NEVER_REACHED = warning(
    "limit-never-reached",
    "{name} can never be reached: the case is closed before, by {other}.",
    "Write a smaller number, or delete it.",
    zh="{name} 永远达不到：此前个案已因 {other} 结束。",
    mend_zh="请写较小的数，或删除它。",
)
ATTEMPTS_NEVER_REACHED = warning(
    "attempts-never-reached",
    "{name} can never be reached: all windows lie in parts of the week, and {other} allows {most} calls in all.",
    "Write more calls for a part, or fewer in all.",
    zh="{name} 永远达不到：所有窗口都在各时段之内，而 {other} 一共只允许 {most} 次。",
    mend_zh="请增加每个时段的次数，或减少总次数。",
)
DAY_TOO_SHORT = warning(
    "day-too-short",
    '{name} can never be reached: with gap="{gap}" at most {fits} fit into the windows of a day.',
    "Write a shorter gap, or fewer calls a day.",
    zh='{name} 永远达不到：gap="{gap}" 时，一天的窗口最多容下 {fits} 次。',
    mend_zh="请缩短 gap，或减少每天的次数。",
)
LATE_BEFORE_FREE = warning(
    "late-before-free",
    "A promised call waits {wait} minutes for its agent, but counts as missed after {late}: nobody else could keep it.",
    "Make wait shorter than late.",
    zh="约定的拨打会为约定的坐席保留 {wait} 分钟，但 {late} 分钟后就算错过：别人无法替他履约。",
    mend_zh="请让 wait 小于 late。",
)
LEASE_TOO_SHORT = warning(
    "lease-too-short",
    "An agent's desk gives a sign of life every {every} s: if one is late, the case goes to somebody else in mid-call.",
    "Write {least} or more.",
    zh="坐席台每 {every} 秒报告一次：只要一次迟到，通话中的个案就会转给别人。",
    mend_zh="请写 {least} 或更大。",
)
NOTHING_AFTER = error(
    "nothing-after-final",
    "Outcome {code} closes the case, so that {names} would have no effect.",
    'Write final="no" if it shall be called again, else delete {names}.',
    zh="结果 {code} 会结束个案，{names_zh} 不会起作用。",
    mend_zh='如果还要再打，请写 final="no"；否则请删除 {names_zh}。',
)
INTERVIEWED_AGAIN = warning(
    "interviewed-again",
    "Outcome {code} is an interview, and whoever gave it is called again.",
    "Delete this outcome, unless the same people are to be interviewed again.",
    zh="结果 {code} 是完成的访问，而受访者还会再被拨打。",
    mend_zh="除非要再次访问同一批人，请删除这条结果。",
)
RETRY_WITHIN_GAP = warning(
    "retry-within-gap",
    'Outcome {code} is to be called again sooner than gap="{gap}" allows: the gap holds.',
    "Write a longer retry, or a shorter gap.",
    zh='结果 {code} 的 retry 比 gap="{gap}" 还短：以 gap 为准。',
    mend_zh="请写更长的 retry，或更短的 gap。",
)
QUOTA_NAMES = error(
    "quota-names",
    "Quota {name} counts by “{written}”: several names have spaces between them.",
    'Write them with spaces, such as answer="sex age", and the values of a cell with |, such as value="f|18-29".',
    zh="配额 {name} 按“{written}”计数：多个名称之间用空格。",
    mend_zh='名称用空格隔开，如 answer="sex age"；每格的值用 | 隔开，如 value="f|18-29"。',
)
QUOTA_ONE_VALUE = error(
    "quota-one-value",
    "Quota {name} counts by one name, and this cell gives several values: {value}.",
    "Write a <cell> for each value.",
    zh="配额 {name} 只按一个名称计数，这一格却写了多个值：{value}。",
    mend_zh="请为每个值写一个 <cell>。",
)
CELL_CLOSED = warning(
    "cell-closed",
    "No interview is wanted of {name}: whoever falls into this cell is not called.",
    "Write how many are wanted, or leave it to call none of them.",
    zh="“{name}”的目标是 0：属于这一格的人不会被拨打。",
    mend_zh="请写需要多少；如果一个都不打，可以不改。",
)
SAME_CELL = error(
    "same-cell",
    "This cell counts the same people as {name} in line {line}: the smaller target would hold for both.",
    "Delete one of them, or correct its values.",
    zh="这一格与第 {line} 行的“{name}”数的是同一批人：两者都会以较小的目标为准。",
    mend_zh="请删除其中之一，或改正它的值。",
)
QUOTA_FIELD = error(
    "quota-field",
    "{name} is a field of type {type}: a cell cannot say which of its answers it counts.",
    "Count by a choice, a boolean, a whole number, or a <compute> that sorts the answers into groups.",
    zh="{name} 是 {type} 类型的字段：配额格无法说明数哪些回答。",
    mend_zh="请按单选、布尔、整数字段计数，或用 <compute> 把回答分组。",
)
QUOTA_VALUE_UNFIT = error(
    "quota-value-unfit",
    "{name} is of type {type} and never {value}: this cell would stay empty.",
    "Write one of its values (true or false; a whole number), or count by a <compute> that sorts them into groups.",
    zh="{name} 是 {type} 类型，永远不会是 {value}：这一格会一直是空的。",
    mend_zh="请写它的一个值（true 或 false；整数），或用 <compute> 分组后计数。",
)
QUOTA_NEVER_TAKEN = warning(
    "quota-never-taken",
    "Quota {name} counts answers, but no link of the questionnaire asks for a place: no interview would count.",
    "Call outbound.take_places where the answers are known (docs/sample-and-queue.md shows the link); leave it if an "
    "action of your own does.",
    zh="配额 {name} 按回答计数，但问卷没有任何 link 申请名额：任何访问都不会计入。",
    mend_zh="请在回答已知的地方调用 outbound.take_places（docs/sample-and-queue.md 有示例）；"
    "若由您自己的操作申请，可以不改。",
)
