"""Who rings: a dialler on the agent's machine (`tel:`, `sip:`), Amazon Connect, or nobody.

The number comes from the server for this one purpose (`mask="dialler"`). To a dialler on the agent's machine it goes as
a link that is followed and never shown; Amazon Connect is given it from here, and the agent's browser never has it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

log = logging.getLogger(__name__)

_PASSING = frozenset({"InternalServiceException", "LimitExceededException", "ThrottlingException"})


@dataclass(frozen=True, slots=True)
class Order:
    """One call to be placed."""

    number: str
    """E.164."""
    interview: str
    campaign: str
    at: int
    """Milliseconds since 1970, when the key was pressed: each press is a call of its own."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of an order; `said` is the key of a text."""

    said: str
    href: str = ""
    """A link for the browser to follow, once."""
    ringing: bool = True


class Dialler(Protocol):
    def dial(self, order: Order) -> Placed: ...


@dataclass(frozen=True, slots=True)
class LinkDialler:
    """Hands the number to the program that the agent's machine has for `scheme`: `tel` or `sip`."""

    scheme: str

    def dial(self, order: Order) -> Placed:
        return Placed("case.dialled", href=f"{self.scheme}:{quote(order.number, safe='+')}")


@dataclass(frozen=True, slots=True)
class ConnectDialler:
    """Has Amazon Connect ring the contact and bring the call to the agent by a contact flow.

    API: `StartOutboundVoiceContact`. Interview and campaign go along as contact attributes, so that recordings and
    contact records can be joined with answers. `connect` is a boto3 client.
    """

    connect: Any
    instance_id: str
    contact_flow_id: str
    queue_id: str = ""
    source_phone: str = ""

    def dial(self, order: Order) -> Placed:
        caller = {"QueueId": self.queue_id} if self.queue_id else {"SourcePhoneNumber": self.source_phone}
        try:
            self.connect.start_outbound_voice_contact(
                DestinationPhoneNumber=order.number,
                InstanceId=self.instance_id,
                ContactFlowId=self.contact_flow_id,
                # A request that is repeated on the way rings once.
                ClientToken=f"{order.interview}-{order.at}",
                Attributes={"waihu_interview": order.interview, "waihu_campaign": order.campaign},
                **caller,
            )
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            log.warning("Amazon Connect did not place a call: %s", code)
            return Placed("case.connect_away" if code in _PASSING else f"case.{_refusal(code)}", ringing=False)
        except BotoCoreError as error:
            log.warning("Amazon Connect cannot be reached: %s", type(error).__name__)
            return Placed("case.connect_away", ringing=False)
        return Placed("case.connect_rings")


def _refusal(code: str) -> str:
    numbers = {"DestinationNotAllowedException", "OutboundContactNotPermittedException"}
    return "connect_not_allowed" if code in numbers else "connect_refused"


@dataclass(frozen=True, slots=True)
class DiallerSettings:
    """What decides on the dialler: `kind` is `tel`, `sip`, `connect`, or empty for none."""

    kind: str
    instance_id: str = ""
    contact_flow_id: str = ""
    queue_id: str = ""
    source_phone: str = ""


def dialler_of(settings: DiallerSettings, connect: Callable[[], Any]) -> Dialler | None:
    """The dialler of this deployment; None where calls are placed by something else, and there is no key for it.

    Raises:
        ValueError: an unknown kind, or Connect without its instance, flow, or the number to ring from.
    """
    if settings.kind == "":
        return None
    if settings.kind in ("tel", "sip"):
        return LinkDialler(settings.kind)
    if settings.kind != "connect":
        raise ValueError(f"dialler: {settings.kind!r} is not tel, sip, connect or empty")
    if not (settings.instance_id and settings.contact_flow_id and (settings.queue_id or settings.source_phone)):
        raise ValueError("dialler connect: needs connect_instance_id, connect_contact_flow_id and a queue or a number")
    return ConnectDialler(
        connect(), settings.instance_id, settings.contact_flow_id, settings.queue_id, settings.source_phone
    )
