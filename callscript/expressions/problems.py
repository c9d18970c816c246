"""Every kind of problem that an expression or a piped text can have."""

from __future__ import annotations

from callscript.problems import Kind, Severity


def _kind(severity: Severity, code: str, what: tuple[str, str], mend: tuple[str, str]) -> Kind:
    return Kind(code, severity, {"en": what[0], "zh": what[1]}, {"en": mend[0], "zh": mend[1]})


def _error(code: str, what: tuple[str, str], mend: tuple[str, str]) -> Kind:
    return _kind(Severity.ERROR, code, what, mend)


def _warning(code: str, what: tuple[str, str], mend: tuple[str, str]) -> Kind:
    return _kind(Severity.WARNING, code, what, mend)


# --- reading ---------------------------------------------------------------------------------------------------------
EMPTY_EXPRESSION = _error(
    "empty-expression",
    ("There is no expression here.", "这里没有写表达式。"),
    (
        "Write one, such as ${{age}} >= 18, or take the attribute out.",
        "写一个，例如 ${{age}} >= 18；不需要时删去该属性。",
    ),
)
EXPRESSION_TOO_LONG = _error(
    "expression-too-long",
    (
        "The expression has {length} characters; at most {limit} are allowed.",
        "表达式有 {length} 个字符，最多 {limit} 个。",
    ),
    ("Put parts of it into <compute> fields and use those.", "把其中几部分写成 <compute> 字段，再引用它们。"),
)
EXPRESSION_TOO_DEEP = _error(
    "expression-too-deep",
    ("The expression is nested more than {limit} levels deep.", "表达式嵌套超过 {limit} 层。"),
    ("Put parts of it into <compute> fields and use those.", "把其中几部分写成 <compute> 字段，再引用它们。"),
)
STRANGE_CHARACTER = _error(
    "strange-character",
    ("{found} has no meaning in an expression.", "{found} 在表达式中没有意义。"),
    ("Names are written ${{name}}, texts in quotes: 'yes'.", "名称写作 ${{name}}，文字放在引号里：'yes'。"),
)
FOREIGN_OPERATOR = _error(
    "foreign-operator",
    ("{found} is not written like this here.", "这里不用 {found} 这种写法。"),
    ("Write {plain} instead.", "请改写为 {plain}。"),
)
FULL_WIDTH_CHARACTER = _error(
    "full-width-character",
    ("{found} is a full-width character.", "{found} 是全角字符。"),
    ("Switch the input method to half-width and type {plain}.", "请把输入法切到半角，输入 {plain}。"),
)
UNCLOSED_QUOTE = _error(
    "unclosed-quote",
    ("The text that begins with {quote} is not closed.", "以 {quote} 开始的文字没有结束引号。"),
    (
        "Close it with {quote}; a text that holds {quote} takes the other quotes.",
        "用 {quote} 结束；文字里含 {quote} 时改用另一种引号。",
    ),
)
UNCLOSED_NAME = _error(
    "unclosed-name",
    ("${{ is not closed.", "${{ 没有结束。"),
    ("Close the name with }}: ${{age}}.", "用 }} 结束名称：${{age}}。"),
)
BAD_NAME = _error(
    "bad-name",
    ("{found} cannot be a name.", "{found} 不能作为名称。"),
    (
        "A name begins with a letter and has letters, digits, _ and -; parts are joined by dots: ${{contact.name}}.",
        "名称以字母开头，由字母、数字、_ 和 - 组成，各部分用点相连：${{contact.name}}。",
    ),
)
UNEXPECTED = _error(
    "unexpected-in-expression",
    ("Found {found} where {expected} should stand.", "此处应为{expected_zh}，却是 {found_zh}。"),
    ("Look for a missing operator, quote or parenthesis just before it.", "检查它前面是否缺了运算符、引号或括号。"),
)
BARE_WORD = _error(
    "bare-word",
    ("{found} stands alone: neither a name, nor a text, nor a function.", "{found} 既不是名称，也不是文字或函数。"),
    (
        "A field is written ${{{found}}}, a text '{found}'{hint}.",
        "字段写作 ${{{found}}}，文字写作 '{found}'{hint_zh}。",
    ),
)
UNKNOWN_FUNCTION = _error(
    "unknown-function",
    ("There is no function {found}().", "没有函数 {found}()。"),
    ("{hint}The reference lists every function.", "{hint_zh}全部函数见参考手册。"),
)
ARGUMENT_COUNT = _error(
    "argument-count",
    ("{function}() was given {given} arguments.", "{function}() 得到 {given} 个参数。"),
    ("It is written {usage}.", "正确写法：{usage}。"),
)
PATTERN_NOT_LITERAL = _error(
    "pattern-not-literal",
    ("The pattern of regex() must be a text in quotes.", "regex() 的模式必须是引号中的文字。"),
    ("Write it out: regex(${{code}}, '^[A-Z][0-9]+$').", "直接写出：regex(${{code}}, '^[A-Z][0-9]+$')。"),
)
BAD_PATTERN = _error(
    "bad-pattern",
    ("The pattern {pattern} cannot be read: {reason}.", "无法识别模式 {pattern}：{reason}。"),
    (
        "Patterns are RE2's: no look-ahead, look-behind or back-references; \\ before a special character.",
        "模式为 RE2 语法：不支持前后查找和反向引用；特殊字符前加 \\。",
    ),
)
UNCLOSED_PIPE = _error(
    "unclosed-pipe",
    ("The ${{ in this text is not closed.", "文字中的 ${{ 没有结束。"),
    ("Close it with }}; write $${{ where the text should show ${{.", "用 }} 结束；若要显示 ${{ 本身，写 $${{。"),
)
ODD_PIPE = _warning(
    "odd-pipe",
    ("{found} is read out as it stands.", "{found} 会原样读出。"),
    (
        "If a value should stand here, write ${{name}} with half-width characters.",
        "若要代入一个值，请用半角写 ${{name}}。",
    ),
)

