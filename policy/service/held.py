"""What the room keeps on somebody who signs, for the copy that they ask for: theirs, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.events import read_stream
from esign.public.people import HeldFile, RecordErased, parse_person
from policy.documents.values import AddressChange, BeneficiaryChange, Change
from policy.domain.values import Signer
from policy.models import Contract, EndorsementOf, EnvelopeOf
from policy.proposal import Party, Proposal
from policy.proposing.signers import party_of
from policy.service.in_force import change_of, in_force, request_as_it_stands
from policy.service.office import Office
from policy.service.streams import PROPOSAL

_CONTENT: Final = TypeAdapter(Proposal)
_JSON: Final = TypeAdapter(dict[str, Any])
_OF_APPLICANT: Final = (
    ("policy.issued", "note", "delivery.json"),
    ("visit.answered", "answers", "visit.json"),
    ("visit.seen-to", "note", "visit-seen-to.txt"),
)
"""Events that name records on the applicant: the member, and what the file is called in the copy."""
_SIGNERS: Final = {one.value: one for one in Signer}


class Held:
    """Reads what is kept on a recipient of an envelope of a proposal or service request."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def held(self, session: Session, envelope: str, recipient: str) -> Sequence[HeldFile]:
        """Return what the proposal as it is in force says of the person, their health and account, and the contract;
        of a service request, what it changes for them and the endorsement.

        Whoever took another one's place in the envelope has nothing here. None stands for what was erased.
        """
        sent = session.get(EnvelopeOf, envelope)
        if sent is None:
            return ()
        found = self._office.house.envelopes.get(session, envelope).find(recipient)
        signer = None if found is None else _SIGNERS.get(found.plan.role.value)
        if found is None or signer is None:
            return ()
        if sent.subject.startswith(f"{PROPOSAL}_"):
            return self._of_proposal(session, sent.subject, found.plan.person, signer)
        return self._of_request(session, sent.subject, found.plan.person, signer)

    def _of_proposal(self, session: Session, proposal: str, record: str, signer: Signer) -> Sequence[HeldFile]:
        try:
            content = self._content(session, proposal, record, signer)
        except RecordErased:
            return (HeldFile("proposal.json", None),)
        if content is None:
            return ()
        files = [HeldFile("proposal.json", _JSON.dump_json(_of(content, signer), indent=2))]
        if signer is not Signer.APPLICANT:
            return files
        contract = session.scalars(select(Contract).filter_by(proposal=proposal)).one_or_none()
        return [*files, *self._kept(session, "contract.pdf", contract), *self._named(session, proposal)]

    def _named(self, session: Session, proposal: str) -> Sequence[HeldFile]:
        """Return what else was kept on the applicant: by what the contract is delivered, and the return visit."""
        found = []
        for event in read_stream(session, proposal):
            for type_, member, name in _OF_APPLICANT:
                if event.type == type_:
                    found.append(HeldFile(name, self._read(session, str(event.payload[member]))))
        return found

    def _read(self, session: Session, record: str) -> bytes | None:
        try:
            return self._office.house.records.read(session, record)
        except RecordErased:
            return None

    def _of_request(self, session: Session, request: str, record: str, signer: Signer) -> Sequence[HeldFile]:
        state = request_as_it_stands(self._office, session, request)
        try:
            content = self._content(session, state.proposal, record, signer)
            if content is None:
                return ()
            change = change_of(self._office, session, state)
        except RecordErased:
            return (HeldFile("request.json", None),)
        party = party_of(content, signer)
        said = {"kind": state.kind.value, "asked_on": state.asked_on.isoformat(), "part": signer.value}
        said |= _changed_for(change, party, signer)
        files = [HeldFile("request.json", _JSON.dump_json(said, indent=2))]
        if signer is not Signer.APPLICANT:
            return files
        endorsement = session.scalars(select(EndorsementOf).filter_by(request=request)).one_or_none()
        return [*files, *self._kept(session, "endorsement.pdf", endorsement)]

    def _content(self, session: Session, proposal: str, record: str, signer: Signer) -> Proposal | None:
        """Return what is in force, None where somebody else than it names signs in that part. Raises `RecordErased`."""
        content = in_force(self._office, session, proposal, self._office.get(session, proposal))
        person, party = parse_person(self._office.house.records.read(session, record)), party_of(content, signer)
        return content if (person.name, person.id_number) == (party.name, party.id_number) else None

    def _kept(self, session: Session, name: str, kept: Contract | EndorsementOf | None) -> Sequence[HeldFile]:
        if kept is None:
            return ()
        try:
            return (HeldFile(name, self._office.house.documents.read(session, kept.blob, kept.record)),)
        except RecordErased:
            return (HeldFile(name, None),)


def _of(content: Proposal, signer: Signer) -> dict[str, Any]:
    """Return what the proposal says of the person in this part."""
    whole = _CONTENT.dump_python(content, mode="json")
    party = party_of(content, signer)
    said = {"product": whole["product"], "applied_on": whole["applied_on"], "part": signer.value}
    if signer is Signer.APPLICANT:
        said |= {"person": whole["applicant"], "payment": whole["payment"], "sum_insured": whole["sum_insured"]}
    elif signer is Signer.INSURED:
        said |= {"person": whole["insured"]}
    else:
        said |= {"person": whole["guardian"]["party"]}
    return said | ({"health": whole["health"]} if party.is_same_as(content.insured) else {})


def _changed_for(change: Change, party: Party, signer: Signer) -> dict[str, Any]:
    """Return what a change says of the person: of beneficiaries, their own lines alone."""
    if isinstance(change, BeneficiaryChange):
        mine = [
            {"when": when, "order": one.order, "share": one.share}
            for when, heirs in (("before", change.before), ("after", change.after))
            for one in heirs
            if one.id_number is not None and one.id_number.upper() == party.id_number.upper()
        ]
        return {"beneficiary": mine}
    if signer is not Signer.APPLICANT:
        return {}
    if isinstance(change, AddressChange):
        return {"address": change.address, "phone": change.phone, "email": change.email}
    return {
        "premiums_paid": str(change.premiums_paid),
        "refund": str(change.refund),
        "bank": change.bank,
        "account": change.account,
        "holder": change.holder,
    }
