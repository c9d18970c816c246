"""Log queries worth keeping, in the language of CloudWatch Logs Insights: name -> query.

Insights shows members that hold one value, and those of a list by their numbers (`error.0`). What holds more (`rows`,
`rounds`) is read in the whole line, `@message`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

QUERIES: Mapping[str, str] = {
    "Which node failed, last hour": """
fields @timestamp, campaign, node, action, code, statement, correlation_id
| filter outcome in ["failed", "refused"]
| stats count(*) as calls, latest(correlation_id) as example by campaign, node, code
| sort calls desc
| limit 50""",
    "Story of a correlation id": """
fields @timestamp, @log, message, campaign, release, node, action, outcome, status, code, statement, sqlstate, reason,
  ActionTime, RoundTrips, @message
| filter correlation_id = "PUT-THE-ID-HERE"
| sort @timestamp asc
| limit 200""",
    "Story of an interview": """
fields @timestamp, node, action, outcome, status, code, statement, sqlstate, disposition, ActionTime, RoundTrips,
  correlation_id, @message
| filter interview = "PUT-THE-ID-HERE"
| sort @timestamp asc
| limit 500""",
    "Slowest actions": """
fields @timestamp, campaign, action, ActionTime, RoundTrips, correlation_id, @message
| filter ispresent(ActionTime)
| sort ActionTime desc
| limit 50""",
    "Cold starts by function": """
filter @type = "REPORT" and ispresent(@initDuration)
| stats count(*) as starts, avg(@initDuration) as mean_ms, max(@initDuration) as longest_ms by @log, bin(1h)""",
    "Mistakes of the program": """
fields @timestamp, @log, error.0, correlation_id, @message
| filter ispresent(error.0)
| sort @timestamp desc
| limit 50""",
    "Refused publications": """
fields @timestamp, key, campaign, verdict
| filter message = "publication" and outcome = "refused"
| sort @timestamp desc""",
}

_PLACE = "PUT-THE-ID-HERE"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def story_of(identity: str) -> str:
    """The saved query that tells the story of an interview or of a correlation id (a case is the database's to tell).

    Raises:
        ValueError: `identity` can be neither.
    """
    if not _ID.fullmatch(identity):
        raise ValueError(identity)
    either = f'filter interview = "{identity}" or correlation_id = "{identity}"'
    return QUERIES["Story of a correlation id"].replace(f'filter correlation_id = "{_PLACE}"', either).strip()
