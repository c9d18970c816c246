"""`python -m infra.cdk_cli ARGUMENTS`: the CDK's command, with the environment's Python and Node."""

from __future__ import annotations

import os
import sys

from infra.cdk_cli import NoNode, command, environment


def main() -> None:
    try:
        cdk, variables = command(os.environ), environment(os.environ)
    except NoNode as error:
        sys.exit(f"waihu: {error}")
    os.execve(cdk, [str(cdk), *sys.argv[1:]], variables)  # noqa: S606 - our own command


if __name__ == "__main__":
    main()
