"""What was typed becomes a proposal: each field is read for itself, with a finding where nothing right stands.

Fields are named as findings name them (`insured.id_number`), so that each problem is shown where it can be mended. What
follows from the relation, or stands in an identity number, is not asked for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, TypeVar

from esign.public.values import is_resident_id_number
from policy.domain.values import Delivery
from policy.products.catalogue import Product
from policy.proposal import (
    ADULT_FROM,
    Answer,
    Beneficiary,
    Frequency,
    Gender,
    Guardian,
    Health,
    Interest,
    Party,
    Payment,
    Proposal,
    Relation,
    Salesperson,
    age_on,
)
from policy.proposing.findings import Finding
from policy.proposing.relation_checks import BENEFICIARIES_AT_MOST
from policy.proposing.validation import findings_of

YES: Final = "yes"
NO: Final = "no"
Choice = TypeVar("Choice", bound=StrEnum)
R = Relation
SUPPORTED: Final = (R.SIBLING, R.GRANDPARENT, R.GRANDCHILD, R.FAMILY)
"""Relations whose interest has to be said: one supports the other, or the insured consents."""
_KIN: Final = (R.SELF, R.SPOUSE, R.CHILD, R.PARENT)
_NOBODYS_BIRTHDAY: Final = date(1990, 1, 1)
"""Stands where no birthday is known yet; what would be found out by it is not told."""
_BY_BIRTHDAY: Final = frozenset(
    {
        *("id-number-birthday", "id-number-gender", "relation-against-ages", "payment-term-too-long"),
        *("minor-cannot-consent", "minor-insured-by-other", "guardian-missing"),
    }
)
"""Findings that mean nothing until birthdays, genders and the relation are known."""
_FIRST: Final = ("insured.born", "insured.gender", "applicant.born", "applicant.gender", "applicant_is")


@dataclass(frozen=True)
class Read:
    """What was typed, as a proposal, and everything that is the matter with it, in the order of the form."""

    proposal: Proposal = field(repr=False)
    findings: tuple[Finding, ...]

    @property
    def missing(self) -> frozenset[str]:
        """The fields where nothing usable stands."""
        wanting = {"field-missing", "choice-missing", "day-malformed", "number-malformed"}
        return frozenset(one.field for one in self.findings if one.code in wanting)


def read_draft(typed: Mapping[str, str], product: Product | None, sales: Salesperson, today: date) -> Read:
    """Return the proposal that was typed, applied for on the insurer's day `today`, with all findings.

    `sales` is who sells; their licence is typed, too.
    """
    reader = Reader(typed)
    proposal = _proposal(reader, product, sales, today)
    own = {one.field for one in reader.findings}
    ages_known = own.isdisjoint(_FIRST)
    found = [
        one
        for one in findings_of(proposal, product, today)
        if one.field not in own and (ages_known or one.code not in _BY_BIRTHDAY) and not _of_nothing(one, own)
    ]
    whole = [*reader.findings, *found]
    if reader.ticked("guardian.same"):
        whole = [replace(one, field="guardian") if one.field == "guardian.is_insureds" else one for one in whole]
    if proposal.applicant_is is R.SELF:
        whole = [one for one in map(_of_one_person, whole) if one is not None]
    return Read(proposal, tuple(dict.fromkeys(whole)))


def plain(text: str) -> str:
    """Return a text as it is kept: composed (NFC), on one line, without space around it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _of_nothing(one: Finding, missing: set[str]) -> bool:
    """Tell whether a finding compares what is not there: two numbers or names that are both still empty."""
    if one.code == "same-person":
        return bool(missing & {"applicant.id_number", "insured.id_number", "guardian.party.id_number"})
    return one.code == "beneficiary-duplicate" and f"{one.field}.name" in missing


def _of_one_person(one: Finding) -> Finding | None:
    """Where the applicant is the insured, each thing is asked once: the birthday of the insured, the rest of the
    applicant."""
    asked = ("insured.born", "insured.gender")
    if one.field in ("applicant.born", "applicant.gender"):
        return replace(one, field=one.field.replace("applicant", "insured"))
    return None if one.field.startswith("insured.") and one.field not in asked else one


