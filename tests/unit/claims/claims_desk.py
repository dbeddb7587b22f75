"""What claims staff do at the console in tests: take a claim, fill in forms, look at pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from werkzeug.test import TestResponse

from claims.domain import Claim
from esign.staff.domain.roles import Role
from tests.claims_shell import ClaimsHouse
from tests.unit.claims import claims_office as staff
from tests.unit.claims.claims_office import ClaimsOffice
from tests.unit.web.console_room import Member

HERE = "/console/claims"
SECOND = "bai.he"


@dataclass
class ClaimsDesk:
    """The staff of an office, and one more who handles."""

    office: ClaimsOffice

    @property
    def claims(self) -> ClaimsHouse:
        return self.office.claims

    @property
    def handler(self) -> Member:
        return self.office.staff[staff.HANDLER]

    @cached_property
    def other(self) -> Member:
        """Another handler."""
        office = self.office
        return office.console.member(SECOND, Role.HANDLER, institution=office.institution, name="白荷")

    @property
    def surveyor(self) -> Member:
        return self.office.staff[staff.SURVEYOR]

    @property
    def lead(self) -> Member:
        return self.office.staff[staff.LEAD]

    @property
    def manager(self) -> Member:
        return self.office.staff[staff.MANAGER]

    @property
    def quotation(self) -> Member:
        return self.office.staff[staff.DESK]

    def id_of(self, member: Member) -> str:
        return self.office.id_of(member.login)

    def report(self, **changes: Any) -> str:
        """Report a loss on a policy of the institution; return the claim's id, triaged."""
        claim = self.office.report(**changes)
        self.claims.advance(claim)
        return claim

    def large(self, **changes: Any) -> str:
        """Report one that a surveyor goes to."""
        return self.report(estimate="26000.00", **changes)

    def taken(self, claim: str) -> str:
        """Have the handler take it."""
        assert self.act(self.handler, claim, "take").status_code == 303
        return claim

    def page(self, member: Member, claim: str) -> str:
        told = member.get(f"{HERE}/{claim}")
        assert told.status_code == 200, told.text
        return told.text

    def act(self, member: Member, claim: str, act: str, **typed: object) -> TestResponse:
        """Send the form of an act as it stands in the page of the claim."""
        return member.send(f"{HERE}/{claim}", f"{HERE}/{claim}/do/{act}", **typed)

    def file(self, member: Member, claim: str, tool: str, **typed: object) -> TestResponse:
        """Fill in the form of a tool as it stands in its page, and send it."""
        return member.send(f"{HERE}/{claim}/{tool}", f"{HERE}/{claim}/{tool}", **typed)

    def state(self, claim: str) -> Claim:
        return self.claims.state(claim)

    def events(self, claim: str) -> list[str]:
        return [one.removeprefix("claim.") for one in self.claims.house.events(claim)]
