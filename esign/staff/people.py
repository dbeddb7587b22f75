"""A member of staff as a person: what the sealed record holds, and the form of login names."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from esign.infra.columns import canonical_json
from esign.infra.errors import RecordErased
from esign.infra.models import SearchEntry
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import ERASED_TEXT, SearchField
from esign.infra.statements import table_of
from esign.staff.domain.refusal import refusal
from esign.staff.models import InstitutionRow, StaffRow

KIND: Final = "staff-person"
NAME_BYTES_AT_MOST: Final = 64
INSTITUTION_NAME_AT_MOST: Final = 120

_STAFF, _ENTRIES = table_of(StaffRow), table_of(SearchEntry)
_WITH_PHONE: Final = (
    select(_STAFF.c.id)
    .join_from(_STAFF, _ENTRIES, _ENTRIES.c.record_id == _STAFF.c.person)
    .where(_ENTRIES.c.field == SearchField.PHONE.value, _ENTRIES.c.digest == bindparam("digest"))
    .order_by(_STAFF.c.id)
)
_PERSON_OF: Final = select(_STAFF.c.person).where(_STAFF.c.id == bindparam("member"))
_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{2,31}", re.ASCII)
_PHONE: Final = re.compile(r"\+?(?=0*[1-9])[0-9]{5,15}", re.ASCII)


@dataclass(frozen=True)
class StaffPerson:
    """Name, phone and login name (as `login_name` returns it). Raises `StaffRefused` (`person-malformed`,
    `login-name-malformed`) if one is none; no value is in its words."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    login: str = field(repr=False)

    def __post_init__(self) -> None:
        # Printable excludes lone surrogates, which have no UTF-8, and the marks that turn the direction of writing.
        printable = self.name.isprintable() and self.name == self.name.strip()
        if not printable or not 0 < len(self.name.encode()) <= NAME_BYTES_AT_MOST or not _PHONE.fullmatch(self.phone):
            raise refusal("person-malformed")
        if login_name(self.login) != self.login:
            raise refusal("login-name-malformed")

    @property
    def find_by(self) -> tuple[tuple[SearchField, str], ...]:
        return ((SearchField.NAME, self.name), (SearchField.PHONE, self.phone))


def login_name(typed: str) -> str | None:
    """Return the login name that somebody typed, in its one spelling, or None if it cannot be one."""
    plain = unicodedata.normalize("NFKC", typed[:128]).strip().casefold()
    return plain if _LOGIN.fullmatch(plain) else None


def encode_person(person: StaffPerson) -> bytes:
    """Return what the record holds."""
    return canonical_json(asdict(person))


def parse_person(data: bytes) -> StaffPerson:
    """Return the person that `encode_person` wrote."""
    members = json.loads(data)
    return StaffPerson(members["name"], members["phone"], members["login"])


def is_staff_person(data: bytes) -> bool:
    """Tell whether this is what `encode_person` wrote of a member of staff: nobody else has a login name."""
    members = json.loads(data)
    return isinstance(members, dict) and members.keys() == {"name", "phone", "login"}


def members_with_phone(session: Session, records: PersonalRecords, phone: str) -> tuple[str, ...]:
    """Return the ids of members of staff who have this phone, however it is written: none of them signs as a customer.

    Suspended members count too. Raises `ValueError` if there is no digit in it.
    """
    # One question over all records: the index holds customers too, and an agent's own earlier envelopes.
    return tuple(session.scalars(_WITH_PHONE, {"digest": records.index.digest(SearchField.PHONE, phone)}))


def member_person(session: Session, records: PersonalRecords, member: str) -> StaffPerson | None:
    """Return a member as a person, None where it is nobody of ours, or nobody any more."""
    row = session.get(StaffRow, member)
    try:
        return None if row is None else parse_person(records.read(session, row.person))
    except RecordErased:
        return None


def member_record(session: Session, member: str) -> str | None:
    """Return the record by which messages reach a member, None where it is nobody of ours."""
    return session.scalar(_PERSON_OF, {"member": member})


def member_name(session: Session, records: PersonalRecords, member: str) -> str:
    """Return a member's name; the id itself where it is nobody's of ours, `ERASED_TEXT` where it was erased."""
    row = session.get(StaffRow, member)
    if row is None:
        return member
    try:
        return parse_person(records.read(session, row.person)).name
    except RecordErased:
        return ERASED_TEXT


def member_names(session: Session, records: PersonalRecords, members: Collection[str]) -> dict[str, str]:
    """Return the names of many members, as `member_name` does of each, in two questions to the database."""
    wanted = sorted(set(members))
    chosen = select(StaffRow.id, StaffRow.person).where(StaffRow.id.in_(wanted))
    persons = {row.id: row.person for row in session.execute(chosen)}
    read = records.read_many(session, list(persons.values()), leave_out_erased=True)
    named = {one: parse_person(read[record]).name for one, record in persons.items() if record in read}
    return {one: named.get(one, ERASED_TEXT if one in persons else one) for one in wanted}


def name_of_institution(session: Session, records: PersonalRecords, institution: str) -> str:
    """Return the institution's name; the id itself where there is none of ours."""
    row = session.get(InstitutionRow, institution)
    return institution if row is None else records.read(session, row.name).decode("utf-8")


def institution_name(typed: str) -> str:
    """Return the name of an institution without outer spaces. Raises `StaffRefused` (`institution-name`)."""
    plain = typed.strip()
    if not plain.isprintable() or not 0 < len(plain) <= INSTITUTION_NAME_AT_MOST:
        raise refusal("institution-name")
    return plain