class Reader:
    """Reads fields, and remembers where nothing, or nothing right, stands."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.findings: list[Finding] = []

    def has(self, name: str) -> bool:
        return bool(self._typed.get(name))

    def ticked(self, name: str) -> bool:
        return self.is_(name, YES)

    def is_(self, name: str, value: str) -> bool:
        return self._typed.get(name) == value

    def text(self, name: str, *, needed: bool = True) -> str:
        text = plain(self._typed.get(name, ""))
        if needed and not text:
            self._miss("field-missing", name)
        return text

    def chosen(self, name: str) -> str:
        chosen = self._typed.get(name, "")
        if not chosen:
            self._miss("choice-missing", name)
        return chosen

    def day(self, name: str) -> date | None:
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._miss("day-malformed", name)
            return None

    def amount(self, name: str, *, needed: bool = True) -> Decimal:
        text = self.text(name, needed=needed).replace(",", "").replace("，", "")
        try:
            amount = Decimal(text or 0) if len(text) <= 20 else Decimal("NaN")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            self._miss("number-malformed", name)
            return Decimal(0)
        return amount

    def whole(self, name: str) -> int:
        text = self.text(name)
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            if text:
                self._miss("number-malformed", name)
            return 0
        return int(text)

    def choice(self, name: str, kind: type[Choice], otherwise: Choice) -> Choice:
        chosen = self._typed.get(name, "")
        if chosen in set(kind):
            return kind(chosen)
        self._miss("choice-missing", name)
        return otherwise

    def _miss(self, code: str, name: str) -> None:
        self.findings.append(Finding(code, name))


def _proposal(reader: Reader, product: Product | None, sales: Salesperson, today: date) -> Proposal:
    reader.chosen("product")
    relation = reader.choice("applicant_is", R, R.SELF)
    born = reader.day("insured.born")
    gender = reader.choice("insured.gender", Gender, Gender.FEMALE)
    insured_born = born or _NOBODYS_BIRTHDAY
    sum_insured = reader.amount("sum_insured")
    years, frequency = _term(reader)
    if relation is R.SELF:
        applicant = insured = _party(reader, "applicant", insured_born, gender)
    else:
        own_born = reader.day("applicant.born") or _NOBODYS_BIRTHDAY
        own_gender = reader.choice("applicant.gender", Gender, Gender.FEMALE)
        applicant = _party(reader, "applicant", own_born, own_gender)
        minor = age_on(insured_born, today) < ADULT_FROM
        insured = _party(reader, "insured", insured_born, gender, address=applicant.address, phone=not minor)
    of_nobody = Health(0, 0, smoker=False)
    proposal = Proposal(
        product="" if product is None else product.code,
        version="" if product is None else product.version,
        applied_on=today,
        applicant=applicant,
        insured=insured,
        applicant_is=relation,
        interest=_interest(reader, relation),
        guardian=None,
        beneficiaries=(),
        sum_insured=sum_insured,
        payment=Payment("", "", applicant.name, years, frequency),
        health=of_nobody,
        sales=sales,
    )
    if proposal.insured_is_minor and born is not None:
        proposal = replace(proposal, guardian=_guardian(reader, proposal))
    heirs = tuple(beneficiaries_typed(reader)) if product is None or product.death_cover else ()
    bank, account = reader.text("payment.bank"), reader.text("payment.account").replace(" ", "")
    return replace(
        proposal,
        beneficiaries=heirs,
        payment=Payment(bank, account, applicant.name, years, frequency),
        cover_elsewhere=reader.amount("cover_elsewhere", needed=False),
        delivery=Delivery.PAPER if reader.is_("delivery", Delivery.PAPER) else Delivery.ELECTRONIC,
        health=_health(reader, product),
        sales=replace(sales, licence=reader.text("sales.licence")),
    )


def _term(reader: Reader) -> tuple[int, Frequency]:
    """Read the way to pay, which is chosen as a whole: `10:annual`."""
    years, _, frequency = reader.chosen("payment.years").partition(":")
    if years.isascii() and years.isdigit() and len(years) <= 2 and frequency in set(Frequency):
        return int(years), Frequency(frequency)
    return 0, Frequency.ANNUAL


def _party(
    reader: Reader, name: str, born: date, gender: Gender, *, address: str | None = None, phone: bool = True
) -> Party:
    """Read a person. `address` is that of the applicant, whom they may live with; `born` and `gender` are known, and
    `phone` tells whether theirs is needed."""
    shared = address is not None and reader.ticked(f"{name}.address_same")
    return Party(
        name=reader.text(f"{name}.name"),
        id_number=reader.text(f"{name}.id_number").upper().replace(" ", ""),
        id_valid_until=None if reader.ticked(f"{name}.id_for_good") else reader.day(f"{name}.id_valid_until"),
        born=born,
        gender=gender,
        phone=reader.text(f"{name}.phone", needed=phone).replace(" ", ""),
        address=(address or "") if shared else reader.text(f"{name}.address"),
        occupation=reader.chosen(f"{name}.occupation"),
        annual_income=reader.amount(f"{name}.annual_income"),
        email=reader.text(f"{name}.email", needed=False) or None,
    )


def _interest(reader: Reader, relation: Relation) -> Interest:
    if relation in SUPPORTED:
        return reader.choice("interest", Interest, Interest.SUPPORT)
    if relation in _KIN:
        return Interest.KINSHIP
    return Interest.EMPLOYMENT if relation is R.EMPLOYER else Interest.CONSENT


def _guardian(reader: Reader, proposal: Proposal) -> Guardian:
    """Read who acts for a minor: the applicant, who is their parent, or somebody else, born as their number says."""
    if reader.ticked("guardian.same"):
        return Guardian(proposal.applicant, proposal.applicant_is)
    number = reader.text("guardian.party.id_number").upper().replace(" ", "")
    born, gender = told_by(number) or (_NOBODYS_BIRTHDAY, Gender.FEMALE)
    party = _party(reader, "guardian.party", born, gender, address=proposal.applicant.address)
    return Guardian(party, reader.choice("guardian.is_insureds", R, R.PARENT))


def told_by(number: str) -> tuple[date, Gender] | None:
    """Return the birthday and gender that an identity number holds (GB 11643), None for one that is none."""
    if not is_resident_id_number(number):
        return None
    return date.fromisoformat(number[6:14]), Gender.MALE if int(number[16]) % 2 else Gender.FEMALE


def beneficiaries_typed(reader: Reader) -> Iterator[Beneficiary]:
    """Read the rows up to the last in which something stands; none where the heirs by law are chosen, or nothing is."""
    if reader.chosen("beneficiaries.by_law") != "no":
        return
    filled = [row for row in range(BENEFICIARIES_AT_MOST) if any(map(reader.has, of_row(row)))]
    for row in range(max(filled, default=0) + 1):
        name = f"beneficiaries[{row}]"
        yield Beneficiary(
            name=reader.text(f"{name}.name"),
            id_number=reader.text(f"{name}.id_number", needed=False).upper().replace(" ", "") or None,
            is_insureds=reader.choice(f"{name}.is_insureds", R, R.OTHER),
            order=2 if reader.has(f"{name}.second") else 1,
            share=reader.whole(f"{name}.share"),
        )


def of_row(row: int) -> tuple[str, ...]:
    """Return the fields of a beneficiary's row by which it counts as filled in."""
    return tuple(f"beneficiaries[{row}].{one}" for one in ("name", "id_number", "is_insureds", "share"))


def _health(reader: Reader, product: Product | None) -> Health:
    answers = {}
    for question in () if product is None else product.questions:
        name = f"health.answers.{question.id}"
        if reader.has(name):
            answers[question.id] = Answer(reader.ticked(name), reader.text(f"{name}.words", needed=False))
    return Health(
        height_cm=reader.whole("health.height_cm"),
        weight_kg=reader.whole("health.weight_kg"),
        smoker=reader.chosen("health.smoker") == YES,
        answers=answers,
    )
