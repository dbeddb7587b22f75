"""Making an envelope: documents are checked and prepared, people's data is put away, the plan is decided.

Everything that can be refused is refused here, never when somebody has signed (SIGNING.md, Creation). The documents
are read in quarantine, before any transaction; nothing is kept of an envelope that was refused.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from esign.ceremony.about import About, AboutDocument, keep_about, read_about
from esign.ceremony.consent_texts import ConsentTexts
from esign.ceremony.consents import Consent
from esign.ceremony.creation_refusals import name_not_printable, phone_of_agent, phone_of_staff, salesperson_unknown
from esign.ceremony.documents import ORIGINAL, PREPARED, Documents, WrittenBlob
from esign.ceremony.domain.commands import CreateEnvelope, SendEnvelope
from esign.ceremony.domain.values import Document, EnvelopeMode, RecipientPlan, RecipientRole, Settings
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.errors import EnvelopeError
from esign.ceremony.models import EnvelopeKeyRow, EnvelopeRow
from esign.ceremony.origins import brought_by
from esign.ceremony.people import Person, encode_person
from esign.ceremony.quarantined import prepare_document
from esign.ceremony.roles import ROLE_WORDS, SEAL_FIELD, SEAL_WORDS, Role, RoleWords
from esign.evidence.sealing import create_envelope_key, wrap_for_custodian
from esign.infra.columns import JsonValue, canonical_json
from esign.infra.ids import new_id
from esign.infra.personal_records import PersonalRecords
from esign.infra.quarantine import Quarantine, TaskRunner
from esign.infra.search_index import SearchField, normalise
from esign.pades.appearance import announced_text
from esign.pades.fields import DefaultPlace, FieldPlan, InField, Lock, Place
from esign.pades.typeface import Typeface

Beside: TypeAlias = Callable[[Session, str], None]
"""What is done in the transaction that makes an envelope, given its id."""
IsStaffPhone: TypeAlias = Callable[[Session, str], bool]
"""Tells whether a phone is that of somebody of the insurer's staff."""


@dataclass(frozen=True)
class Owner:
    """Whose envelope it is among the insurer's staff: an institution, and the salesperson there."""

    institution: str | None = None
    salesperson: str | None = None


FindOwner: TypeAlias = Callable[[Session, Owner], Owner | None]
"""Fills in the salesperson's institution; None where there are no such two that belong together."""


@dataclass(frozen=True)
class DocumentRequest:
    """A PDF to be signed, what it is called, and where the insurer's seal stands."""

    name: str
    content: bytes = field(repr=False)
    seal: Place = DefaultPlace(SEAL_WORDS.anchor)


@dataclass(frozen=True)
class RecipientRequest:
    """A person, the role, the turn (`group`), the document (counted from 0) and the place of the signature."""

    role: RecipientRole
    person: Person
    group: int = 1
    document: int = 0
    place: Place | None = None


@dataclass(frozen=True)
class EnvelopeRequest:
    """What somebody wants signed. `settings.consents` is filled in from `consents`.

    `asked` is a digest by which a repeated request is known, where what is asked for leaves things to us that differ
    from one time to the next, such as the expiry; without it, everything here counts.
    """

    title: str
    documents: Sequence[DocumentRequest]
    recipients: Sequence[RecipientRequest]
    settings: Settings
    consents: Sequence[Consent]
    send: bool = True
    return_url: str | None = None
    asked: str | None = None
    owner: Owner = Owner()


@dataclass(frozen=True)
class Issuer:
    """The company that seals: its name, the custodian's certificate (DER), and what marks a stand-in."""

    organisation: str
    custodian_certificate: bytes
    notice: str


@dataclass(frozen=True)
class Created:
    """The envelope's id, and whether it was there already: the same request under the same external id."""

    envelope: str
    existed: bool


@dataclass(frozen=True)
class _PreparedDocument:
    """A document after the checks, written and not recorded yet."""

    plan: Document
    name: str
    pieces: tuple[WrittenBlob, WrittenBlob]


@dataclass(frozen=True)
class _Placed:
    """A recipient with its id, and the field of the document that it signs."""

    id: str
    request: RecipientRequest
    field: str | None


