"""The state table: what each state accepts, who acts next in it, and which states can follow which.

`decide` refuses what is not in the table, and docs/delivery-states.md says what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from delivery.domain import commands as c
from delivery.domain.command import Command
from delivery.domain.values import DeliveryState

S = DeliveryState
Commands: TypeAlias = frozenset[type[Command]]


class Owner(StrEnum):
    """In whose hands a delivery is. `SERVICE` is this program; `OWNER` is whoever a requirement names."""

    SERVICE = "service"
    UNDERWRITER = "underwriter"
    OWNER = "owner"
    OPERATIONS = "operations"
    PRINT_CENTRE = "print-centre"
    RELAY = "relay"
    OUTLET = "outlet"
    SALESPERSON = "salesperson"
    SUPERVISOR = "supervisor"
    BRANCH = "branch"
    CUSTOMER = "customer"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Row:
    """One state: the commands it accepts, and who acts next, doing what (a code)."""

    accepts: Commands
    owner: Owner
    act: str


CHASING: Final[Commands] = frozenset({c.OpenChase, c.Remind, c.LogCall, c.ForetellLate, c.FallLate, c.ExplainLate})
PEOPLE: Final[Commands] = frozenset({c.RecordOrphaned, c.Reassign, c.ReleaseReceipt})
OPEN: Final[Commands] = CHASING | PEOPLE
"""What is accepted as long as a receipt is awaited."""
ISSUED: Final[Commands] = OPEN | {c.RecordEnded}
UNDERWAY: Final[Commands] = ISSUED | {c.Reprint}
ARRIVING: Final[Commands] = frozenset({c.Reach}) | {c.Arrive}
SIGNING: Final[Commands] = frozenset({c.Sign, c.Photograph})
VISIT: Final[Commands] = frozenset({c.ReportAway, c.ReportAddressWrong, c.ReportRefused})
LINKING: Final[Commands] = frozenset((c.SendLink, c.SwitchToPaper))
AT_CUSTOMER: Final[Commands] = UNDERWAY | SIGNING | VISIT | LINKING
"""Both media: a rule refuses what the other one has."""
ONLINE: Final[Commands] = ISSUED | VISIT | LINKING | {c.Sign}
AFTER: Final[Commands] = frozenset({c.RecordEnded, c.ExplainLate})

TABLE: Final[Mapping[DeliveryState, Row]] = {
    S.AWAITING_ISSUE: Row(OPEN | {c.RecordWait, c.RecordDropped, c.RecordIssued}, Owner.SERVICE, "underwrite"),
    S.TO_PRINT: Row(ISSUED | {c.Print}, Owner.PRINT_CENTRE, "print"),
    S.PRINTED: Row(UNDERWAY | {c.Bind}, Owner.PRINT_CENTRE, "bind"),
    S.BOUND: Row(UNDERWAY | {c.Check}, Owner.PRINT_CENTRE, "check"),
    S.CHECKED: Row(UNDERWAY | {c.Pack}, Owner.PRINT_CENTRE, "pack"),
    S.PACKED: Row(UNDERWAY | {c.Dispatch}, Owner.PRINT_CENTRE, "dispatch"),
    S.UNDERWAY: Row(UNDERWAY | ARRIVING, Owner.RELAY, "carry"),
    S.AT_RELAY: Row(UNDERWAY | ARRIVING | {c.Forward}, Owner.RELAY, "forward"),
    S.AT_OUTLET: Row(UNDERWAY | SIGNING | {c.Hand}, Owner.OUTLET, "hand"),
    S.WITH_SALESPERSON: Row(AT_CUSTOMER, Owner.SALESPERSON, "have-signed"),
    S.TO_SEND: Row(ONLINE, Owner.SERVICE, "send-link"),
    S.LINK_SENT: Row(ONLINE | {c.OpenLink}, Owner.CUSTOMER, "open-link"),
    S.LINK_OPENED: Row(ONLINE, Owner.CUSTOMER, "sign"),
    S.ADDRESS_WRONG: Row(AT_CUSTOMER | {c.CorrectAddress}, Owner.SALESPERSON, "correct-address"),
    S.CUSTOMER_AWAY: Row(AT_CUSTOMER, Owner.SALESPERSON, "visit-again"),
    S.REFUSED: Row(AT_CUSTOMER | {c.Resume}, Owner.SUPERVISOR, "talk-to-customer"),
    S.SIGNED_BY_OTHER: Row(AT_CUSTOMER, Owner.SALESPERSON, "have-applicant-sign"),
    S.PHOTOGRAPHED: Row(ISSUED | SIGNING | {c.AcceptReceipt, c.RejectReceipt}, Owner.OUTLET, "compare-receipt"),
    S.RECEIVED: Row(AFTER | {c.Return}, Owner.SERVICE, "return-receipt"),
    S.RETURNED: Row(AFTER, Owner.NOBODY, "none"),
    S.ENDED: Row(SIGNING, Owner.NOBODY, "none"),
    S.SIGNED_AFTER_END: Row(SIGNING | {c.SettleSignature}, Owner.BRANCH, "settle-signature"),
    S.DROPPED: Row(frozenset(), Owner.NOBODY, "none"),
}

_PAPER: Final = (S.PRINTED, S.BOUND, S.CHECKED, S.PACKED, S.UNDERWAY, S.AT_RELAY, S.AT_OUTLET)
_ONLINE: Final = (S.TO_SEND, S.LINK_SENT, S.LINK_OPENED)
_TROUBLE: Final = (S.ADDRESS_WRONG, S.CUSTOMER_AWAY, S.REFUSED, S.SIGNED_BY_OTHER)
_VISITED: Final = (S.WITH_SALESPERSON, *_ONLINE, *_TROUBLE)
_TO_ISSUE: Final = (S.TO_PRINT, *_PAPER, *_VISITED, S.PHOTOGRAPHED)
_VISITS: Final = (S.ADDRESS_WRONG, S.CUSTOMER_AWAY, S.REFUSED)
_SIGNED: Final = (S.AT_OUTLET, *_VISITED, S.PHOTOGRAPHED)

MOVES: Final[frozenset[tuple[DeliveryState, DeliveryState]]] = frozenset(
    {
        *((S.AWAITING_ISSUE, after) for after in (S.DROPPED, S.TO_PRINT, S.TO_SEND)),
        (S.TO_PRINT, S.PRINTED),
        (S.PRINTED, S.BOUND),
        (S.BOUND, S.CHECKED),
        (S.CHECKED, S.PACKED),
        (S.PACKED, S.UNDERWAY),
        *((before, after) for before in (S.UNDERWAY, S.AT_RELAY) for after in (S.AT_RELAY, S.UNDERWAY, S.AT_OUTLET)),
        (S.AT_OUTLET, S.WITH_SALESPERSON),
        *((before, S.TO_PRINT) for before in (*_PAPER, *_VISITED)),
        *((before, S.LINK_SENT) for before in (*_ONLINE, *_TROUBLE)),
        (S.LINK_SENT, S.LINK_OPENED),
        *((before, after) for before in _VISITED for after in _VISITS),
        *((before, after) for before in (S.ADDRESS_WRONG, S.REFUSED) for after in (S.WITH_SALESPERSON, S.TO_SEND)),
        (S.ADDRESS_WRONG, S.AT_OUTLET),
        (S.REFUSED, S.AT_OUTLET),
        *((before, S.AT_OUTLET) for before in (S.WITH_SALESPERSON, S.CUSTOMER_AWAY, S.SIGNED_BY_OTHER)),
        *((before, S.SIGNED_BY_OTHER) for before in _SIGNED),
        *((before, S.PHOTOGRAPHED) for before in (S.AT_OUTLET, S.WITH_SALESPERSON, *_TROUBLE)),
        *((S.PHOTOGRAPHED, after) for after in (S.AT_OUTLET, S.WITH_SALESPERSON)),
        *((before, S.RECEIVED) for before in _SIGNED),
        (S.RECEIVED, S.RETURNED),
        *((before, S.ENDED) for before in _TO_ISSUE),
        (S.ENDED, S.SIGNED_AFTER_END),
        (S.SIGNED_AFTER_END, S.ENDED),
    }
    - {(state, state) for state in S}
)
"""One event at a time."""
