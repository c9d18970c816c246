"""Every kind of problem that an expression or a piped text can have."""

from __future__ import annotations

from callscript.problems import Kind, error, warning

# --- reading ---------------------------------------------------------------------------------------------------------
EMPTY_EXPRESSION = error(
    "empty-expression",
    "There is no expression here.",
    "Write one, such as ${{age}} >= 18, or take the attribute out.",
    zh="这里没有写表达式。",
    mend_zh="写一个，例如 ${{age}} >= 18；不需要时删去该属性。",
)
EXPRESSION_TOO_LONG = error(
    "expression-too-long",
    "The expression has {length} characters; at most {limit} are allowed.",
    "Put parts of it into <compute> fields and use those.",
    zh="表达式有 {length} 个字符，最多 {limit} 个。",
    mend_zh="把其中几部分写成 <compute> 字段，再引用它们。",
)
EXPRESSION_TOO_DEEP = error(
    "expression-too-deep",
    "The expression is nested more than {limit} levels deep.",
    "Put parts of it into <compute> fields and use those.",
    zh="表达式嵌套超过 {limit} 层。",
    mend_zh="把其中几部分写成 <compute> 字段，再引用它们。",
)
STRANGE_CHARACTER = error(
    "strange-character",
    "{found} has no meaning in an expression.",
    "Names are written ${{name}}, texts in quotes: 'yes'.",
    zh="{found} 在表达式中没有意义。",
    mend_zh="名称写作 ${{name}}，文字放在引号里：'yes'。",
)
BARE_DOT = error(
    "bare-dot",
    "A dot stands for no answer here.",
    "Write the field's own name: ${{age}} >= 18.",
    zh="这里不能用点代表当前回答。",
    mend_zh="请写字段自己的名称：${{age}} >= 18。",
)
FOREIGN_OPERATOR = error(
    "foreign-operator",
    "{found} is not written like this here.",
    "Write {plain} instead.",
    zh="这里不用 {found} 这种写法。",
    mend_zh="请改写为 {plain}。",
)
FULL_WIDTH_CHARACTER = error(
    "full-width-character",
    "{found} is a full-width or typographic character.",
    "Type {plain}: switch the input method to half-width, or the editor's smart quotes off.",
    zh="{found} 是全角或印刷体字符。",
    mend_zh="请输入 {plain}：把输入法切到半角，或关闭编辑器的智能引号。",
)
UNCLOSED_QUOTE = error(
    "unclosed-quote",
    "The text that begins with {quote} is not closed.",
    "Close it with {quote}; a text that holds {quote} takes the other quotes.",
    zh="以 {quote} 开始的文字没有结束引号。",
    mend_zh="用 {quote} 结束；文字里含 {quote} 时改用另一种引号。",
)
UNCLOSED_NAME = error(
    "unclosed-name",
    "${{ is not closed.",
    "Close the name with }}: ${{age}}.",
    zh="${{ 没有结束。",
    mend_zh="用 }} 结束名称：${{age}}。",
)
BAD_NAME = error(
    "bad-name",
    "{found} cannot be a name.",
    "A name begins with a letter and has letters, digits, _ and -; parts are joined by dots: ${{contact.name}}.",
    zh="{found} 不能作为名称。",
    mend_zh="名称以字母开头，由字母、数字、_ 和 - 组成，各部分用点相连：${{contact.name}}。",
)
UNEXPECTED = error(
    "unexpected-in-expression",
    "Found {found} where {expected} should stand.",
    "Look for a missing operator, quote or parenthesis just before it.",
    zh="此处应为{expected_zh}，却是 {found_zh}。",
    mend_zh="检查它前面是否缺了运算符、引号或括号。",
)
BARE_WORD = error(
    "bare-word",
    "{found} stands alone: neither a name, nor a text, nor a function.",
    "A field is written ${{{found}}}, a text '{found}'{hint}.",
    zh="{found} 既不是名称，也不是文字或函数。",
    mend_zh="字段写作 ${{{found}}}，文字写作 '{found}'{hint_zh}。",
)
UNKNOWN_FUNCTION = error(
    "unknown-function",
    "There is no function {found}().",
    "{hint}The reference lists every function.",
    zh="没有函数 {found}()。",
    mend_zh="{hint_zh}全部函数见参考手册。",
)
ARGUMENT_COUNT = error(
    "argument-count",
    "{function}() was given {given} arguments.",
    "It is written {usage}.",
    zh="{function}() 得到 {given} 个参数。",
    mend_zh="正确写法：{usage}。",
)
PATTERN_NOT_LITERAL = error(
    "pattern-not-literal",
    "The pattern of regex() must be a text in quotes.",
    "Write it out: regex(${{code}}, '^[A-Z][0-9]+$').",
    zh="regex() 的模式必须是引号中的文字。",
    mend_zh="直接写出：regex(${{code}}, '^[A-Z][0-9]+$')。",
)
BAD_PATTERN = error(
    "bad-pattern",
    "The pattern {pattern} cannot be read: {reason}.",
    "Patterns are RE2's: no look-ahead, look-behind or back-references; \\ before a special character.",
    zh="无法识别模式 {pattern}：{reason}。",
    mend_zh="模式为 RE2 语法：不支持前后查找和反向引用；特殊字符前加 \\。",
)
UNCLOSED_PIPE = error(
    "unclosed-pipe",
    "The ${{ in this text is not closed.",
    "Close it with }}; write $${{ where the text should show ${{.",
    zh="文字中的 ${{ 没有结束。",
    mend_zh="用 }} 结束；若要显示 ${{ 本身，写 $${{。",
)
ODD_PIPE = warning(
    "odd-pipe",
    "{found} is read out as it stands.",
    "If a value should stand here, write ${{name}} with half-width characters.",
    zh="{found} 会原样读出。",
    mend_zh="若要代入一个值，请用半角写 ${{name}}。",
)
# --- names -----------------------------------------------------------------------------------------------------------
UNKNOWN_NAME = error(
    "unknown-name",
    "Nothing is called {name}.",
    "{hint}Check the spelling, or add the field.",
    zh="没有叫 {name} 的字段或值。",
    mend_zh="{hint_zh}检查拼写，或添加该字段。",
)
NEEDS_AGGREGATE = error(
    "needs-aggregate",
    "{name} has a value in each round of {repeat}; here it would be none of them.",
    "Take all rounds with sum, count, min, max, join or concat: sum(${{{name}}}).",
    zh="{name} 在 {repeat} 的每一轮都有值，此处取不到哪一轮。",
    mend_zh="用 sum、count、min、max、join 或 concat 汇总各轮：sum(${{{name}}})。",
)
NEEDS_NAME = error(
    "needs-name",
    "{function}() takes a name here.",
    "Write {function}(${{name}}).",
    zh="{function}() 此处要写名称。",
    mend_zh="写作 {function}(${{name}})。",
)
POSITION_OUTSIDE = error(
    "position-outside-repeat",
    "position() is the number of the round, and no repeat is around this place.",
    "Use it inside a <repeat>.",
    zh="position() 是第几轮，而这里不在任何 repeat 之中。",
    mend_zh="请在 <repeat> 内使用。",
)
# --- types -----------------------------------------------------------------------------------------------------------
NOT_A_CONDITION = error(
    "not-a-condition",
    "A {found} stands where only true or false can.",
    "Compare it: ${{n}} > 0, ${{q}} = 'yes', selected(${{q}}, 'a') or answered(${{q}}).",
    zh="此处只能是真或假，却是{found_zh}。",
    mend_zh="请比较：${{n}} > 0、${{q}} = 'yes'、selected(${{q}}, 'a') 或 answered(${{q}})。",
)
NOT_A_NUMBER = error(
    "not-a-number",
    "{operator} works on numbers and dates, and this is a {found}.",
    "If the text holds a number, write number(…); to join texts use concat().",
    zh="{operator} 用于数字和日期，而这里是{found_zh}。",
    mend_zh="若文字里是数字，写 number(…)；连接文字用 concat()。",
)
NEVER_A_NUMBER = error(
    "never-a-number",
    "'{found}' is no number, so this could never hold.",
    "Write a number without quotes.",
    zh="'{found}' 不是数字，此式永远不成立。",
    mend_zh="写数字，不加引号。",
)
NUMBER_IN_QUOTES = warning(
    "number-in-quotes",
    "'{found}' is compared as a number.",
    "Write it without quotes: {found}.",
    zh="'{found}' 会按数字比较。",
    mend_zh="去掉引号：{found}。",
)
NOT_A_DATE = error(
    "not-a-date",
    "'{found}' is no {wanted}, so this could never hold.",
    "Write {example}.",
    zh="'{found}' 不是{wanted_zh}，此式永远不成立。",
    mend_zh="写作 {example}。",
)
DATE_WITH_NUMBER = error(
    "date-with-number",
    "A {found} is compared with a plain number.",
    "Compare with a date: date('2024-05-01') or today() - 30.",
    zh="{found_zh}与普通数字相比较。",
    mend_zh="与日期比较：date('2024-05-01') 或 today() - 30。",
)
INCOMPARABLE = error(
    "incomparable",
    "A {left} and a {right} cannot be compared.",
    "Compare values of one sort; date(), number() and string() convert.",
    zh="{left_zh}与{right_zh}不能相比较。",
    mend_zh="请比较同类的值；可用 date()、number()、string() 转换。",
)
NO_COMMON_OPTION = error(
    "no-common-option",
    "{left} and {right} have no option in common, so they can never be equal.",
    "Check which questions are meant.",
    zh="{left} 与 {right} 没有相同的选项，永远不会相等。",
    mend_zh="请检查引用的题目是否正确。",
)
CHAINED_COMPARISON = error(
    "chained-comparison",
    "What a comparison gives is compared once more.",
    "Compare twice: 1 lt ${{n}} and ${{n}} lt 5.",
    zh="比较的结果又拿来比较。",
    mend_zh="请分两次比较：1 lt ${{n}} and ${{n}} lt 5。",
)
TRUTH_AS_TEXT = error(
    "truth-as-text",
    "A true-or-false value is compared with {found}.",
    "Write it alone, or not(…); or compare with true() or false().",
    zh="真假值与{found_zh}比较。",
    mend_zh="直接写它，或 not(…)；也可与 true()、false() 比较。",
)
UNKNOWN_OPTION = error(
    "unknown-option",
    "{name} has no option {value}.",
    "{hint}Its options are: {options}.",
    zh="{name} 没有选项 {value}。",
    mend_zh="{hint_zh}它的选项有：{options}。",
)
SPECIAL_NOT_OPTION = error(
    "special-not-option",
    "{value} is a special answer of {name}, not an option, and reads as unanswered.",
    "Write special(${{{name}}}) = '{value}'.",
    zh="{value} 是 {name} 的特殊回答，不是选项，按未回答处理。",
    mend_zh="写作 special(${{{name}}}) = '{value}'。",
)
UNKNOWN_SPECIAL = error(
    "unknown-special",
    "special() of {name} is never '{value}'.",
    "It can be: {options}.",
    zh="{name} 的 special() 不会是 '{value}'。",
    mend_zh="可能的值：{options}。",
)
NOT_A_CHOICE = error(
    "not-a-choice",
    "{function}() works on choices, and this is a {found}.",
    "Give it a field of type choice or choices.",
    zh="{function}() 用于选择题，而这里是{found_zh}。",
    mend_zh="请给它 choice 或 choices 类型的字段。",
)
CHOICES_COMPARED = warning(
    "choices-compared",
    "This holds only where '{value}' is chosen and nothing else.",
    "To ask whether it is among those chosen, write selected(${{{name}}}, '{value}').",
    zh="仅当只选了 '{value}' 时才成立。",
    mend_zh="若要问是否选了它，写 selected(${{{name}}}, '{value}')。",
)
TRUE_WHEN_UNANSWERED = warning(
    "true-when-unanswered",
    "This also holds where {name} was not answered.",
    "If that is not meant, add: answered(${{{name}}}) and …",
    zh="{name} 未回答时此式也成立。",
    mend_zh="若非本意，请加上：answered(${{{name}}}) and …",
)
WRONG_TYPE = error(
    "wrong-type",
    "This gives a {found}, and a {wanted} is needed.",
    "{hint}",
    zh="结果是{found_zh}，而需要{wanted_zh}。",
    mend_zh="{hint_zh}",
)
UNKNOWN_DATE_CODE = error(
    "unknown-date-code",
    "format-date() does not know {found}.",
    "Codes: %Y %y %m %n %b %d %e %a %H %h %M %S %3.",
    zh="format-date() 没有代码 {found}。",
    mend_zh="可用代码：%Y %y %m %n %b %d %e %a %H %h %M %S %3。",
)
OPAQUE_VALUE = error(
    "opaque-value",
    "{name} can only be passed on as it is.",
    "Take a single value of it into a name of its own.",
    zh="{name} 只能原样传递。",
    mend_zh="请把其中的单个值取到一个名称里。",
)
KINDS: tuple[Kind, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Kind))
"""What `callscript.catalogue` collects."""