class EnvelopeMaker:
    """Makes envelopes."""

    def __init__(
        self,
        envelopes: Envelopes,
        documents: Documents,
        records: PersonalRecords,
        texts: ConsentTexts,
        quarantine: Quarantine,
        typeface: Typeface,
        issuer: Issuer,
        is_staff_phone: IsStaffPhone,
        find_owner: FindOwner,
    ) -> None:
        """`is_staff_phone` tells whose phone no customer's link may go to."""
        self._is_staff_phone = is_staff_phone
        self._find_owner = find_owner
        self._envelopes = envelopes
        self._documents = documents
        self._records = records
        self._texts = texts
        self._quarantine = quarantine
        self._typeface = typeface
        self._issuer = issuer

    def create(
        self,
        client: str,
        request: EnvelopeRequest,
        *,
        now: datetime,
        beside: Beside | None = None,
        by: str | None = None,
    ) -> Created:
        """Make the envelope and, if asked, send it. `now` is the client's time, `by` the id of the member of staff who
        does it, where it is one.

        Raises `DocumentRefused`, `FieldError`, `EvidenceError`, `EnvelopeError` (`external-id-taken`,
        `phone-of-agent`, `phone-of-staff`, `salesperson-unknown`, `document-unknown`, `name-not-printable`), `Refusal`,
        `QuarantineFailed`.
        """
        fingerprint = request.asked or _fingerprint(request)
        external_id = request.settings.external_id
        if external_id is not None and (found := self._existing(client, external_id, fingerprint)):
            return found
        self._check(request)
        envelope = new_id("env", now)
        placed = _placed(request.recipients, now)
        reader = self._quarantine.files_of(brought_by(client, request.owner.institution, request.owner.salesperson))
        prepared = [self._prepare(reader, number, one, placed, now) for number, one in enumerate(request.documents)]
        try:
            self._record(client, envelope, request, placed, prepared, fingerprint, now, beside, by)
        except IntegrityError:
            # Two requests with one external id at once: the other one was first.
            if external_id is not None and (found := self._existing(client, external_id, fingerprint)):
                return found
            raise
        return Created(envelope, existed=False)

    def _existing(self, client: str, external_id: str, fingerprint: str) -> Created | None:
        with self._envelopes.database.reading() as session:
            chosen = select(EnvelopeRow.id).where(EnvelopeRow.client == client, EnvelopeRow.external_id == external_id)
            envelope = session.scalar(chosen)
            if envelope is None:
                return None
            if read_about(self._records, session, envelope).request != fingerprint:
                raise EnvelopeError(
                    "external-id-taken",
                    "another envelope of this client has this external id",
                    "use the envelope that is there, or give the new one an id of its own",
                )
            return Created(envelope, existed=True)

    def _check(self, request: EnvelopeRequest) -> None:
        numbers = range(len(request.documents))
        if any(r.document not in numbers for r in request.recipients if r.role is not RecipientRole.COPY):
            raise EnvelopeError(
                "document-unknown", "a recipient signs a document that is not there", "count documents from 0"
            )
        phones = {
            normalise(SearchField.PHONE, r.person.phone) for r in request.recipients if r.role is RecipientRole.AGENT
        }
        others = [r for r in request.recipients if r.role is not RecipientRole.AGENT]
        if any(normalise(SearchField.PHONE, r.person.phone) in phones for r in others):
            raise phone_of_agent()
        names = "".join(r.person.name for r in request.recipients) + request.title
        if missing := self._typeface.missing(names):
            raise name_not_printable(len(missing))

    def _prepare(
        self, reader: TaskRunner, number: int, document: DocumentRequest, placed: Sequence[_Placed], now: datetime
    ) -> _PreparedDocument:
        """Check one document, place its fields, and write both pieces."""
        signers = [one for one in placed if one.field is not None and one.request.document == number]
        plans = [FieldPlan(one.field or "", _place(one), Lock.OWN_FIELD, _label(one)) for one in signers]
        plans.append(FieldPlan(_seal_field(document), document.seal, Lock.DOCUMENT, SEAL_WORDS.zh))
        names = [*(f"{_words(one).zh} {one.request.person.name}" for one in signers), self._issuer.organisation]
        texts = announced_text(names, notice=self._issuer.notice)
        prepared = prepare_document(reader, document.content, plans, texts)
        whole = hashlib.sha256(document.content)
        original = whole.hexdigest()
        whole.update(prepared.increment)
        plan = Document(id=new_id("doc", now), original=original, prepared=whole.hexdigest(), pages=prepared.pages)
        pieces = (self._documents.write(document.content), self._documents.write(prepared.increment))
        return _PreparedDocument(plan, document.name, pieces)

    def _record(
        self,
        client: str,
        envelope: str,
        request: EnvelopeRequest,
        placed: Sequence[_Placed],
        prepared: Sequence[_PreparedDocument],
        fingerprint: str,
        now: datetime,
        beside: Beside | None,
        by: str | None,
    ) -> None:
        key = create_envelope_key()
        wrapped = wrap_for_custodian(key, self._issuer.custodian_certificate)
        seals = dict(zip(prepared, map(_seal_field, request.documents), strict=True))
        about = About(
            title=request.title,
            company=self._issuer.organisation,
            documents={one.plan.id: AboutDocument(one.name, seals[one]) for one in prepared},
            request=fingerprint,
            return_url=request.return_url,
        )
        plans = []
        with self._envelopes.database.transaction() as session:
            owner = self._find_owner(session, request.owner)
            if owner is None:
                raise salesperson_unknown()
            for one in placed:
                self._require_customers_phone(session, one.request)
                plans.append(_plan(one, self._keep_person(session, one.request.person, now), prepared))
            keep_about(self._records, session, envelope, about, at=now)
            session.add(EnvelopeKeyRow(envelope=envelope, public_key=key.public_key, wrapped=wrapped))
            self._texts.keep(session, request.consents)
            for one_document in prepared:
                plan = one_document.plan
                for number, digest in ((ORIGINAL, plan.original), (PREPARED, plan.prepared)):
                    self._documents.add_piece(session, plan.id, number, one_document.pieces[number], digest)
            create = CreateEnvelope(
                at=now,
                envelope=envelope,
                client=client,
                documents=tuple(one.plan for one in prepared),
                recipients=tuple(plans),
                settings=request.settings,
                institution=owner.institution,
                salesperson=owner.salesperson,
            )
            actor = f"client:{client}" if by is None else f"staff:{by}"
            send = (SendEnvelope(at=now, by=by or client),) if request.send else ()
            self._envelopes.execute_all(session, envelope, (create, *send), actor=actor)
            if beside is not None:
                beside(session, envelope)
        self._envelopes.remember(session, envelope)

    def _require_customers_phone(self, session: Session, recipient: RecipientRequest) -> None:
        if recipient.role is not RecipientRole.AGENT and self._is_staff_phone(session, recipient.person.phone):
            raise phone_of_staff()

    def _keep_person(self, session: Session, person: Person, now: datetime) -> str:
        return keep_person(self._records, session, person, now=now)


