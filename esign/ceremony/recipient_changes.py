"""Changes of who signs: another person in a recipient's place, a corrected phone. Checked as at creation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from esign.ceremony.creation import IsStaffPhone, keep_person
from esign.ceremony.creation_refusals import name_not_printable, phone_of_agent, phone_of_staff
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.commands import CorrectPhone, ReplaceRecipient
from esign.ceremony.domain.values import RecipientRole, RecipientState
from esign.ceremony.people import Person, parse_person
from esign.infra.ids import new_id
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import SearchField, normalise
from esign.pades.typeface import Typeface


class RecipientChanges:
    """Makes the commands, and keeps the new person's data in the caller's transaction.

    `by` is who asks and `approved_by` the second person, both ids; that they differ is the command's to refuse.
    """

    def __init__(self, records: PersonalRecords, typeface: Typeface, is_staff_phone: IsStaffPhone) -> None:
        """`typeface` is the one that signatures are drawn with."""
        self._is_staff_phone = is_staff_phone
        self._records = records
        self._typeface = typeface

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

        Raises `EnvelopeError` (`phone-of-agent`, `phone-of-staff`, `name-not-printable`), `RecordErased`.
        """
        self._require_acceptable(session, envelope, recipient, person)
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

        Raises `EnvelopeError` (`phone-of-agent`, `phone-of-staff`), `EvidenceError` (`person-phone`), `RecordErased`.
        """
        person = self._person(session, recipient)
        record = recipient.plan.person
        if phone != person.phone:
            self._require_own_phone(session, envelope, recipient, phone)
            record = keep_person(self._records, session, replace(person, phone=phone), now=at)
        return CorrectPhone(at=at, recipient=recipient.id, person=record, by=by, approved_by=approved_by)

    def proposed_person(
        self, session: Session, envelope: Envelope, recipient: Recipient, person: Person, *, at: datetime
    ) -> str:
        """Keep the person who is to take the recipient's place once a second person agrees; return the record's id.

        Raises as `replacement` does.
        """
        self._require_acceptable(session, envelope, recipient, person)
        return keep_person(self._records, session, person, now=at)

    def proposed_phone(
        self, session: Session, envelope: Envelope, recipient: Recipient, phone: str, *, at: datetime
    ) -> str:
        """Keep the recipient with the phone that a second person is to agree to; return the record's id.

        The phone that is there already is the record that is there. Raises as `correction` does.
        """
        person = self._person(session, recipient)
        if phone == person.phone:
            return recipient.plan.person
        self._require_own_phone(session, envelope, recipient, phone)
        return keep_person(self._records, session, replace(person, phone=phone), now=at)

    def agreed_replacement(
        self,
        session: Session,
        envelope: Envelope,
        recipient: Recipient,
        record: str,
        *,
        by: str,
        approved_by: str,
        at: datetime,
    ) -> ReplaceRecipient:
        """Return the command that puts the person of the record in the recipient's place, checked as they are now.

        Raises as `replacement` does.
        """
        self._require_acceptable(session, envelope, recipient, parse_person(self._records.read(session, record)))
        return ReplaceRecipient(
            at=at,
            recipient=recipient.id,
            replacement=new_id("rcp", at),
            person=record,
            by=by,
            approved_by=approved_by,
        )

    def agreed_correction(
        self,
        session: Session,
        envelope: Envelope,
        recipient: Recipient,
        record: str,
        *,
        by: str,
        approved_by: str,
        at: datetime,
    ) -> CorrectPhone:
        """Return the command that corrects the phone to that of the record, checked as things are now.

        Raises as `correction` does.
        """
        person = parse_person(self._records.read(session, record))
        self._require_own_phone(session, envelope, recipient, person.phone)
        return CorrectPhone(at=at, recipient=recipient.id, person=record, by=by, approved_by=approved_by)

    def _require_acceptable(self, session: Session, envelope: Envelope, recipient: Recipient, person: Person) -> None:
        """Refuse a name that cannot be printed, and a phone as `_require_own_phone` does."""
        if missing := self._typeface.missing(person.name):
            raise name_not_printable(len(missing))
        self._require_own_phone(session, envelope, recipient, person.phone)

    def _require_own_phone(self, session: Session, envelope: Envelope, recipient: Recipient, phone: str) -> None:
        """Refuse a phone by which an agent, or staff, would sign for a customer, or a customer for an agent."""
        is_agent = recipient.plan.role is RecipientRole.AGENT
        if not is_agent and self._is_staff_phone(session, phone):
            raise phone_of_staff()
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
        return parse_person(self._records.read(session, recipient.plan.person))
