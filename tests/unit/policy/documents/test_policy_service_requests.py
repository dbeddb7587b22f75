"""Service requests: what changes, what is paid back or lost, and who signs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from policy.documents import endorsement, request_roles, service_request
from policy.documents.places import SEAL_PLACE, request_places
from policy.documents.values import (
    AddressChange,
    BeneficiaryChange,
    Cancellation,
    Endorsement,
    PolicyFacts,
    ServiceRequest,
    SignatureLine,
    Surrender,
)
from policy.proposal import Beneficiary, Relation
from tests.policy_papers import HOME
from tests.printed import assert_sound_archive, nothing_breaks_out, pages_of, places_found
from wsgi import find_typeface

ACCOUNT = ("栖川银行望潮支行", "6200331099875183", "于文山")
OLD = (Beneficiary("于文山", "990106199105192217", Relation.CHILD, 1, 100),)
NEW = (
    Beneficiary("于文山", "990106199105192217", Relation.CHILD, 1, 40),
    Beneficiary("于文溪", "990106199408160661", Relation.CHILD, 1, 60),
    Beneficiary("叶长庚", None, Relation.SIBLING, 2, 100),
)
CHANGES = {
    "beneficiary": BeneficiaryChange(OLD, NEW),
    "address": AddressChange(address=HOME, phone="13800005555"),
    "surrender": Surrender(Decimal(48_240), Decimal("21035.5"), Decimal(0), *ACCOUNT),
    "cancellation": Cancellation(date(2026, 11, 25), date(2026, 12, 10), Decimal(24_120), Decimal(10), *ACCOUNT),
}
FACTS = PolicyFacts(
    number="CY330126112200",
    product="岁安终身寿险",
    filing="CY-2026-终寿-018",
    effective_on=date(2026, 11, 23),
    applicant="于文山",
    applicant_id="990106199105192217",
    applicant_phone="13800004026",
    insured="叶小禾",
    company="澄岳人寿保险股份有限公司",
)


@cache
def request_for(name: str) -> bytes:
    request = ServiceRequest("BQ330126120100", date(2026, 12, 1), FACTS, CHANGES[name])
    return service_request(request, find_typeface())


@pytest.mark.parametrize("name", CHANGES)
def test_who_asks_signs_and_the_insured_agrees_to_other_beneficiaries(name: str) -> None:
    pdf, roles = request_for(name), request_roles(CHANGES[name])
    assert roles == (("applicant", "insured") if name == "beneficiary" else ("applicant",))
    assert set(places_found(pdf, request_places(roles)).values()) == {len(pages_of(pdf))}
    assert len(pages_of(pdf)) == (2 if name == "beneficiary" else 1)


@pytest.mark.parametrize("name", CHANGES)
def test_a_request_is_a_sound_archive_within_its_margins(name: str, tmp_path: Path) -> None:
    assert_sound_archive(request_for(name), tmp_path)
    nothing_breaks_out(request_for(name))


def test_beneficiaries_are_told_before_and_after() -> None:
    text = "".join(pages_of(request_for("beneficiary")))
    assert text.index("变更之前") < text.index("100%") < text.index("变更之后") < text.index("60%")
    assert "叶长庚" in text


def test_only_what_changes_of_the_address_is_told() -> None:
    text = "".join(pages_of(request_for("address")))
    assert "13800005555" in text, "whoever signs must see the new number whole"
    assert "电子邮箱" not in text


def test_surrender_says_what_is_paid_back_and_what_is_lost() -> None:
    text = "".join(pages_of(request_for("surrender")))
    assert "人民币贰万壹仟零叁拾伍元伍角整" in text
    assert "您将损失人民币27,204.50元（人民币贰万柒仟贰佰零肆元伍角整）" in text


def test_cancellation_pays_back_the_premium_less_the_cost() -> None:
    text = "".join(pages_of(request_for("cancellation")))
    assert "人民币24,110.00元" in text
    assert "2026年12月10日" in text


def test_a_guardian_signs_in_the_place_of_a_child() -> None:
    change = BeneficiaryChange(OLD, NEW, insured_signs=False, guardian="周桂兰")
    pdf = service_request(ServiceRequest("BQ330126120100", date(2026, 12, 1), FACTS, change), find_typeface())
    assert request_roles(change) == ("applicant", "guardian")
    assert set(places_found(pdf, request_places(request_roles(change)))) == {"applicant", "guardian", "seal"}
    assert "代被保险人同意" in "".join(pages_of(pdf))


def test_a_cancellation_before_the_receipt_says_that_the_period_has_not_begun() -> None:
    change = Cancellation(None, None, Decimal(24_120), Decimal(0), *ACCOUNT)
    pdf = service_request(ServiceRequest("BQ330126120100", date(2026, 12, 1), FACTS, change), find_typeface())
    assert "尚未签收" in "".join(pages_of(pdf))


@pytest.mark.parametrize("name", ["beneficiary", "address"])
def test_an_endorsement_says_what_changed_from_when_and_by_whose_signatures(name: str, tmp_path: Path) -> None:
    request = ServiceRequest("BQ330126120100", date(2026, 12, 1), FACTS, CHANGES[name])
    lines = (SignatureLine("投保人", "于文山", datetime(2026, 12, 2, 4, 0, tzinfo=UTC)),)
    pdf = endorsement(Endorsement("PD330126120200", date(2026, 12, 2), request, "5f" * 32, lines), find_typeface())
    assert_sound_archive(pdf, tmp_path)
    nothing_breaks_out(pdf)
    assert places_found(pdf, {"seal": SEAL_PLACE}) == {"seal": 1}
    text = "".join(pages_of(pdf))
    for said in ("PD330126120200", "BQ330126120100", "2026年12月2日", "2026-12-0212:00:00", "5f5f5f5f", "以本批单为准"):
        assert said in text
