"""What was typed, read as a proposal: the same again as was written out, and each gap found where it is."""

from __future__ import annotations

import pytest

from policy.domain.values import Delivery
from policy.drafts.reading import read_draft
from policy.drafts.steps import LONGEST_TEXT, ROWS, Step, rows_shown, step_of, steps_of, taken, without_gaps
from policy.drafts.writing import typed_of
from policy.proposal import Interest, Proposal, Relation
from policy.proposing.findings import Finding
from tests.unit.policy.policy_people import (
    CANCER,
    MOTHER,
    SALES,
    SON,
    TODAY,
    for_a_child,
    for_himself,
    product,
    proposal,
)


def health_of(one: Proposal) -> dict[str, str]:
    answers = {f"health.answers.{id}": "yes" if given.yes else "no" for id, given in one.health.answers.items()}
    words = {f"health.answers.{id}.words": given.words for id, given in one.health.answers.items()}
    measures = {"health.height_cm": str(one.health.height_cm), "health.weight_kg": str(one.health.weight_kg)}
    return {**measures, "health.smoker": "yes" if one.health.smoker else "no", **answers, **words}


PROPOSALS = [
    proposal(),
    proposal(CANCER),
    for_himself(),
    for_a_child(),
    proposal("whole-life-suian", "heart"),
    proposal(applicant_is=Relation.SIBLING, interest=Interest.CONSENT),
    proposal(beneficiaries=()),
]


@pytest.mark.parametrize("one", PROPOSALS)
def test_a_proposal_that_is_written_out_is_read_as_the_same(one: Proposal) -> None:
    read = read_draft({**typed_of(one), **health_of(one)}, product(one.product), SALES, TODAY)
    assert read.proposal == one
    assert read.findings == ()


@pytest.mark.parametrize(("typed", "wanted"), [("paper", Delivery.PAPER), ("", Delivery.ELECTRONIC)])
def test_the_contract_is_electronic_unless_paper_is_chosen(typed: str, wanted: Delivery) -> None:
    whole = {**typed_of(proposal()), **health_of(proposal()), "delivery": typed}
    assert read_draft(whole, product(), SALES, TODAY).proposal.delivery is wanted


def test_a_proposal_is_taken_over_without_its_health_declaration() -> None:
    assert not [name for name in typed_of(proposal()) if name.startswith("health")]


def test_nothing_typed_is_nothing_but_missing() -> None:
    read = read_draft({}, None, SALES, TODAY)
    assert {one.code for one in read.findings} <= {"field-missing", "choice-missing"}
    assert {"product", "applicant_is", "insured.born", "sum_insured", "applicant.name"} <= {
        one.field for one in read.findings
    }


@pytest.mark.parametrize("text", ["1,5,0万", "∞", "NaN", "Infinity", "1e30", "9" * 30, "-"])
def test_what_is_no_number_is_told_and_never_reckoned_with(text: str) -> None:
    read = read_draft({**typed_of(proposal()), "sum_insured": text}, product(), SALES, TODAY)
    found = [one.code for one in read.findings if one.field == "sum_insured"]
    assert found in (["number-malformed"], ["sum-out-of-limits"])


def test_a_relation_is_not_judged_before_birthdays_are_known() -> None:
    typed = {**typed_of(proposal()), "insured.born": ""}
    found = {one.code for one in read_draft(typed, product(), SALES, TODAY).findings}
    assert "field-missing" in found
    assert found.isdisjoint({"relation-against-ages", "id-number-birthday"})


def test_a_guardian_of_the_wrong_relation_is_told_where_it_was_said_who_they_are() -> None:
    typed = {**typed_of(for_a_child()), "applicant_is": "employer"}
    found = read_draft(typed, product(), SALES, TODAY).findings
    assert ("guardian-relation", "guardian") in {(one.code, one.field) for one in found}


def test_who_lives_with_the_applicant_has_their_address() -> None:
    typed = {**typed_of(proposal()), "insured.address": "", "insured.address_same": "yes"}
    assert read_draft(typed, product(), SALES, TODAY).proposal.insured.address == SON.address


def test_the_screens_are_those_that_the_proposal_needs() -> None:
    assert steps_of(for_himself(), product("term-life-anxing")) == tuple(s for s in Step if s is not Step.INSURED)
    assert Step.BENEFICIARIES not in steps_of(proposal(CANCER), product(CANCER))
    assert steps_of(proposal(), product()) == tuple(Step)


def test_a_screen_takes_its_own_fields_and_no_more() -> None:
    form = {"payment.bank": " 栖川\x00银行 ", "applicant.name": "于文山", "sum_insured": "1"}
    own = {"payment.bank": "栖川银行", "payment.account": "", "cover_elsewhere": "", "delivery": ""}
    assert taken(form, Step.PAYMENT, None) == own
    long = taken({"payment.bank": "长" * 9000}, Step.PAYMENT, None)
    assert len(long["payment.bank"]) == LONGEST_TEXT


def test_empty_rows_close_up_and_ten_are_the_most() -> None:
    typed = {"beneficiaries[2].name": MOTHER.name, "beneficiaries[2].share": "100"}
    closed = without_gaps(typed)
    assert (closed["beneficiaries[0].name"], closed["beneficiaries[2].name"]) == (MOTHER.name, "")
    assert rows_shown(typed) == 3
    assert rows_shown({ROWS: "99"}) == 10
    assert rows_shown({ROWS: "²"}) == 1


@pytest.mark.parametrize(
    ("field", "step"),
    [
        ("version", Step.COVER),
        ("insured.born", Step.COVER),
        ("insured.id_number", Step.INSURED),
        ("guardian", Step.INSURED),
        ("beneficiaries[3].share", Step.BENEFICIARIES),
        ("payment.holder", Step.PAYMENT),
        ("health.answers.heart", Step.HEALTH),
        ("sales.licence", Step.CHECK),
    ],
)
def test_a_problem_is_mended_on_the_screen_that_asks_for_it(field: str, step: Step) -> None:
    assert step_of(Finding("field-missing", field)) is step
