"""What a function answers instead of a reply.

    Exception
    ├── Refused             the caller is told: a code, a status, whether trying again can help
    ├── SettingsError       see `settings`
    ├── AwsTrouble          see `aws`; becomes a retryable `Refused` where it matters
    │   └── NotStored
    └── anything else       a mistake of ours: 500 `internal_error`, logged by type and place, never by its text

`Refused` becomes HTTP in one place, `hosting.web`. Texts here never hold what a caller sent, SQL, or personal data.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Refusal(msgspec.Struct, frozen=True):
    """A kind of refusal: its stable code, HTTP status, and what people are told in both languages."""

    code: str
    status: int
    en: str
    zh: str
    retryable: bool = False

    def detail(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Refused(Exception):
    """Stops a request. `statement` and `parameter` name what it is about; `messages` are the script's own words."""

    def __init__(
        self,
        refusal: Refusal,
        *,
        parameter: str | None = None,
        statement: str | None = None,
        messages: Mapping[str, str] | None = None,
        sqlstate: str = "",
        retry_after: int | None = None,
        reason: str = "",
    ) -> None:
        self.refusal = refusal
        self.parameter = parameter
        self.statement = statement
        self.messages = messages
        self.sqlstate = sqlstate
        """For the log and the journal; not told to the caller."""
        self.reason = reason
        """For the log: codes and places, never what was sent."""
        self.retry_after = retry_after
        """Seconds, where the function can say."""
        super().__init__(refusal.code)

    @property
    def code(self) -> str:
        return self.refusal.code


# --- what any function may answer ------------------------------------------------------------------------------------
INTERNAL_ERROR = Refusal(
    "internal_error", 500, "Something went wrong on our side. It was recorded.", "系统内部出错，已记录。"
)
BAD_REQUEST = Refusal("bad_request", 400, "The request cannot be read.", "请求格式不正确。")
TOO_LARGE = Refusal("too_large", 413, "The request is too large.", "请求过大。")
UNKNOWN_ROUTE = Refusal("unknown_route", 404, "There is nothing at this address.", "没有这个地址。")
NOT_SIGNED_IN = Refusal("not_signed_in", 401, "Please sign in.", "请先登录。")
SCRIPTS_AWAY = Refusal(
    "scripts_away",
    503,
    "The scripts cannot be read right now. Try again.",
    "暂时读不到脚本，请稍后再试。",
    retryable=True,
)
UNKNOWN_RELEASE = Refusal(
    "unknown_release", 404, "This release of the campaign does not exist.", "该项目没有这个发布版本。"
)
BROKEN_RELEASE = Refusal(
    "broken_release",
    500,
    "The release is not what was published; it was not run. Tell the administrator.",
    "发布内容与发布时不一致，已拒绝运行，请告知管理员。",
)
FOREIGN_CAMPAIGN = Refusal("foreign_campaign", 403, "You may not work on this campaign.", "您没有该项目的权限。")
SECRETS_AWAY = Refusal(
    "secrets_away", 503, "The server is not ready. Try again.", "服务器尚未就绪，请稍后再试。", retryable=True
)

COMMON = (
    INTERNAL_ERROR,
    BAD_REQUEST,
    TOO_LARGE,
    UNKNOWN_ROUTE,
    NOT_SIGNED_IN,
    SCRIPTS_AWAY,
    UNKNOWN_RELEASE,
    BROKEN_RELEASE,
    FOREIGN_CAMPAIGN,
    SECRETS_AWAY,
)
