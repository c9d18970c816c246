"""The protocol by which CloudFormation calls a function and waits for its word (custom resources).

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from functions.hosting import logbook

LONGEST_REASON = 900
"""Characters; the whole answer may have 4,096 bytes."""

Event = Mapping[str, Any]


def answered(event: Event, work: Callable[[], Mapping[str, Any]]) -> None:
    """Does `work` and tells CloudFormation what came of it: its values, or why the deployment has to stop.

    What is taken away needs nothing done: data outlive the program.
    """
    values: Mapping[str, Any] = {}
    reason = ""
    if event["RequestType"] != "Delete":
        try:
            values = work()
        except Exception as error:  # whatever it is, the deployment must hear of it and not wait an hour
            reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
            logbook.write("ERROR", "deployment", {"outcome": "failed", "resource": event["LogicalResourceId"]})
    body = {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": reason or "done",
        "PhysicalResourceId": event.get("PhysicalResourceId") or event["LogicalResourceId"],
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": dict(values),
    }
    _send(event["ResponseURL"], json.dumps(body).encode())


def _send(url: str, body: bytes) -> None:
    request = urllib.request.Request(url, data=body, method="PUT", headers={"content-type": ""})  # noqa: S310
    with urllib.request.urlopen(request, timeout=20):  # noqa: S310 - the address that CloudFormation gave
        return
