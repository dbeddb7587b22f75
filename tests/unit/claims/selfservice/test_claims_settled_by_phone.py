"""From the photographs to the money on the customer's phone: damage, offer, account, code, payment, a word after."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from claims.errors import ClaimRefused
from claims.messages.guiding import NEXT
from claims.messages.texts import MESSAGES
from claims.parts.catalogue import CarClass
from claims.parts.files import load_parts
from claims.selfservice.accounts import BANKS, read_account
from claims.selfservice.damage import PARTS, Degree, choices, lines_for, read_damage
from claims.service.paying import Paying
from esign.infra.models import Message
from esign.public.codes import TEST_CODE
from tests.claims_shell import ClaimsHouse
from tests.unit.claims.selfservice.phone import Phone

ICBC = "102100099996"


def photographed(claims: ClaimsHouse, phone: Phone, **typed: str) -> str:
    """Report and photograph; return the claim, its page open."""
    policy = claims.register()
    claim = phone.report_of(policy, **typed)
    home = phone.at
    claims.advance(claim)
    phone.open(f"{home}/shots")
    while "照片拍齐了" not in (page := phone.page).text:
        slot = page.text.partition('data-key="')[2].partition('"')[0]
        phone.photograph(slot)
    phone.send("/survey", plate=f"栖B{policy[-5:]}")
    claims.advance(claim)
    return claim


def offered(claims: ClaimsHouse, phone: Phone, **damage: str) -> str:
    """Come to the offer, its page open."""
    claim = photographed(claims, phone)
    home = phone.at
    phone.open(f"{home}/damage")
    phone.send("/damage", **(damage or {"front-bumper": "scratched"}))
    claims.advance(claim)
    phone.open(f"{home}/offer")
    return claim


def account(**changes: Any) -> dict[str, Any]:
    return {"whose": "insured", "bank": ICBC, "account": "6222 0212 3456 7890", **changes}


def test_a_small_loss_goes_from_photographs_to_the_money_on_the_phone(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.31")
    claim = offered(claims, phone)
    page = phone.page
    assert "300.00" in page.text
    assert "明年保费大约" in page.text
    assert "车损险" in page.text
    assert "保险杠喷漆" in page.text
    page = phone.send("/offer", **account())
    assert "账号尾号" in page.text
    assert "7890" in page.text
    page = phone.send("/agree", code=TEST_CODE)
    assert "正在付款" in page.text
    claims.advance(claim)
    page = phone.open(phone.at)
    assert "已付 300.00 元" in page.text
    assert "付款是模拟的" in page.text
    page = phone.send("/rate", stars="5")
    assert "谢谢您的评价" in page.text
    assert claims.house.events(claim)[-1] == "claim.rated"


def test_a_wrong_code_agrees_to_nothing(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.32")
    claim = offered(claims, phone)
    phone.send("/offer", **account())
    page = phone.send("/agree", code="000000")
    assert page.status_code == 422
    assert "验证码没有对上" in page.text
    assert claims.state(claim).state.value == "offered"
    assert claims.state(claim).payee is None


def test_a_code_for_one_account_is_none_for_another(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.33")
    claim = offered(claims, phone)
    phone.send("/offer", **account())
    assert phone.send("/agree", code=TEST_CODE, account="6222021234560000").status_code == 422
    assert claims.state(claim).payee is None


def test_a_code_for_the_account_that_is_there_is_none_for_one_that_is_named_after(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.40")
    claim = offered(claims, phone)
    claims.payee(claim)
    phone.send("/offer", keep="yes")
    claims.payee(claim, "6200009999999")
    assert phone.send("/agree", code=TEST_CODE, keep="yes").status_code == 422
    assert claims.state(claim).state.value == "offered"


def test_who_agreed_has_agreed_to_the_account_of_their_code_whatever_is_named_meanwhile(
    claims: ClaimsHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(claims, "203.0.113.41")
    claim = offered(claims, phone)
    phone.send("/offer", **account())
    named = Paying.name_payee

    def named_and_overtaken(paying: Paying, *given: Any, **further: Any) -> None:
        named(paying, *given, **further)
        monkeypatch.undo()
        claims.payee(claim, "6200009999999")

    monkeypatch.setattr(Paying, "name_payee", named_and_overtaken)
    assert phone.send("/agree", code=TEST_CODE).status_code == 422
    assert claims.state(claim).state.value == "offered"


def test_an_account_is_read_field_by_field_before_a_code_goes_out(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.34")
    offered(claims, phone)
    page = phone.send("/offer", whose="other", bank="other", account="12")
    assert page.status_code == 422
    for said in ("请核对银行账号", "请选开户银行", "请填收款人的姓名", "请填收款人的证件号码"):
        assert said in page.text


def test_somebody_elses_account_waits_for_a_second_person(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.35")
    claim = offered(claims, phone)
    phone.send("/offer", **account(whose="other", name="魏临", id_number="990106199001011234"))
    phone.send("/agree", code=TEST_CODE)
    claims.advance(claim)
    state = claims.state(claim)
    assert state.payee is not None
    assert not state.payee.is_good
    assert state.state.value == "agreed"


def test_an_objection_goes_to_people_with_its_words(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.36")
    claim = offered(claims, phone)
    page = phone.send("/object", words="后保险杠也坏了")
    assert "12 小时内答复" in page.text
    assert claims.state(claim).state.value == "disputed"


def test_a_payment_that_failed_asks_for_the_account_again(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.37")
    claim = offered(claims, phone)
    phone.send("/offer", **account(account="62220212349002"))
    phone.send("/agree", code=TEST_CODE)
    claims.advance(claim)
    assert "银行没有收下这笔赔款" in phone.open(phone.at).text
    phone.open(f"{phone.at}/offer")
    phone.send("/offer", **account())
    phone.send("/agree", code=TEST_CODE)
    assert claims.state(claim).payee is not None
    assert claims.house.events(claim).count("claim.payee-set") == 2


def test_with_another_car_people_say_whose_fault_it_was(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.38")
    claim = photographed(claims, phone, other_car="yes", other_plate="栖A12345", cause="collision")
    state = claims.state(claim)
    assert state.survey is not None
    assert state.survey.fault is None
    assert "我们正在办" in phone.open(phone.at).text  # the assessment is for a handler, too


def test_each_step_is_told_once_by_a_message_that_names_nobody(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.39")
    claim = offered(claims, phone)
    claims.house.work()
    with claims.house.database.reading() as session:
        chosen = select(Message.kind).where(Message.facts.contains(claim)).order_by(Message.id)
        told = [kind for kind in session.scalars(chosen) if kind != "claims-code"]
    assert told == ["claims-offer"]  # the photographs were taken before anybody had to be told of them


def test_every_step_that_is_told_has_its_text() -> None:
    assert all(name.startswith("claim.") for name in NEXT)
    for text in MESSAGES.values():
        assert "{name}" not in text.zh.text


def test_parts_become_lines_and_the_same_work_is_counted_together() -> None:
    catalogue = load_parts()[-1]
    damage = {"front-bumper": Degree.SCRATCHED, "rear-bumper": Degree.SCRATCHED, "left-headlamp": Degree.BROKEN}
    lines = {one.item: one.quantity for one in lines_for(catalogue, CarClass.MIDDLE, damage)}
    assert lines == {"paint-bumper": 2, "left-headlamp": 1, "refit-lamp": 1}
    with pytest.raises(ClaimRefused, match="nothing was chosen"):
        lines_for(catalogue, CarClass.MIDDLE, {})
    with pytest.raises(ClaimRefused, match="so many parts"):
        lines_for(catalogue, CarClass.MIDDLE, dict.fromkeys(list(PARTS)[:9], Degree.BROKEN))


def test_everything_that_can_be_chosen_is_in_the_catalogue() -> None:
    catalogue = load_parts()[-1]
    shown = [one.item.code for parts in choices(catalogue).values() for one in parts]
    assert sorted(shown) == sorted(PARTS)
    for part, (_, works) in PARTS.items():
        for degree in works:
            assert lines_for(catalogue, CarClass.ECONOMY, {part: degree})


def test_only_what_the_page_offers_is_read_from_a_form() -> None:
    assert read_damage({"tyre": "broken", "bonnet": "melted", "windscreen": "scratched", "roof": "dented"}) == {
        "tyre": Degree.BROKEN
    }


def test_the_insureds_own_account_needs_neither_name_nor_number(claims: ClaimsHouse) -> None:
    claim = claims.report()
    with claims.house.database.reading() as session:
        policy = claims.office.policy_of(session, claims.state(claim))
    found = read_account(account(branch="999999999999"), policy)
    assert found.payee is not None
    assert (found.payee.name, found.payee.bank_code) == (policy.insured.name, ICBC)
    assert all(len(code) == 12 and code.isdigit() for code in BANKS)
