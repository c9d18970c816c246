"""What can be wrong with the SQL of a server script: codes, meanings and remedies."""

from __future__ import annotations

from callscript.problems import Kind, error, warning

PASTED = error(
    "sql-pasted",
    "SQL text holds '${{', which would paste a value into the statement.",
    "Bind the value with :name; use <if>, <choose> or <foreach> for parts that vary.",
    zh="SQL 中出现了 '${{'，这会把值直接拼进语句。",
    mend_zh="请用 :name 绑定；可变的部分用 <if>、<choose>、<foreach>。",
)
UNTERMINATED = error(
    "sql-unterminated",
    "A {what} begins here and does not end in this text.",
    "Close it in the same text; it may not run across elements such as <if>.",
    zh="此处开始的{what}在这段文本中没有结束。",
    mend_zh="请在同一段文本中闭合；不能跨越 <if> 等元素。",
)
POSITIONAL = error(
    "sql-positional",
    "SQL text uses the positional parameter {name}; positions are given out by the compiler.",
    "Write :name.",
    zh="SQL 中用了位置参数 {name}；位置由编译器分配。",
    mend_zh="请写 :name。",
)
SEVERAL = error(
    "sql-several",
    "A ';' is followed by more text: an element holds one statement.",
    "Give each statement its own element; they run in one transaction anyway.",
    zh="';' 之后还有内容：一个元素只放一条语句。",
    mend_zh="每条语句各用一个元素；它们本来就在同一事务里。",
)
TOO_LONG = error(
    "sql-too-long",
    "The statement is {bytes} bytes long; more than {limit} would pin a connection of the proxy.",
    "Shorten it or move it into a function of the database; give lists as one array parameter.",
    zh="语句长 {bytes} 字节；超过 {limit} 字节会占住代理的连接。",
    mend_zh="请缩短，或移入数据库函数；列表请作为一个数组参数传入。",
)
EMPTY = error(
    "sql-empty",
    "The element holds no SQL.",
    "Write the statement, or remove the element.",
    zh="该元素没有 SQL。",
    mend_zh="请写上语句，或删去该元素。",
)
UNKNOWN_NAME = error(
    "sql-unknown-name",
    "':{name}' is no parameter of this action, no session value and no earlier statement's column.",
    "Known here: {known}. Write ': ' with a blank where a colon is meant as such.",
    zh="':{name}' 既不是本操作的参数，也不是会话值或前面语句的列。",
    mend_zh="这里可用：{known}。若要的是冒号本身，请在其后加空格。",
)
NEEDS_COLUMN = error(
    "sql-needs-column",
    "':{name}' is a statement: name the column, as in ':{name}.id'.",
    "Write ':{name}.column'; it is the column of the statement's first row.",
    zh="':{name}' 是语句名，需要写列名，如 ':{name}.id'。",
    mend_zh="请写 ':{name}.列名'，取该语句第一行的这一列。",
)
NO_MEMBER = error(
    "sql-no-member",
    "':{name}' has no part '{member}'.",
    "{known}",
    zh="':{name}' 没有 '{member}' 这一部分。",
    mend_zh="{known}",
)
PHONE_IN_CLEAR = error(
    "sql-phone-in-clear",
    "':{name}' is a phone number, which never reaches SQL as it is.",
    "Write ':{name}.cipher' to store it, ':{name}.index' to match it.",
    zh="':{name}' 是电话号码，不会以明文进入 SQL。",
    mend_zh="存储请用 ':{name}.cipher'，匹配请用 ':{name}.index'。",
)
NOT_A_LIST = error(
    "sql-not-a-list",
    "<foreach over=\"{name}\">: '{name}' is no parameter that holds a list.",
    'Give the parameter many="yes", or type choices.',
    zh="<foreach over=\"{name}\">：'{name}' 不是列表参数。",
    mend_zh='请给该参数加 many="yes"，或用 choices 类型。',
)
SHADOWED = error(
    "sql-shadowed",
    "'{name}' names two things that SQL could mean.",
    "Rename one of them; 'session' is taken by the platform.",
    zh="'{name}' 同时指两样东西。",
    mend_zh="请改名；'session' 由平台占用。",
)
PAGING_INCOMPLETE = error(
    "paging-incomplete",
    "{name}: reading by pages needs order, page and after together, on a <select>, each column once.",
    'Write order="due_at:datetime desc, id:uuid" page="50" after="after", or none of them.',
    zh="{name}：分页读取须在 <select> 上同时写 order、page 和 after，每列只写一次。",
    mend_zh='请写 order="due_at:datetime desc, id:uuid" page="50" after="after"，或都不写。',
)
PAGING_SIZE = error(
    "paging-size",
    'page="{size}": a page has from 1 to {most} rows.',
    "Ask for fewer rows; the next page costs no more than the first.",
    zh='page="{size}"：一页为 1 到 {most} 行。',
    mend_zh="请减少行数；后面各页的代价与第一页相同。",
)
PAGING_PARAMETER = error(
    "paging-parameter",
    'after="{name}" must name a parameter of type text that is neither required nor a list and has no default.',
    'Write <param name="{name}" type="text"/>: it is not given for the first page.',
    zh='after="{name}" 必须是 text 类型的参数，既非必填也非列表，且没有默认值。',
    mend_zh='请写 <param name="{name}" type="text"/>：读第一页时不给出。',
)
PAGING_WITHOUT_NEXT = error(
    "paging-without-next",
    "{name} is read by pages, but the reply does not tell how to ask for the next one.",
    'Write <value name="next" type="text" column="{column}"/> beside the list.',
    zh="{name} 分页读取，但回复没有说明如何取下一页。",
    mend_zh='请在 list 旁写 <value name="next" type="text" column="{column}"/>。',
)