# --- names -----------------------------------------------------------------------------------------------------------
UNKNOWN_NAME = _error(
    "unknown-name",
    ("Nothing is called {name}.", "没有叫 {name} 的字段或值。"),
    ("{hint}Check the spelling, or add the field.", "{hint_zh}检查拼写，或添加该字段。"),
)
NEEDS_AGGREGATE = _error(
    "needs-aggregate",
    (
        "{name} has a value in each round of {repeat}; here it would be none of them.",
        "{name} 在 {repeat} 的每一轮都有值，此处取不到哪一轮。",
    ),
    (
        "Take all rounds with sum, count, min, max, join or concat: sum(${{{name}}}).",
        "用 sum、count、min、max、join 或 concat 汇总各轮：sum(${{{name}}})。",
    ),
)
NEEDS_NAME = _error(
    "needs-name",
    ("{function}() takes a name here.", "{function}() 此处要写名称。"),
    ("Write {function}(${{name}}).", "写作 {function}(${{name}})。"),
)
POSITION_OUTSIDE = _error(
    "position-outside-repeat",
    (
        "position() is the number of the round, and no repeat is around this place.",
        "position() 是第几轮，而这里不在任何 repeat 之中。",
    ),
    ("Use it inside a <repeat>.", "请在 <repeat> 内使用。"),
)

