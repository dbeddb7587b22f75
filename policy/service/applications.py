"""What the documents of a proposal are made from: its content, the product, the premium, its number, and the words."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.people import name_of_institution
from policy.amounts import yuan_of
from policy.documents.values import Application
from policy.domain import Proposal as State
from policy.errors import PolicyDataBroken
from policy.models import TakenNumber
from policy.proposal import Proposal
from policy.proposing.quoting import Quote, cash_values, inquiry_of, quote
from policy.service.numbers import NumberKind
from policy.service.office import Office


def application_of(office: Office, session: Session, proposal: str, state: State) -> Application:
    """Return what is put before the customer, with the premium of an offer where underwriting made one.

    Raises `RecordErased`, `PolicyDataBroken`.
    """
    content, product = office.content(session, state), office.product(state)
    number = session.scalar(
        select(TakenNumber.number).filter_by(proposal=proposal, kind=NumberKind.APPLICATION.name.lower())
    )
    if number is None:
        raise PolicyDataBroken("number-missing", f"the proposal {proposal} has no number", "restore the database")
    made = premium_of(office, state, content)
    return Application(
        number=number,
        proposal=content,
        product=product,
        quote=made,
        values=cash_values(product, inquiry_of(content), made.premium),
        institution=name_of_institution(session, office.house.records, state.institution),
    )


def premium_of(office: Office, state: State, content: Proposal) -> Quote:
    """Return the quote as signed, or with the premium that an offer asks for."""
    made = quote(office.product(state), inquiry_of(content))
    if state.offer is None:
        return made
    premium = yuan_of(state.offer.fen)
    return replace(made, premium=premium, total=premium * made.term.years)
