"""Which tools there are, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from esign.public.console import Role


class Tool(StrEnum):
    """The tools of claims.md, a form for each; the value is what `claim.form-filed` names it by."""

    SURVEY = "survey"
    SELF_SERVICE = "self-service"
    ASSESSMENT = "loss-assessment"
    INJURY = "injury"
    SETTLEMENT = "settlement"
    RECOVERY = "recovery"
    LARGE_LOSS = "large-loss"
    INVESTIGATION = "special-investigation"
    PARTS_SUPPLY = "parts-supply"
    DISPATCH = "dispatch"
    IMAGING = "imaging"


_H, _L, _M = Role.HANDLER, Role.TEAM_LEAD, Role.CLAIMS_MANAGER
USERS: Final[Mapping[Tool, frozenset[Role]]] = {
    Tool.SURVEY: frozenset({Role.SURVEYOR}),
    Tool.SELF_SERVICE: frozenset({_H, _L}),
    Tool.ASSESSMENT: frozenset({_H, _L}),
    Tool.INJURY: frozenset({_H, _L, Role.SURVEYOR}),
    Tool.SETTLEMENT: frozenset({_H, _L}),
    Tool.RECOVERY: frozenset({_H, _L, _M}),
    Tool.LARGE_LOSS: frozenset({_H, _L, _M}),
    Tool.INVESTIGATION: frozenset({_H, _L, _M}),
    Tool.PARTS_SUPPLY: frozenset({_H, _L}),
    Tool.DISPATCH: frozenset({_H, _L}),
    Tool.IMAGING: frozenset({_H, _L, Role.SURVEYOR}),
}
