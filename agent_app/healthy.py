"""`python -m agent_app.healthy`: ends with 0 where the process beside it answers; for container health checks."""

from __future__ import annotations

import sys
import urllib.request

ADDRESS = "http://127.0.0.1:8501/healthz"


def main() -> int:
    try:
        with urllib.request.urlopen(ADDRESS, timeout=4):
            return 0
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
