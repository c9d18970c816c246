"""What can be wrong with a document as such, before anything is asked about its meaning."""

from __future__ import annotations

from callscript.problems import error, warning

# --- the file as a whole ---------------------------------------------------------------------------------------------
FILE_TOO_BIG = error(
    "file-too-big",
    "The file has {size} bytes; at most {most} are read.",
    "Split the script: move shared parts to a pack's blocks.",
    zh="文件有 {size} 字节，最多读取 {most} 字节。",
    mend_zh="请拆分脚本：把共用部分移到脚本包的 blocks.xml。",
)
NOT_UTF8 = error(
    "not-utf8",
    "The file is not UTF-8 (encoding: {encoding}).",
    'Save it as UTF-8, and write encoding="UTF-8" or nothing in the first line.',
    zh="文件不是 UTF-8 编码（{encoding}）。",
    mend_zh='请另存为 UTF-8，首行写 encoding="UTF-8" 或不写。',
)
NOT_XML_1 = error(
    "not-xml-1",
    "The file says that it is XML {version}; scripts are XML 1.0.",
    'Write <?xml version="1.0" encoding="UTF-8"?>, or no such line.',
    zh="文件声明为 XML {version}，脚本必须是 XML 1.0。",
    mend_zh='首行请写 <?xml version="1.0" encoding="UTF-8"?>，或者不写。',
)
DOCTYPE_REFUSED = error(
    "doctype-refused",
    "A DOCTYPE is not allowed in a script.",
    "Delete the DOCTYPE and what it declares.",
    zh="脚本中不允许 DOCTYPE。",
    mend_zh="请删除 DOCTYPE 及其声明的内容。",
)
UNKNOWN_ENTITY = error(
    "unknown-entity",
    "The entity &{entity}; is not known: only &lt; &gt; &amp; &quot; &apos; exist.",
    "Write the character itself.",
    zh="实体 &{entity}; 不存在，只有 &lt; &gt; &amp; &quot; &apos;。",
    mend_zh="请直接写该字符。",
)
XINCLUDE_REFUSED = error(
    "xinclude-refused",
    "XInclude is not allowed in a script.",
    'Include a pack\'s block: <include block="pack.block"/>.',
    zh="脚本中不允许 XInclude。",
    mend_zh='请用 <include block="包名.块名"/> 引入脚本包的块。',
)
TOO_MANY_ELEMENTS = error(
    "too-many-elements",
    "The file has more than {most} elements.",
    "Split the script: move shared parts to a pack's blocks.",
    zh="文件中的元素超过 {most} 个。",
    mend_zh="请拆分脚本：把共用部分移到脚本包的 blocks.xml。",
)
CAMPAIGN_TOO_LARGE = error(
    "campaign-too-large",
    "The campaign and its packs have {found} parts (elements, values read, SQL); at most {most} are checked and run.",
    "Split the campaign, or ask with <repeat> and <matrix> what is asked several times.",
    zh="项目及其脚本包共有 {found} 个部分（元素、引用的值、SQL），最多检查和运行 {most} 个。",
    mend_zh="请拆分项目；多次询问的内容请用 <repeat> 或 <matrix>。",
)
TOO_MANY_LINES = error(
    "too-many-lines",
    "The file has more than {most} lines.",
    "Split the script: move shared parts to a pack's blocks.",
    zh="文件超过 {most} 行。",
    mend_zh="请拆分脚本：把共用部分移到脚本包的 blocks.xml。",
)
TOO_DEEP = error(
    "too-deep",
    "Elements are nested more than {most} deep.",
    "Flatten the script here.",
    zh="元素嵌套超过 {most} 层。",
    mend_zh="请减少此处的嵌套。",
)
TOO_MANY_ATTRIBUTES = error(
    "too-many-attributes",
    "The element has more than {most} attributes.",
    "Delete those that are not in the reference.",
    zh="元素的属性超过 {most} 个。",
    mend_zh="请删除参考手册中没有的属性。",
)
VALUE_TOO_LONG = error(
    "value-too-long",
    "The value of {attribute} has more than {most} characters.",
    "Shorten it, or work it out in steps with <compute>.",
    zh="{attribute} 的值超过 {most} 个字符。",
    mend_zh="请缩短，或用 <compute> 分步计算。",
)
TOO_MANY_PROBLEMS = error(
    "too-many-problems",
    "There are more problems in this file; only the first {most} are shown.",
    "Mend these first, then check again.",
    zh="此文件中还有更多问题，只显示前 {most} 个。",
    mend_zh="请先修正这些问题，再次检查。",
)

