"""`python -m admin`, which is the `waihu` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    from admin import language

    # chosen before any command is built, since their help is written in it
    language.choose(sys.argv[1:], os.environ)
    from admin.application import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
