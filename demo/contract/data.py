"""The demo's story: a son insures his mother, and she agrees to the sum. Everybody and every number is invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from policy.documents.values import Application
from policy.products.files import load_catalogue
from policy.proposal import (
    Answer,
    Beneficiary,
    Frequency,
    Gender,
    Health,
    Interest,
    Party,
    Payment,
    Proposal,
    Relation,
    Salesperson,
)
from policy.proposing.quoting import cash_values, inquiry_of, quote

PRODUCT, VERSION = "whole-life-suian", "2026-1"
_HOME: Final = "栖川市望潮区槐荫路 18 号 3 幢 502 室"
_SON: Final = Party(
    name="于文山",
    id_number="990106199105192218",
    id_valid_until=date(2039, 4, 8),
    born=date(1991, 5, 19),
    gender=Gender.MALE,
    phone="13800004026",
    address=_HOME,
    occupation="software-engineer",
    annual_income=Decimal(280_000),
    email="yu.wenshan@example.com",
)
_MOTHER: Final = Party(
    name="叶小禾",
    id_number="990106196203080486",
    id_valid_until=None,
    born=date(1962, 3, 8),
    gender=Gender.FEMALE,
    phone="13900007730",
    address=_HOME,
    occupation="retired",
    annual_income=Decimal(70_000),
)
_BENEFICIARIES: Final = (
    Beneficiary("于文山", "990106199105192218", Relation.CHILD, 1, 50),
    Beneficiary("于文溪", "99010619940816066X", Relation.CHILD, 1, 50),
)


def sample_contract(applied_on: date = date(2026, 11, 22)) -> Application:
    """Return what the two are to sign, with its quote of that day.

    Raises `ProposalRefused` for a day on which the product is not sold, or the mother is too old for it.
    """
    product = load_catalogue().find(PRODUCT, VERSION)
    if product is None:
        raise LookupError(f"there is no {PRODUCT} {VERSION}")
    proposal = Proposal(
        product=PRODUCT,
        version=VERSION,
        applied_on=applied_on,
        applicant=_SON,
        insured=_MOTHER,
        applicant_is=Relation.CHILD,
        interest=Interest.KINSHIP,
        guardian=None,
        beneficiaries=_BENEFICIARIES,
        sum_insured=Decimal(300_000),
        payment=Payment("栖川银行望潮支行", "6200331099875183", "于文山", 10, Frequency.ANNUAL),
        health=Health(
            height_cm=158,
            weight_kg=57,
            smoker=False,
            answers={one.id: Answer(yes=False) for one in product.questions},
        ),
        sales=Salesperson("stf_demo", "沈知秋", "13700001111", "CY0026-0417", "ins_demo"),
    )
    inquiry = inquiry_of(proposal)
    offer = quote(product, inquiry)
    return Application(
        number="TB330126112247",
        proposal=proposal,
        product=product,
        quote=offer,
        values=cash_values(product, inquiry, offer.premium),
        institution="栖川分公司望潮支公司",
    )
