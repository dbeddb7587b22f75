"""Operations at their page: what the simulated bank did, and what can be done about it."""

from __future__ import annotations

from tests.unit.policy.insurer import Insurer

HERE = "/console/policy/money"


def act(house: Insurer, proposal: str, act: str, **filled: str) -> tuple[int, str]:
    answer = house.operations.send(HERE, f"{HERE}/{proposal}/{act}", **filled)
    house.work()
    return answer.status_code, answer.text


def test_an_account_without_money_is_told_with_its_cause_ordered_again_and_withdrawn(house: Insurer) -> None:
    proposal = house.sell_on_paper(account="9001")
    shown = house.operations.get(HERE).text
    for said in ("账户余额不足", "模拟银行：没有真的划转任何人的钱", "9001"):
        assert said in shown
    stale = house.operations.form(HERE, f"{HERE}/{proposal}/order").fields
    assert act(house, proposal, "order")[0] == 303
    assert house.state(proposal) == "debit-failed"
    assert house.house.events(proposal).count("debit.failed") == 2
    again = house.operations.post(f"{HERE}/{proposal}/order", stale)
    assert (again.status_code, "这笔扣款已有新的情况" in again.text) == (409, True)
    assert house.house.events(proposal).count("debit.ordered") == 2
    assert act(house, proposal, "withdraw")[0] == 422
    assert act(house, proposal, "withdraw", reason="premium-not-paid")[0] == 303
    assert house.state(proposal) == "withdrawn"
    assert proposal not in house.operations.get(HERE).text


def test_a_debit_that_timed_out_and_was_made_is_asked_about_and_never_taken_twice(house: Insurer) -> None:
    proposal = house.sell(account="9005")
    assert house.state(proposal) == "issued"
    events = house.house.events(proposal)
    assert events.count("debit.ordered") == 1
    assert events.index("debit.unanswered") < events.index("debit.collected")


def test_a_debit_that_never_came_to_the_bank_can_be_ordered_again(house: Insurer) -> None:
    proposal = house.sell_on_paper(account="9006")
    assert house.state(proposal) == "debit-failed"
    assert "银行没有收到这笔扣款" in house.operations.get(HERE).text
    assert act(house, proposal, "order")[0] == 303
    assert house.house.events(proposal).count("debit.ordered") == 2


def test_what_was_made_after_all_goes_back_once_the_proposal_was_withdrawn(house: Insurer) -> None:
    proposal = house.sell_on_paper(account="9008")
    assert "银行系统繁忙" in house.operations.get(HERE).text
    assert act(house, proposal, "withdraw", reason="customer-changed-mind")[0] == 303
    (listen,) = (one.run for part in house.house.process.parts for one in part.beats if one.name == "policy bank")
    assert listen() == 1
    assert "没退完的退款" in house.operations.get(HERE).text
    assert f"{HERE}/{proposal}/refund" not in house.operations.get(HERE).text
    house.work()
    events = house.house.events(proposal)
    assert events[-3:] == ["refund.owed", "refund.ordered", "refund.paid"]


def test_only_operations_see_money(house: Insurer) -> None:
    assert house.underwriter.get(HERE).status_code == 403
    assert house.staff["zhou.ming"].get(HERE).status_code == 403
