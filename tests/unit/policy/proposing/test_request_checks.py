"""What a professional sends back of a wish about a policy: each problem with its code and its field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policy.domain.request_events import RequestKind
from policy.domain.values import Signer
from policy.proposal import Beneficiary, Interest, Proposal, Relation
from policy.proposing.request_checks import wish_findings
from policy.proposing.signers import consenting
from policy.typefaces import printed_typefaces
from policy.wish import Wish
from tests.unit.policy.policy_people import CANCER, CHILD, MOTHER, SALES, SON, TODAY, for_a_child, for_himself, product
from tests.unit.policy.policy_people import proposal as sold
from wsgi import find_typeface

K = RequestKind
HEIR = sold().beneficiaries[0]
FACES = printed_typefaces(find_typeface())


def codes(wish: Wish, content: Proposal | None = None, code: str = "whole-life-suian") -> list[tuple[str, str]]:
    found = wish_findings(wish, content or sold(), product(code), TODAY, FACES)
    return [(one.code, one.field) for one in found]


def heirs(*rows: Beneficiary) -> Wish:
    return Wish(K.BENEFICIARY, beneficiaries=rows)


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        (heirs(replace(HEIR, share=99)), "shares-not-hundred", "beneficiaries"),
        (
            heirs(replace(HEIR, share=100, is_insureds=Relation.SELF)),
            "beneficiary-is-insured",
            "beneficiaries[0].is_insureds",
        ),
        (heirs(replace(HEIR, share=100, name="于\u202e文山")), "name-character-unprintable", "beneficiaries[0].name"),
        (heirs(*sold().beneficiaries), "nothing-changes", "beneficiaries"),
        (Wish(K.BENEFICIARY), "field-missing", "beneficiaries"),
        (Wish(K.ADDRESS), "nothing-changes", "address"),
        (Wish(K.ADDRESS, phone=SON.phone, address=SON.address), "nothing-changes", "address"),
        (Wish(K.ADDRESS, phone=SALES.phone), "phone-of-salesperson", "phone"),
        (Wish(K.ADDRESS, phone=""), "phone-malformed", "phone"),
        (Wish(K.ADDRESS, address="栖川市\u200b望潮区新路 1 号"), "text-unprintable", "address"),
        (Wish(K.SURRENDER, email="a@example.com"), "field-of-other-request", "email"),
        (Wish(K.CANCELLATION, beneficiaries=()), "field-of-other-request", "beneficiaries"),
    ],
)
def test_each_problem_has_its_code_and_its_field(wish: Wish, code: str, field: str) -> None:
    assert (code, field) in codes(wish)


@pytest.mark.parametrize(
    "wish",
    [
        heirs(replace(HEIR, share=100)),
        heirs(),
        Wish(K.ADDRESS, phone="13600009911"),
        Wish(K.ADDRESS, email="new@example.com"),
        Wish(K.SURRENDER),
        Wish(K.CANCELLATION),
    ],
)
def test_what_can_be_so_has_no_finding(wish: Wish) -> None:
    assert codes(wish) == []


def test_what_is_the_matter_with_the_rest_of_a_policy_is_no_matter_of_a_request() -> None:
    """An identity card expires in the years that a policy runs: a change of the phone is not about it."""
    expired = sold(applicant=replace(SON, id_valid_until=TODAY.replace(year=2020)))
    assert codes(Wish(K.ADDRESS, phone="13600009911"), expired) == []


def test_where_death_is_not_insured_nobody_is_named_and_an_employer_names_close_relatives_alone() -> None:
    content = for_himself(CANCER)
    assert codes(heirs(HEIR), content, CANCER) == [("beneficiaries-not-in-product", "beneficiaries")]
    hired = sold(applicant_is=Relation.EMPLOYER, interest=Interest.EMPLOYMENT)
    stranger = replace(HEIR, share=100, is_insureds=Relation.OTHER)
    assert codes(heirs(stranger), hired) == [("beneficiary-of-employer", "beneficiaries[0].is_insureds")]


def test_a_child_agrees_by_itself_from_the_day_it_is_of_age() -> None:
    other: dict[str, Any] = {"guardian": replace(for_a_child().guardian, party=MOTHER)}  # type: ignore[type-var]
    content = for_a_child(**other)
    assert consenting(content, TODAY) is Signer.GUARDIAN
    assert consenting(content, CHILD.born.replace(year=CHILD.born.year + 18)) is Signer.INSURED
    assert consenting(for_a_child(), TODAY) is Signer.APPLICANT
    assert consenting(for_himself(), TODAY) is Signer.APPLICANT
    assert consenting(sold(), TODAY) is Signer.INSURED
