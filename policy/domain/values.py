"""The words of the domain: states, outcomes, kinds; and the small values that commands and events share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from policy.domain.forms import Code, Id

INSURERS_ZONE: Final = timezone(timedelta(hours=8))
"""China has one zone and no summer time: the days of an insurance contract are its days."""


class ProposalState(StrEnum):
    """Where a proposal stands; `policy.domain.table` says what each state accepts and who acts next in it."""

    ENTERED = "entered"
    SENT = "sent"
    LAPSED = "lapsed"
    SIGNED = "signed"
    REFERRED = "referred"
    WANTING = "wanting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DEBITING = "debiting"
    DEBIT_FAILED = "debit-failed"
    DEBIT_UNKNOWN = "debit-unknown"
    PAID = "paid"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    REFUSED_BY_CUSTOMER = "refused-by-customer"
    CANCELLED = "cancelled"
    SURRENDERED = "surrendered"


ENDS: Final = frozenset(
    {
        ProposalState.WITHDRAWN,
        ProposalState.DECLINED,
        ProposalState.REFUSED_BY_CUSTOMER,
        ProposalState.CANCELLED,
        ProposalState.SURRENDERED,
    }
)


class Signer(StrEnum):
    """Whose signature a proposal needs: for an insured who is a minor the guardian's stands in its place."""

    APPLICANT = "applicant"
    INSURED = "insured"
    GUARDIAN = "guardian"


class Outcome(StrEnum):
    """What underwriting decides."""

    ACCEPT = "accept"
    REFER = "refer"
    ASK = "ask"
    DECLINE = "decline"


class RequirementKind(StrEnum):
    EXAMINATION = "examination"
    INVESTIGATION = "investigation"
    PAPERS = "papers"


class RequirementState(StrEnum):
    OPEN = "open"
    MET = "met"
    WAIVED = "waived"


class DebitState(StrEnum):
    ORDERED = "ordered"
    UNANSWERED = "unanswered"
    FAILED = "failed"
    COLLECTED = "collected"
    SURPLUS = "surplus"
    """Collected although it had failed, when the premium was not to be taken by it any more: it goes back."""


class RefundState(StrEnum):
    OWED = "owed"
    ORDERED = "ordered"
    PAID = "paid"


class ReturnReason(StrEnum):
    """Why an envelope came back without what it was sent for."""

    EXPIRED = "expired"
    VOIDED = "voided"
    QUOTE_OVER = "quote-over"
    """Everybody signed, after the day up to which the quote held."""
    SIGNED_BY_OTHERS = "signed-by-others"
    """Somebody signed in the place of a person whom the proposal names."""


class Delivery(StrEnum):
    """How the customer has the contract: by a link, or printed and handed over."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


class VisitWay(StrEnum):
    """How a return visit was answered: by the customer behind the link, or on the telephone, typed by staff."""

    LINK = "link"
    PHONE = "phone"


@dataclass(frozen=True)
class Asked:
    """A requirement to open: who sees to it (an id), until when, and the record of the message to the customer."""

    id: Id
    kind: RequirementKind
    reason: Code
    owner: Id
    due: date
    message: Id


def day_of(moment: datetime) -> date:
    """Return the insurer's day of a moment, which must be aware of its time zone."""
    return moment.astimezone(INSURERS_ZONE).date()
