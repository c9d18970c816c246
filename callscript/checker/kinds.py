"""What can be wrong with a script whose documents are sound: names, fields, flow, links, server actions."""

from __future__ import annotations

from callscript.problems import error, warning

# --- names -----------------------------------------------------------------------------------------------------------
UNKNOWN_NODE = error(
    "unknown-action",
    "There is no action or end {name}.{hint}",
    "Correct the name, or write the action.",
    zh="没有名为 {name} 的 action 或 end。{hint_zh}",
    mend_zh="请改正名称，或编写该节点。",
)
UNKNOWN_OPTIONS = error(
    "unknown-options",
    "There is no option list {name}.{hint}",
    'Correct the name, or write <options id="{name}">.',
    zh="没有选项表 {name}。{hint_zh}",
    mend_zh='请改正名称，或编写 <options id="{name}">。',
)
UNKNOWN_FIELD = error(
    "unknown-field",
    "There is no field {name}.{hint}",
    "Correct the name, or add the field.",
    zh="没有字段 {name}。{hint_zh}",
    mend_zh="请改正名称，或添加该字段。",
)
UNKNOWN_EXIT = error(
    "unknown-exit",
    "There is no exit {name}.{hint}",
    "Correct the name, or write the exit.",
    zh="没有出口 {name}。{hint_zh}",
    mend_zh="请改正名称，或编写该出口。",
)
RESERVED_NAME = error(
    "reserved-name",
    "{name} is a word of the language and cannot name this.",
    "Choose another name.",
    zh="{name} 是语言保留的名称，不能用在这里。",
    mend_zh="请换一个名称。",
)
NAME_TAKEN = error(
    "name-taken",
    "{name} already names {what} at {first}; in an expression ${{{name}}} could not tell them apart.",
    "Give one of them another name.",
    zh="{name} 已经是 {first} 处的{what_zh}，表达式 ${{{name}}} 无法区分。",
    mend_zh="请给其中一个换名。",
)
KEY_TAKEN = error(
    "key-taken",
    "The key {key} already takes exit {first}.",
    "Give one of the exits another key.",
    zh="按键 {key} 已用于出口 {first}。",
    mend_zh="请给其中一个换键。",
)
KEY_RESERVED = error(
    "key-reserved",
    "The key {key} has a meaning of its own on the page ({meaning}).",
    "Choose a letter that is free.",
    zh="按键 {key} 在页面上另有用途（{meaning_zh}）。",
    mend_zh="请选用空闲的字母。",
)
UNUSED_OPTIONS = warning(
    "unused-options",
    "No field uses the option list {name}.",
    "Delete it, or name it in a field.",
    zh="没有字段使用选项表 {name}。",
    mend_zh="请删除，或在字段中引用。",
)

