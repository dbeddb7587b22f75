"""What the templates of signing documents and contract are filled with: texts, numbers and flags, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from esign.public.typesetting import code39_widths
from policy.amounts import in_capitals, in_digits
from policy.documents import words
from policy.documents.insurer import Insurer
from policy.documents.values import Application
from policy.products.actuary import YearValues
from policy.products.catalogue import CoverTerm, Kind, PageKind, Product
from policy.products.occupations import find_occupation
from policy.proposal import Beneficiary, Frequency, Guardian, Party, Payment, Proposal, Relation, age_on

CANCELLATION_COST: Final = Decimal(10)
"""What the insurer may keep when a contract is cancelled in the hesitation period, in yuan."""
MILD_SHARE: Final = Decimal("0.2")
"""What part of the sum the cancer cover pays for a mild cancer."""
_BENEFITS: Final[Mapping[Kind, str]] = {
    Kind.TERM_LIFE: "身故或全残保险金",
    Kind.CANCER: "恶性肿瘤（重度）保险金",
    Kind.WHOLE_LIFE: "身故或全残保险金",
}


def shared_data(application: Application, *, title: str, label: str, number: str, day: date) -> dict[str, Any]:
    """Return what every document about the proposal says; `label` and `number` name the document, `day` is its own."""
    proposal, product, quote = application.proposal, application.product, application.quote
    return {
        "title": title,
        "number": {"label": label, "value": number},
        "barcode": code39_widths(number),
        "foot": f"条款编号 {product.filing} · 版本 {product.version}",
        "date": [day.year, day.month, day.day],
        "insurer": insurer_data(application.insurer, product.company.zh, product.company.en),
        "product": _product(product, proposal),
        "application_number": application.number,
        "applied_on": words.day_words(proposal.applied_on),
        **_people(proposal),
        "death_cover": product.death_cover,
        "beneficiaries": [beneficiary_data(one) for one in _in_order(proposal.beneficiaries)],
        "sum": amount_data(proposal.sum_insured),
        "premium": amount_data(quote.premium),
        "total": amount_data(quote.total),
        "premium_less_cost": in_digits(quote.premium - CANCELLATION_COST),
        "mild_benefit": in_digits(proposal.sum_insured * MILD_SHARE),
        "pay": _payment(proposal.payment),
        "cover_term": _cover_term(product),
        "quote": {"holds_until": words.day_words(quote.holds_until), "because": words.BECAUSE[quote.holds_because]},
        "health": _health(proposal, product),
        "delivery": words.DELIVERIES[proposal.delivery],
        "sales": {
            "name": proposal.sales.name,
            "id": proposal.sales.licence,
            "institution": application.institution,
        },
        "recorded": product.needs_recording(proposal.applicant_age),
        "values": [_year(row) for row in application.values],
        "value_table": {
            "benefit": _BENEFITS[product.kind],
            "paid_up": product.kind is Kind.WHOLE_LIFE,
            "last_zero": product.cover_to_age is not None,
        },
    }


def insurer_data(insurer: Insurer, name: str, english: str = "") -> dict[str, str]:
    """Return what is printed of the insurer."""
    return {
        "name": name,
        "english": english.upper(),
        "mark": insurer.mark,
        "address": insurer.address,
        "phone": insurer.phone,
        "site": insurer.site,
        "notice": insurer.notice,
    }


def amount_data(amount: Decimal) -> dict[str, str]:
    """Return an amount in digits and in capitals."""
    return {"digits": in_digits(amount), "capitals": in_capitals(amount)}


def beneficiary_data(one: Beneficiary) -> dict[str, Any]:
    """Return what is printed of a beneficiary."""
    return {
        "name": one.name,
        "relation": words.relation_words(one.is_insureds),
        "id": "—" if one.id_number is None else words.masked_id(one.id_number),
        "order": one.order,
        "share": one.share,
    }


def cover_end(product: Product, born: date) -> date | None:
    """Return the last day of the cover, the one before the birthday that ends it; None where it is for life."""
    if product.cover_to_age is None or product.cover_term is CoverTerm.FOR_LIFE:
        return None
    year = born.year + product.cover_to_age
    leap_day = (born.month, born.day) == (2, 29)
    birthday = date(year, 3, 1) if leap_day and not _is_leap(year) else born.replace(year=year)
    return birthday - timedelta(days=1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _in_order(beneficiaries: Iterable[Beneficiary]) -> list[Beneficiary]:
    return sorted(beneficiaries, key=lambda one: one.order)


def _product(product: Product, proposal: Proposal) -> dict[str, Any]:
    end = cover_end(product, proposal.insured.born)
    return {
        "name": product.name.zh,
        "kind": product.kind.value,
        "kind_words": words.KINDS[product.kind],
        "terms_code": product.filing,
        "version": product.version,
        "terms_version": product.page(PageKind.TERMS).version,
        "since": words.day_words(product.effective_from),
        "hesitation_days": product.hesitation_days,
        "waiting_days": product.waiting_days,
        "insured_ages": _ages(product),
        "cover_until": "" if end is None else words.day_words(end),
        "pages": {kind.name.lower(): page_template(product, kind) for kind in PageKind},
    }


def page_template(product: Product, kind: PageKind) -> str:
    """Return the template of a text of the product, in the version that the product version shows."""
    page = product.page(kind)
    return f"{page.id}-{page.version}"


def _ages(product: Product) -> str:
    least, greatest = product.insured_ages
    lower = f"出生满 {product.insured_days} 天" if least == 0 else f"{least} 周岁"
    return f"{lower}至 {greatest} 周岁"


def _cover_term(product: Product) -> str:
    return "终身" if product.cover_to_age is None else f"至被保险人年满 {product.cover_to_age} 周岁"


def _people(proposal: Proposal) -> dict[str, Any]:
    day = proposal.applied_on
    guardian = proposal.guardian
    return {
        "applicant": _party(proposal.applicant, day),
        "insured": _party(proposal.insured, day),
        "same": proposal.applicant_is is Relation.SELF,
        "applicant_is": words.relation_words(proposal.applicant_is, proposal.applicant.gender),
        "insured_is": words.inverse_words(proposal.applicant_is, proposal.insured.gender),
        "interest": words.INTERESTS[proposal.interest],
        "cover_elsewhere": in_digits(proposal.cover_elsewhere) if proposal.cover_elsewhere else None,
        "guardian": None if guardian is None else _party(guardian.party, day),
        "guardian_is": "" if guardian is None else _guardian_is(guardian),
    }


def _guardian_is(guardian: Guardian) -> str:
    return words.relation_words(guardian.is_insureds, guardian.party.gender)


def _party(party: Party, day: date) -> dict[str, Any]:
    occupation = find_occupation(party.occupation)
    return {
        "name": party.name,
        "gender": words.GENDERS[party.gender],
        "honorific": words.HONORIFICS[party.gender],
        "born": words.day_words(party.born),
        "age": age_on(party.born, day),
        "id": words.masked_id(party.id_number),
        "id_valid_until": "长期" if party.id_valid_until is None else f"至 {words.day_words(party.id_valid_until)}",
        "phone": words.masked_phone(party.phone),
        "address": party.address,
        "email": party.email or "—",
        "occupation": "—" if occupation is None else occupation.name.zh,
        "occupation_class": "—" if occupation is None else f"{occupation.risk_class} 类",
        "income": in_digits(party.annual_income),
    }


def _payment(payment: Payment) -> dict[str, Any]:
    once = payment.frequency is Frequency.ONCE
    return {
        "once": once,
        "words": words.payment_words(payment),
        "short": "一次交清" if once else f"年交 {payment.years} 年",
        "each": "保险费" if once else "每期保险费",
        "years": payment.years,
        "times": 1 if once else payment.years,
        "bank": payment.bank,
        "account": words.masked_account(payment.account),
        "holder": payment.holder,
    }


def _health(proposal: Proposal, product: Product) -> dict[str, Any]:
    health = proposal.health
    questions = []
    for question in product.questions:
        answer = health.answers[question.id]
        questions.append({"words": question.text.zh, "yes": answer.yes, "told": answer.words})
    return {
        "height": health.height_cm,
        "weight": health.weight_kg,
        "index": f"{health.weight_kg / (health.height_cm / 100) ** 2:.1f}",
        "smoker": health.smoker,
        "questions": questions,
    }


def _year(row: YearValues) -> dict[str, Any]:
    loss = row.premiums_paid - row.cash_value
    return {
        "year": row.year,
        "age": row.age,
        "paid": in_digits(row.premiums_paid),
        "benefit": in_digits(row.benefit),
        "cash": in_digits(row.cash_value),
        "loses": loss > 0,
        "loss": in_digits(max(loss, Decimal(0))),
        "percent": f"{row.cash_value / row.premiums_paid:.1%}" if row.premiums_paid else "—",
        "paid_up": "—" if row.paid_up_sum is None else in_digits(row.paid_up_sum),
    }
