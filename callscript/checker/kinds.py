"""What can be wrong with a local.xml that is sound as a document: names, fields, values, flow."""

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
NEVER_ASKED = error(
    "never-asked",
    "{name} is asked only where {circle} is answered: so it never is.",
    "Let its when read what is asked otherwise.",
    zh="只有先回答了 {circle} 才会问 {name}：所以永远不会问。",
    mend_zh="请让它的 when 读取别处会问的内容。",
)

# --- flow ------------------------------------------------------------------------------------------------------------
TOO_MANY_NODES = error(
    "too-many-actions",
    "The script has {found} nodes; at most {most} are allowed.",
    "Split the campaign, or use <repeat> for what is asked several times.",
    zh="脚本有 {found} 个节点，最多 {most} 个。",
    mend_zh="请拆分项目；多次询问的内容请用 <repeat>。",
)
FLOW_UNDECIDED = warning(
    "flow-undecided",
    "So many ways cross in this script that it was not decided which of its conditions can hold.",
    "Nothing is known to be wrong; fewer jumps by <next> between distant actions would let all of it be checked.",
    zh="脚本中的路径交叉过多，未能判定哪些条件可能成立。",
    mend_zh="并未发现错误；减少相距较远的 <next> 跳转即可完整检查。",
)
NO_NODES = error(
    "no-actions",
    "The campaign has no action.",
    "Write at least one action and one end.",
    zh="项目没有任何节点。",
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

# --- documents -------------------------------------------------------------------------------------------------------
SCHEMA_DISAGREES = error(
    "schema-disagrees",
    "The editors' schema {schema} refuses what the check accepts here: {reason}.",
    "Nothing need be wrong with the script. Run `python -m callscript.parser.grammar.relaxng`; if it stays, report it.",
    zh="编辑器用的模式 {schema} 拒绝了检查所接受的内容：{reason}。",
    mend_zh="脚本本身未必有错。请运行 `python -m callscript.parser.grammar.relaxng`；若仍出现，请报告此问题。",
)
OTHER_FOLDER = error(
    "campaign-in-other-folder",
    "The script is of campaign {found}, but lies in the folder of {folder}.",
    'Write campaign="{folder}", or rename the folder.',
    zh="脚本属于项目 {found}，却放在 {folder} 的文件夹里。",
    mend_zh='请写 campaign="{folder}"，或给文件夹改名。',
)
UNKNOWN_OUTCOME = error(
    "unknown-outcome",
    "There is no outcome {code}.{hint}",
    "Write one of AAPOR's codes, such as 1.1 (complete), 2.11 (refusal), 2.21 (call back), 3.13 (no answer), "
    "4.70 (nobody eligible); waihu calling outcomes lists all.",
    zh="没有结果代码 {code}。{hint_zh}",
    mend_zh="请写 AAPOR 代码之一，例如 1.1（完成）、2.11（拒绝）、2.21（再约）、3.13（无人接听）、"
    "4.70（无合格受访者）；waihu calling outcomes 可列出全部。",
)