def keep_person(records: PersonalRecords, session: Session, person: Person, *, now: datetime) -> str:
    """Seal a person's data into a new record that can be found by name, phone and ID number; return its id."""
    record = new_id("per", now)
    find_by = [(SearchField.NAME, person.name), (SearchField.PHONE, person.phone)]
    if person.id_number is not None:
        find_by.append((SearchField.ID_NUMBER, person.id_number))
    records.keep(session, record, "person", encode_person(person), at=now, find_by=find_by)
    return record


def settings_mode(*, live: bool) -> EnvelopeMode:
    """Return the mode of an envelope from that of its client."""
    return EnvelopeMode.LIVE if live else EnvelopeMode.TEST


def _placed(recipients: Sequence[RecipientRequest], now: datetime) -> list[_Placed]:
    """Give every recipient an id, and a field: the one it names, or its role's, numbered from the second on."""
    seen: Counter[tuple[int, RecipientRole]] = Counter()
    placed = []
    for request in recipients:
        name: str | None = None
        if request.role is not RecipientRole.COPY:
            seen[request.document, request.role] += 1
            count = seen[request.document, request.role]
            name = request.role.value if count == 1 else f"{request.role.value}-{count}"
            if isinstance(request.place, InField):
                name = request.place.name
        placed.append(_Placed(new_id("rcp", now), request, name))
    return placed


def _place(one: _Placed) -> Place:
    if one.request.place is not None:
        return one.request.place
    anchor = _words(one).anchor
    _role, hyphen, number = (one.field or "").rpartition("-")
    return DefaultPlace(f"{anchor}{number}" if hyphen and number.isdigit() else anchor)


def _label(one: _Placed) -> str:
    """Return what the page and a screen reader call the field: the role, since the person may yet be replaced."""
    _role, hyphen, number = (one.field or "").rpartition("-")
    return f"{_words(one).zh} {number}" if hyphen and number.isdigit() else _words(one).zh


def _words(one: _Placed) -> RoleWords:
    return ROLE_WORDS[Role(one.request.role.value)]


def _seal_field(document: DocumentRequest) -> str:
    return document.seal.name if isinstance(document.seal, InField) else SEAL_FIELD


def _plan(one: _Placed, person: str, prepared: Sequence[_PreparedDocument]) -> RecipientPlan:
    document = None if one.field is None else prepared[one.request.document].plan.id
    return RecipientPlan(
        id=one.id,
        role=one.request.role,
        group=one.request.group,
        document=document,
        field=one.field,
        person=person,
    )


def _fingerprint(request: EnvelopeRequest) -> str:
    """Return a digest of everything that was asked for, to tell a repeated request from another one."""
    whole: JsonValue = {
        "title": request.title,
        "documents": [[one.name, hashlib.sha256(one.content).hexdigest(), repr(one.seal)] for one in request.documents],
        "recipients": [
            [r.role.value, encode_person(r.person).decode(), r.group, r.document, repr(r.place)]
            for r in request.recipients
        ],
        "settings": repr(request.settings),
        "send": request.send,
        "owner": [request.owner.institution, request.owner.salesperson],
    }
    return hashlib.sha256(canonical_json(whole)).hexdigest()
