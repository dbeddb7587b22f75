"""A person as we know them: what a recipient's personal record holds, as JSON in bytes.

The record is sealed and erasable (`esign.infra.personal_records`); events and tables name it by its id.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Final, Literal, TypeAlias, cast, get_args

from esign.evidence.strict_json import StrictJson

Locale: TypeAlias = Literal["zh-CN", "en"]

LOCALES: Final[tuple[str, ...]] = get_args(Locale)
BYTES_AT_MOST: Final = 4096
NAME_BYTES_AT_MOST: Final = 64
EMAIL_AT_MOST: Final = 254

_PHONE: Final = re.compile(r"\+?(?=0*[1-9])[0-9]{5,15}", re.ASCII)
_ID_NUMBER: Final = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z()/-]{0,30}[0-9A-Za-z)])?", re.ASCII)
_EMAIL: Final = re.compile(
    r"[0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]{1,64}@[0-9A-Za-z-]{1,63}(?:\.[0-9A-Za-z-]{1,63})+", re.ASCII
)
_MEMBERS: Final = ("name", "phone", "id_number", "email", "locale")
_JSON: Final = StrictJson("person", "give name, phone, ID number, e-mail and language as the API documents them")


@dataclass(frozen=True)
class Person:
    """Who somebody is and how they are reached, in the language they read.

    `name` is 1 to 64 bytes of UTF-8, printable; `phone` 5 to 15 digits, not all of them 0, with an optional `+`;
    `id_number` letters and digits, at most 32 characters. Raises `EvidenceError` (`person-name`, `person-phone`,
    `person-id-number`, `person-email`, `person-locale`) if it is not so; no value is in its words.
    """

    name: str
    phone: str
    id_number: str | None = None
    email: str | None = None
    locale: Locale = "zh-CN"

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            _JSON.refuse("name", f"the name must be 1 to {NAME_BYTES_AT_MOST} bytes, printable, without outer spaces")
        if not _PHONE.fullmatch(self.phone):
            _JSON.refuse("phone", "the phone number must be 5 to 15 digits, with + before a country's code")
        if self.id_number is not None and not _ID_NUMBER.fullmatch(self.id_number):
            _JSON.refuse("id-number", "the ID number must be 1 to 32 letters and digits")
        if self.email is not None and (len(self.email) > EMAIL_AT_MOST or not _EMAIL.fullmatch(self.email)):
            _JSON.refuse("email", "the e-mail address must have the form name@host")
        if self.locale not in LOCALES:
            _JSON.refuse("locale", f"the language must be one of {', '.join(LOCALES)}")


def encode_person(person: Person) -> bytes:
    """Return the person as RFC 8785 canonical JSON in UTF-8."""
    return _JSON.canonical(asdict(person))


def parse_person(data: bytes) -> Person:
    """Return the person that `encode_person` wrote. Raises `EvidenceError` (`person-...`) if it is anything else."""
    members = _JSON.members(_JSON.load(data, bytes_at_most=BYTES_AT_MOST), _MEMBERS, "the person")
    return Person(
        name=_text(members, "name"),
        phone=_text(members, "phone"),
        id_number=_optional(members, "id_number"),
        email=_optional(members, "email"),
        locale=cast(Locale, _text(members, "locale")),
    )


def _text(members: dict[str, object], name: str) -> str:
    return _JSON.text(members[name], name, at_most=EMAIL_AT_MOST)


def _optional(members: dict[str, object], name: str) -> str | None:
    return None if members[name] is None else _text(members, name)


def _is_name(name: str) -> bool:
    # Printable excludes lone surrogates, which have no UTF-8, and the marks that turn the direction of writing.
    return name.isprintable() and name == name.strip() and 0 < len(name.encode()) <= NAME_BYTES_AT_MOST
