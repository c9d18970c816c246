"""What dispatch alone refuses; the rest stands in `functions.hosting.errors`, with the tree of exceptions."""

from __future__ import annotations

from functions.hosting.errors import Refusal

NO_ROLE = Refusal(
    "no_role", 403, "Your account has no role yet. Ask the administrator.", "您的账号还没有角色，请联系管理员。"
)
ROUTING_BROKEN = Refusal(
    "routing_broken",
    503,
    "The routing cannot be read right now. Try again.",
    "暂时读不到路由，请稍后再试。",
    retryable=True,
)

REFUSALS = (NO_ROLE, ROUTING_BROKEN)
"""Every refusal of this function's own, for the API's description."""
