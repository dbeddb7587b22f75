"""Checks of one person: name, identity number, phone and what else is written about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from esign.public.values import is_resident_id_number
from policy.products.occupations import find_occupation
from policy.proposal import Gender, Party, age_on
from policy.proposing.findings import Finding

OLDEST: Final = 120
LOCALES: Final = ("zh-CN", "en")
_MARKS_IN_NAMES: Final = "·•'’- "
_PHONE: Final = re.compile(r"1[3-9][0-9]{9}|\+[0-9]{7,15}", re.ASCII)
_EMAIL: Final = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}", re.ASCII)


def party_findings(party: Party, field: str, on: date, *, needs_phone: bool = True) -> Iterator[Finding]:
    """Yield all that is the matter with a person on the day of application `on`."""
    yield from name_findings(party.name, f"{field}.name")
    if not is_resident_id_number(party.id_number):
        yield Finding("id-number-malformed", f"{field}.id_number")
    else:
        yield from _number_against(party, field)
    if party.id_valid_until is not None and party.id_valid_until < on:
        yield Finding("id-expired", f"{field}.id_valid_until")
    if party.born > on:
        yield Finding("born-after-application", f"{field}.born")
    elif age_on(party.born, on) > OLDEST:
        yield Finding("born-long-ago", f"{field}.born", (str(OLDEST),))
    if (party.phone or needs_phone) and not _PHONE.fullmatch(party.phone):
        yield Finding("phone-malformed", f"{field}.phone")
    if not is_text(party.address, 6, 120):
        yield Finding("address-malformed", f"{field}.address")
    if find_occupation(party.occupation) is None:
        yield Finding("occupation-unknown", f"{field}.occupation")
    if not is_amount(party.annual_income):
        yield Finding("income-malformed", f"{field}.annual_income")
    if party.email is not None and not (len(party.email) <= 254 and _EMAIL.fullmatch(party.email)):
        yield Finding("email-malformed", f"{field}.email")
    if party.locale not in LOCALES:
        yield Finding("locale-unknown", f"{field}.locale")


def name_findings(name: str, field: str) -> Iterator[Finding]:
    """Yield what is the matter with a name: letters of any script, and the marks that stand between them."""
    letters = [one for one in name if one not in _MARKS_IN_NAMES]
    if not 2 <= len(name) <= 40 or name != name.strip() or not letters or not all(map(str.isalpha, letters)):
        yield Finding("name-malformed", field)


def is_text(text: str, least: int, most: int) -> bool:
    """Tell whether a text has a length between the two, no space around it, and only what can be printed."""
    return least <= len(text) <= most and text == text.strip() and text.isprintable()


def is_amount(amount: Decimal) -> bool:
    """Tell whether this is an amount in yuan, from zero on, to the fen, of which a contract can speak."""
    return amount.is_finite() and 0 <= amount < 10**12 and amount * 100 == int(amount * 100)


def _number_against(party: Party, field: str) -> Iterator[Finding]:
    """The identity number holds the birthday in its 7th to 14th place, and an odd 17th digit for men (GB 11643)."""
    if party.id_number[6:14] != party.born.strftime("%Y%m%d"):
        yield Finding("id-number-birthday", f"{field}.id_number")
    if (int(party.id_number[16]) % 2 == 1) is not (party.gender is Gender.MALE):
        yield Finding("id-number-gender", f"{field}.id_number")
