"""The people of the tests: a son who insures his mother, a parent who insures a child; all invented, all valid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from policy.products.catalogue import Product
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

TODAY = date(2026, 11, 27)
WHOLE_LIFE, TERM_LIFE, CANCER = "whole-life-suian", "term-life-anxing", "cancer-cover-yihe"


def product(code: str = WHOLE_LIFE, version: str = "2026-1") -> Product:
    found = load_catalogue().find(code, version)
    assert found is not None
    return found


def id_number(born: date, gender: Gender, place: int = 22) -> str:
    """Return a number of a region that does not exist, with a right check character."""
    serial = place * 10 + (1 if gender is Gender.MALE else 2)
    digits = f"990106{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(digits))
    return digits + "10X98765432"[total % 11]


def party(name: str, born: date, gender: Gender, **changes: Any) -> Party:
    plain = Party(
        name=name,
        id_number=id_number(born, gender),
        id_valid_until=None,
        born=born,
        gender=gender,
        phone="13800134026",
        address="栖川市望潮区槐荫路 18 号 3 幢 502 室",
        occupation="office-worker",
        annual_income=Decimal(280_000),
    )
    return replace(plain, **changes)


SON = party("于文山", date(1991, 5, 19), Gender.MALE, occupation="software-engineer", email="wenshan@example.com")
MOTHER = party("叶小禾", date(1962, 3, 8), Gender.FEMALE, phone="13900137730", annual_income=Decimal(70_000))
CHILD = party(
    "于知春",
    date(2019, 4, 2),
    Gender.FEMALE,
    phone="",
    occupation="child",
    annual_income=Decimal(0),
    address=SON.address,
)
SALES = Salesperson("stf_shen", "沈知秋", "13700139981", "99010600000000800012", "ins_qichuan")
ACCOUNT = "6200990106005183"


def health(of: Product, *yes: str, **changes: Any) -> Health:
    """Return a declaration that answers every question: the named ones with a yes, and words for it."""
    answers = {
        one.id: Answer(one.id in yes, "2019 年 6 月，栖川市第二医院" if one.id in yes else "") for one in of.questions
    }
    return replace(Health(158, 57, False, answers), **changes)


def proposal(code: str = WHOLE_LIFE, *yes: str, **changes: Any) -> Proposal:
    """Return the son's proposal for his mother, which can be taken as it is, unless something is changed."""
    of = product(code)
    heirs = (
        Beneficiary("于文山", SON.id_number, Relation.CHILD, 1, 50),
        Beneficiary("于文溪", id_number(date(1994, 9, 1), Gender.FEMALE), Relation.CHILD, 1, 50),
    )
    plain = Proposal(
        product=code,
        version="2026-1",
        applied_on=TODAY,
        applicant=SON,
        insured=MOTHER,
        applicant_is=Relation.CHILD,
        interest=Interest.KINSHIP,
        guardian=None,
        beneficiaries=heirs if of.death_cover else (),
        sum_insured=Decimal(300_000),
        payment=Payment("栖川银行望潮支行", ACCOUNT, SON.name, 10, Frequency.ANNUAL),
        health=health(of, *yes),
        sales=SALES,
    )
    return replace(plain, **changes)


def for_himself(code: str = TERM_LIFE, *yes: str, **changes: Any) -> Proposal:
    """Return a proposal by which the son insures himself."""
    wife = Beneficiary("林知夏", id_number(date(1992, 2, 3), Gender.FEMALE), Relation.SPOUSE, 1, 100)
    return proposal(code, *yes, **{"insured": SON, "applicant_is": Relation.SELF, "beneficiaries": (wife,), **changes})


def for_a_child(*yes: str, **changes: Any) -> Proposal:
    """Return a proposal by which a father, who is the guardian too, insures his daughter."""
    mother = Beneficiary("林知夏", id_number(date(1992, 2, 3), Gender.FEMALE), Relation.PARENT, 1, 100)
    given = {
        "insured": CHILD,
        "applicant_is": Relation.PARENT,
        "guardian": Guardian(SON, Relation.PARENT),
        "beneficiaries": (mother,),
        "sum_insured": Decimal(200_000),
        "health": health(product(), *yes, height_cm=122, weight_kg=24),
    }
    return proposal(WHOLE_LIFE, **{**given, **changes})