# --- well-formedness -------------------------------------------------------------------------------------------------
NOT_WELL_FORMED = error(
    "not-well-formed",
    "This is not well-formed XML: {reason}.",
    "Look just before this place: a quote, a > or an end tag is missing or too many. An attribute stands in "
    "straight double quotes, a text in its condition in single ones: when=\"${{consent}} = 'no'\".",
    zh="XML 格式不正确：{reason}。",
    mend_zh="请查看此处之前：引号、> 或结束标签缺失或多余。属性用半角双引号，条件里的文字用半角单引号："
    "when=\"${{consent}} = 'no'\"。",
)
RAW_LESS_THAN = error(
    "raw-less-than",
    "A raw < stands in {where}, where XML takes it for the beginning of a tag.",
    "In an expression write lt or le (or &lt;); put SQL that has < into <![CDATA[ … ]]>.",
    zh="{where_zh}中直接写了 <，XML 会把它当作标签的开始。",
    mend_zh="表达式中请写 lt 或 le（或 &lt;）；含 < 的 SQL 请放入 <![CDATA[ … ]]>。",
)
RAW_AMPERSAND = error(
    "raw-ampersand",
    "A raw & stands here, where XML takes it for the beginning of an entity.",
    "Write &amp; (in SQL also <![CDATA[ … ]]>).",
    zh="此处直接写了 &，XML 会把它当作实体的开始。",
    mend_zh="请写成 &amp;（SQL 也可放入 <![CDATA[ … ]]>）。",
)
TAG_MISMATCH = error(
    "tag-mismatch",
    "This end tag does not close <{open}> of line {line}.",
    "Close <{open}> before this place, or correct the name of this end tag, or delete it where nothing was opened.",
    zh="此结束标签与第 {line} 行的 <{open}> 不匹配。",
    mend_zh="请在此之前关闭 <{open}>，或改正结束标签的名称；若没有对应的开始标签，请删除它。",
)
UNCLOSED_ATTRIBUTE = error(
    "unclosed-attribute",
    "The value of {attribute} that begins here is not closed: a tag stands in it.",
    'Close it with " before the next attribute or the >.',
    zh="此处开始的 {attribute} 的值没有结束引号：其中出现了标签。",
    mend_zh='请在下一个属性或 > 之前用 " 结束。',
)
UNCLOSED_ELEMENT = error(
    "unclosed-element",
    "<{open}> is never closed.",
    "Write </{open}> where it ends.",
    zh="<{open}> 没有关闭。",
    mend_zh="请在其结束处写 </{open}>。",
)
DUPLICATE_ATTRIBUTE = error(
    "duplicate-attribute",
    "The element has the same attribute twice.",
    "Keep one of them.",
    zh="元素的同一属性写了两次。",
    mend_zh="请只保留一个。",
)

