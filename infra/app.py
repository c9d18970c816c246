"""Entry of `cdk synth` and `cdk deploy`: `-c waihu:profile=demo|small|large` chooses the size."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from aws_cdk import App

from infra.configuration import Configuration, check_names, read
from infra.packaging import PackagingError
from infra.profile import ProfileError
from infra.reviewed import acknowledge
from infra.stacks.cell import CellStack
from infra.stacks.core import CoreStack
from infra.stacks.desk import DeskStack
from infra.stacks.watch import WatchStack


@dataclass(frozen=True, slots=True)
class Deployment:
    """The stacks of one deployment."""

    configuration: Configuration
    core: CoreStack
    cells: tuple[CellStack, ...]
    desk: DeskStack
    watch: WatchStack


def build(app: App) -> Deployment:
    """The stacks that the app's context asks for (profile `demo` without any).

    Raises:
        ProfileError: a value of the context cannot work; the text names the field.
        PackagingError: a function's libraries cannot be had.
    """
    check_names(app.node.get_all_context())
    configuration = read(app.node.try_get_context)
    name = f"Waihu-{configuration.profile.name}"
    core = CoreStack(app, name, configuration=configuration)
    cells = tuple(
        CellStack(app, f"{name}-{cell}", cell=cell, configuration=configuration, core=core)
        for cell in configuration.profile.cells
    )
    desk = DeskStack(app, f"{name}-desk", configuration=configuration, core=core)
    watch = WatchStack(app, f"{name}-watch", configuration=configuration, core=core, cells=cells, desk=desk)
    deployment = Deployment(configuration, core, cells, desk, watch)
    acknowledge(deployment)
    return deployment


def main() -> None:
    app = App()
    try:
        build(app)
    except (ProfileError, PackagingError) as error:
        sys.exit(f"waihu: {error}")
    app.synth()


if __name__ == "__main__":
    main()
