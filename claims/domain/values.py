"""The words of the domain: states, lanes, ways; and the small values that commands and events share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from claims.domain.forms import Amount, Code, Fen, Id, Quantity

INSURERS_ZONE: Final = timezone(timedelta(hours=8))
"""China has one zone and no summer time: the days of an insurance contract are its days."""


class ClaimState(StrEnum):
    """Where a claim stands; `claims.domain.table` says what each state accepts and who acts next in it."""

    REPORTED = "reported"
    SURVEYING = "surveying"
    ASSESSING = "assessing"
    VERIFYING = "verifying"
    ADJUDICATING = "adjudicating"
    SETTLING = "settling"
    OFFERED = "offered"
    DISPUTED = "disputed"
    AGREED = "agreed"
    PAYING = "paying"
    PAYMENT_FAILED = "payment-failed"
    PAYMENT_UNKNOWN = "payment-unknown"
    PAID = "paid"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"


ENDS: Final = frozenset({ClaimState.CLOSED, ClaimState.REFUSED, ClaimState.WITHDRAWN, ClaimState.JOINED})
"""Where nothing is awaited any more; all but the last can be opened again by a person."""


class Lane(StrEnum):
    """How a claim is handled. Blocked: people decide, and nothing is paid without one."""

    EXPRESS = "express"
    VIP = "vip"
    BLOCKED = "blocked"
    ORDINARY = "ordinary"


class ReportWay(StrEnum):
    """How it was reported: from a link that was sent, by the hotline, or with policy number and one-time code."""

    LINK = "link"
    HOTLINE = "hotline"
    CODE = "code"


class SurveyWay(StrEnum):
    SELF_SERVICE = "self-service"
    SURVEYOR = "surveyor"


class Agreement(StrEnum):
    """How the customer agrees: confirmed with a one-time code, or signed in an envelope."""

    CODE = "code"
    SIGNATURE = "signature"


class LineKind(StrEnum):
    PART = "part"
    LABOUR = "labour"


class PaymentKind(StrEnum):
    """The settlement that was agreed, or in advance what is certain of it (保险法 25)."""

    FINAL = "final"
    ADVANCE = "advance"


class PaymentState(StrEnum):
    ORDERED = "ordered"
    UNANSWERED = "unanswered"
    FAILED = "failed"
    MADE = "made"
    SURPLUS = "surplus"
    """Made although it had failed, when it was not wanted any more: somebody asks for the money back."""


@dataclass(frozen=True)
class Line:
    """A line of an assessment: an item of the catalogue, how many of it, and what they cost together in fen."""

    kind: LineKind
    item: Code
    quantity: Quantity
    fen: Fen


@dataclass(frozen=True)
class CoverPart:
    """What one cover pays, in fen."""

    cover: Code
    fen: Amount


@dataclass(frozen=True)
class AskedShop:
    """A repair shop or dealer that is asked what parts cost, and the quote that it is asked for."""

    quote: Id
    shop: Id


SCORED_AT_REPORT: Final = ("report", "vehicle-policy", "history-network")
SCORED_AT_ASSESSMENT: Final = ("assessment",)
SCORED_AT_PAYEE: Final = ("history-network", "payment")
"""The steps of risk that are scored after a report, an assessment, and a payee: who else has the account tells more."""
SCORED_BY_FORM: Final = ("survey", "injury", "repair-shop", "documents")
"""Those that are scored when a form, or a picture that was checked, tells what was seen: whenever that is."""
SCORED_STEPS: Final = tuple(
    dict.fromkeys((*SCORED_AT_REPORT, *SCORED_BY_FORM, *SCORED_AT_ASSESSMENT, *SCORED_AT_PAYEE))
)


def day_of(moment: datetime) -> date:
    """Return the insurer's day of a moment, which must be aware of its time zone."""
    return moment.astimezone(INSURERS_ZONE).date()
