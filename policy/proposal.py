"""What people fill in: the proposal (投保单) and the persons in it, as values and nothing else.

All of it is personal, so none of it is ever in an event: a proposal is kept as one sealed record, and the trail knows
its digest. Whether a proposal can be taken is asked in `policy.proposing.validation`; a value here may be
wrong in every way.
Amounts are in yuan, with two decimals at most. Days are those of the insurer, in China.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from policy.domain.values import Delivery

ADULT_FROM: Final = 18


class Gender(StrEnum):
    MALE = "male"
    FEMALE = "female"


class Relation(StrEnum):
    """What one person is to another: "X is the Y's ...". The close relatives are those of 民法典 1045."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    FAMILY = "family"
    """Another member of the family, who lives with them (其他家庭成员)."""
    EMPLOYER = "employer"
    OTHER = "other"


class Interest(StrEnum):
    """Why the applicant has an insurable interest in the insured: the cases of 保险法 31."""

    KINSHIP = "kinship"
    """The insured themselves, or their spouse, child or parent: 31 (1) and (2). Nothing more need be shown."""
    SUPPORT = "support"
    """Another close relative or member of the family; one supports or raises the other (抚养、赡养、扶养): 31 (3)."""
    EMPLOYMENT = "employment"
    """The insured works for the applicant: 31 (4)."""
    CONSENT = "consent"
    """Anybody else: the insured consents to the contract, which counts as an interest: 31, second paragraph."""


class Frequency(StrEnum):
    ONCE = "once"
    ANNUAL = "annual"


@dataclass(frozen=True)
class Party:
    """Applicant, insured or guardian.

    `id_number` is the resident identity number, `id_valid_until` its last day, None where it holds for good (长期).
    `occupation` is an id of the table in `policy.products.occupations`. `annual_income` is what they say they earn in a
    year.
    `locale` is `zh-CN` or `en`: the language in which they are written to.
    """

    name: str
    id_number: str
    id_valid_until: date | None
    born: date
    gender: Gender
    phone: str
    address: str
    occupation: str
    annual_income: Decimal
    email: str | None = None
    locale: str = "zh-CN"

    def is_same_as(self, other: Party) -> bool:
        """Tell whether both have one identity number, whose last character may be written x or X."""
        return self.id_number.upper() == other.id_number.upper()


@dataclass(frozen=True)
class Guardian:
    """Who acts for an insured who is a minor; `is_insureds` is what the guardian is to the insured."""

    party: Party
    is_insureds: Relation


@dataclass(frozen=True)
class Beneficiary:
    """Who is paid on death; `is_insureds` is what they are to the insured.

    Those of order 1 come first, those of order 2 only if nobody of order 1 is left. `share` is in whole percent, and
    adds up to 100 in each order (保险法 40). `id_number` may be missing, for a child that was just born.
    """

    name: str
    id_number: str | None
    is_insureds: Relation
    order: int
    share: int


@dataclass(frozen=True)
class Answer:
    """An answer to a health question; a yes needs words: when, what, how it was treated, how it is now."""

    yes: bool
    words: str = ""


@dataclass(frozen=True)
class Health:
    """The health declaration of the insured; `answers` by the id of the question, which the product version has."""

    height_cm: int
    weight_kg: int
    smoker: bool
    answers: Mapping[str, Answer] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Payment:
    """How the premium is paid: from which account, for how many years. `years` is 1 where it is paid once."""

    bank: str
    account: str
    holder: str
    years: int
    frequency: Frequency


@dataclass(frozen=True)
class Salesperson:
    """`id` is a member of staff, `licence` the practice number (执业证编号), `institution` an institution's id."""

    id: str
    name: str
    phone: str
    licence: str
    institution: str


@dataclass(frozen=True)
class Proposal:
    """One proposal, of one product version, for one insured.

    `applicant_is` is what the applicant is to the insured: a son who insures his mother is her `child`. `guardian` is
    needed where the insured is a minor, and may be the applicant. No `beneficiaries` means the heirs by law.
    `cover_elsewhere` is the death cover that the insured has with other insurers, as the applicant states it.
    Electronic `delivery` is consented to by itself when the proposal is signed.
    """

    product: str
    version: str
    applied_on: date
    applicant: Party
    insured: Party
    applicant_is: Relation
    interest: Interest
    guardian: Guardian | None
    beneficiaries: tuple[Beneficiary, ...]
    sum_insured: Decimal
    payment: Payment
    health: Health
    sales: Salesperson
    cover_elsewhere: Decimal = Decimal(0)
    delivery: Delivery = Delivery.ELECTRONIC

    @property
    def insured_is_minor(self) -> bool:
        """Whether the insured is under 18 on the day of application (民法典 17)."""
        return self.insured_age < ADULT_FROM

    @property
    def insured_age(self) -> int:
        """Age of the insured in full years on the day of application."""
        return age_on(self.insured.born, self.applied_on)

    @property
    def applicant_age(self) -> int:
        """Age of the applicant in full years on the day of application."""
        return age_on(self.applicant.born, self.applied_on)


def age_on(born: date, day: date) -> int:
    """Full years (周岁) from `born` to `day`; negative before the birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
