"""What an experienced underwriter sends back: each problem with its code and its field, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.domain.values import Signer
from policy.products.files import load_catalogue
from policy.proposal import (
    Answer,
    Beneficiary,
    Frequency,
    Gender,
    Guardian,
    Interest,
    Party,
    Payment,
    Proposal,
    Relation,
)
from policy.proposing.finding_words import FINDING_WORDS
from policy.proposing.findings import Finding, ProposalRefused
from policy.proposing.signers import party_of, signers_of
from policy.proposing.validation import WORDS_AT_MOST, findings_of, require_valid
from tests.unit.policy.policy_people import (
    CANCER,
    CHILD,
    MOTHER,
    SALES,
    SON,
    TODAY,
    for_a_child,
    for_himself,
    health,
    id_number,
    party,
    product,
    proposal,
)

HEIR = proposal().beneficiaries[0]
GRANDMOTHER = party("周桂兰", date(1940, 6, 6), Gender.FEMALE)


def found(one: Proposal, today: date = TODAY) -> tuple[Finding, ...]:
    return findings_of(one, load_catalogue().find(one.product, one.version), today)


def codes(one: Proposal) -> list[tuple[str, str]]:
    return [(finding.code, finding.field) for finding in found(one)]


@pytest.mark.parametrize(
    "one",
    [
        proposal(),
        for_himself(),
        for_a_child(),
        proposal(CANCER, sum_insured=Decimal(100_000)),
        proposal(beneficiaries=()),
        proposal(insured=replace(MOTHER, id_number=MOTHER.id_number.lower())),
        proposal(applicant=replace(SON, phone="+8613800134026")),
    ],
)
def test_a_proposal_that_is_in_order_has_no_findings(one: Proposal) -> None:
    assert found(one) == ()
    assert require_valid(one, load_catalogue(), TODAY).code == one.product


def with_applicant(**changes: Any) -> Proposal:
    return proposal(applicant=replace(SON, **changes))


def with_insured(**changes: Any) -> Proposal:
    return proposal(insured=replace(MOTHER, **changes))


def with_heirs(*heirs: Beneficiary, **changes: Any) -> Proposal:
    return proposal(beneficiaries=heirs, **changes)


def heir(**changes: Any) -> Beneficiary:
    return replace(HEIR, **{"share": 100, **changes})


def paying(**changes: Any) -> Proposal:
    return proposal(payment=replace(proposal().payment, **changes))


def selling(**changes: str) -> Proposal:
    return proposal(sales=replace(proposal().sales, **changes))


def answering(question: str, answer: Answer | None) -> Proposal:
    answers = {name: one for name, one in proposal().health.answers.items() if name != question}
    if answer is not None:
        answers[question] = answer
    return proposal(health=replace(proposal().health, answers=answers))


def guarded_by(guardian: Party | None, relation: Relation = Relation.PARENT) -> Proposal:
    return for_a_child(guardian=None if guardian is None else Guardian(guardian, relation))


CASES: list[tuple[Callable[[], Proposal], str, str]] = [
    # The product and the quote.
    (lambda: proposal(version="1999-1"), "product-unknown", "product"),
    (lambda: proposal(applied_on=date(2025, 12, 30)), "product-not-yet-sold", "version"),
    (lambda: proposal(applied_on=date(2026, 11, 28)), "application-in-future", "applied_on"),
    (lambda: proposal(applied_on=TODAY - timedelta(days=31)), "application-too-old", "applied_on"),
    (lambda: proposal(sum_insured=Decimal(20_000)), "sum-out-of-limits", "sum_insured"),
    (lambda: proposal(sum_insured=Decimal(301_000)), "sum-off-step", "sum_insured"),
    (lambda: paying(years=7), "payment-term-unknown", "payment.years"),
    (lambda: paying(frequency=Frequency.ONCE), "payment-term-unknown", "payment.years"),
    (lambda: paying(years=20), "payment-term-too-long", "payment.years"),
    (lambda: for_himself(version="2025-1"), "product-withdrawn", "version"),
    (lambda: for_himself(insured=CHILD), "insured-too-young", "insured.born"),
    (lambda: proposal(insured=GRANDMOTHER), "insured-too-old", "insured.born"),
    # A person.
    (lambda: with_applicant(name="于"), "name-malformed", "applicant.name"),
    (lambda: with_applicant(name="于文山2"), "name-malformed", "applicant.name"),
    (lambda: with_applicant(name=" 于文山"), "name-malformed", "applicant.name"),
    (lambda: with_applicant(name="··"), "name-malformed", "applicant.name"),
    (lambda: with_applicant(name="于\ue000山"), "name-malformed", "applicant.name"),
    (lambda: with_insured(id_number=MOTHER.id_number[:-1] + "0"), "id-number-malformed", "insured.id_number"),
    (lambda: with_insured(id_number="123"), "id-number-malformed", "insured.id_number"),
    (lambda: with_insured(id_number=SON.id_number), "id-number-birthday", "insured.id_number"),
    (
        lambda: with_insured(id_number=id_number(MOTHER.born, Gender.MALE)),
        "id-number-gender",
        "insured.id_number",
    ),
    (lambda: with_applicant(id_valid_until=TODAY - timedelta(days=1)), "id-expired", "applicant.id_valid_until"),
    (lambda: with_insured(born=TODAY + timedelta(days=1)), "born-after-application", "insured.born"),
    (lambda: with_insured(born=date(1890, 1, 1)), "born-long-ago", "insured.born"),
    (lambda: with_insured(phone=""), "phone-malformed", "insured.phone"),
    (lambda: with_insured(phone="12345678901"), "phone-malformed", "insured.phone"),
    (lambda: with_applicant(phone=SALES.phone), "phone-of-salesperson", "applicant.phone"),
    (lambda: with_insured(phone=SALES.phone), "phone-of-salesperson", "insured.phone"),
    (lambda: with_applicant(address="街上"), "address-malformed", "applicant.address"),
    (lambda: with_applicant(address="栖川市望潮区\n槐荫路"), "address-malformed", "applicant.address"),
    (lambda: with_applicant(email="nobody"), "email-malformed", "applicant.email"),
    (lambda: with_applicant(email="a@b." + "c" * 300), "email-malformed", "applicant.email"),
    (lambda: with_applicant(occupation="astronaut"), "occupation-unknown", "applicant.occupation"),
    (lambda: with_applicant(annual_income=Decimal(-1)), "income-malformed", "applicant.annual_income"),
    (lambda: with_applicant(annual_income=Decimal("0.001")), "income-malformed", "applicant.annual_income"),
    (lambda: with_applicant(annual_income=Decimal("NaN")), "income-malformed", "applicant.annual_income"),
    (lambda: with_applicant(locale="fr"), "locale-unknown", "applicant.locale"),
    # Who is what to whom.
    (lambda: proposal(applicant_is=Relation.SELF), "self-but-different", "applicant_is"),
    (lambda: for_himself(applicant_is=Relation.SPOUSE), "same-person", "insured.id_number"),
    (lambda: proposal(applicant_is=Relation.PARENT), "relation-against-ages", "applicant_is"),
    (lambda: proposal(applicant_is=Relation.SIBLING), "interest-missing", "interest"),
    (lambda: proposal(interest=Interest.SUPPORT), "interest-missing", "interest"),
    (lambda: proposal(interest=Interest.EMPLOYMENT), "interest-missing", "interest"),
    (lambda: for_a_child(interest=Interest.CONSENT), "minor-cannot-consent", "interest"),
    (
        lambda: for_a_child(applicant_is=Relation.GRANDPARENT, interest=Interest.SUPPORT),
        "minor-insured-by-other",
        "applicant_is",
    ),
    (lambda: guarded_by(None), "guardian-missing", "guardian"),
    (lambda: proposal(guardian=Guardian(SON, Relation.CHILD)), "guardian-not-needed", "guardian"),
    (lambda: guarded_by(replace(SON, born=date(2010, 5, 19))), "guardian-minor", "guardian.party.born"),
    (lambda: guarded_by(SON, Relation.SPOUSE), "guardian-relation", "guardian.is_insureds"),
    (lambda: guarded_by(CHILD), "same-person", "guardian.party.id_number"),
    (lambda: guarded_by(CHILD), "relation-against-ages", "guardian.is_insureds"),
    (lambda: guarded_by(replace(SON, phone="")), "phone-malformed", "guardian.party.phone"),
    # Beneficiaries.
    (
        lambda: proposal(CANCER, sum_insured=Decimal(100_000), beneficiaries=(heir(),)),
        "beneficiaries-not-in-product",
        "beneficiaries",
    ),
    (lambda: with_heirs(*[heir()] * 11), "beneficiaries-too-many", "beneficiaries"),
    (lambda: with_heirs(heir(share=50), heir(share=50)), "beneficiary-duplicate", "beneficiaries[1]"),
    (
        lambda: with_heirs(heir(share=50), heir(share=50, id_number=None)),
        "beneficiary-duplicate",
        "beneficiaries[1]",
    ),
    (lambda: with_heirs(heir(is_insureds=Relation.SELF)), "beneficiary-is-insured", "beneficiaries[0].is_insureds"),
    (
        lambda: with_heirs(heir(id_number=MOTHER.id_number)),
        "beneficiary-is-insured",
        "beneficiaries[0].is_insureds",
    ),
    (
        lambda: with_heirs(
            heir(is_insureds=Relation.EMPLOYER),
            applicant_is=Relation.EMPLOYER,
            interest=Interest.EMPLOYMENT,
        ),
        "beneficiary-of-employer",
        "beneficiaries[0].is_insureds",
    ),
    (lambda: with_heirs(heir(share=0), heir(name="于文溪")), "share-out-of-limits", "beneficiaries[0].share"),
    (lambda: with_heirs(heir(share=99)), "shares-not-hundred", "beneficiaries"),
    (lambda: with_heirs(heir(order=2)), "order-gap", "beneficiaries"),
    (lambda: with_heirs(heir(name="A1")), "name-malformed", "beneficiaries[0].name"),
    (lambda: with_heirs(heir(id_number="990106")), "id-number-malformed", "beneficiaries[0].id_number"),
    # Payment.
    (lambda: paying(bank=""), "bank-malformed", "payment.bank"),
    (lambda: paying(account="6200 9901"), "account-malformed", "payment.account"),
    (lambda: paying(account="６２００９９０１０６００"), "account-malformed", "payment.account"),
    (lambda: paying(holder="叶小禾"), "account-of-other", "payment.holder"),
    # Health.
    (lambda: proposal(health=health(product(), height_cm=1580)), "measures-implausible", "health.height_cm"),
    (lambda: proposal(health=health(product(), weight_kg=0)), "measures-implausible", "health.weight_kg"),
    (lambda: answering("heart", None), "question-unanswered", "health.answers.heart"),
    (lambda: answering("moon", Answer(False)), "question-unknown", "health.answers"),
    (lambda: answering("heart", Answer(True, "  ")), "answer-without-words", "health.answers.heart"),
    (
        lambda: answering("heart", Answer(True, "长" * (WORDS_AT_MOST + 1))),
        "answer-too-long",
        "health.answers.heart",
    ),
    (lambda: selling(name="沈\u202e知秋"), "text-unprintable", "sales.name"),
    (lambda: selling(name=" "), "text-unprintable", "sales.name"),
    (lambda: selling(licence="0200\n0033"), "text-unprintable", "sales.name"),
    (lambda: selling(licence="0200\u200b0033"), "text-unprintable", "sales.licence"),
    (lambda: answering("heart", Answer(True, "血压\u2066高")), "text-unprintable", "health.answers.heart"),
    (lambda: proposal(cover_elsewhere=Decimal(-1)), "amount-malformed", "cover_elsewhere"),
]


@pytest.mark.parametrize(("make", "code", "field"), CASES)
def test_each_problem_has_its_code_and_its_field(make: Callable[[], Proposal], code: str, field: str) -> None:
    assert (code, field) in codes(make())


LEFT_TO_QUOTING = {"rates-ended", "insured-newborn", "applicant-age"}
"""Asked by the quote, and tried in its tests."""
LEFT_TO_DRAFTS = {"field-missing", "choice-missing", "day-malformed", "number-malformed"}
"""Found while what was typed is read, and tried in the tests of drafts."""
LEFT_TO_REQUESTS = {"field-of-other-request", "nothing-changes"}
"""Found where something is asked about a policy, and tried in the tests of that."""
LEFT_TO_NAMES = {"name-character-unprintable"}
"""Found with the typefaces at hand, and tried in the tests of names."""


def test_every_finding_there_is_words_for_can_be_made() -> None:
    elsewhere = LEFT_TO_QUOTING | LEFT_TO_DRAFTS | LEFT_TO_NAMES | LEFT_TO_REQUESTS
    assert {code for _, code, _ in CASES} | elsewhere == set(FINDING_WORDS)


def test_nothing_is_found_that_was_not_asked_about() -> None:
    """Most mistakes are one finding: a clerk is not sent to five fields for a wrong digit in one."""
    alone = {
        "sum-off-step",
        "payment-term-too-long",
        "id-number-malformed",
        "id-number-gender",
        "id-expired",
        "phone-of-salesperson",
        "interest-missing",
        "guardian-missing",
        "account-of-other",
        "question-unanswered",
        "minor-cannot-consent",
        "guardian-not-needed",
        "beneficiaries-not-in-product",
    }
    for make, code, _ in CASES:
        if code in alone:
            assert [one.code for one in found(make())] == [code]


def test_all_problems_are_told_at_once_in_the_order_of_the_form() -> None:
    wrong = proposal(
        sum_insured=Decimal(1),
        applicant=replace(SON, phone="1"),
        insured=replace(MOTHER, id_number="1", address=""),
        beneficiaries=(heir(share=30),),
        payment=Payment("", "", "", 10, Frequency.ANNUAL),
    )
    assert [code for code, _ in codes(wrong)] == [
        "sum-out-of-limits",
        "phone-malformed",
        "id-number-malformed",
        "address-malformed",
        "shares-not-hundred",
        "bank-malformed",
        "account-malformed",
        "account-of-other",
    ]
    with pytest.raises(ProposalRefused) as refused:
        require_valid(wrong, load_catalogue(), TODAY)
    assert len(refused.value.findings) == 8
    assert "shares-not-hundred" in str(refused.value)


def test_a_refusal_never_repeats_what_was_entered() -> None:
    secret = "62009901060051835183518351835183518"
    with pytest.raises(ProposalRefused) as refused:
        require_valid(paying(account=secret, holder="叶小禾"), load_catalogue(), TODAY)
    said = f"{refused.value} {refused.value.zh} {refused.value.en} {refused.value.about}"
    assert secret not in said
    assert "叶小禾" not in said


def test_each_finding_says_cause_and_cure_in_both_languages() -> None:
    for code, words in FINDING_WORDS.items():
        holes = {number for number in range(3) if any(f"{{{number}}}" in one for one in words)}
        for cause, cure in (words[:2], words[2:]):
            assert {number for number in range(3) if f"{{{number}}}" in cause + cure} == holes, code
        finding = Finding(code, "somewhere", tuple(str(number) for number in sorted(holes)))
        assert finding.zh.count("。") == 2
        assert finding.en.endswith(".") and finding.en.isascii() and finding.en[0].isupper()


def test_the_shares_that_were_found_are_named_with_their_order() -> None:
    wrong = with_heirs(heir(), heir(name="于文溪", id_number=None, order=2, share=40))
    (finding,) = found(wrong)
    assert finding.zh == "第 2 顺序受益人的份额合计为 40%，应为 100%。请调整份额。"


NAMES = ("林知夏", "于文溪", "周桂兰", "叶小禾")


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(-5, 120)), min_size=1, max_size=4))
def test_shares_are_in_order_exactly_when_each_order_adds_up_to_100(shares: list[tuple[int, int]]) -> None:
    heirs = [
        Beneficiary(name, None, Relation.CHILD, order, share)
        for name, (order, share) in zip(NAMES, shares, strict=False)
    ]
    orders = {order for order, _ in shares}
    sums = {order: sum(share for one, share in shares if one == order) for order in orders}
    in_order = (
        all(total == 100 for total in sums.values())
        and all(1 <= share <= 100 for _, share in shares)
        and orders == set(range(1, len(orders) + 1))
    )
    assert (found(with_heirs(*heirs)) == ()) is in_order


@given(st.lists(st.integers(1, 99), min_size=1, max_size=3))
def test_a_remainder_makes_any_shares_whole(shares: list[int]) -> None:
    rest = 100 - sum(shares)
    heirs = [
        Beneficiary(name, None, Relation.CHILD, 1, share) for name, share in zip(NAMES, [*shares, rest], strict=False)
    ]
    assert (found(with_heirs(*heirs)) == ()) is (rest >= 1)


@given(st.dates(date(1961, 12, 1), date(2008, 11, 1)), st.sampled_from(Gender), st.integers(0, 16))
def test_one_wrong_digit_of_a_number_is_always_noticed(born: date, gender: Gender, place: int) -> None:
    right = id_number(born, gender)
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    insured = party("叶小禾", born, gender, phone=MOTHER.phone)
    assert not numbers_of(found(proposal(insured=insured)))
    assert numbers_of(found(proposal(insured=replace(insured, id_number=wrong))))


def numbers_of(findings: Iterable[Finding]) -> list[str]:
    return [one.code for one in findings if one.field == "insured.id_number"]


X_BORN = next(day for day in (date(1962, 3, 1 + n) for n in range(28)) if id_number(day, Gender.FEMALE).endswith("X"))


def test_a_small_final_x_is_the_same_number() -> None:
    mother = party("叶小禾", X_BORN, Gender.FEMALE, phone=MOTHER.phone)
    small = replace(mother, id_number=mother.id_number.lower())
    assert mother.id_number != small.id_number
    assert found(proposal(insured=small)) == ()
    paid = with_heirs(heir(id_number=mother.id_number), insured=small)
    assert ("beneficiary-is-insured", "beneficiaries[0].is_insureds") in codes(paid)
    spouse = proposal(applicant=mother, insured=small, applicant_is=Relation.SPOUSE)
    assert ("same-person", "insured.id_number") in codes(spouse)
    assert signers_of(replace(spouse, applicant_is=Relation.SELF)) == (Signer.APPLICANT,)


def test_each_person_signs_once_and_a_minor_never() -> None:
    assert signers_of(proposal()) == (Signer.APPLICANT, Signer.INSURED)
    assert signers_of(for_himself()) == (Signer.APPLICANT,)
    assert signers_of(for_a_child()) == (Signer.APPLICANT,)
    by_mother = for_a_child(guardian=Guardian(MOTHER, Relation.GRANDPARENT))
    assert signers_of(by_mother) == (Signer.APPLICANT, Signer.GUARDIAN)
    assert [party_of(by_mother, one) for one in Signer] == [SON, CHILD, MOTHER]
    with pytest.raises(LookupError, match="no guardian"):
        party_of(proposal(), Signer.GUARDIAN)


@pytest.mark.parametrize(
    ("relation", "interest"),
    [
        (Relation.GRANDCHILD, Interest.SUPPORT),
        (Relation.FAMILY, Interest.SUPPORT),
        (Relation.EMPLOYER, Interest.EMPLOYMENT),
        (Relation.OTHER, Interest.CONSENT),
        (Relation.SPOUSE, Interest.KINSHIP),
    ],
)
def test_whoever_has_an_interest_by_law_may_insure(relation: Relation, interest: Interest) -> None:
    assert found(proposal(applicant_is=relation, interest=interest)) == ()
