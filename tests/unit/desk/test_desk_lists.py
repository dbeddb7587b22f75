"""The list of envelopes: who sees which, in which order, what is found, and that it stays quick."""

from __future__ import annotations

import dataclasses

import pytest

from esign.ceremony.creation import Owner
from esign.ceremony.domain.values import EnvelopeState
from esign.desk.acts import VoidReason
from esign.desk.lists import Wanted
from esign.staff.domain.roles import Role
from esign.staff.reach import OVERSEERS
from tests.service import YE, YU
from tests.unit.desk.desk_office import JIANG, Branch


def test_a_salesperson_sees_their_own_and_the_lead_all_of_the_branch(branch: Branch) -> None:
    own = branch.envelope()
    other = branch.envelope(owner=Owner(branch.east, branch.lead.member))
    west = branch.envelope(owner=Owner(branch.west, None))
    nobodys = branch.envelope(owner=Owner(None, None))

    def seen(who: object) -> set[str]:
        return {line.id for line in branch.desk.lists.page(who, Wanted()).lines}  # type: ignore[arg-type]

    assert seen(branch.shen) == {own.id}
    assert seen(branch.lead) == {own.id, other.id}
    assert seen(branch.stranger) == {west.id}
    assert seen(branch.head) == {own.id, other.id, west.id, nobodys.id}


def test_what_changed_last_comes_first_and_pages_leave_nothing_out(branch: Branch) -> None:
    envelopes = [branch.envelope() for _ in range(5)]
    branch.desk.acts.void(branch.lead, envelopes[1].id, VoidReason.OTHER, None)
    expected = [envelopes[1].id, *(one.id for one in reversed(envelopes) if one is not envelopes[1])]
    wanted, met = Wanted(), []
    while True:
        page = branch.desk.lists.page(branch.lead, wanted, lines=2)
        met += [line.id for line in page.lines]
        if page.after is None:
            break
        wanted = dataclasses.replace(wanted, after=page.after)
    assert met == expected


def test_states_are_counted_and_chosen(branch: Branch) -> None:
    envelopes = [branch.envelope() for _ in range(3)]
    branch.envelope(draft=True)
    branch.desk.acts.void(branch.shen, envelopes[0].id, VoidReason.CUSTOMER_ASKED, "客户改了主意")
    page = branch.desk.lists.page(branch.shen, Wanted(state=EnvelopeState.VOIDED))
    assert [line.id for line in page.lines] == [envelopes[0].id]
    assert page.lines[0].next.reason == "customer-asked"
    assert page.counts[EnvelopeState.IN_PROGRESS] == 2
    assert page.counts[EnvelopeState.DRAFT] == 1
    assert page.total == 4


def test_a_person_is_found_by_name_by_phone_and_by_id(branch: Branch) -> None:
    wanted = branch.envelope(JIANG, YE, external_id="CY-26-118204")
    branch.envelope(YU, YE)

    def found(words: str) -> list[str]:
        return [line.id for line in branch.desk.lists.page(branch.lead, Wanted(words=words)).lines]

    assert found("江一舟") == [wanted.id]
    assert found(" +86 138 0000 0009 ") == [wanted.id]
    assert found("CY-26-118204") == [wanted.id]
    assert found(wanted.id) == [wanted.id]
    assert len(found("叶小禾")) == 2
    assert found("0009") == []
    assert found("江") == []
    assert branch.desk.lists.page(branch.stranger, Wanted(words="江一舟")).lines == ()


def test_an_institution_narrows_the_list_and_another_ones_is_empty(branch: Branch) -> None:
    east, west = branch.envelope(), branch.envelope(owner=Owner(branch.west, None))
    page = branch.desk.lists.page(branch.head, Wanted(institution=branch.west))
    assert [line.id for line in page.lines] == [west.id]
    assert page.total == 1
    assert branch.desk.lists.page(branch.lead, Wanted(institution=branch.west)).lines == ()
    assert [line.id for line in branch.desk.lists.page(branch.head, Wanted(institution=branch.east)).lines] == [east.id]


def test_the_next_step_names_who_is_waited_for(branch: Branch) -> None:
    envelope = branch.envelope(YU, YE)
    line = branch.desk.lists.page(branch.shen, Wanted()).lines[0]
    assert (line.next.act, line.next.names) == ("recipients", ("于文山", "叶小禾"))
    branch.ceremonies.play(envelope, 0, YU)
    line = branch.desk.lists.page(branch.shen, Wanted()).lines[0]
    assert (line.next.act, line.next.names) == ("recipients", ("叶小禾",))
    branch.ceremonies.play(envelope, 1, YE)
    assert branch.desk.lists.page(branch.shen, Wanted()).lines[0].next.act == "sign"


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_ask_for_the_list_and_overseers_find_what_is_not_theirs(branch: Branch, role: Role) -> None:
    branch.envelope()
    page = branch.desk.lists.page(branch.with_role(role), Wanted())
    assert page.total == (1 if role in OVERSEERS else 0)