# --- fields ----------------------------------------------------------------------------------------------------------
OPTIONS_MISSING = error(
    "options-missing",
    "{name} is a {type}, but has no options.",
    'Write options="…" with the id of a list, or <option> elements inside the field.',
    zh="{name} 的类型是 {type}，但没有选项。",
    mend_zh='请写 options="选项表 id"，或在字段中写 <option>。',
)
OPTIONS_UNFIT = error(
    "options-unfit",
    "{name} is a {type} and cannot have options.",
    "Make it a choice or choices, or take the options away.",
    zh="{name} 的类型是 {type}，不能有选项。",
    mend_zh="请改为 choice 或 choices，或去掉选项。",
)
EMPTY_OPTIONS = error(
    "empty-options",
    "The option list {name} has no option.",
    'Write its options, or from="…" if a server delivers them.',
    zh="选项表 {name} 没有选项。",
    mend_zh='请写选项；若由服务器提供，请写 from="…"。',
)
DELIVERED_AND_WRITTEN = error(
    "delivered-and-written",
    "The option list {name} is delivered by a server and cannot have options of its own.",
    'Keep from="…" or the options.',
    zh="选项表 {name} 由服务器提供，不能再写选项。",
    mend_zh='请保留 from="…" 或选项之一。',
)
EXCLUSIVE_UNFIT = warning(
    "exclusive-unfit",
    "Option {name} is exclusive, but no field of type choices uses the list {list}.",
    "Take exclusive away, or make the field a choices.",
    zh="选项 {name} 标为互斥，但没有 choices 字段使用选项表 {list}。",
    mend_zh="请去掉 exclusive，或把字段改为 choices。",
)
LIMIT_UNFIT = error(
    "limit-unfit",
    "{attribute} does not fit {name}, which is a {type}.",
    "{attribute} is for {fits}.",
    zh="{attribute} 不适用于 {type} 类型的 {name}。",
    mend_zh="{attribute} 只用于 {fits}。",
)
EMPTY_RANGE = error(
    "empty-range",
    "No answer to {name} can be right: {attribute} runs from {least} to {most}.",
    "Exchange or correct the limits.",
    zh="{name} 不可能有正确的答案：{attribute} 从 {least} 到 {most}。",
    mend_zh="请交换或改正上下限。",
)
PATTERN_MESSAGE_UNFIT = warning(
    "pattern-message-alone",
    "{name} has a pattern-message, but no pattern.",
    "Write the pattern, or delete the message.",
    zh="{name} 有 pattern-message，但没有 pattern。",
    mend_zh="请写 pattern，或删除提示文字。",
)
OTHER_ELSEWHERE = error(
    "other-elsewhere",
    "Option {option} of {name} asks “which?” in {other}, which is not a text field of the same action.",
    'Add <field name="{other}" type="text"/> to the action that asks {name}.',
    zh="{name} 的选项 {option} 用 {other} 追问“哪一个”，但它不是同一节点的 text 字段。",
    mend_zh='请在询问 {name} 的节点中添加 <field name="{other}" type="text"/>。',
)
NOTHING_SAID = warning(
    "field-without-words",
    "Nothing tells the agent what {name} asks: it has no label, and its action says nothing.",
    "Give the field a label, or the action a <say>.",
    zh="坐席看不到 {name} 问的是什么：没有 label，节点也没有 say。",
    mend_zh="请给字段写 label，或给节点写 <say>。",
)
REPEAT_UNCLEAR = error(
    "repeat-unclear",
    "The repeat {name} needs either a count or the field that it goes over, not {found}.",
    'Write count="…" or over="…".',
    zh="repeat {name} 需要 count 或 over 之一，而不是{found_zh}。",
    mend_zh='请写 count="…" 或 over="…"。',
)
REPEAT_OVER_UNFIT = error(
    "repeat-over-unfit",
    "The repeat {name} goes over {over}, which is a {type} and has no rounds.",
    "Go over a field of type choices, or write a count.",
    zh="repeat {name} 依据 {over}，其类型是 {type}，没有多轮可言。",
    mend_zh="请依据 choices 类型的字段，或写 count。",
)
EMPTY_NODE = warning(
    "empty-node",
    "{name} has nothing in it.",
    "Write what it says and asks, or delete it.",
    zh="{name} 中没有内容。",
    mend_zh="请写入要说要问的内容，或删除。",
)

# --- values ----------------------------------------------------------------------------------------------------------
READ_BEFORE_SET = error(
    "read-before-set",
    "{name} is read here, but no way through the script sets it before.",
    "Read it after {owner}, or ask it earlier.",
    zh="此处读取 {name}，但没有任何路径在此之前给它赋值。",
    mend_zh="请在 {owner} 之后读取，或更早询问。",
)
COMPUTE_CIRCLE = error(
    "compute-circle",
    "{name} is computed from itself: {circle}.",
    "Break the circle.",
    zh="{name} 由自身计算：{circle}。",
    mend_zh="请打破循环。",
)

