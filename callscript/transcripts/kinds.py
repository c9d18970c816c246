"""What can be wrong with a transcript as written, and how an interview can differ from it."""

from __future__ import annotations

from callscript.problems import Kind, error

# --- as written ------------------------------------------------------------------------------------------------------
UNREADABLE_LINE = error(
    "transcript-line",
    "This line is not understood: {line}",
    "A block begins with at, failed or end; what happens there is indented: field = answer, says …, exit …",
    zh="看不懂这一行：{line}",
    mend_zh="每段以 at、failed 或 end 开头；其中的内容要缩进：字段 = 答案、says …、exit … 等。",
)
STRAY_LINE = error(
    "transcript-stray-line",
    "This line is indented, but stands under no block.",
    "Write `at NODE` above it.",
    zh="这一行缩进了，但上面没有段落。",
    mend_zh="请在它上面写 at 节点名。",
)
BAD_SETTING = error(
    "transcript-setting",
    "{name} cannot be {value}.",
    "Write it as in: language: zh, seed: 7, clock: 2026-01-05T09:00:00+08:00, timezone: Asia/Shanghai.",
    zh="{name} 不能是 {value}。",
    mend_zh="写法如：language: zh、seed: 7、clock: 2026-01-05T09:00:00+08:00、timezone: Asia/Shanghai。",
)
UNKNOWN_REPLY = error(
    "transcript-reply",
    "No action {action} replies with {path}.",
    "Write `reply PACK.ACTION path.of.value = VALUE`, or `reply PACK.ACTION fails CODE`.",
    zh="操作 {action} 的回复中没有 {path}。",
    mend_zh="写法：reply 包.操作 值的路径 = 值，或 reply 包.操作 fails 代码。",
)
BAD_REPLIES = error(
    "transcript-replies-file",
    "The file of replies cannot be read: {reason}.",
    'Write JSON such as {{"outbound.next_case": {{"contact": {{"name": "Wang"}}}}}}.',
    zh="回复文件无法读取：{reason}。",
    mend_zh='请写成 JSON，如 {{"outbound.next_case": {{"contact": {{"name": "王"}}}}}}。',
)

# --- the interview went otherwise ------------------------------------------------------------------------------------
ELSEWHERE = error(
    "elsewhere",
    "Expected “{expected}”, but the interview has come to “{actual}”.",
    "Compare the answers above with the script's conditions; what follows was not tried.",
    zh="应为“{expected}”，访问却到了“{actual}”。",
    mend_zh="请对照上面的答案和脚本的条件；后面的内容没有再试。",
)
NOT_SAID = error(
    "not-said",
    "Expected a text with “{expected}”; the screen says: {actual}",
    "Correct the text here or in the script.",
    zh="应出现“{expected}”，屏幕上是：{actual}",
    mend_zh="请修改此处或脚本中的文字。",
)
SAID = error(
    "said",
    "Expected no text with “{expected}”, but the screen says: {actual}",
    "Correct the text here or in the script.",
    zh="不应出现“{expected}”，屏幕上是：{actual}",
    mend_zh="请修改此处或脚本中的文字。",
)
NOT_ASKED = error(
    "not-asked",
    "{expected} is not asked here; asked: {actual}.",
    "Correct the name, or the condition of the field.",
    zh="此处没有问 {expected}；问的是：{actual}。",
    mend_zh="请修改名称，或字段的条件。",
)
ASKED = error(
    "asked",
    "{expected} should not be asked here; asked: {actual}.",
    "Correct the condition of the field.",
    zh="此处不应问 {expected}；问的是：{actual}。",
    mend_zh="请修改字段的条件。",
)
OFFERS_OTHERS = error(
    "offers-others",
    "Expected the options {expected}, offered: {actual}.",
    "Correct the list here or in the script.",
    zh="应提供选项 {expected}，实际是：{actual}。",
    mend_zh="请修改此处或脚本中的选项。",
)
REFUSED = error(
    "refused",
    "The answer was not accepted: {actual}",
    "If that is right, write `complains CODE` under the answer.",
    zh="答案没有被接受：{actual}",
    mend_zh="如果本该如此，请在答案下面写 complains 代码。",
)
NOT_REFUSED = error(
    "not-refused",
    "Expected the complaint {expected}; there was: {actual}.",
    "Correct the answer, or the check in the script.",
    zh="应出现提示 {expected}，实际：{actual}。",
    mend_zh="请修改答案，或脚本中的检查。",
)
OTHER_VALUE = error(
    "other-value",
    "Expected {name} = {expected}, but it is {actual}.",
    "Correct the value here, or the expression in the script.",
    zh="{name} 应为 {expected}，实际是 {actual}。",
    mend_zh="请修改此处的值，或脚本中的表达式。",
)
NOT_CALLED = error(
    "not-called",
    "Expected the call {expected}; called: {actual}.",
    "Correct the line here, or the links.",
    zh="应调用 {expected}，实际调用：{actual}。",
    mend_zh="请修改此处或链接。",
)
OTHER_END = error(
    "other-end",
    "Expected outcome {expected}, but it is {actual}.",
    "Correct the outcome here or in the script.",
    zh="结果代码应为 {expected}，实际是 {actual}。",
    mend_zh="请修改此处或脚本中的结果代码。",
)
UNFINISHED = error(
    "unfinished",
    "The transcript stops without an end; the interview has come to “{actual}”.",
    "Write what happens there; it ends with `end NODE`.",
    zh="记录到此为止，没有写 end；访问到了“{actual}”。",
    mend_zh="请写完后面的内容，最后一行是 end 节点名。",
)

KINDS: tuple[Kind, ...] = tuple(value for value in tuple(globals().values()) if isinstance(value, Kind))
