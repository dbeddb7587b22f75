"""Products as data: each version with its days, ages, sums, rates, pages and questions.

A version never changes once it was sold: what changes is a new version, effective from a day. The files are in
`policy/data/products/`, business people write them, and `policy.products.files` reads them strictly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from esign.public.values import Words
from policy.proposal import Frequency, Gender

OLDER_FROM: Final = 60
"""The age from which agents have to record the sale of cover of more than a year (保险销售行为可回溯管理暂行办法)."""


class Kind(StrEnum):
    """Which model of `policy.products.actuary` a product follows, and so what it pays for."""

    TERM_LIFE = "term-life"
    CANCER = "cancer"
    WHOLE_LIFE = "whole-life"


class CoverTerm(StrEnum):
    """How long the cover lasts: to a birthday of the insured, or for life."""

    TO_AGE = "to-age"
    FOR_LIFE = "for-life"


class Recording(StrEnum):
    """When sound and video have to be recorded (双录)."""

    ALWAYS = "always"
    OLDER_APPLICANT = "older-applicant"
    """Where the applicant is 60 or over: agents who sell cover of more than a year always need it then."""


class PageKind(StrEnum):
    """The documents that are read before signing, each on pages of its own."""

    TERMS = "terms"
    PRODUCT_NOTICE = "product-notice"
    ADVICE = "advice"
    """投保提示书."""


@dataclass(frozen=True)
class PageVersion:
    """A text that people read, by its id, and the version that this product version shows."""

    kind: PageKind
    id: str
    version: str
    title: Words


@dataclass(frozen=True)
class Consent:
    """A consent that is asked for by itself, never ticked beforehand; `roles` are those of the signing service."""

    id: str
    version: str
    title: Words
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A health question; its id is what the decision table names."""

    id: str
    text: Words


@dataclass(frozen=True)
class PaymentTerm:
    """A way to pay: once (`years` is 1), or each year for so many years."""

    years: int
    frequency: Frequency


@dataclass(frozen=True)
class Sums:
    """The sums that can be insured, in whole yuan: from `least` to `most` in steps of `step`."""

    least: int
    most: int
    step: int


@dataclass(frozen=True)
class RateLine:
    """The rates for consecutive ages of the insured in full years, from `first_age` on, for one gender and term.

    Each is the premium in fen for each 1,000 yuan insured: a year, or in all where it is paid once.
    """

    gender: Gender
    term: PaymentTerm
    first_age: int
    rates: tuple[int, ...]


@dataclass(frozen=True)
class RateTable:
    """`until` is the last day on which the table holds, None where it has no end yet."""

    until: date | None
    lines: tuple[RateLine, ...]

    def rate(self, gender: Gender, term: PaymentTerm, age: int) -> int | None:
        """Return the fen for each 1,000 yuan insured, None where the table has none."""
        for line in self.lines:
            place = age - line.first_age
            if (line.gender, line.term) == (gender, term) and 0 <= place < len(line.rates):
                return line.rates[place]
        return None


@dataclass(frozen=True)
class Product:
    """One version of one product of the insurer `company`.

    `code` stays the same over versions; `filing` is the number under which the terms are filed (备案编号). It is sold
    from `effective_from` to the day before `withdrawn_on`. `insured_days` is the least age in days, `insured_ages` the
    least and the greatest in full years, `applicant_ages` likewise. `cover_to_age` is None where the cover is for life.
    The last premium is paid before the age `payment_ends_by`. `death_cover` tells that death is what it pays for, so
    that beneficiaries can be named (保险法 34, 39). Where not all `benefits_guaranteed` are, as with dividends, the
    return visit asks whether that is known.
    """

    company: Words
    code: str
    name: Words
    kind: Kind
    version: str
    filing: str
    effective_from: date
    withdrawn_on: date | None
    insured_days: int
    insured_ages: tuple[int, int]
    applicant_ages: tuple[int, int]
    cover_term: CoverTerm
    cover_to_age: int | None
    death_cover: bool
    waiting_days: int
    hesitation_days: int
    reading_seconds: int
    recording: Recording
    sums: Sums
    payment_terms: tuple[PaymentTerm, ...]
    payment_ends_by: int
    rates: RateTable
    pages: tuple[PageVersion, ...]
    consents: tuple[Consent, ...]
    questions: tuple[Question, ...]
    benefits_guaranteed: bool = True

    def page(self, kind: PageKind) -> PageVersion:
        """Return the text of that kind that this version shows; each version has each kind once."""
        return next(one for one in self.pages if one.kind is kind)

    @property
    def recorded_from_age(self) -> int | None:
        """The applicant's age from which sound and video are recorded, None where they always are."""
        return None if self.recording is Recording.ALWAYS else OLDER_FROM

    def needs_recording(self, applicant_age: int) -> bool:
        """Tell whether a sale to an applicant of that age has to be recorded in sound and video."""
        return self.recorded_from_age is None or applicant_age >= self.recorded_from_age

    def is_sold_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.withdrawn_on is None or day < self.withdrawn_on)


@dataclass(frozen=True)
class Catalogue:
    """Every version of every product that was ever sold."""

    products: tuple[Product, ...]

    def find(self, code: str, version: str) -> Product | None:
        return next((one for one in self.products if (one.code, one.version) == (code, version)), None)

    def sold_on(self, day: date) -> tuple[Product, ...]:
        """Return what is sold on that day: one version of a product at most, in order of the codes."""
        return tuple(sorted((one for one in self.products if one.is_sold_on(day)), key=lambda one: one.code))
