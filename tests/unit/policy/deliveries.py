"""A small room that delivers contracts: it records receipts as the product's room does, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from esign.api.scopes import Scope
from esign.public.events import EventType, Trail, Vocabulary
from esign.public.room import Room, RoomParts
from esign.public.rows import new_id
from policy.domain import Proposal
from policy.domain import commands as c
from policy.domain.values import day_of
from policy.service.office import ACTOR
from tests.policy_shell import PolicyHouse
from tests.rooms import key_of
from tests.service import system_now
from tests.unit.policy.insurer import Insurer
from tests.unit.policy.proposal_play import ISSUED, Play

RECEIVED: Final = EventType("delivery.received")
VOCABULARY: Final = Vocabulary((RECEIVED,))
ROOM: Final = Room("deliveries", "tests.unit.policy", VOCABULARY, open=lambda _house: RoomParts())


def shell(house: Insurer, by: str = "zhou.ming") -> PolicyHouse:
    """Return the same service as a place where commands are given without anybody signing."""
    sales = {"id": house.console.id_of(by), "institution": house.institution}
    return PolicyHouse(house.house, house.office.bank, sales)


def issue(house: Insurer, by: str = "zhou.ming", **changes: Any) -> str:
    """Enter a proposal that counts as issued; return its id. Its policy's number is made of it."""
    room = shell(house, by)
    proposal = room.enter(**changes)
    for kind in ISSUED[1:]:
        given: dict[str, Any] = {"at": system_now()}
        if kind is c.Issue:
            given |= {"policy": number_of(proposal), "document": f"con_{proposal[4:]}", "note": f"pdn_{proposal[4:]}"}
        room.give(proposal, kind, **given, **_ids(kind, proposal))
    return proposal


def _ids(kind: type[c.Command], proposal: str) -> dict[str, str]:
    """Return the ids that a command brings along, which no other proposal may have."""
    names = {c.Send: "envelope", c.Underwrite: "case", c.OrderDebit: "debit", c.RecordCollected: "refund"}
    prefix = {"envelope": "env", "case": "cas", "debit": "dbt", "refund": "rfd"}
    return {} if kind not in names else {names[kind]: f"{prefix[names[kind]]}_{proposal[4:]}"}


def number_of(proposal: str) -> str:
    return f"CY{int(proposal[4:], 36) % 10**14:014d}"


def deliver(house: Insurer, proposal: str, /, *, at: datetime | None = None, **changes: Any) -> str:
    """Record that the contract was received, unless something else is told; return the stream."""
    now = at or system_now()
    told: dict[str, Any] = {
        "proposal": proposal,
        "policy": number_of(proposal),
        "received_on": day_of(now).isoformat(),
        "signed_by": "applicant",
        "way": "self",
        "receipt": "ab" * 32,
    }
    stream = new_id("dlv", now)
    with house.house.database.transaction() as session:
        Trail(VOCABULARY).append(session, stream, 0, [RECEIVED(**told | changes)], actor="tests", time=now)
    return stream


def visited(house: Insurer, by: str = "zhou.ming", **changes: Any) -> tuple[str, str]:
    """Return a proposal whose contract was received, and the visit that followed."""
    proposal = issue(house, by, **changes)
    deliver(house, proposal)
    house.work()
    visit = state_of(house, proposal).visit
    assert visit is not None
    return proposal, visit.id


def state_of(house: Insurer, proposal: str) -> Proposal:
    with house.house.database.reading() as session:
        return house.office.get(session, proposal)


def later(house: Insurer, proposal: str, kind: type[c.Command], **changes: Any) -> None:
    """Give a command at another time, as the room would."""

    def command(_session: Session, state: Proposal) -> c.Command:
        play = Play()
        play.state, play.now = state, system_now()
        return play.command(kind, **changes)

    house.office.change(proposal, command, actor=ACTOR)


def on_own_clock(house: Insurer) -> Insurer:
    """Return the same insurer, called by a client of its own, whose clock may be moved."""
    key = key_of(house.house.database, house.house.process.rooms.scopes, *Scope, *house.house.process.rooms.scopes)
    return replace(house, house=replace(house.house, key=key))


def advance(house: Insurer, proposal: str, **by: int) -> None:
    """Move the clock of the client whose proposal it is."""
    client = state_of(house, proposal).client or ""
    with house.house.database.transaction() as session:
        house.office.house.clocks.advance(session, client, timedelta(**by))
