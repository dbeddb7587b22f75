"""Changes of who signs: another person in a recipient's place, a corrected phone. Checked as at creation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from esign.ceremony.creation import keep_person, phone_of_agent
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.commands import CorrectPhone, ReplaceRecipient
from esign.ceremony.domain.values import RecipientRole, RecipientState
from esign.ceremony.errors import EnvelopeError
from esign.ceremony.people import Person, parse_person
from esign.infra.ids import new_id
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import SearchField, normalise
from esign.pades.appearance import announced_text


class RecipientChanges:
    """Makes the commands, and keeps the new person's data in the caller's transaction.

    `by` is who asks and `approved_by` the second person, both ids; that they differ is the command's to refuse.
    """

    def __init__(self, records: PersonalRecords, organisation: str, notice: str) -> None:
        """`organisation` and `notice` are what documents were prepared with, beside the names (`Issuer`)."""
        self._records = records
        self._organisation = organisation
        self._notice = notice

    def replacement(
        self,
        session: Session,
        envelope: Envelope,
        recipient: Recipient,
        person: Person,
        *,
        by: str,
        approved_by: str | None,
        at: datetime,
    ) -> ReplaceRecipient:
        """Return the command that puts the person in the recipient's place.

        Raises `EnvelopeError` (`phone-of-agent`, `name-not-prepared`), `RecordErased`.
        """
        self._require_prepared(session, envelope, recipient, person.name)
        self._require_own_phone(session, envelope, recipient, person.phone)
        return ReplaceRecipient(
            at=at,
            recipient=recipient.id,
            replacement=new_id("rcp", at),
            person=keep_person(self._records, session, person, now=at),
            by=by,
            approved_by=approved_by,
        )

    def correction(
        self,
        session: Session,
        envelope: Envelope,
        recipient: Recipient,
        phone: str,
        *,
        by: str,
        approved_by: str | None,
        at: datetime,
    ) -> CorrectPhone:
        """Return the command that corrects the phone; the phone that is there already leads to nothing.

        Raises `EnvelopeError` (`phone-of-agent`), `EvidenceError` (`person-phone`), `RecordErased`.
        """
        person = self._person(session, recipient)
        record = recipient.plan.person
        if phone != person.phone:
            self._require_own_phone(session, envelope, recipient, phone)
            record = keep_person(self._records, session, replace(person, phone=phone), now=at)
        return CorrectPhone(at=at, recipient=recipient.id, person=record, by=by, approved_by=approved_by)

    def _require_prepared(self, session: Session, envelope: Envelope, recipient: Recipient, name: str) -> None:
        """Refuse a name that could not be drawn: documents carry the type of the names they were made for, no more."""
        _documents, plans = envelope.requested
        records = [plan.person for plan in plans if plan.document == recipient.plan.document]
        names = [self._known(session, record).name for record in records]
        prepared = set("".join(announced_text([*names, self._organisation], notice=self._notice)))
        if recipient.plan.signs and not prepared.issuperset(name):
            raise EnvelopeError(
                "name-not-prepared",
                "the document was prepared without some characters of the new name",
                "void this envelope and make a new one with this person",
            )

    def _require_own_phone(self, session: Session, envelope: Envelope, recipient: Recipient, phone: str) -> None:
        """Refuse a phone by which an agent would sign for a customer, or a customer for an agent."""
        is_agent = recipient.plan.role is RecipientRole.AGENT
        others = [
            self._person(session, one)
            for one in envelope.recipients
            if one.id != recipient.id
            and one.state is not RecipientState.REPLACED
            and (one.plan.role is RecipientRole.AGENT) is not is_agent
        ]
        wanted = normalise(SearchField.PHONE, phone)
        if any(normalise(SearchField.PHONE, other.phone) == wanted for other in others):
            raise phone_of_agent()

    def _person(self, session: Session, recipient: Recipient) -> Person:
        return self._known(session, recipient.plan.person)

    def _known(self, session: Session, record: str) -> Person:
        return parse_person(self._records.read(session, record))
