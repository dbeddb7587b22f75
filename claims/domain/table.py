"""The state table: what each state accepts, who acts next in it, and which states can follow which.

`decide` refuses what is not in the table, and docs/claim-states.md says what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from claims.domain import commands as c
from claims.domain.values import ClaimState

S = ClaimState
Commands: TypeAlias = frozenset[type[c.Command]]


class Actor(StrEnum):
    """Who can act. `SERVICE` is this program: its jobs and sweeps."""

    CUSTOMER = "customer"
    HANDLER = "handler"
    SURVEYOR = "surveyor"
    TEAM_LEAD = "team-lead"
    MANAGER = "manager"
    QUOTATION_DESK = "quotation-desk"
    SERVICE = "service"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Row:
    """One state: the commands it accepts, and who acts next, doing what (a code)."""

    accepts: Commands
    actor: Actor
    act: str


BANK: Final[Commands] = frozenset({c.RecordPaid, c.RecordPaymentFailed, c.RecordUnanswered})
"""What the bank says is taken down in every state: money does not ask where a claim stands."""
TRACKING: Final[Commands] = frozenset({c.RevokeDevice, c.Remind, c.Alarm, c.AcknowledgeAlarm})
RECOVERY: Final[Commands] = frozenset({c.OpenRecovery, c.RecordRecovered, c.CloseRecovery})
"""Nor does money that comes back: no more is claimed than went out."""
SUPPLY: Final[Commands] = frozenset({c.RecordQuote, c.DeclineQuote, c.RecordPartsDelivered, c.CancelParts})
"""What was ordered comes, or is not wanted any more, also where the claim is closed."""
CALLS: Final[Commands] = frozenset({c.AskCallBack, c.TakeCallBack, c.RecordCalledBack})
ALWAYS: Final[Commands] = BANK | TRACKING | RECOVERY | SUPPLY | CALLS | {c.FileForm}
PARTS: Final[Commands] = frozenset({c.AskQuotes, c.OrderParts})
HANDLING: Final[Commands] = (
    ALWAYS | PARTS | {c.Take, c.HandOver, c.AskForPerson, c.AddPicture, c.CheckPicture, c.RecordPapers, c.Absorb}
)
DISPATCH: Final[Commands] = frozenset({c.SendSurveyor, c.DeclineSurvey, c.RecordNobodyFree})
ENDING: Final[Commands] = frozenset({c.Refuse, c.Withdraw, c.Join})
OPEN: Final[Commands] = (
    HANDLING
    | ENDING
    | {
        c.RecordScore,
        c.SendToPeople,
        c.ReviewBlock,
        c.AskPapers,
        c.WaivePapers,
        c.SetPayee,
        c.ApprovePayee,
        c.ReturnAgreement,
        c.TellSurvey,
        c.TellInjury,
        c.TellShop,
        c.TellPapers,
    }
)
ADVANCE: Final[Commands] = frozenset({c.AllowAdvance, c.OrderPayment})

TABLE: Final[Mapping[ClaimState, Row]] = {
    S.REPORTED: Row(OPEN | {c.Triage}, Actor.SERVICE, "triage"),
    S.SURVEYING: Row(
        OPEN | DISPATCH | {c.TakeSurvey, c.ReassignSurvey, c.ChangeSurvey, c.RecordSurvey},
        Actor.CUSTOMER,
        "survey-by-phone",
    ),
    S.ASSESSING: Row(OPEN | ADVANCE | {c.Assess}, Actor.HANDLER, "assess"),
    S.VERIFYING: Row(OPEN | ADVANCE | {c.Verify, c.Supplement}, Actor.TEAM_LEAD, "verify"),
    S.ADJUDICATING: Row(OPEN | ADVANCE | {c.Adjudicate, c.Supplement}, Actor.HANDLER, "adjudicate"),
    S.SETTLING: Row(OPEN | ADVANCE | {c.Adjudicate, c.MakeOffer, c.Supplement}, Actor.SERVICE, "make-offer"),
    S.OFFERED: Row(OPEN | ADVANCE | {c.SendAgreement, c.Agree, c.Dispute, c.Supplement}, Actor.CUSTOMER, "agree"),
    S.DISPUTED: Row(OPEN | ADVANCE | {c.PassDispute, c.AnswerDispute, c.Supplement}, Actor.HANDLER, "answer-dispute"),
    S.AGREED: Row(OPEN | {c.ApprovePayment, c.OrderPayment, c.Close, c.Supplement}, Actor.SERVICE, "order-payment"),
    S.PAYING: Row(HANDLING, Actor.SERVICE, "await-bank"),
    S.PAYMENT_FAILED: Row(OPEN | {c.OrderPayment, c.Supplement}, Actor.HANDLER, "mend-payment"),
    S.PAYMENT_UNKNOWN: Row(HANDLING, Actor.SERVICE, "ask-bank"),
    S.PAID: Row(HANDLING | {c.Close}, Actor.SERVICE, "close"),
    S.CLOSED: Row(ALWAYS | {c.Reopen, c.Rate}, Actor.NOBODY, "none"),
    S.REFUSED: Row(ALWAYS | {c.RecordNotice, c.Reopen, c.Rate}, Actor.NOBODY, "none"),
    S.WITHDRAWN: Row(ALWAYS | {c.Reopen, c.Rate}, Actor.NOBODY, "none"),
    S.JOINED: Row(BANK | TRACKING | RECOVERY | SUPPLY, Actor.NOBODY, "none"),
}

_ENDABLE = tuple(state for state, row in TABLE.items() if c.Withdraw in row.accepts)

DRAWN_MOVES: Final[frozenset[tuple[ClaimState, ClaimState]]] = frozenset(
    {
        (S.REPORTED, S.SURVEYING),
        (S.SURVEYING, S.ASSESSING),
        (S.ASSESSING, S.VERIFYING),
        (S.VERIFYING, S.ADJUDICATING),
        (S.ADJUDICATING, S.SETTLING),
        (S.SETTLING, S.OFFERED),
        (S.OFFERED, S.AGREED),
        (S.OFFERED, S.DISPUTED),
        (S.DISPUTED, S.OFFERED),
        *((state, S.ASSESSING) for state, row in TABLE.items() if c.Supplement in row.accepts),
        (S.AGREED, S.PAYING),
        (S.AGREED, S.CLOSED),
        (S.PAYING, S.PAID),
        (S.PAYING, S.PAYMENT_FAILED),
        (S.PAYING, S.PAYMENT_UNKNOWN),
        (S.PAYMENT_UNKNOWN, S.PAID),
        (S.PAYMENT_UNKNOWN, S.PAYMENT_FAILED),
        (S.PAYMENT_UNKNOWN, S.PAYING),
        (S.PAYMENT_FAILED, S.PAYING),
        (S.PAYMENT_FAILED, S.PAID),
        (S.PAYMENT_FAILED, S.AGREED),
        (S.PAYMENT_FAILED, S.PAYMENT_UNKNOWN),
        (S.PAID, S.CLOSED),
        (S.PAID, S.PAYMENT_UNKNOWN),
        (S.CLOSED, S.PAYMENT_UNKNOWN),
    }
)
MOVES: Final[frozenset[tuple[ClaimState, ClaimState]]] = DRAWN_MOVES | {
    *((state, end) for state in _ENDABLE for end in (S.REFUSED, S.WITHDRAWN, S.JOINED)),
    *((end, S.ASSESSING) for end in (S.CLOSED, S.REFUSED, S.WITHDRAWN)),
    *((end, begin) for end in (S.REFUSED, S.WITHDRAWN) for begin in (S.REPORTED, S.SURVEYING)),
}
"""One event at a time: beside those drawn, the ends that every open claim can come to, and reopening."""
