"""The state table: what each state accepts, who acts next in it, and which states can follow which.

`decide` refuses what is not in the table, and docs/proposal-states.md says what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policy.domain import commands as c
from policy.domain.values import ProposalState

S = ProposalState
Commands = frozenset[type[c.Command]]


class Actor(StrEnum):
    """Who can act. `SERVICE` is this program: its jobs and sweeps; `OWNER` is whoever a requirement names."""

    SALESPERSON = "salesperson"
    CUSTOMER = "customer"
    UNDERWRITER = "underwriter"
    OWNER = "owner"
    REVIEWER = "reviewer"
    OPERATIONS = "operations"
    SERVICE = "service"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Row:
    """One state: the commands it accepts, and who acts next, doing what (a code)."""

    accepts: Commands
    actor: Actor
    act: str


RECORDING: Final[Commands] = frozenset({c.AddRecording, c.ReviewRecording})
BANK: Final[Commands] = frozenset({c.RecordCollected, c.RecordDebitFailed, c.RecordUnanswered})
REFUNDS: Final[Commands] = frozenset({c.OrderRefund, c.RecordRefunded, c.RecordRefundFailed})
MONEY: Final[Commands] = BANK | REFUNDS
"""What the bank says is taken down in every state: money does not ask where a proposal stands."""
ENVELOPE: Final[Commands] = frozenset({c.RecordSigned, c.RecordReturned, c.RecordRefused})
CLOSING: Final[Commands] = frozenset((c.MeetRequirement, c.WaiveRequirement))
OPEN: Final[Commands] = MONEY | RECORDING | {c.Withdraw}
VISIT: Final[Commands] = frozenset({c.InviteVisit, c.RemindVisit, c.AnswerVisit, c.SeeToVisit})
"""Concerns are looked into also where the policy has ended: whoever says that they did not sign may cancel, too."""

TABLE: Final[Mapping[ProposalState, Row]] = {
    S.ENTERED: Row(OPEN | {c.Amend, c.Send}, Actor.SALESPERSON, "send"),
    S.SENT: Row(OPEN | ENVELOPE, Actor.CUSTOMER, "sign"),
    S.LAPSED: Row(OPEN | {c.Amend, c.Send}, Actor.SALESPERSON, "send-again"),
    S.SIGNED: Row(OPEN | {c.Underwrite}, Actor.SERVICE, "underwrite"),
    S.REFERRED: Row(OPEN | {c.DecideCase}, Actor.UNDERWRITER, "decide-case"),
    S.WANTING: Row(OPEN | CLOSING, Actor.OWNER, "meet-requirement"),
    S.OFFERED: Row(OPEN | ENVELOPE | {c.Send}, Actor.SALESPERSON, "send-offer"),
    S.ACCEPTED: Row(OPEN | {c.OrderDebit}, Actor.SERVICE, "order-debit"),
    S.DEBITING: Row(MONEY | RECORDING, Actor.SERVICE, "await-bank"),
    S.DEBIT_FAILED: Row(OPEN | {c.OrderDebit}, Actor.OPERATIONS, "order-debit-again"),
    S.DEBIT_UNKNOWN: Row(MONEY | RECORDING, Actor.SERVICE, "ask-bank"),
    S.PAID: Row(OPEN | {c.Issue}, Actor.SERVICE, "issue"),
    S.ISSUED: Row(
        MONEY | VISIT | {c.RecordReceived, c.Cancel, c.Surrender},
        Actor.NOBODY,
        "none",
    ),
    S.WITHDRAWN: Row(MONEY, Actor.NOBODY, "none"),
    S.DECLINED: Row(MONEY, Actor.NOBODY, "none"),
    S.REFUSED_BY_CUSTOMER: Row(MONEY, Actor.NOBODY, "none"),
    S.CANCELLED: Row(MONEY | {c.SeeToVisit}, Actor.NOBODY, "none"),
    S.SURRENDERED: Row(MONEY | {c.SeeToVisit}, Actor.NOBODY, "none"),
}

_WITHDRAWABLE = tuple(state for state, row in TABLE.items() if c.Withdraw in row.accepts)

MOVES: Final[frozenset[tuple[ProposalState, ProposalState]]] = frozenset(
    {
        (S.ENTERED, S.SENT),
        (S.LAPSED, S.SENT),
        (S.SENT, S.LAPSED),
        (S.SENT, S.SIGNED),
        (S.SENT, S.REFUSED_BY_CUSTOMER),
        (S.OFFERED, S.REFUSED_BY_CUSTOMER),
        *((state, S.DECLINED) for state in (S.SIGNED, S.REFERRED)),
        *((state, S.WANTING) for state in (S.SIGNED, S.REFERRED)),
        *((state, S.REFERRED) for state in (S.SIGNED, S.WANTING)),
        *((state, S.ACCEPTED) for state in (S.SIGNED, S.REFERRED, S.OFFERED)),
        (S.ACCEPTED, S.OFFERED),
        (S.ACCEPTED, S.DEBITING),
        (S.DEBIT_FAILED, S.DEBITING),
        *((state, S.PAID) for state in (S.DEBITING, S.DEBIT_UNKNOWN, S.DEBIT_FAILED)),
        *((state, S.DEBIT_FAILED) for state in (S.DEBITING, S.DEBIT_UNKNOWN)),
        *((state, S.DEBIT_UNKNOWN) for state in (S.DEBITING, S.PAID)),
        (S.PAID, S.ISSUED),
        (S.ISSUED, S.CANCELLED),
        (S.ISSUED, S.SURRENDERED),
        *((state, S.WITHDRAWN) for state in _WITHDRAWABLE),
    }
)
"""One event at a time. An offer follows an acceptance at once: accepted, on terms that have to be signed for first."""
