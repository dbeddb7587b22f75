"""The sealed contract of a delivery: the policy room's document, read by the id that its event names."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain.refusal import refusal
from esign.public.documents import NotAvailable, RoomDocuments
from esign.public.events import read_stream
from esign.public.people import RecordErased

ISSUED = "policy.issued"


@dataclass(frozen=True)
class IssuedContract:
    """The id of the document, and its digest in hexadecimal digits."""

    document: str
    sha256: str


@dataclass(frozen=True)
class ContractFile:
    """The PDF as it was sealed, byte by byte."""

    content: bytes = field(repr=False)
    sha256: str


def contract_of(session: Session, state: Delivery) -> IssuedContract:
    """Return which document the policy is. Raises `DeliveryRefused` (`delivery-no-contract`)."""
    for event in reversed(read_stream(session, state.application.proposal)):
        if event.type == ISSUED:
            return IssuedContract(str(event.payload["document"]), str(event.payload["contract"]))
    raise refusal("delivery-no-contract")


def read_contract(session: Session, documents: RoomDocuments, state: Delivery) -> ContractFile:
    """Return the contract itself. Raises `DeliveryRefused` (`delivery-no-contract`) where it is not kept any more."""
    issued = contract_of(session, state)
    try:
        return ContractFile(documents.read_named(session, issued.document), issued.sha256)
    except (RecordErased, NotAvailable):
        raise refusal("delivery-no-contract") from None
