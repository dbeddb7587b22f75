"""A policy as it stands: what was sold, changed by the service requests that were done, one after the other.

The contract that was issued stays as it is; each change has an endorsement (批单) beside it.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy.documents.values import AddressChange, BeneficiaryChange, Change
from policy.domain import Proposal as State
from policy.domain import Request
from policy.domain.refusal import refusal
from policy.domain.requests import RequestState
from policy.models import RequestRow
from policy.proposal import Party, Proposal
from policy.service.office import Office
from policy.service.request_records import parse_change


def in_force(office: Office, session: Session, proposal: str, state: State) -> Proposal:
    """Return what is in force of a proposal: beneficiaries and where the applicant is reached may have changed since.

    Raises `RecordErased`, `PolicyDataBroken`.
    """
    content = office.content(session, state)
    # A request that is done changes no more: its row was last written at when it was done.
    done = select(RequestRow.id).filter_by(proposal=proposal, state=RequestState.DONE.value)
    for request in session.scalars(done.order_by(RequestRow.updated_at, RequestRow.id)):
        content = changed_by(content, change_of(office, session, request_as_it_stands(office, session, request)))
    return content


def changed_by(content: Proposal, change: Change) -> Proposal:
    """Return what is in force after a change. What ends a policy changes nothing of what it said."""
    if isinstance(change, BeneficiaryChange):
        return replace(content, beneficiaries=change.after)
    if not isinstance(change, AddressChange):
        return content
    before = content.applicant
    after = reached_anew(before, change)
    guardian = content.guardian
    if guardian is not None and guardian.party.is_same_as(before):
        guardian = replace(guardian, party=after)
    return replace(
        content,
        applicant=after,
        insured=after if content.insured.is_same_as(before) else content.insured,
        guardian=guardian,
    )


def reached_anew(party: Party, change: AddressChange) -> Party:
    """Return the person with what changes of address, phone and e-mail; what is None stays."""
    return replace(
        party,
        address=party.address if change.address is None else change.address,
        phone=party.phone if change.phone is None else change.phone,
        email=party.email if change.email is None else change.email,
    )


def request_as_it_stands(office: Office, session: Session, request: str) -> Request:
    """Return a service request. Raises `PolicyRefused` (`no-request`)."""
    state = office.requests.read(session, request).state
    if state is None:
        raise refusal("no-request")
    return state


def change_of(office: Office, session: Session, request: Request) -> Change:
    """Return what a service request changes. Raises `RecordErased`, `PolicyDataBroken`."""
    return parse_change(office.house.records.read(session, request.record))
