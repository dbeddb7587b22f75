"""The files in `policy/data/products/`, read strictly: a product version, and beside it its rates.

A file that is not exactly of its form, or does not hang together, is refused: nothing is sold by a half-read file.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from esign.public.values import Words
from policy.errors import PolicyDataBroken
from policy.products.catalogue import (
    Catalogue,
    Consent,
    CoverTerm,
    Kind,
    PageKind,
    PageVersion,
    PaymentTerm,
    Product,
    Question,
    RateLine,
    RateTable,
    Recording,
    Sums,
)
from policy.proposal import Frequency, Gender

FOLDER: Final = Path(__file__).parent.parent / "data" / "products"
RATES_SUFFIX: Final = "-rates.json"
BYTES_AT_MOST: Final = 256 * 1024
SUM_UNIT: Final = 1000
"""Rates are for so many yuan insured, so every sum is a multiple of it."""

_STRICT: Final = ConfigDict(extra="forbid", strict=True, frozen=True)


class ProductSheet(BaseModel):
    """A product version as its file has it; the members are those of `Product`."""

    model_config = _STRICT

    company: Words
    code: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    name: Words
    kind: Kind
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")
    filing: str = Field(min_length=1, max_length=64)
    effective_from: date
    withdrawn_on: date | None
    rates_until: date | None
    insured_days: int = Field(ge=0, le=366)
    insured_ages: tuple[int, int]
    applicant_ages: tuple[int, int]
    cover_term: CoverTerm
    cover_to_age: int | None
    death_cover: bool
    waiting_days: int = Field(ge=0, le=366)
    hesitation_days: int = Field(ge=15, le=366)
    reading_seconds: int = Field(ge=0, le=60)
    recording: Recording
    sums: Sums
    payment_terms: tuple[PaymentTerm, ...] = Field(min_length=1)
    payment_ends_by: int
    pages: tuple[PageVersion, ...]
    consents: tuple[Consent, ...]
    questions: tuple[Question, ...] = Field(min_length=1, max_length=60)
    benefits_guaranteed: bool = True


class _RateRow(BaseModel):
    model_config = _STRICT

    gender: Gender
    years: int
    frequency: Frequency
    first_age: int = Field(ge=0)
    rates: tuple[int, ...] = Field(min_length=1)


_RATES: Final = TypeAdapter(tuple[_RateRow, ...])


@cache
def load_catalogue() -> Catalogue:
    """Return every product version there is. Raises `PolicyDataBroken` (`product-file`)."""
    return catalogue_of(FOLDER)


def catalogue_of(folder: Path) -> Catalogue:
    """Return every product version in a folder. Raises `PolicyDataBroken` (`product-file`)."""
    products = []
    for path in sheets_in(folder):
        sheet = read_sheet(_bytes(path))
        if path.name != f"{sheet.code}-{sheet.version}.json":
            raise _broken(f"{path.name} is the file of another product version")
        products.append(product_of(sheet, read_rates(_bytes(rates_of(path)))))
    _require_one_version_a_day(products)
    return Catalogue(tuple(products))


def sheets_in(folder: Path) -> tuple[Path, ...]:
    """Return the files of the product versions, without those of the rates, by name."""
    return tuple(sorted(path for path in folder.glob("*.json") if not path.name.endswith(RATES_SUFFIX)))


def rates_of(sheet: Path) -> Path:
    """Return where the rates of a product version are."""
    return sheet.with_name(sheet.stem + RATES_SUFFIX)


def read_sheet(data: bytes) -> ProductSheet:
    """Read the file of a product version. Raises `PolicyDataBroken` (`product-file`)."""
    try:
        sheet = ProductSheet.model_validate_json(data)
    except ValidationError as error:
        raise _broken(f"a product is not of its form: {_first(error)}") from error
    problem = next((words for words, found in _problems(sheet) if found), None)
    if problem is not None:
        raise _broken(f"{sheet.code} {sheet.version}: {problem}")
    return sheet


def read_rates(data: bytes) -> tuple[RateLine, ...]:
    """Read the file of the rates. Raises `PolicyDataBroken` (`product-file`)."""
    try:
        rows = _RATES.validate_json(data)
    except ValidationError as error:
        raise _broken(f"rates are not of their form: {_first(error)}") from error
    lines = tuple(RateLine(row.gender, PaymentTerm(row.years, row.frequency), row.first_age, row.rates) for row in rows)
    if any(rate <= 0 for line in lines for rate in line.rates):
        raise _broken("a rate is not above zero")
    if len({(line.gender, line.term) for line in lines}) < len(lines):
        raise _broken("rates are given twice for one gender and payment term")
    return lines


def product_of(sheet: ProductSheet, lines: tuple[RateLine, ...]) -> Product:
    """Return the product version with its rates. Raises `PolicyDataBroken` where a payment term has none."""
    wanted = {(gender, term) for gender in Gender for term in sheet.payment_terms}
    if {(line.gender, line.term) for line in lines} != wanted:
        raise _broken(f"{sheet.code} {sheet.version}: the rates are those of other payment terms")
    members = {name: getattr(sheet, name) for name in ProductSheet.model_fields if name != "rates_until"}
    return Product(**members, rates=RateTable(sheet.rates_until, lines))


def _problems(sheet: ProductSheet) -> Iterable[tuple[str, bool]]:
    sums, questions, terms = sheet.sums, sheet.questions, sheet.payment_terms
    yield "it is withdrawn before it begins", bool(sheet.withdrawn_on and sheet.withdrawn_on <= sheet.effective_from)
    yield "ages are the wrong way round", any(one[0] > one[1] for one in (sheet.insured_ages, sheet.applicant_ages))
    yield "an applicant may be a minor", sheet.applicant_ages[0] < 18
    yield "a page kind is missing or there twice", sorted(one.kind for one in sheet.pages) != sorted(PageKind)
    yield "a question is there twice", len({one.id for one in questions}) < len(questions)
    yield "a consent is there twice", len({one.id for one in sheet.consents}) < len(sheet.consents)
    yield "a payment term is there twice", len(set(terms)) < len(terms)
    yield (
        "one payment is over one year",
        any((one.frequency is Frequency.ONCE) is not (one.years == 1) for one in terms),
    )
    yield "sums are the wrong way round", not 0 < sums.least <= sums.most
    yield "a sum has no rate", sums.step <= 0 or any(n % SUM_UNIT for n in (sums.least, sums.most, sums.step))
    yield "sums do not go by their step", bool(sums.step) and (sums.most - sums.least) % sums.step != 0
    yield "cover term and age differ", (sheet.cover_term is CoverTerm.TO_AGE) is not (sheet.cover_to_age is not None)


def _require_one_version_a_day(products: Iterable[Product]) -> None:
    by_begin = sorted(products, key=lambda one: (one.code, one.effective_from))
    for earlier, later in pairwise(by_begin):
        if earlier.code == later.code and earlier.is_sold_on(later.effective_from):
            raise _broken(f"{later.code}: version {earlier.version} is not withdrawn when {later.version} begins")


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise _broken(f"{path.name} is missing")
    with path.open("rb") as file:
        data = file.read(BYTES_AT_MOST + 1)
    if len(data) > BYTES_AT_MOST:
        raise _broken(f"{path.name} is longer than {BYTES_AT_MOST} bytes")
    return data


def _first(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))} ({first['type']})"


def _broken(cause: str) -> PolicyDataBroken:
    return PolicyDataBroken("product-file", cause, "correct the file in policy/data/products")