SYNTAX = error(
    "sql-syntax",
    "PostgreSQL cannot read the statement: {reason}.",
    "Correct it; a raw < or & in SQL belongs into <![CDATA[ … ]]>.",
    zh="PostgreSQL 无法解析该语句：{reason}。",
    mend_zh="请修正；SQL 中的 < 或 & 应放入 <![CDATA[ … ]]>。",
)
FORBIDDEN_STATEMENT = error(
    "sql-forbidden-statement",
    "A script may not use {what}: it would break the platform's transaction or pin a connection.",
    "Only SELECT, INSERT, UPDATE, DELETE and CALL; what else is needed belongs into a migration.",
    zh="脚本不能使用 {what}：会破坏平台的事务或占住连接。",
    mend_zh="只能用 SELECT、INSERT、UPDATE、DELETE、CALL；其他内容请放入数据库迁移。",
)
FORBIDDEN_FUNCTION = error(
    "sql-forbidden-function",
    "A script may not call {name}.",
    "Use a function of the list in docs/sql.md, or one of the script's own schema, written with the schema.",
    zh="脚本不能调用 {name}。",
    mend_zh="请用 docs/sql.md 中列出的函数，或写明模式名的自有函数。",
)
FORBIDDEN_RELATION = error(
    "sql-forbidden-relation",
    "A script may not touch {name}.",
    "Scripts work on the tables of their business, such as those of schema outbound.",
    zh="脚本不能访问 {name}。",
    mend_zh="脚本只能使用业务表，如 outbound 模式中的表。",
)
OTHER_VERB = error(
    "sql-other-verb",
    "The element is <{verb}>, the statement is {found}.",
    "Name the element after what the statement does; a <select> writes nothing, also not in a WITH.",
    zh="元素是 <{verb}>，语句却是 {found}。",
    mend_zh="请按语句的作用命名元素；<select> 不能写入，WITH 中也不行。",
)
TOO_MANY_TEXTS = error(
    "sql-too-many-texts",
    "The parts of statement {statement} can be put together in more than {most} ways, too many to look through.",
    "Make it several statements with when=, or write optional conditions as AND column = :name or "
    "AND (:name IS NULL OR …).",
    zh="语句 {statement} 的各部分可以组合出 {most} 种以上的写法，无法逐一检查。",
    mend_zh="请用 when= 分成几条语句，或把可选条件写成 AND 列 = :名称 或 AND (:名称 IS NULL OR …)。",
)
LOCK_IN_READ = error(
    "sql-lock-in-read",
    "FOR UPDATE or FOR SHARE locks rows, but this action only reads and runs in a read-only transaction.",
    "Drop the lock, or make the statement that needs it an <update>.",
    zh="FOR UPDATE 或 FOR SHARE 会锁行，而本操作只读，在只读事务中运行。",
    mend_zh="请去掉锁，或把需要锁的语句改为 <update>。",
)

NOT_ADMITTED = warning(
    "sql-not-parsed",
    "PostgreSQL's parser (pglast) is not installed: the SQL was not checked by it.",
    "Install pglast; `./run` does.",
    zh="没有安装 PostgreSQL 解析器（pglast）：SQL 没有经过它的检查。",
    mend_zh="请安装 pglast；用 ./run 会自动安装。",
)
NOT_PREPARED = error(
    "statement-not-prepared",
    "The database refuses statement {statement}: {reason} (SQLSTATE {state}).",
    "Compare the statement with the schema (docs/database.md) and the rights of the role waihu_scripts.",
    zh="数据库不接受语句 {statement}：{reason}（SQLSTATE {state}）。",
    mend_zh="请对照数据库结构（docs/database.md）和角色 waihu_scripts 的权限修改。",
)

KINDS: tuple[Kind, ...] = (
    PASTED,
    UNTERMINATED,
    POSITIONAL,
    SEVERAL,
    TOO_LONG,
    EMPTY,
    UNKNOWN_NAME,
    NEEDS_COLUMN,
    NO_MEMBER,
    PHONE_IN_CLEAR,
    NOT_A_LIST,
    SHADOWED,
    PAGING_INCOMPLETE,
    PAGING_SIZE,
    PAGING_PARAMETER,
    PAGING_WITHOUT_NEXT,
    SYNTAX,
    FORBIDDEN_STATEMENT,
    FORBIDDEN_FUNCTION,
    FORBIDDEN_RELATION,
    OTHER_VERB,
    TOO_MANY_TEXTS,
    LOCK_IN_READ,
    NOT_ADMITTED,
    NOT_PREPARED,
)
"""Every kind of this room, for the catalogue."""
