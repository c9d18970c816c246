"""Dispatch's view of the deployment: routing, pointers and cells' health, from the bucket, shortly remembered."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from callscript.bucket_layout import HEALTH_KEY, ROUTING_KEY, pointer_key
from callscript.model.routing import RoutedCampaign, Routing
from callscript.parser import read_routing
from callscript.problems import ScriptError
from functions.dispatch.errors import ROUTING_BROKEN
from functions.dispatch.soundness import Soundness
from functions.hosting.aws import AwsTrouble, NotStored
from functions.hosting.errors import SCRIPTS_AWAY, Refused
from functions.hosting.recent import Recent
from functions.hosting.releases import Bucket, reasons_of

UP, DRAINING, AWAY = "up", "draining", "away"


class Pointer(msgspec.Struct, frozen=True):
    """The part of `pointers/<campaign>.json` that matters here."""

    release: str
    previous: str | None = None


class CellHealth(msgspec.Struct, frozen=True):
    """What is known of a cell: `up` or `away`; whoever watches the cells writes it."""

    state: str = UP


class Directory:
    """Where campaigns live and which release they are at; at most `seconds` behind the bucket."""

    def __init__(self, bucket: Bucket, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._bucket = bucket
        away = (AwsTrouble, Refused)
        self._routing = Recent(self._read_routing, seconds=seconds, most=1, keep_if=away, clock=clock)
        self._pointers = Recent(self._read_pointer, seconds=seconds, most=500, keep_if=away, clock=clock)
        self._soundness = Soundness(bucket, clock)
        self._health = Recent(self._read_health, seconds=seconds, most=1, keep_if=away, clock=clock)

    def routing(self) -> Routing:
        """The routing in force; the last good one while a newer one cannot be read.

        Raises:
            Refused: `routing_broken`, `scripts_away`.
        """
        return self._routing.get(ROUTING_KEY)

    def current_release(self, campaign: str) -> str | None:
        """The release that the campaign's next case takes; None: nothing was published yet.

        Where its files are not what was published, that is the one before, as long as it is whole.

        Raises:
            Refused: `scripts_away`.
        """
        pointer = self._pointers.get(campaign)
        return self._soundness.serving(campaign, pointer.release, pointer.previous) if pointer else None

    def cell_states(self) -> dict[str, str]:
        """`up`, `draining` or `away` for each cell of the routing.

        Raises:
            Refused: as `routing`.
        """
        try:
            health = self._health.get(HEALTH_KEY)
        except Refused:
            health = {}
        return {
            cell.id: DRAINING if cell.draining else AWAY if _is_away(health.get(cell.id)) else UP
            for cell in self.routing().cells.values()
        }

    def campaigns_of(self, groups: tuple[str, ...]) -> list[RoutedCampaign]:
        """Campaigns that members of `groups` may work on, in the routing's order."""
        return [each for each in self.routing().campaigns.values() if set(each.groups) & set(groups)]

    def _read_routing(self, key: str) -> Routing:
        try:
            return read_routing(self._bucket.get(key), key).usable
        except ScriptError as error:
            raise Refused(ROUTING_BROKEN, reason=reasons_of(error)) from error
        except NotStored as error:
            raise Refused(ROUTING_BROKEN, reason="there is none") from error
        except AwsTrouble as error:
            raise Refused(SCRIPTS_AWAY) from error

    def _read_pointer(self, campaign: str) -> Pointer | None:
        try:
            return msgspec.json.decode(self._bucket.get(pointer_key(campaign)), type=Pointer)
        except NotStored:
            return None
        except (AwsTrouble, msgspec.DecodeError) as error:
            raise Refused(SCRIPTS_AWAY) from error

    def _read_health(self, key: str) -> dict[str, CellHealth]:
        try:
            return msgspec.json.decode(self._bucket.get(key), type=dict[str, CellHealth])
        except (NotStored, msgspec.DecodeError):
            return {}
        except AwsTrouble as error:
            raise Refused(SCRIPTS_AWAY) from error


def _is_away(health: CellHealth | None) -> bool:
    return health is not None and health.state == AWAY
