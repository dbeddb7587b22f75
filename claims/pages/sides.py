"""The pages that one claim has for its reader: the same row of links at the top of each, so that all are one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Final

from claims.board.reach import LEADERS, STAFF
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.table import TABLE
from claims.domain.values import SurveyWay
from claims.hotline.calling import AGENTS
from esign.public.console import N_, Caller, Role

ROOT: Final = "/console/claims"


@dataclass(frozen=True)
class Side:
    """A page of a claim: what it is called, and where it is under the claims, with the claim's id in its place."""

    label: str
    address: str
    roles: Set[Role]
    says: Callable[[Claim], bool]


def _awaits_surveyor(state: Claim) -> bool:
    survey = state.survey
    return survey is not None and survey.way is SurveyWay.SURVEYOR and not survey.done and not state.ended


def _has_parts(state: Claim) -> bool:
    asks = state.assessment is not None and c.AskQuotes in TABLE[state.state].accepts
    return asks or bool(state.supplies)


SIDES: Final[Mapping[str, Side]] = {
    "claim": Side(N_("这个案件"), "{claim}", STAFF, lambda _state: True),
    "hotline": Side(N_("报案热线"), "hotline/{claim}", AGENTS, lambda state: not state.ended),
    "dispatch": Side(N_("派查勘"), "dispatch/{claim}", AGENTS, _awaits_surveyor),
    "parts": Side(N_("配件直供"), "parts/{claim}", AGENTS, _has_parts),
    "board": Side(N_("理赔看板"), "board/{claim}", LEADERS, lambda state: not state.ended),
}
"""In the order in which they stand. A page that has nothing to say as the claim stands is not led to."""


@dataclass(frozen=True)
class Link:
    """A link to a page of a claim; `is_here` tells that the reader is on it."""

    label: str
    address: str
    is_here: bool


def sides_of(who: Caller, claim: str, state: Claim, here: str) -> list[Link]:
    """Return the pages of a claim for the caller, `here` among them; none where there is no other."""
    found = [
        Link(one.label, f"{ROOT}/{one.address.format(claim=claim)}", name == here)
        for name, one in SIDES.items()
        if name == here or (not one.roles.isdisjoint(who.roles) and one.says(state))
    ]
    return found if len(found) > 1 else []
