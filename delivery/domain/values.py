"""The words of the domain: states, ways, reasons; small values that commands and events share."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class DeliveryState(StrEnum):
    """Where a delivery stands; `delivery.domain.table` says what each state accepts and who acts next in it."""

    AWAITING_ISSUE = "awaiting-issue"
    TO_PRINT = "to-print"
    PRINTED = "printed"
    BOUND = "bound"
    CHECKED = "checked"
    PACKED = "packed"
    UNDERWAY = "underway"
    AT_RELAY = "at-relay"
    AT_OUTLET = "at-outlet"
    WITH_SALESPERSON = "with-salesperson"
    TO_SEND = "to-send"
    LINK_SENT = "link-sent"
    LINK_OPENED = "link-opened"
    ADDRESS_WRONG = "address-wrong"
    CUSTOMER_AWAY = "customer-away"
    REFUSED = "refused"
    SIGNED_BY_OTHER = "signed-by-other"
    PHOTOGRAPHED = "photographed"
    RECEIVED = "received"
    RETURNED = "returned"
    ENDED = "ended"
    SIGNED_AFTER_END = "signed-after-end"
    DROPPED = "dropped"


SETTLED: Final = frozenset(
    {
        DeliveryState.RECEIVED,
        DeliveryState.RETURNED,
        DeliveryState.ENDED,
        DeliveryState.SIGNED_AFTER_END,
        DeliveryState.DROPPED,
    }
)
"""Where no receipt is awaited any more: the 15 days run in all other states."""


class Medium(StrEnum):
    PAPER = "paper"
    ELECTRONIC = "electronic"


class Waits(StrEnum):
    """What a signed proposal waits for before it is issued."""

    UNDERWRITING = "underwriting"
    CASE = "case"
    """A person decides."""
    EXAMINATION = "examination"
    INVESTIGATION = "investigation"
    PAPERS = "papers"
    OFFER = "offer"
    """The customers sign other terms."""
    DEBIT = "debit"
    DEBIT_FAILED = "debit-failed"
    ISSUE = "issue"


INCOMPLETE: Final = frozenset({Waits.EXAMINATION, Waits.INVESTIGATION, Waits.PAPERS})
"""While it waits for one of these, the papers are not complete: the clock of working days begins when they are."""


class DropReason(StrEnum):
    """Why a signed proposal never became a policy."""

    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    REFUSED = "refused"
    """The customer did not sign the offer."""


class EndReason(StrEnum):
    """Why a policy ended; how each counts in the figure is in `delivery.domain.figure`."""

    CANCELLED = "cancelled"
    SURRENDERED = "surrendered"
    VOIDED = "voided"


class RouteWay(StrEnum):
    """Through the levels of institutions, or from the print centre to the outlet."""

    RELAY = "relay"
    DIRECT = "direct"


class ReprintReason(StrEnum):
    CHECK_FAILED = "check-failed"
    LOST = "lost"
    DAMAGED = "damaged"


class CheckReason(StrEnum):
    """Why a printed policy did not pass its quality check."""

    BARCODE = "barcode-unreadable"
    PAGES = "pages-missing"
    PRINT = "print-poor"
    BINDING = "binding-poor"
    CONTENT = "content-differs"


class SignedBy(StrEnum):
    """Who signed a receipt: the applicant's counts, nobody else's does."""

    APPLICANT = "applicant"
    FAMILY = "family"
    SALESPERSON = "salesperson"
    STRANGER = "stranger"


class ReceiptWay(StrEnum):
    """How a receipt was signed: these are counted apart."""

    SELF = "self"
    ASSISTED = "assisted"
    PAPER = "paper"


class RejectReason(StrEnum):
    """Why a photograph of a paper receipt is not accepted."""

    UNREADABLE = "unreadable"
    BARCODE_DIFFERS = "barcode-differs"
    DATE_MISSING = "date-missing"
    DATE_DIFFERS = "date-differs"
    SIGNATURE_MISSING = "signature-missing"
    SIGNED_BY_OTHER = "signed-by-other"
