"""Which proposals a member of staff sees: their own sales, or those of their institution and all below it."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from esign.public.console import Caller, Reach
from esign.public.people import ERASED_TEXT, RecordErased
from policy.domain import Proposal
from policy.domain.refusal import refusal
from policy.models import ProposalRow
from policy.service.office import Office


def seen(office: Office, session: Session, caller: Caller, proposal: str) -> Proposal:
    """Return the proposal as it stands. Raises `PolicyRefused` (`no-proposal`) also for one out of reach."""
    state = office.get(session, proposal)
    if not Reach.of(session, caller).sees(state.institution, state.salesperson):
        raise refusal("no-proposal")
    return state


def within(session: Session, caller: Caller) -> ColumnElement[bool]:
    """Return what `seen` allows, as a condition over the rows of proposals."""
    return Reach.of(session, caller).where(ProposalRow.institution, ProposalRow.salesperson)


def words_of(office: Office, session: Session, record: str) -> str:
    """Return the words that a record keeps, `ERASED_TEXT` where they were erased."""
    try:
        return office.house.records.read(session, record).decode()
    except RecordErased:
        return ERASED_TEXT


def insured_of(office: Office, session: Session, state: Proposal) -> str:
    """Return the name of the insured, `ERASED_TEXT` where it was erased."""
    try:
        return office.content(session, state).insured.name
    except RecordErased:
        return ERASED_TEXT
