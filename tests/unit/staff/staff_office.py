"""An insurer's staff for tests: a first administrator, colleagues with authenticators, and a clock that tests move."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zlib import crc32

import pytest

from esign.infra.database import Database
from esign.infra.keystore import KeyStore, create_key_store
from esign.infra.secret import Secret
from esign.staff.accounts import Invited
from esign.staff.actors import Caller, Operator
from esign.staff.domain.roles import ApprovalKind, Role, role_terms
from esign.staff.entrance import Authenticated
from esign.staff.errors import StaffRefused
from esign.staff.own_account import Bound
from esign.staff.passwords import HashCost
from esign.staff.people import StaffPerson
from esign.staff.room import StaffDoor, StaffRoom, staff_door, staff_room
from esign.staff.totp import code_of, step_at
from esign.trail.event import Event
from esign.trail.log import read_stream

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
CHEAP = HashCost(passes=1, memory=64)
PASSWORD = Secret("湖边有七只灰鹤 in the reeds")
ADDRESS = "192.0.2.7"
OPERATOR = Operator()


@dataclass
class Limits:
    """The port of limits by address, with a count that tests set."""

    left: int = 1_000_000
    asked: list[str] = field(default_factory=list)

    def lets_pass(self, address: str, member: str | None = None) -> bool:
        self.asked.append(member or address)
        self.left -= 1
        return self.left >= 0

    def give_back(self, address: str, member: str | None = None) -> None:
        self.left += 1


@dataclass
class Office:
    """The staff room over a database, at a time that moves on with `wait`."""

    database: Database
    keys: KeyStore
    room: StaffRoom
    door: StaffDoor
    limits: Limits
    now: datetime = NOON
    secrets: dict[str, bytes] = field(default_factory=dict)

    def wait(self, **by: float) -> None:
        self.now += timedelta(**by)

    def begin(self) -> Invited:
        """Invite the first administrator, Lin Qiushi, and open the first institution."""
        return self.room.accounts.begin("青禾人寿保险股份有限公司", person("lin.qiushi", "林秋实"), now=self.now)

    def accept(self, invited: Invited, password: Secret = PASSWORD) -> str:
        return self.door.own_account.accept_invitation(invited.token, password, now=self.now)

    def log_in(
        self,
        login: str,
        password: Secret = PASSWORD,
        *,
        totp: str | None = None,
        recovery: str | None = None,
        marks: Sequence[str] = (),
    ) -> Authenticated:
        return self.door.entrance.authenticate(
            login, password, address=ADDRESS, now=self.now, totp=totp, recovery=recovery, marks=marks
        )

    def refused(
        self,
        login: str,
        password: Secret = PASSWORD,
        *,
        totp: str | None = None,
        recovery: str | None = None,
        marks: Sequence[str] = (),
    ) -> str:
        """Return the code with which a login is refused."""
        with pytest.raises(StaffRefused) as caught:
            self.log_in(login, password, totp=totp, recovery=recovery, marks=marks)
        return caught.value.code

    def bind(self, caller: Caller) -> tuple[Secret, ...]:
        """Bind an authenticator; return the recovery codes. The session has another token then."""
        return self.bound(caller).codes

    def bound(self, caller: Caller) -> Bound:
        """Bind an authenticator."""
        enrolment = self.door.own_account.begin_totp(caller, now=self.now)
        self.secrets[caller.member] = _unpadded(enrolment.secret.reveal())
        return self.door.own_account.confirm_totp(caller, self.code(caller.member), now=self.now)

    def code(self, member: str) -> str:
        """Return what the member's authenticator shows."""
        return code_of(self.secrets[member], step_at(self.now))

    def join(self, login: str, institution: str, *roles: Role) -> Caller:
        """Invite somebody, by the operator, and see them log in with a second factor."""
        invited = self.room.accounts.invite(OPERATOR, person(login), institution, roles, now=self.now)
        self.accept(invited)
        return self.with_totp(login)

    def with_totp(self, login: str) -> Caller:
        """Log in, bind an authenticator, and return who is in the session then."""
        token = self.bound(self.log_in(login).caller).token
        self.wait(minutes=1)
        return self.room.sessions.caller(token, at=self.now)

    def leadership(self) -> tuple[Caller, Caller]:
        """Return two administrators of the first institution, who can decide about one another's requests."""
        self.accept(self.begin())
        first = self.with_totp("lin.qiushi")
        return first, self.join("zhao.min", first.institution, Role.ADMIN, Role.COMPLIANCE)

    def officers(self) -> tuple[Caller, Caller]:
        """Return two officers of compliance of the first institution, of whom neither invited the other."""
        admin, first = self.leadership()
        second = self.join("wen.ruo", admin.institution, Role.OPERATIONS)
        self.give(second.member, Role.COMPLIANCE, by=admin, and_by=first)
        self.wait(minutes=1)
        opened = self.log_in("wen.ruo", totp=self.code(second.member))
        return first, self.room.sessions.caller(opened.token, at=self.now)

    def approved(
        self, asks: Caller, decides: Caller, kind: ApprovalKind, subject: str, terms: str | None = None
    ) -> str:
        """Return an approval that one has asked for and the other has given."""
        approval = self.room.approvals.request(
            asks, kind, subject, asks.institution, reason="asked-for", terms=terms, now=self.now
        )
        self.room.approvals.approve(decides, approval, now=self.now)
        return approval

    def give(self, member: str, *roles: Role, by: Caller, and_by: Caller) -> None:
        """Give roles, by two people."""
        approval = self.approved(by, and_by, ApprovalKind.ROLES, member, role_terms(roles))
        self.room.accounts.change_roles(by, member, roles, approval=approval, now=self.now)

    def events(self, stream: str) -> list[Event]:
        with self.database.reading() as session:
            return read_stream(session, stream)

    def types(self, stream: str) -> list[str]:
        return [event.type for event in self.events(stream)]


def both_at_once(act: Callable[[], object]) -> list[str]:
    """Do the act twice at the same moment; return what came of each, in order: `done`, or a refusal's code."""
    together = threading.Barrier(2)
    results: list[str] = []

    def run() -> None:
        together.wait()
        try:
            act()
            results.append("done")
        except StaffRefused as error:
            results.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def person(login: str = "sun.xiaomei", name: str = "孙小梅", phone: str | None = None) -> StaffPerson:
    """Return an invented person."""
    return StaffPerson(name, phone or f"139{crc32(login.encode()) % 10**8:08}", login)


def open_office(database: Database, folder: Path) -> Office:
    keys = create_key_store(folder / "keys")
    room, limits = staff_room(database, keys), Limits()
    return Office(database, keys, room, staff_door(room, keys, limits, issuer="esign", cost=CHEAP), limits)


def _unpadded(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))
