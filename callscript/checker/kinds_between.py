"""What can be wrong between the documents: links, server actions, translations, routing."""

from __future__ import annotations

from callscript.problems import error, warning

# --- links -----------------------------------------------------------------------------------------------------------
UNKNOWN_EXIT = error(
    "unknown-exit",
    "There is no exit {name}.{hint}",
    "Correct the name, or write the exit.",
    zh="没有出口 {name}。{hint_zh}",
    mend_zh="请改正名称，或编写该出口。",
)
NO_CASE_AT_START = warning(
    "nothing-at-start",
    "No link is called at start: interviews would begin without a case.",
    'Write uses="outbound", or a link on="start".',
    zh="开始时没有调用任何链接，访问将没有个案。",
    mend_zh='请写 uses="outbound"，或添加 on="start" 的链接。',
)
UNKNOWN_SERVER_ACTION = error(
    "unknown-server-action",
    "There is no server action {name}.{hint}",
    "Correct the name; it is pack.action of a pack in uses, or of the campaign's own server.xml.",
    zh="没有服务器操作 {name}。{hint_zh}",
    mend_zh="请改正名称；应为 uses 中的包或项目自己的 server.xml 中的“包名.操作名”。",
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
UNPUBLISHED_CAMPAIGN = error(
    "unpublished-campaign",
    "Campaign {name} was never published.",
    "Publish it first: waihu publish {name}.",
    zh="项目 {name} 还没有发布过。",
    mend_zh="请先发布它：waihu publish {name}。",
)
ANSWERS_UNSAVED = error(
    "answers-unsaved",
    "Parameter {name} of {action} does not save answers, but what is given to it counts as saved: it would be lost.",
    "Give ${{answers}} only to a parameter of type answers; give single answers by their names.",
    zh="{action} 的参数 {name} 不保存回答，但交给它的回答会算作已保存，从而丢失。",
    mend_zh="${{answers}} 只能交给 answers 类型的参数；单个回答请写它的名称。",
)
UNKNOWN_REPLY_PART = error(
    "unknown-reply-part",
    "The reply of {action} has no part {path}.{hint}",
    "Correct the path, or add the part to the action's <data>.",
    zh="{action} 的回复中没有 {path}。{hint_zh}",
    mend_zh="请改正路径，或在该操作的 <data> 中添加。",
)
UNKNOWN_DELIVERY = error(
    "unknown-delivery",
    "Nothing delivers the option list {name}: no link takes a list {source}.{hint}",
    "Correct from, or take a <list> of a reply under that name.",
    zh="没有什么会送来选项表 {name}：没有链接取回列表 {source}。{hint_zh}",
    mend_zh="请改正 from，或用该名称取回回复中的 <list>。",
)
UNKNOWN_DELIVERED_VALUE = error(
    "unknown-delivered-value",
    "The rows of {source} have no value {found}, which {name} takes as {attribute}.{hint}",
    "It can be: {known}.",
    zh="{source} 的各行没有值 {found}，而 {name} 要用它作 {attribute}。{hint_zh}",
    mend_zh="可用：{known}。",
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
    '{name} is a {type}: mask="yes" is for phone, email and text, mask="dialler" for phone alone.',
    "Delete mask, or write the type that the value has.",
    zh='{name} 的类型是 {type}：mask="yes" 只用于 phone、email 和 text，mask="dialler" 只用于 phone。',
    mend_zh="请删除 mask，或写明该值真正的类型。",
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
DIALLER_IN_LIST = error(
    "dialler-in-list",
    'mask="dialler" in a list would reveal as many numbers as there are rows, in one entry of the journal.',
    'The dialler takes one number: give it in a <record> or by itself, and mask="yes" in lists.',
    zh='列表中的 mask="dialler" 会一次显示每一行的完整号码，而日志里只有一条记录。',
    mend_zh='拨号只需要一个号码：请放在 <record> 中或单独给出；列表里用 mask="yes"。',
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
    "Fill in its msgstr in translations/{language}.po (`waihu translate` adds new texts there); until then the base "
    "text is shown.",
    zh="“{text}”没有 {language} 译文（键 {key}）。",
    mend_zh="请填写 translations/{language}.po 中的 msgstr（新文本由 waihu translate 加入）；在此之前显示原文。",
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