# --- structure -------------------------------------------------------------------------------------------------------
WRONG_ROOT = error(
    "wrong-root",
    "The document begins with <{found}>; {file} must begin with <{wanted}>.",
    'Begin it with <{wanted} xmlns="{namespace}">.',
    zh="文档以 <{found}> 开头，{file} 必须以 <{wanted}> 开头。",
    mend_zh='请以 <{wanted} xmlns="{namespace}"> 开头。',
)
WRONG_NAMESPACE = error(
    "wrong-namespace",
    "The namespace is {found}; it must be {namespace}.",
    'Write xmlns="{namespace}" in the first element.',
    zh="命名空间为 {found}，应为 {namespace}。",
    mend_zh='请在第一个元素中写 xmlns="{namespace}"。',
)
UNKNOWN_ELEMENT = error(
    "unknown-element",
    "<{tag}> is not known inside <{parent}>.{hint}",
    "Allowed here: {allowed}.",
    zh="<{parent}> 中不能有 <{tag}>。{hint_zh}",
    mend_zh="此处允许：{allowed}。",
)
UNKNOWN_ATTRIBUTE = error(
    "unknown-attribute",
    "<{tag}> has no attribute {attribute}.{hint}",
    "Allowed here: {allowed}.",
    zh="<{tag}> 没有属性 {attribute}。{hint_zh}",
    mend_zh="此处允许：{allowed}。",
)
MISSING_ATTRIBUTE = error(
    "missing-attribute",
    "<{tag}> lacks the attribute {attribute}.",
    'Write {attribute}="…".',
    zh="<{tag}> 缺少属性 {attribute}。",
    mend_zh='请写 {attribute}="…"。',
)
MISSING_ELEMENT = error(
    "missing-element",
    "<{tag}> lacks <{child}>.",
    "Write <{child}> inside it.",
    zh="<{tag}> 缺少 <{child}>。",
    mend_zh="请在其中写 <{child}>。",
)
REPEATED_ELEMENT = error(
    "repeated-element",
    "<{tag}> has <{child}> more than once.",
    "Put their contents into one.",
    zh="<{tag}> 中有多个 <{child}>。",
    mend_zh="请合并为一个。",
)
STRAY_TEXT = error(
    "stray-text",
    "Text stands directly inside <{tag}>, where it would never be seen: “{text}”.",
    "Put it into an element such as <say>, or delete it.",
    zh="<{tag}> 中直接写了文字，永远不会显示：“{text}”。",
    mend_zh="请放入 <say> 等元素，或删除。",
)
EMPTY_TEXT = error(
    "empty-text",
    "<{tag}> is empty.",
    "Write its text, or delete the element.",
    zh="<{tag}> 为空。",
    mend_zh="请写入文字，或删除该元素。",
)
BAD_VALUE = error(
    "bad-value",
    '{attribute}="{value}" is not {wanted}.{hint}',
    "Correct the value.",
    zh='{attribute}="{value}" 不是{wanted_zh}。{hint_zh}',
    mend_zh="请改正该值。",
)
TWICE_SAID = error(
    "text-said-twice",
    "<{tag}> has {name} both as attribute and as element.",
    "Keep one of them.",
    zh="<{tag}> 的 {name} 既写成属性又写成元素。",
    mend_zh="请只保留一个。",
)
# --- the files of a campaign -----------------------------------------------------------------------------------------
MISSING_FILE = error(
    "missing-file",
    "{file} is missing.",
    "Add the file: a campaign cannot do without it.",
    zh="缺少 {file}。",
    mend_zh="请添加该文件，项目不能没有它。",
)
UNKNOWN_PACK = error(
    "unknown-pack",
    "There is no pack {pack}.{hint}",
    "Correct the name in uses, or add the pack's files.",
    zh="没有脚本包 {pack}。{hint_zh}",
    mend_zh="请改正 uses 中的名称，或添加该脚本包的文件。",
)
UNKNOWN_BLOCK = error(
    "unknown-block",
    "There is no block {block}.{hint}",
    "Write pack.block of a pack that uses names.",
    zh="没有块 {block}。{hint_zh}",
    mend_zh="请写 uses 中某个脚本包的“包名.块名”。",
)
PACK_NAME_DIFFERS = error(
    "pack-name-differs",
    "The file says pack {found}, but it lies where pack {wanted} belongs.",
    'Write pack="{wanted}".',
    zh="文件声明的脚本包为 {found}，但其位置属于 {wanted}。",
    mend_zh='请写 pack="{wanted}"。',
)
UNKNOWN_FILE = warning(
    "unknown-file",
    "{file} is no part of a campaign and is not read.{hint}",
    "Correct its name, or delete it.",
    zh="{file} 不属于项目，不会被读取。{hint_zh}",
    mend_zh="请改正文件名，或删除。",
)
UNKNOWN_LINK = error(
    "unknown-link",
    "There is no default link {link} to switch off or replace.{hint}",
    "Correct the id, or give the link all of on, action and mode.",
    zh="没有可关闭或替换的默认链接 {link}。{hint_zh}",
    mend_zh="请改正 id，或写全 on、action、mode。",
)
DUPLICATE_ID = error(
    "duplicate-id",
    "{what} {name} is defined twice; first at {first}.",
    "Give one of them another name.",
    zh="{what_zh} {name} 重复定义，首次定义在 {first}。",
    mend_zh="请给其中一个换名。",
)
INCLUDE_IN_BLOCK = error(
    "include-in-block",
    "A block cannot include another block ({block}).",
    "Include both from the campaign.",
    zh="块中不能再引入块（{block}）。",
    mend_zh="请在项目的 local.xml 中分别引入。",
)
