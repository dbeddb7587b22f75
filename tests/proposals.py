"""Proposals as the sales platform sends them: the API's own example, of today, by a salesperson who is there."""

from __future__ import annotations

import copy
from typing import Any

from esign.public.people import Person
from esign.service import Service
from esign.staff.domain.roles import Role
from policy.api.examples import PROPOSAL_EXAMPLE
from policy.domain.values import day_of
from tests.service import system_now
from tests.unit.web.console_room import console_over


def salesperson(service: Service, login: str = "zhou.ming") -> dict[str, str]:
    """Open the first institution, with a salesperson in it; return what a proposal says of both."""
    console = console_over(service)
    institution = console.begin()
    console.member(login, Role.SALES, institution=institution, name="周明")
    return {"id": console.id_of(login), "institution": institution}


def proposal_body(sales: dict[str, str], **changes: Any) -> dict[str, Any]:
    """Return the API's example, of today, by this salesperson."""
    made = copy.deepcopy(PROPOSAL_EXAMPLE) | {"applied_on": day_of(system_now()).isoformat()}
    made["sales"] |= sales
    return made | changes


def signer(part: str) -> Person:
    """Return who signs in this part of the example."""
    told = PROPOSAL_EXAMPLE[part]
    return Person(told["name"], told["phone"], told["id_number"])
