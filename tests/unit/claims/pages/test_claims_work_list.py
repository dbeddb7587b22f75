"""The work list: who sees which claims, the most urgent first, and one person for each."""

from __future__ import annotations

from tests.unit.claims.claims_desk import HERE, ClaimsDesk


def test_the_most_urgent_comes_first_with_its_clock_and_what_is_to_be_done(desk: ClaimsDesk) -> None:
    policy = desk.claims.register(institution=desk.office.institution)
    slow, urgent = desk.claims.report(policy), desk.claims.report(policy, estimate="26000.00")
    desk.claims.advance(slow).advance(urgent)
    told = desk.handler.get(f"{HERE}?show=all&find={policy}").text
    assert told.index(urgent) < told.index(slow)
    assert "派查勘员" in told and "十五分钟内派出查勘员" in told and "还有" in told


def test_two_people_do_not_take_one_case(desk: ClaimsDesk) -> None:
    claim = desk.report()
    form = desk.other.form(f"{HERE}/{claim}", f"{HERE}/{claim}/do/take")
    desk.taken(claim)
    told = desk.other.post(f"{HERE}/{claim}/do/take", form.fields)
    assert told.status_code == 409 and "此案已由他人办理" in told.text
    assert desk.state(claim).handler == desk.id_of(desk.handler)
    assert claim in desk.handler.get(f"{HERE}?show=mine").text
    assert claim not in desk.other.get(f"{HERE}?show=mine").text
