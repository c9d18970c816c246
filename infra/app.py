"""Entry of `cdk synth` and `cdk deploy`: `-c waihu:profile=demo|small|large` chooses the size."""

from __future__ import annotations

import sys

from aws_cdk import App

from infra.profile import ProfileError, named
from infra.stack import WaihuStack


def build(app: App) -> WaihuStack:
    """The stack of the profile that the app's context names (`demo` without one).

    Raises:
        ProfileError: if there is no such profile.
    """
    profile = named(str(app.node.try_get_context("waihu:profile") or "demo"))
    return WaihuStack(app, f"Waihu-{profile.name}", profile=profile)


def main() -> None:
    app = App()
    try:
        build(app)
    except ProfileError as error:
        sys.exit(f"waihu: {error}")
    app.synth()


if __name__ == "__main__":
    main()
