"""Proposals in a whole service, brought to where a test begins without anybody signing."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from esign.public.rooms import house_of
from policy.advancing import Advancing
from policy.bank.books import BookedBank
from policy.bank.port import DebitPort
from policy.domain import Proposal
from policy.domain import commands as c
from policy.products.files import load_catalogue
from policy.room import ROOM
from policy.service.money import Money
from policy.service.office import ACTOR, Office
from tests.proposals import proposal_body, salesperson
from tests.rooms import PUBLIC_URL, RoomHouse
from tests.unit.policy.proposal_play import Play


@dataclass
class PolicyHouse:
    """The room over a service, with a bank of the test's choice."""

    house: RoomHouse
    bank: DebitPort
    sales: dict[str, str]
    _numbers: count[int] = field(default_factory=count)

    @cached_property
    def office(self) -> Office:
        return Office(house_of(ROOM, self.house.process.service, PUBLIC_URL), load_catalogue(), self.bank)

    @cached_property
    def money(self) -> Money:
        return Money(self.office)

    @cached_property
    def advancing(self) -> Advancing:
        return Advancing(self.office, self.money)

    def with_bank(self, bank: DebitPort) -> PolicyHouse:
        return PolicyHouse(self.house, bank, self.sales, self._numbers)

    def enter(self, account: str = "6200000000005183", **changes: Any) -> str:
        """Enter a proposal that is not sent yet; return its id."""
        body = proposal_body(self.sales, external_id=None, send=False, **changes)
        body["payment"]["account"] = account
        made = self.house.call("POST", "/v1/proposals", json=body)
        assert made.status_code == 201, made.text
        return str(made.get_json()["id"])

    def state(self, proposal: str) -> Proposal:
        with self.office.house.database.reading() as session:
            return self.office.get(session, proposal)

    def give(self, proposal: str, *kinds: type[c.Command], **changes: Any) -> None:
        """Give commands that fit one after the other, as the room itself would; the changes are for the last."""
        for kind in kinds:
            more = changes if kind is kinds[-1] else {}

            def command(session: Session, state: Proposal, kind: type[c.Command] = kind, more: Any = more) -> c.Command:
                now = self.office.house.clocks.now(session, state.client or "")
                play = Play()
                play.state, play.now = state, now
                made = play.command(kind)
                own = {name: f"{name}_{next(self._numbers)}x" for name in _NEW.get(kind, ())}
                return kind(**{**vars(made), **own, **more})

            self.office.change(proposal, command, actor=ACTOR)


_NEW: dict[type[c.Command], tuple[str, ...]] = {
    c.Send: ("envelope",),
    c.Underwrite: ("trace", "case"),
    c.OrderDebit: ("debit",),
    c.RecordCollected: ("refund",),
    c.Withdraw: ("refund",),
}
"""The ids that a command brings along, which no other proposal may have."""


def policy_house(house: RoomHouse, sales: dict[str, str] | None = None) -> PolicyHouse:
    """Return the room over a service, with the bank that is in its tables, and a salesperson, unless there is one."""
    known = salesperson(house.process.service) if sales is None else sales
    return PolicyHouse(house, BookedBank(house.database), known)