# --- flow ------------------------------------------------------------------------------------------------------------
NO_NODES = error(
    "no-actions",
    "The campaign has no action.",
    "Write at least one action and one end.",
    zh="活动没有任何节点。",
    mend_zh="请至少写一个 action 和一个 end。",
)
NO_END_AFTER = error(
    "runs-off-the-end",
    "After {name} the script is over, but the interview has no end.",
    'Write <end id="…" outcome="…"/> after it, or a <next>.',
    zh="{name} 之后脚本已经结束，但访问没有到达 end。",
    mend_zh='请在其后写 <end id="…" outcome="…"/>，或写 <next>。',
)
UNREACHABLE = error(
    "unreachable-action",
    "No way through the script leads to {name}.{why}",
    "Let a <next> lead to it, or delete it.",
    zh="没有任何路径通向 {name}。{why_zh}",
    mend_zh="请用 <next> 通向它，或删除。",
)
ENDLESS_LOOP = error(
    "endless-loop",
    "From {name} no end can be reached: {loop}.",
    "Add a <next> that leads out of the loop.",
    zh="从 {name} 无法到达任何 end：{loop}。",
    mend_zh="请添加走出循环的 <next>。",
)
UNCHANGING_LOOP = error(
    "loop-never-changes",
    "Once the interview goes round {loop}, it goes round for ever: nothing in the loop sets {names}.",
    "Ask something in the loop that its condition depends on.",
    zh="一旦进入循环 {loop} 就永远出不来：循环中没有给 {names} 赋值。",
    mend_zh="请在循环中询问条件所依赖的内容。",
)
SHADOWED_NEXT = error(
    "shadowed-next",
    "This <next> is never reached: {why}.",
    "Put it before, or delete it.",
    zh="永远轮不到这个 <next>：{why_zh}。",
    mend_zh="请移到前面，或删除。",
)
NEXT_INTO_REPEAT = error(
    "next-into-repeat",
    "{name} stands inside {container}; it cannot be entered from outside.",
    "Lead to {container} itself.",
    zh="{name} 在 {container} 之中，不能从外面进入。",
    mend_zh="请改为通向 {container}。",
)
NEVER_HOLDS = error(
    "never-holds",
    "This can never hold: {why}.",
    "Correct the condition, or delete what depends on it.",
    zh="此条件永远不成立：{why_zh}。",
    mend_zh="请改正条件，或删除依赖它的内容。",
)
ALWAYS_HOLDS = warning(
    "always-holds",
    "This always holds, so that the condition decides nothing.",
    "Correct the condition, or leave it away.",
    zh="此条件永远成立，起不到判断作用。",
    mend_zh="请改正条件，或去掉。",
)
CHECK_NEVER_PASSES = error(
    "check-never-passes",
    "No answer passes this check: the agent could never go on.{example}",
    "Correct the test.",
    zh="没有任何答案能通过此检查，坐席将无法继续。{example_zh}",
    mend_zh="请改正条件。",
)
NO_CASE_AT_START = warning(
    "nothing-at-start",
    "No link is called at start: interviews would begin without a case.",
    'Write uses="outbound", or a link on="start".',
    zh="开始时没有调用任何链接，访问将没有个案。",
    mend_zh='请写 uses="outbound"，或添加 on="start" 的链接。',
)

