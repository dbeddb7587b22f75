"""Claims in a whole service: policies are registered, losses reported, and brought to where a test begins."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from claims.advancing import Advancing
from claims.api.bodies import MOTOR_POLICY_EXAMPLE, REPORT_EXAMPLE
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.values import day_of
from claims.parts.catalogue import CarClass, lines_of
from claims.parts.files import load_parts
from claims.payment.books import PayingBooks
from claims.payment.payees import Payee
from claims.room import ROOM
from claims.service.office import Office
from claims.service.paying import Paying
from claims.service.settling import Settling
from claims.service.tracking import Tracking
from esign.public.rooms import Rooms, house_of
from esign.public.rows import new_id
from tests.rooms import PUBLIC_URL, RoomHouse, room_house
from tests.service import system_now

HANDLER, SURVEYOR, LEAD, MANAGER = "usr_lin", "usr_gao", "usr_shi", "usr_qin"
SMALL = (("paint-bumper", 1), ("refit-bumper", 1))
LARGE = (("front-left-door", 6), ("bonnet", 4), ("paint-panel", 10))


@dataclass
class ClaimsHouse:
    """The room over a service."""

    house: RoomHouse
    _numbers: count[int] = field(default_factory=lambda: count(100))

    def __post_init__(self) -> None:
        made = house_of(ROOM, self.house.process.service, PUBLIC_URL)
        self.office = Office(made, PayingBooks(self.house.database))
        self.paying, self.settling = Paying(self.office), Settling(self.office)
        self.advancing, self.tracking = Advancing(self.office, self.settling, self.paying), Tracking(self.office)

    def register(self, **changes: Any) -> str:
        """Register a motor policy of this year by the API; return its number."""
        count, today = next(self._numbers), day_of(system_now())
        number, body = f"CX3301{count:08d}", copy.deepcopy(MOTOR_POLICY_EXAMPLE)
        # Nobody has two policies here unless a test says so: claims of one person are known by the score.
        body["insured"] |= {"id_number": f"99010619880715{count:04d}", "phone": f"138{count:08d}"}
        body["car"] |= {"plate": f"栖B{count:05d}", "vin": f"LZ0AB1CD2EF{count:06d}"}
        body |= changes
        body |= {"starts_on": (today - timedelta(days=200)).isoformat()}
        body |= {"ends_on": (today + timedelta(days=160)).isoformat()}
        made = self.house.call("PUT", f"/v1/motor-policies/{number}", json=body)
        assert made.status_code == 200, made.text
        return number

    def body(self, policy: str, **changes: Any) -> dict[str, Any]:
        """Return a report on a policy, from the phone of whoever is insured."""
        occurred = (system_now() - timedelta(minutes=4)).isoformat()
        told = {"external_id": None, "occurred_at": occurred, "policy": policy, "phone": f"138{policy[-8:]}"}
        return REPORT_EXAMPLE | told | changes

    def report(self, policy: str | None = None, **changes: Any) -> str:
        """Report a loss by the API; return the claim's id."""
        made = self.house.call("POST", "/v1/claims", json=self.body(policy or self.register(), **changes))
        assert made.status_code == 201, made.text
        return str(made.get_json()["id"])

    def advance(self, claim: str) -> ClaimsHouse:
        self.advancing.advance(claim)
        return self

    def state(self, claim: str) -> Claim:
        with self.house.database.reading() as session:
            return self.office.get(session, claim)

    def give(self, claim: str, command_of: Callable[[Claim], c.Command]) -> ClaimsHouse:
        """Give a command that is made of the claim as it stands, at the time of its client."""

        def made(session: Session, state: Claim) -> c.Command:
            return replace(command_of(state), at=self.office.now(session, state))

        self.office.change(claim, made, actor="tests")
        return self

    def survey(self, claim: str, **changes: Any) -> ClaimsHouse:
        """Have the customer, or a surveyor where one is needed, survey it."""
        survey = self.state(claim).survey
        assert survey is not None
        if survey.way.value == "surveyor":
            self.give(claim, lambda state: c.TakeSurvey(at=system_now(), survey=survey.id, by=SURVEYOR))
            changes = {"by": SURVEYOR, **changes}
        told = {"survey": survey.id, "record": self._surveyed(), "digest": "4" * 64, "fault": 100, **changes}
        return self.give(claim, lambda state: c.RecordSurvey(at=system_now(), **told))

    def _surveyed(self) -> str:
        """Keep what a survey says, sealed; return the record."""
        record = new_id("srv", system_now())
        with self.house.database.transaction() as session:
            self.office.house.records.keep(session, record, "survey", b"{}", at=system_now())
        return record

    def assess(self, claim: str, wanted: tuple[tuple[str, int], ...] = SMALL, injury: int = 0) -> ClaimsHouse:
        parts = load_parts()[-1]
        lines = lines_of(parts, CarClass.ECONOMY, wanted)
        made = {"assessment": new_id("ass", system_now()), "catalogue": parts.version, "lines": lines}
        return self.give(claim, lambda state: c.Assess(at=system_now(), **made, injury=injury, by=HANDLER))

    def agree(self, claim: str) -> ClaimsHouse:
        offer = self.state(claim).offer
        assert offer is not None
        return self.give(claim, lambda state: c.Agree(at=system_now(), offer=offer.id, confirmation="cnf_1"))

    def payee(self, claim: str, account: str | None = None, name: str = "江一帆") -> ClaimsHouse:
        policy = self.state(claim).reported.policy
        payee = Payee(name, f"99010619880715{policy[-4:]}", "102331000018", account or f"62000{policy[-7:]}5183")
        self.paying.name_payee(claim, payee, actor="tests")
        return self

    def agreed(self, ending: str) -> str:
        """Bring a claim of its own to where it is paid, to an account that ends so; return its id."""
        claim = self.report()
        policy = self.state(claim).reported.policy
        # An account of its own: one that many claims share is blocked, whatever a test is about.
        self.to_offer(claim).agree(claim).payee(claim, f"62000{policy[-7:]}{ending}")
        return claim

    def to_offer(self, claim: str) -> ClaimsHouse:
        """Bring a small claim from its report to the offer, as the service does by itself."""
        self.advance(claim).survey(claim).assess(claim).advance(claim)
        assert self.state(claim).state.value == "offered", self.state(claim)
        return self


@contextmanager
def claims_house(folder: Path, **settings: str) -> Iterator[ClaimsHouse]:
    with room_house(folder, Rooms((ROOM,)), **settings) as house:
        yield ClaimsHouse(house)
