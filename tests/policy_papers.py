"""Proposals of the three products as tests print them: invented people, sums and numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from policy.documents.values import Application, Issue, SignatureLine
from policy.products.catalogue import Kind, PaymentTerm, Product
from policy.products.files import load_catalogue
from policy.proposal import (
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
)
from policy.proposing.quoting import HoldsUntil, Quote, cash_values, inquiry_of, quote

_NO_QUOTE = Quote(
    PaymentTerm(10, Frequency.ANNUAL), Decimal(0), Decimal(0), Decimal(0), date(2026, 1, 1), HoldsUntil.RATES_END
)
_BENEFICIARIES = {
    Kind.TERM_LIFE: (Beneficiary("于文山", "990106199105192217", Relation.SPOUSE, 1, 100),),
    Kind.CANCER: (),
    Kind.WHOLE_LIFE: (
        Beneficiary("于文山", "990106199105192217", Relation.CHILD, 1, 50),
        Beneficiary("于文溪", "990106199408160661", Relation.CHILD, 1, 50),
    ),
}
CODES = {
    Kind.TERM_LIFE: "term-life-anxing",
    Kind.CANCER: "cancer-cover-yihe",
    Kind.WHOLE_LIFE: "whole-life-suian",
}
HOME = "栖川市望潮区槐荫路 18 号 3 幢 502 室"
TOLD = {
    "hospital": "2019 年起因高血压连续服药，没有住院和手术。",
    "hypertension": "2019 年 6 月在栖川市第二医院诊断为原发性高血压一级，每天服一种降压药，半年复诊，血压稳定。",
}


def product(kind: Kind, version: str = "2026-1") -> Product:
    """The product of this kind."""
    found = load_catalogue().find(CODES[kind], version)
    assert found is not None
    return found


def son() -> Party:
    """The applicant: a man of 35."""
    return Party(
        name="于文山",
        id_number="990106199105192217",
        id_valid_until=date(2039, 4, 8),
        born=date(1991, 5, 19),
        gender=Gender.MALE,
        phone="13800004026",
        address=HOME,
        occupation="software-engineer",
        annual_income=Decimal(280_000),
        email="yu.wenshan@example.com",
    )


def mother() -> Party:
    """The insured: a woman of 64."""
    return Party(
        name="叶小禾",
        id_number="990106196203080484",
        id_valid_until=None,
        born=date(1962, 3, 8),
        gender=Gender.FEMALE,
        phone="13900007730",
        address=HOME,
        occupation="retired",
        annual_income=Decimal(70_000),
    )


def wife() -> Party:
    """The insured of term life: a woman of 34."""
    return replace(mother(), name="林若棠", id_number="990106199204070382", born=date(1992, 4, 7), occupation="teacher")


def application(kind: Kind = Kind.WHOLE_LIFE, version: str = "2026-1") -> Application:
    """He insures his mother, or with term life his wife, for 300,000 yuan, and pays for ten years."""
    sold = product(kind, version)
    for_wife = kind is Kind.TERM_LIFE
    answers = {one.id: Answer(yes=one.id in TOLD, words=TOLD.get(one.id, "")) for one in sold.questions}
    proposal = Proposal(
        product=sold.code,
        version=sold.version,
        applied_on=max(date(2026, 11, 22), sold.effective_from) if sold.withdrawn_on is None else date(2026, 8, 20),
        applicant=son(),
        insured=wife() if for_wife else mother(),
        applicant_is=Relation.SPOUSE if for_wife else Relation.CHILD,
        interest=Interest.KINSHIP,
        guardian=None,
        beneficiaries=_BENEFICIARIES[kind],
        sum_insured=Decimal(300_000),
        payment=Payment("栖川银行望潮支行", "6200331099875183", "于文山", 10, Frequency.ANNUAL),
        health=Health(158, 57, smoker=False, answers=answers),
        sales=Salesperson("stf_1", "沈知秋", "13700001111", "CY0026-0417", "ins_1"),
    )
    return quoted(
        Application("TB330126112247", proposal, sold, _NO_QUOTE, values=(), institution="栖川分公司望潮支公司")
    )


def quoted(one: Application) -> Application:
    """The same with the quote and the cash values that its proposal has."""
    inquiry = inquiry_of(one.proposal)
    offer = quote(one.product, inquiry)
    return replace(one, quote=offer, values=cash_values(one.product, inquiry, offer.premium))


def issue(one: Application) -> Issue:
    """The contract of the application, issued on the same day."""
    return Issue(
        number="CY330126112200",
        issued_on=date(2026, 11, 22),
        effective_on=date(2026, 11, 23),
        paid_on=date(2026, 11, 22),
        signed_sha256="5d41402abc4b2a76b9719d911017c592" * 2,
        signatures=(
            SignatureLine("投保人", one.proposal.applicant.name, datetime(2026, 11, 22, 2, 15, 33, tzinfo=UTC)),
            SignatureLine("被保险人", one.proposal.insured.name, datetime(2026, 11, 22, 2, 41, 9, tzinfo=UTC)),
        ),
        underwritten="按核保规则自动通过",
        agreements=("被保险人投保时告知患有原发性高血压一级，本公司已经核保，同意按标准费率承保。",),
    )


def for_oneself(one: Application) -> Application:
    """The applicant insures himself."""
    party = one.proposal.applicant
    return quoted(replace(one, proposal=replace(one.proposal, insured=party, applicant_is=Relation.SELF)))


def for_a_child(one: Application, *, guardian: Party) -> Application:
    """The applicant insures his son of eight, whose guardian is given."""
    child = replace(
        mother(),
        name="于知遥",
        id_number="990106201806140475",
        born=date(2018, 6, 14),
        gender=Gender.MALE,
        occupation="student",
        annual_income=Decimal(0),
    )
    proposal = replace(
        one.proposal,
        insured=child,
        applicant_is=Relation.PARENT,
        guardian=Guardian(guardian, Relation.PARENT),
        beneficiaries=(),
    )
    return quoted(replace(one, proposal=proposal))
