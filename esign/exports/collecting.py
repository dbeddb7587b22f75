"""Everything that goes into the bundle of one envelope, from the service's records, blobs and trail.

What is small is read in one transaction; documents and pictures are read when they are written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from esign.bundle.description import encode_description
from esign.bundle.facts import BundledRecipient, Description, Exported
from esign.bundle.layout import (
    CHECKPOINT,
    CHECKPOINT_TIMESTAMP,
    COMPLETION,
    ENVELOPE,
    EVENTS,
    LOG_KEY,
    PROOFS,
    STATEMENT,
)
from esign.bundle.renewed_members import encode_renewed
from esign.bundle.statement import SystemFacts, statement_page
from esign.bundle.trail_members import encode_events, encode_proofs
from esign.bundle.writing import Member, member
from esign.ceremony.about import About, about_record, read_about
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.people import parse_person
from esign.completion.certificates import Certificates
from esign.exports.der_files import Sorted, certificate_members, der_members, sorted_values
from esign.exports.document_members import DocumentMembers, bundled_document
from esign.exports.errors import kept_differs
from esign.exports.people_members import PeopleMembers
from esign.exports.proven_events import EnvelopeTrail, ending_of
from esign.infra.errors import RecordErased
from esign.infra.personal_records import PersonalRecords
from esign.pades.validation_data import ValidationData
from esign.verify.material import token_certificates


@dataclass(frozen=True)
class Collected:
    """The members of a bundle but for what tells of them, and what they are about."""

    about: Description
    trail: EnvelopeTrail
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Collector:
    """Collects. `software` is name and version; `roots` are the certificates (DER) that are believed now."""

    people: PeopleMembers
    documents: DocumentMembers
    records: PersonalRecords
    certificates: Certificates
    software: tuple[str, str]

    def is_erased(self, session: Session, envelope: Envelope) -> bool:
        """Tell whether anything private of the envelope was erased."""
        return self.records.is_erased(session, about_record(envelope.id)) or self.people.is_erased(session, envelope)

    def collect(
        self,
        session: Session,
        envelope: Envelope,
        trail: EnvelopeTrail,
        exported: Exported,
        system: SystemFacts,
    ) -> Collected:
        """Return all of it but the proofs of signatures. Raises `RecordError`, `SealedDataError`, `BlobError`."""
        about = self._describe(session, envelope, trail, exported)
        head = trail.proven.checkpoint
        members = (
            member(ENVELOPE, encode_description(about)),
            member(STATEMENT, statement_page(system, about)),
            member(EVENTS, encode_events(trail.proven.events)),
            member(PROOFS, encode_proofs(trail.proven)),
            member(CHECKPOINT, head.signed.encode()),
            member(CHECKPOINT_TIMESTAMP, head.token.der),
            *(member(*one) for one in (encode_renewed(trail.renewed) if trail.renewed else ())),
            member(LOG_KEY, f"{trail.proven.log_key}\n".encode()),
            *self._completion(session, envelope, trail),
            *self.documents.of(session, envelope),
            *self.people.of(session, envelope, trail),
        )
        return Collected(about, trail, members)

    def proofs(
        self, envelope: Envelope, trail: EnvelopeTrail, roots: tuple[bytes, ...], present: ValidationData
    ) -> Iterator[Member]:
        """Yield certificates, revocation answers and timestamps. `roots` (DER) are those that are believed now,
        `present` is what is to be said of the bundle's own seal and timestamp.

        In no transaction of the caller's: documents are read in the quarantine. Raises as `DocumentMembers.proofs`.
        """
        found = self.documents.proofs(envelope)
        of_checkpoint = token_certificates(trail.proven.checkpoint.token.der)
        renewal = sorted_values(trail.renewed.data.values()) if trail.renewed else Sorted()
        certificates = (*found.certificates, *of_checkpoint, *present.certificates, *renewal.certificates)
        responses = (*found.ocsp_responses, *present.ocsp_responses, *renewal.ocsp_responses)
        yield from certificate_members("certificates", certificates)
        yield from certificate_members("certificates/roots", roots)
        yield from der_members("revocation", "ocsp", responses)
        yield from der_members("revocation", "crl", (*found.crls, *present.crls, *renewal.crls))
        yield from der_members("timestamps", "tst", found.timestamps)

    def _completion(self, session: Session, envelope: Envelope, trail: EnvelopeTrail) -> Iterator[Member]:
        """Yield the completion certificate, once the trail that goes with it tells of it."""
        told = [str(one.event.payload.get("certificate")) for one in trail.of_type("completion.certified")]
        if not told:
            return
        try:
            kept = self.certificates.read(session, envelope.id)
        except RecordErased:
            return
        if kept is not None:
            if hashlib.sha256(kept.content).hexdigest() != told[-1]:
                raise kept_differs("the completion certificate")
            yield member(COMPLETION, kept.content)

    def _describe(self, session: Session, envelope: Envelope, trail: EnvelopeTrail, exported: Exported) -> Description:
        row = session.get_one(EnvelopeRow, envelope.id)
        about = self._about(session, envelope)
        return Description(
            envelope=envelope.id,
            title=None if about is None else about.title,
            company=None if about is None else about.company,
            external_id=row.external_id,
            mode=envelope.settings.mode.value,
            level=envelope.settings.level.value,
            state=envelope.state.value,
            created_at=row.created_at,
            ended_at=trail.of_type(ending_of(envelope))[-1].event.time,
            is_erased=self.is_erased(session, envelope),
            documents=tuple(bundled_document(one, about) for one in envelope.documents),
            recipients=tuple(self._recipient(session, trail, one) for one in envelope.recipients),
            streams=trail.streams,
            exported=exported,
            software=self.software,
            renewals=len(trail.renewed.links) if trail.renewed else 0,
        )

    def _about(self, session: Session, envelope: Envelope) -> About | None:
        try:
            return read_about(self.records, session, envelope.id)
        except RecordErased:
            return None

    def _recipient(self, session: Session, trail: EnvelopeTrail, recipient: Recipient) -> BundledRecipient:
        return BundledRecipient(
            id=recipient.id,
            role=recipient.plan.role.value,
            name=self._name(session, recipient.plan.person),
            state=recipient.state.value,
            document=recipient.plan.document,
            field=recipient.plan.field,
            manifest=recipient.manifests[-1] if recipient.confirmation is not None else None,
            confirmed_at=_time_of(trail, "recipient.confirmed", recipient.id),
            certificate=None if recipient.signature is None else recipient.signature.certificate,
            signed_at=_time_of(trail, "recipient.signed", recipient.id),
            replaced_by=recipient.replaced_by,
        )

    def _name(self, session: Session, record: str) -> str | None:
        try:
            return parse_person(self.records.read(session, record)).name
        except RecordErased:
            return None


def _time_of(trail: EnvelopeTrail, type_name: str, recipient: str) -> datetime | None:
    """Return when this happened to the recipient the last time, None where it never did."""
    events = trail.of_recipient(type_name, recipient)
    return events[-1].time if events else None