# --- links -----------------------------------------------------------------------------------------------------------
UNKNOWN_SERVER_ACTION = error(
    "unknown-server-action",
    "There is no server action {name}.{hint}",
    "Correct the name; it is pack.action of a pack in uses, or of the campaign's own server.xml.",
    zh="没有服务器操作 {name}。{hint_zh}",
    mend_zh="请改正名称；应为 uses 中的包或活动自己的 server.xml 中的“包名.操作名”。",
)
MISSING_PARAMETER = error(
    "missing-parameter",
    "{action} needs the parameter {name}, which the link does not give.",
    'Write <give name="{name}" value="…"/>.',
    zh="{action} 需要参数 {name}，但链接没有给出。",
    mend_zh='请写 <give name="{name}" value="…"/>。',
)
UNKNOWN_PARAMETER = error(
    "unknown-parameter",
    "{action} has no parameter {name}.{hint}",
    "Correct the name, or delete the <give>.",
    zh="{action} 没有参数 {name}。{hint_zh}",
    mend_zh="请改正名称，或删除 <give>。",
)
UNKNOWN_REPLY_PART = error(
    "unknown-reply-part",
    "The reply of {action} has no part {path}.{hint}",
    "Correct the path, or add the part to the action's <data>.",
    zh="{action} 的回复中没有 {path}。{hint_zh}",
    mend_zh="请改正路径，或在该操作的 <data> 中添加。",
)
UNUSED_TAKE = warning(
    "unused-take",
    "Nothing reads {name}, which is taken here.",
    "Use ${{{name}}} in a text or an expression, or delete the <take>.",
    zh="取回的 {name} 没有用到。",
    mend_zh="请在文字或表达式中使用 ${{{name}}}，或删除 <take>。",
)
LINK_NODE_UNFIT = error(
    "link-node-unfit",
    'A link on="{moment}" has no node.',
    "Delete the node attribute.",
    zh='on="{moment}" 的链接不能有 node。',
    mend_zh="请删除 node 属性。",
)
LINK_NODE_KIND = error(
    "link-node-kind",
    'on="{moment}" needs {wanted}; {name} is {found}.',
    "Correct node or on.",
    zh='on="{moment}" 需要{wanted_zh}，而 {name} 是{found_zh}。',
    mend_zh="请改正 node 或 on。",
)
FAIL_ACTION_MISSING = error(
    "fail-action-missing",
    'fail="go-to" needs fail-action.',
    'Write fail-action="…" with the action to go to.',
    zh='fail="go-to" 需要 fail-action。',
    mend_zh='请写 fail-action="…"，指明去向。',
)
FAIL_ACTION_UNFIT = error(
    "fail-action-unfit",
    'fail-action is for fail="go-to" only; this link says fail="{fail}".',
    "Change fail, or delete fail-action.",
    zh='fail-action 只用于 fail="go-to"，此链接写的是 fail="{fail}"。',
    mend_zh="请修改 fail，或删除 fail-action。",
)
FAIL_NEEDS_WAIT = error(
    "fail-needs-wait",
    'fail="{fail}" needs mode="wait": when a background call fails, the agent is already elsewhere.',
    'Write mode="wait", or fail="retry" or "go-on".',
    zh='fail="{fail}" 需要 mode="wait"：后台调用失败时坐席已在别处。',
    mend_zh='请写 mode="wait"，或 fail="retry"、"go-on"。',
)
TAKE_IN_BACKGROUND = error(
    "take-in-background",
    "A background call cannot take {name}: the interview has gone on before the reply is there.",
    'Write mode="wait", or delete the <take>.',
    zh="后台调用不能取回 {name}：回复到达时访问已经继续。",
    mend_zh='请写 mode="wait"，或删除 <take>。',
)
ROLE_CANNOT_CALL = error(
    "role-cannot-call",
    "{action} is for {roles}; links are called by agents.",
    'Add "agent" to its roles, or call another action.',
    zh="{action} 只供 {roles} 使用，而链接由坐席调用。",
    mend_zh='请在其 roles 中加入 "agent"，或调用别的操作。',
)

# --- server actions --------------------------------------------------------------------------------------------------
UNKNOWN_STATEMENT = error(
    "unknown-statement",
    "There is no statement {name} {where}.{hint}",
    "Correct the name; a statement can be read only after it has run.",
    zh="{where_zh}没有名为 {name} 的语句。{hint_zh}",
    mend_zh="请改正名称；语句运行之后才能读取。",
)
COLUMN_NEEDS_STATEMENT = error(
    "column-needs-statement",
    "{name} stands outside any record or list: its column must be statement.column, not {column}.",
    'Write column="statement.column", or put it into a <record>.',
    zh="{name} 不在 record 或 list 中，column 必须写成“语句.列”，而不是 {column}。",
    mend_zh='请写 column="语句.列"，或放入 <record>。',
)
COLUMN_WITH_STATEMENT = error(
    "column-with-statement",
    "{name} stands inside a record or list of its own statement: its column cannot be {column}.",
    "Write the column's name alone.",
    zh="{name} 已在某条语句的 record 或 list 中，column 不能写成 {column}。",
    mend_zh="请只写列名。",
)
MASK_UNFIT = error(
    "mask-unfit",
    "{name} is a {type}; mask is for phone numbers.",
    "Delete mask, or make it a phone.",
    zh="{name} 的类型是 {type}，mask 只用于电话号码。",
    mend_zh="请删除 mask，或改为 phone 类型。",
)
PHONE_UNMASKED = error(
    "phone-unmasked",
    "{name} would leave as a whole phone number.",
    'Write mask="yes" (or mask="dialler" in an action with reveals="yes").',
    zh="{name} 会以完整号码离开服务器。",
    mend_zh='请写 mask="yes"（在 reveals="yes" 的操作中可写 mask="dialler"）。',
)
DIALLER_UNFIT = error(
    "dialler-unfit",
    'mask="dialler" needs reveals="yes" on the action, so that each reveal is journaled.',
    'Write reveals="yes" on {action}, or mask="yes" here.',
    zh='mask="dialler" 要求操作写明 reveals="yes"，以便记录每次查看。',
    mend_zh='请在 {action} 上写 reveals="yes"，或此处写 mask="yes"。',
)
REVEALS_NOTHING = warning(
    "reveals-nothing",
    '{action} says reveals="yes", but no value has mask="dialler".',
    'Delete reveals, or mark the number with mask="dialler".',
    zh='{action} 写了 reveals="yes"，但没有 mask="dialler" 的值。',
    mend_zh='请删除 reveals，或给号码写 mask="dialler"。',
)
NESTING_UNFIT = error(
    "nesting-unfit",
    "{what}",
    'Inside another <list> write both: on="column here" and to="column outside".',
    zh="{what_zh}",
    mend_zh='嵌套在另一个 <list> 中时请同时写 on="本层的列" 和 to="外层的列"。',
)
UNUSED_PARAMETER = warning(
    "unused-parameter",
    "Nothing in the action uses the parameter {name}.",
    "Use :{name} in a statement, or delete the parameter.",
    zh="操作中没有用到参数 {name}。",
    mend_zh="请在语句中使用 :{name}，或删除该参数。",
)
DEFAULT_UNFIT = error(
    "default-unfit",
    'The default "{value}" of {name} is no {type}.',
    "Correct the default.",
    zh="{name} 的默认值“{value}”不是 {type}。",
    mend_zh="请改正默认值。",
)
DEFAULT_NEVER_USED = warning(
    "default-never-used",
    "{name} is required, so that its default is never used.",
    "Delete the default or required.",
    zh="{name} 是必填的，默认值永远用不到。",
    mend_zh="请删除 default 或 required。",
)
ROWS_UNFIT = error(
    "rows-unfit",
    'rows="{rows}" allows no number at all.',
    "Write the smaller number first.",
    zh='rows="{rows}" 没有任何允许的行数。',
    mend_zh="请把较小的数写在前面。",
)
NOTHING_DONE = warning(
    "nothing-done",
    "The server action {name} has no statement.",
    "Write its SQL, or delete the action.",
    zh="服务器操作 {name} 没有语句。",
    mend_zh="请编写 SQL，或删除该操作。",
)

