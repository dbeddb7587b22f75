"""What the room keeps on somebody who signs, for the copy that they ask for: theirs, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.events import read_stream
from esign.public.people import HeldFile, RecordErased, parse_person
from policy.domain.values import Signer
from policy.models import Contract, EnvelopeOf
from policy.proposal import Proposal
from policy.proposing.signers import party_of
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
    """Reads what is kept on a recipient of a proposal's envelope."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def held(self, session: Session, envelope: str, recipient: str) -> Sequence[HeldFile]:
        """Return what the proposal says of the person, their health and account, and the contract that they have.

        Whoever took another one's place in the envelope has nothing here. None stands for what was erased.
        """
        sent = session.get(EnvelopeOf, envelope)
        if sent is None or not sent.subject.startswith(f"{PROPOSAL}_"):
            return ()
        found = self._office.house.envelopes.get(session, envelope).find(recipient)
        signer = None if found is None else _SIGNERS.get(found.plan.role.value)
        if found is None or signer is None:
            return ()
        try:
            content = self._office.content(session, self._office.get(session, sent.subject))
            person = parse_person(self._office.house.records.read(session, found.plan.person))
        except RecordErased:
            return (HeldFile("proposal.json", None),)
        party = party_of(content, signer)
        if (person.name, person.id_number) != (party.name, party.id_number):
            return ()
        files = [HeldFile("proposal.json", _JSON.dump_json(_of(content, signer), indent=2))]
        if signer is not Signer.APPLICANT:
            return files
        return [*files, *self._contract(session, sent.subject), *self._named(session, sent.subject)]

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

    def _contract(self, session: Session, proposal: str) -> Sequence[HeldFile]:
        kept = session.scalars(select(Contract).filter_by(proposal=proposal)).one_or_none()
        if kept is None:
            return ()
        try:
            return (HeldFile("contract.pdf", self._office.house.documents.read(session, kept.blob, kept.record)),)
        except RecordErased:
            return (HeldFile("contract.pdf", None),)


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
