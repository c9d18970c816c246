"""What the business function alone refuses; what both functions refuse stands in `functions.hosting.errors`.

Exception
├── Refused                  see `functions.hosting.errors`
│   └── RefusedByScript      a `<fail>` or `<on-error>` of the script: its own code and words
└── DatabaseTrouble          see `database.failures`; `failures.refusal_of` says what it becomes
"""

from __future__ import annotations

from callscript.model.expression import Text
from functions.business.wording import words
from functions.hosting.errors import Refusal, Refused

BAD_SESSION = Refusal(
    "bad_session", 401, "Your session cannot be trusted. Please sign in again.", "会话无效，请重新登录。"
)
SESSION_EXPIRED = Refusal(
    "session_expired", 401, "Your session has ended. Please sign in again.", "会话已结束，请重新登录。"
)
SESSION_REVOKED = Refusal("session_revoked", 401, "Your session was ended.", "您的会话已被结束。")
FOREIGN_SESSION = Refusal("foreign_session", 403, "The session is another agent's.", "该会话属于其他坐席。")
FOREIGN_CELL = Refusal("foreign_cell", 403, "The session is not good for this server.", "该会话不能用于此服务器。")
FOREIGN_ROLE = Refusal("foreign_role", 403, "Your role may not do this.", "您的角色无权进行此操作。")
REFUSED_BY_DATABASE = Refusal(
    "refused_by_database", 403, "The database does not let you do this.", "数据库不允许您进行此操作。"
)
UNKNOWN_ACTION = Refusal("unknown_action", 404, "This release has no such action.", "该发布版本没有这个操作。")
OTHER_CLASS = Refusal(
    "other_class",
    421,
    "The action is of another class (fast or slow) than the address it was sent to.",
    "该操作的类别（快或慢）与请求地址不符。",
)
KEY_MISSING = Refusal("key_missing", 400, "The action writes, so it needs an idempotency key.", "该操作需要幂等键。")
KEY_MALFORMED = Refusal("key_malformed", 400, "The idempotency key is none of ours.", "幂等键格式不正确。")
KEY_TOO_OLD = Refusal(
    "key_too_old", 409, "The call is too old to be run; a person must look at it.", "该请求过旧，未执行，需要人工处理。"
)
KEY_REUSED = Refusal(
    "key_reused", 422, "The same key came before with other parameters.", "同一幂等键曾用于不同的参数。"
)
REPLY_ERASED = Refusal(
    "reply_erased", 409, "This was done before; its reply has been erased.", "该操作已执行过，其回复已被删除。"
)
PARAMETER_UNKNOWN = Refusal("parameter_unknown", 422, "The action has no such parameter.", "该操作没有这个参数。")
PARAMETER_MISSING = Refusal("parameter_missing", 422, "A required parameter is missing.", "缺少必填参数。")
PARAMETER_WRONG = Refusal("parameter_wrong", 422, "A parameter is not of its type.", "参数类型不正确。")
ROWS_CONTRACT = Refusal(
    "rows_contract",
    409,
    "What the action is about was not found as expected; nothing was written.",
    "未找到预期的数据，没有写入任何内容。",
)
NOT_HOLDER = Refusal("not_holder", 409, "You no longer hold this case.", "您已不再持有这个个案。")
DATA_REFUSED = Refusal(
    "data_refused", 409, "The data does not fit what is stored; nothing was written.", "数据与已存内容冲突，没有写入。"
)
STATEMENT_FAILED = Refusal(
    "statement_failed",
    500,
    "A statement of the script failed; nothing was written. Tell the administrator.",
    "脚本语句出错，没有写入任何内容，请告知管理员。",
)
STATEMENT_TOO_LONG = Refusal(
    "statement_too_long", 422, "There is too much to do at once; nothing was written.", "一次处理的内容过多，没有写入。"
)
PAGE_UNKNOWN = Refusal(
    "page_unknown",
    422,
    "There is no such page of what was asked. Begin with the first page.",
    "没有这一页，请从第一页重新开始。",
)
REPLY_MISMATCH = Refusal(
    "reply_mismatch",
    500,
    "The reply is not of the shape that the script says; nothing was written. Tell the administrator.",
    "回复与脚本声明的形式不符，没有写入任何内容，请告知管理员。",
)
SCRIPT_UNREADABLE = Refusal(
    "script_unreadable",
    500,
    "The script of this action cannot be run. Tell the administrator.",
    "该操作的脚本无法运行，请告知管理员。",
)
TOO_MANY_CASES = Refusal(
    "too_many_cases",
    429,
    "You have taken many cases within a minute. Wait a little.",
    "一分钟内领取的个案过多，请稍候。",
    retryable=True,
)
BUSY = Refusal("busy", 503, "The data is busy right now. Try again.", "数据正忙，请稍后再试。", retryable=True)
DATABASE_AWAY = Refusal(
    "database_away",
    503,
    "The database cannot be reached right now. Try again.",
    "暂时连不上数据库，请稍后再试。",
    retryable=True,
)
NO_CONNECTION = Refusal(
    "no_connection",
    503,
    "Too much is going on at once; nothing was written. Try again in a moment.",
    "系统正忙，没有写入任何内容，请稍后再试。",
    retryable=True,
)
TOO_LATE = Refusal(
    "too_late",
    503,
    "There was not enough time left to do it; nothing was written. Try again.",
    "剩余时间不足，没有执行，也没有写入任何内容，请稍后再试。",
    retryable=True,
)
OUTCOME_UNKNOWN = Refusal(
    "outcome_unknown",
    503,
    "The connection broke; whether it was done is not known. Try again: it will not be done twice.",
    "连接中断，尚不清楚是否已完成。请重试，不会重复执行。",
    retryable=True,
)

REFUSALS = tuple(value for value in list(globals().values()) if isinstance(value, Refusal))
"""Every refusal of this function's own, for the API's description."""


class RefusedByScript(Refused):
    """The script itself ends the action, in its own words; nothing was written."""

    def __init__(self, code: str, message: Text | None, statement: str | None = None, sqlstate: str = "") -> None:
        refusal = Refusal(code, 409, "The action was refused by its script.", "该操作被脚本拒绝。")
        super().__init__(refusal, statement=statement, messages=words(message), sqlstate=sqlstate)
        self.message = message