# --- translations ----------------------------------------------------------------------------------------------------
MISSING_TRANSLATION = warning(
    "missing-translation",
    "“{text}” has no translation into {language} (key {key}).",
    "`waihu translate` adds it to the translators' file; until then the base text is shown.",
    zh="“{text}”没有 {language} 译文（键 {key}）。",
    mend_zh="waihu translate 会把它加入翻译文件；在此之前显示原文。",
)
STALE_TRANSLATION = warning(
    "stale-translation",
    "The text {key} has changed since it was translated into {language}: “{text}”.",
    "Translate it anew; until then the base text is shown.",
    zh="文本 {key} 译成 {language} 之后已经改动：“{text}”。",
    mend_zh="请重新翻译；在此之前显示原文。",
)
UNKNOWN_TRANSLATION = warning(
    "unknown-translation",
    "The script has no text {key}.{hint}",
    "Delete the entry; `waihu translate` does it for you.",
    zh="脚本中没有文本 {key}。{hint_zh}",
    mend_zh="请删除该条目；waihu translate 会自动处理。",
)
TRANSLATION_LOSES_VALUE = error(
    "translation-differs",
    "The translation of {key} {what}.",
    "Pipe the same values as the base text.",
    zh="{key} 的译文{what_zh}。",
    mend_zh="请与原文代入相同的值。",
)
TRANSLATION_INTO_BASE = warning(
    "translation-into-base",
    "{language} is the language that the script itself is written in.",
    "Delete the file, or write another language in local.xml.",
    zh="{language} 就是脚本本身的语言。",
    mend_zh="请删除该文件，或在 local.xml 中改写语言。",
)

# --- routing ---------------------------------------------------------------------------------------------------------
UNKNOWN_CELL = error(
    "unknown-cell",
    "There is no cell {name}.{hint}",
    "Correct the name, or write the cell.",
    zh="没有单元 {name}。{hint_zh}",
    mend_zh="请改正名称，或编写该单元。",
)
CELL_WITHOUT_VERSION = error(
    "cell-without-version",
    "No version of cell {name} takes sessions.",
    'Give a version a weight above 0, or write draining="yes".',
    zh="单元 {name} 没有可接入的版本。",
    mend_zh='请给某个版本大于 0 的权重，或写 draining="yes"。',
)
