"""Who reaches which envelopes, and whose an envelope may be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from esign.ceremony.models import EnvelopeRow
from esign.staff.domain.roles import Role
from esign.staff.reach import Reach, belonging
from tests.unit.staff.staff_office import NOON, OPERATOR, Office, person

OWNERS = [
    (None, None),
    ("root", None),
    ("east", None),
    ("east", "shen"),
    ("east", "colleague"),
    ("west", None),
]


class Branches:
    """A head office with an eastern and a western branch, and salespeople in the east."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.accept(office.begin())
        self.head = office.with_totp("lin.qiushi")
        root = self.head.institution
        open_ = office.room.institutions.open
        self.ids = {
            "root": root,
            "east": open_(OPERATOR, "东区", root, now=office.now),
            "west": open_(OPERATOR, "西区", root, now=office.now),
        }
        self.shen = office.join("shen.zhiqiu", self.ids["east"], Role.SALES)
        self.lead = office.join("lead.east", self.ids["east"], Role.SUPERVISOR)
        self.ids |= {"shen": self.shen.member, "colleague": self.lead.member}

    def seen(self, reach: Reach) -> list[tuple[str | None, str | None]]:
        """Return which of `OWNERS` the reach sees, and check that the condition says the same."""
        told = [one for one in OWNERS if reach.sees(self._id(one[0]), self._id(one[1]))]
        with self.office.database.transaction() as session:
            for number, (institution, salesperson) in enumerate(OWNERS):
                session.merge(
                    EnvelopeRow(
                        id=f"env_{number}",
                        client="cli_a",
                        institution=self._id(institution),
                        salesperson=self._id(salesperson),
                        mode="test",
                        state="draft",
                        version=1,
                        created_at=NOON,
                        updated_at=NOON,
                        expires_at=NOON,
                    )
                )
            condition = reach.where(EnvelopeRow.institution, EnvelopeRow.salesperson)
            found = session.scalars(select(EnvelopeRow.id).where(condition).order_by(EnvelopeRow.id)).all()
        assert [OWNERS[int(one.removeprefix("env_"))] for one in found] == told
        return told

    def _id(self, name: str | None) -> str | None:
        return None if name is None else self.ids[name]


@pytest.fixture
def branches(office: Office) -> Branches:
    return Branches(office)


def test_a_salesperson_reaches_their_own_envelopes_alone(branches: Branches) -> None:
    with branches.office.database.reading() as session:
        reach = Reach.of(session, branches.shen)
    assert branches.seen(reach) == [("east", "shen")]


def test_a_supervisor_reaches_the_institution_and_below(branches: Branches) -> None:
    with branches.office.database.reading() as session:
        reach = Reach.of(session, branches.lead)
    assert branches.seen(reach) == [("east", None), ("east", "shen"), ("east", "colleague")]


def test_the_head_office_reaches_everything(branches: Branches) -> None:
    with branches.office.database.reading() as session:
        reach = Reach.of(session, branches.head)
    assert branches.seen(reach) == OWNERS


def test_without_a_second_factor_an_administrator_reaches_nothing(branches: Branches) -> None:
    with branches.office.database.reading() as session:
        reach = Reach.of(session, replace(branches.head, roles=frozenset()))
    assert branches.seen(reach) == []


def test_a_salesperson_brings_their_institution(branches: Branches) -> None:
    ids, shen = branches.ids, branches.shen.member
    with branches.office.database.reading() as session:
        assert belonging(session, None, None) == (None, None)
        assert belonging(session, None, shen) == (ids["east"], shen)
        assert belonging(session, ids["root"], shen) == (ids["root"], shen)
        assert belonging(session, ids["west"], None) == (ids["west"], None)


def test_who_was_invited_sells_before_they_have_a_password(branches: Branches) -> None:
    ids, office = branches.ids, branches.office
    invited = office.room.accounts.invite(OPERATOR, person("bai.lu"), ids["east"], [Role.SALES], now=office.now)
    with office.database.reading() as session:
        assert belonging(session, None, invited.member) == (ids["east"], invited.member)


def test_nobody_and_nowhere_own_nothing(branches: Branches) -> None:
    ids, office = branches.ids, branches.office
    office.room.institutions.close(OPERATOR, ids["west"], now=office.now)
    office.room.accounts.suspend(OPERATOR, branches.lead.member, reason="left-company", now=office.now)
    with office.database.reading() as session:
        for owner in (
            ("ins_none", None),
            (None, "usr_none"),
            (ids["west"], None),
            (ids["west"], branches.shen.member),
            (None, branches.lead.member),
        ):
            assert belonging(session, *owner) is None, owner
