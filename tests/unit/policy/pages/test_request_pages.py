"""Service requests at the console: asked for in a short form, watched, sent again, refused; and by whom not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from esign.staff.domain.roles import Role
from policy.bank.books import BookedBank
from policy.domain.requests import RecordRequestSigned, RequestState
from policy.requests.register import Register
from tests.policy_shell import PolicyHouse
from tests.service import system_now
from tests.unit.policy.insurer import Insurer
from tests.unit.policy.requests.served import Served
from tests.unit.web.console_room import Member

LIST = "/console/policy/proposals"
HERE = "/console/policy/requests"
NEW = {
    "beneficiaries.by_law": "no",
    "beneficiaries[0].name": "于文溪",
    "beneficiaries[0].id_number": "990106199406110669",
    "beneficiaries[0].is_insureds": "child",
    "beneficiaries[0].share": "100",
    "beneficiaries[0].second": "",
    "beneficiaries[1].name": "",
    "beneficiaries[1].id_number": "",
    "beneficiaries[1].is_insureds": "",
    "beneficiaries[1].share": "",
}
"""What is chosen stands in no text field, so that a test fills in all of it."""
CHOSEN = {
    "beneficiaries.by_law": "no",
    "beneficiaries[0].is_insureds": "child",
    "beneficiaries[1].is_insureds": "child",
}


@dataclass
class Counter:
    """The console of an insurer, with policies of 周明 that are in force."""

    house: Insurer
    served: Served

    @property
    def seller(self) -> Member:
        return self.house.staff["zhou.ming"]

    def ask(self, proposal: str, kind: str, **typed: str) -> TestResponse:
        page = f"{LIST}/{proposal}/requests/{kind}"
        return self.seller.send(page, page, **typed)

    def check(self, proposal: str, kind: str, **typed: str) -> dict[str, Any]:
        page = f"{LIST}/{proposal}/requests/{kind}"
        told = self.seller.post(f"{page}/check", {**self.seller.form(page, page).fields, **typed})
        assert told.status_code == 200, told.text
        return dict(told.get_json())


@pytest.fixture(scope="module")
def counter(house: Insurer) -> Counter:
    sales = {"id": house.console.id_of("zhou.ming"), "institution": house.institution}
    return Counter(house, Served(PolicyHouse(house.house, BookedBank(house.house.database), sales)))


@pytest.fixture(scope="module")
def policy(counter: Counter) -> str:
    return counter.served.policy()


def test_the_page_of_a_policy_leads_to_what_can_be_asked_for_today(counter: Counter, policy: str) -> None:
    sold = counter.house.sell()
    told = counter.seller.get(f"{LIST}/{sold}").text
    for kind in ("beneficiary", "address", "cancellation"):
        assert f"{LIST}/{sold}/requests/{kind}" in told
    assert f"{LIST}/{sold}/requests/surrender" not in told
    sent = counter.ask(sold, "address", phone="13600009911").location.partition("?")[0]
    assert sent in counter.seller.get(f"{LIST}/{sold}").text
    barred = counter.seller.get(f"{LIST}/{policy}/requests/surrender").text
    assert "请申请犹豫期解除" in barred and "发给客户签署" not in barred
    assert counter.seller.get(f"{LIST}/{policy}/requests/loan").status_code == 404


def test_beneficiaries_in_force_stand_in_the_form_and_each_field_is_checked(counter: Counter, policy: str) -> None:
    page = f"{LIST}/{policy}/requests/beneficiary"
    fields = counter.seller.form(page, page).fields
    assert (fields["beneficiaries[0].name"], fields["beneficiaries[1].share"]) == ("于文山", "50")
    assert "叶小禾 签署" in counter.seller.get(page).text
    told = counter.check(policy, "beneficiary", **CHOSEN, **{"beneficiaries[0].share": "60"})["problems"]
    assert "110%" in told["beneficiaries"]
    wrong = counter.ask(policy, "beneficiary", **CHOSEN, **{"beneficiaries[0].id_number": "990106199105192219"})
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    row = counter.ask(policy, "beneficiary", **CHOSEN, **{"beneficiaries[1].share": "30", "go": "row"})
    assert row.status_code == 200
    assert 'name="beneficiaries[2].share"' in row.text and 'value="30"' in row.text


def test_a_request_goes_out_is_watched_and_taken_back_by_its_salesperson(counter: Counter, policy: str) -> None:
    sent = counter.ask(policy, "beneficiary", **NEW)
    assert sent.status_code == 303, sent.text
    path = sent.location.partition("?")[0]
    told = counter.seller.get(path).text
    for said in ("变更受益人", "签署中", "链接已发，未打开", "还没轮到", "于文溪", "周明"):
        assert said in told
    assert counter.ask(policy, "beneficiary", **NEW).status_code == 409, "one of a kind at a time"
    assert counter.seller.send(path, f"{path}/refuse").status_code == 422
    assert counter.seller.send(path, f"{path}/refuse", reason="customer-changed-mind").status_code == 303
    over = counter.seller.get(path).text
    assert "客户不办了" in over and f"{path}/refuse" not in over


def test_contacts_are_typed_anew_and_the_salespersons_phone_is_refused(counter: Counter, policy: str) -> None:
    told = counter.check(policy, "address", phone="137 0000 1111", address="短")["problems"]
    assert "销售人员" in told["phone"] and "address" in told
    assert counter.ask(policy, "address").status_code == 422


def test_operations_see_what_waits_and_refuse_it_and_what_could_not_be_done(counter: Counter) -> None:
    proposal = counter.served.policy()
    told = counter.seller.get(f"{LIST}/{proposal}/requests/cancellation").text
    assert "8,040.00" in told and "…5183" in told and "还没有签收" in told
    cancellation, address = (
        counter.ask(proposal, kind, **typed).location.partition("?")[0].rpartition("/")[2]
        for kind, typed in (("cancellation", {}), ("address", {"phone": "13600009911"}))
    )
    operations, office = counter.house.operations, counter.house.office
    listed = operations.get(HERE).text
    assert f"{HERE}/{cancellation}" in listed and f"{HERE}/{address}" in listed
    page = f"{HERE}/{cancellation}"
    assert operations.send(page, f"{page}/refuse", reason="identity-in-doubt").status_code == 303
    assert "不能确认是客户本人的意思" in operations.get(HERE).text
    counter.served.register.refuse(address, "wrong-details", actor="tests")
    failed = counter.ask(proposal, "address", phone="13600009922").location.partition("?")[0].rpartition("/")[2]
    with office.house.database.reading() as session:
        assert Register(office).get(session, failed).state is RequestState.SENT
    assert counter.house.underwriter.get(HERE).status_code == 403
    assert counter.seller.get(HERE).status_code == 403
    other = counter.house.console.member("lu.yun", Role.SALES, institution=counter.house.institution, name="陆云")
    assert other.get(f"{HERE}/{failed}").status_code == 404
    assert other.get(f"{LIST}/{proposal}/requests/address").status_code == 404
    for paper in ("document", "endorsement"):
        assert operations.get(f"{HERE}/{failed}/{paper}.pdf").status_code == 404
    english = operations.get(f"{HERE}/{failed}", headers={"Accept-Language": "en"}).text
    assert "Change of contact details" in english and "New phone" in english


def test_whoever_sold_refuses_nothing_that_the_customer_signed_and_operations_do(counter: Counter) -> None:
    proposal = counter.served.policy()
    request = counter.ask(proposal, "cancellation").location.partition("?")[0].rpartition("/")[2]
    page, office = f"{HERE}/{request}", counter.house.office
    form = counter.seller.form(page, f"{page}/refuse").fields | {"reason": "customer-changed-mind"}
    with office.house.database.transaction() as session:
        state = Register(office).get(session, request)
        assert state.envelope is not None
        signed = RecordRequestSigned(
            at=system_now(), envelope=state.envelope, document="5f" * 32, signers=state.signers
        )
        Register(office).execute(session, request, signed, actor="tests")
    assert counter.seller.post(f"{page}/refuse", form).status_code == 409
    assert f"{page}/refuse" not in counter.seller.get(page).text
    told = counter.served.call("POST", f"/v1/requests/{request}/refuse", json={"reason": "customer-changed-mind"})
    assert (told.status_code, told.get_json()["code"]) == (409, "request-signed")
    assert counter.served.told(request)["state"] == "signed"
    assert counter.house.operations.send(page, f"{page}/refuse", reason="identity-in-doubt").status_code == 303
    assert counter.served.told(request)["state"] == "refused"
