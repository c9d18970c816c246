"""A function for the tests of the gateway: does what its event's body asks for."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any


def handle(event: dict[str, Any], context: Any) -> Any:
    wish = json.loads(event.get("body") or "{}")
    match wish.get("do"):
        case "fail":
            raise RuntimeError("as asked")
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(600)
        case "nonsense":
            return {"statusCode": "teapot"}
        case "plain":
            return {"hello": "world"}
        case "metric":
            print(json.dumps(wish["line"]))
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json", "X-Worker": str(os.getpid())},
        "cookies": ["a=1", "b=2"],
        "body": json.dumps({"event": event, "remaining": context.get_remaining_time_in_millis()}),
    }


def broken(event: dict[str, Any], context: Any) -> Any:
    raise AssertionError("never called: the module below does not import")