# --- types -----------------------------------------------------------------------------------------------------------
NOT_A_CONDITION = _error(
    "not-a-condition",
    ("A {found} stands where only true or false can.", "此处只能是真或假，却是{found_zh}。"),
    (
        "Compare it: ${{n}} > 0, ${{q}} = 'yes', selected(${{q}}, 'a') or answered(${{q}}).",
        "请比较：${{n}} > 0、${{q}} = 'yes'、selected(${{q}}, 'a') 或 answered(${{q}})。",
    ),
)
NOT_A_NUMBER = _error(
    "not-a-number",
    (
        "{operator} works on numbers and dates, and this is a {found}.",
        "{operator} 用于数字和日期，而这里是{found_zh}。",
    ),
    (
        "If the text holds a number, write number(…); to join texts use concat().",
        "若文字里是数字，写 number(…)；连接文字用 concat()。",
    ),
)
NEVER_A_NUMBER = _error(
    "never-a-number",
    ("'{found}' is no number, so this could never hold.", "'{found}' 不是数字，此式永远不成立。"),
    ("Write a number without quotes.", "写数字，不加引号。"),
)
NUMBER_IN_QUOTES = _warning(
    "number-in-quotes",
    ("'{found}' is compared as a number.", "'{found}' 会按数字比较。"),
    ("Write it without quotes: {found}.", "去掉引号：{found}。"),
)
NOT_A_DATE = _error(
    "not-a-date",
    ("'{found}' is no {wanted}, so this could never hold.", "'{found}' 不是{wanted_zh}，此式永远不成立。"),
    ("Write {example}.", "写作 {example}。"),
)
DATE_WITH_NUMBER = _error(
    "date-with-number",
    ("A {found} is compared with a plain number.", "{found_zh}与普通数字相比较。"),
    ("Compare with a date: date('2024-05-01') or today() - 30.", "与日期比较：date('2024-05-01') 或 today() - 30。"),
)
NEVER_EQUAL = _error(
    "never-equal",
    ("A {left} and a {right} can never be equal.", "{left_zh}与{right_zh}永远不会相等。"),
    ("Compare values of one kind.", "请比较同类的值。"),
)
TRUTH_AS_TEXT = _error(
    "truth-as-text",
    ("A true-or-false value is compared with {found}.", "真假值与 {found} 比较。"),
    (
        "Write it alone, or not(…); or compare with true() or false().",
        "直接写它，或 not(…)；也可与 true()、false() 比较。",
    ),
)
UNKNOWN_OPTION = _error(
    "unknown-option",
    ("{name} has no option {value}.", "{name} 没有选项 {value}。"),
    ("{hint}Its options are: {options}.", "{hint_zh}它的选项有：{options}。"),
)
SPECIAL_NOT_OPTION = _error(
    "special-not-option",
    (
        "{value} is a special answer of {name}, not an option, and reads as unanswered.",
        "{value} 是 {name} 的特殊回答，不是选项，按未回答处理。",
    ),
    ("Write special(${{{name}}}) = '{value}'.", "写作 special(${{{name}}}) = '{value}'。"),
)
UNKNOWN_SPECIAL = _error(
    "unknown-special",
    ("special() of {name} is never '{value}'.", "{name} 的 special() 不会是 '{value}'。"),
    ("It can be: {options}.", "可能的值：{options}。"),
)
NOT_A_CHOICE = _error(
    "not-a-choice",
    ("{function}() works on choices, and this is a {found}.", "{function}() 用于选择题，而这里是{found_zh}。"),
    ("Give it a field of type choice or choices.", "请给它 choice 或 choices 类型的字段。"),
)
CHOICES_COMPARED = _warning(
    "choices-compared",
    ("This holds only where '{value}' is chosen and nothing else.", "仅当只选了 '{value}' 时才成立。"),
    (
        "To ask whether it is among those chosen, write selected(${{{name}}}, '{value}').",
        "若要问是否选了它，写 selected(${{{name}}}, '{value}')。",
    ),
)
TRUE_WHEN_UNANSWERED = _warning(
    "true-when-unanswered",
    ("This also holds where {name} was not answered.", "{name} 未回答时此式也成立。"),
    ("If that is not meant, add: answered(${{{name}}}) and …", "若非本意，请加上：answered(${{{name}}}) and …"),
)
WRONG_TYPE = _error(
    "wrong-type",
    ("This gives a {found}, and a {wanted} is needed.", "结果是{found_zh}，而需要{wanted_zh}。"),
    ("{hint}", "{hint_zh}"),
)
UNKNOWN_DATE_CODE = _error(
    "unknown-date-code",
    ("format-date() does not know {found}.", "format-date() 没有代码 {found}。"),
    ("Codes: %Y %y %m %n %b %d %e %a %H %h %M %S %3.", "可用代码：%Y %y %m %n %b %d %e %a %H %h %M %S %3。"),
)
OPAQUE_VALUE = _error(
    "opaque-value",
    ("{name} can only be passed on as it is.", "{name} 只能原样传递。"),
    ("Take a single value of it into a name of its own.", "请把其中的单个值取到一个名称里。"),
)

KINDS: tuple[Kind, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Kind))
"""What `callscript.catalogue` collects."""
