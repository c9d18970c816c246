"""Dashboards, alarms, counts in logs and saved queries over all other stacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Stack
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.alarms import Alarms
from infra.constructs.cell_watch import CellWatch
from infra.constructs.dashboards import Dashboards
from infra.constructs.function import Function
from infra.constructs.log_counts import LogCounts
from infra.constructs.saved_queries import SavedQueries
from infra.stacks.cell import CellStack
from infra.stacks.core import CoreStack
from infra.stacks.desk import DeskStack
from monitoring import alarms
from monitoring.boards import Deployed


class WatchStack(Stack):
    """Deployed last: nothing depends on it."""

    def __init__(
        self, scope: Construct, name: str, *, configuration: Configuration, core: CoreStack,
        cells: Sequence[CellStack], desk: DeskStack,
    ) -> None:  # fmt: skip
        super().__init__(scope, name, description=f"Waihu {configuration.profile.name}: what is watched")
        self.cell_watch = CellWatch(
            self, "CellWatch", cells={cell.cell: cell.functions.fast_live.alias for cell in cells},
            scripts=core.scripts, profile=configuration.profile, key=core.key,
        )  # fmt: skip
        functions = {**_functions(core, cells), "cell-watch": self.cell_watch.function}
        databases = {cell.cell: cell.database.dimension for cell in cells}
        deployed = Deployed(
            functions={label: made.function.function_name for label, made in functions.items()},
            proxies={cell.cell: cell.database.proxy.db_proxy_name for cell in cells},
            databases=databases,
            api=core.api.api.api_id,
            balancer=desk.front.balancer.load_balancer_full_name,
        )
        Dashboards(self, "Dashboards", prefix=core.stack_name, deployed=deployed)
        LogCounts(self, "Counts", groups={label: made.log_group for label, made in functions.items()})
        groups = [made.log_group for made in functions.values()] + [desk.desk.log_group]
        SavedQueries(self, "Queries", prefix=core.stack_name, groups=groups)
        rules = [*alarms.of_core(core.api.api.api_id, core.publisher.failed.queue_name)]
        for label, made in functions.items():
            rules += alarms.of_function(label, made.function.function_name, made.log_group.log_group_name)
        for cell in cells:
            group = cell.database.log_group.log_group_name
            rules += alarms.of_cell(cell.cell, cell.database.proxy.db_proxy_name, databases[cell.cell], group)
            rules += alarms.of_upkeep(cell.cell, cell.schedule.failed.queue_name)
        target = desk.front.target.target_group_full_name
        rules += alarms.of_desk(desk.front.balancer.load_balancer_full_name, target)
        Alarms(self, "Alarms", rules=rules, topic=core.topic, prefix=core.stack_name)


def _functions(core: CoreStack, cells: Sequence[CellStack]) -> Mapping[str, Function]:
    """Label -> function, of those that serve people."""
    made = {"dispatch": core.dispatch, "publisher": core.publisher.function, "scripts": core.scripts_room.function}
    for cell in cells:
        made |= {
            f"business-{cell.cell}": cell.functions.fast,
            f"business-{cell.cell}-slow": cell.functions.slow,
            f"upkeep-{cell.cell}": cell.functions.housekeeper,
        }
    return made
