"""Which tools the page of a claim leads to, and which of them the claim waits for now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from claims.domain import Claim
from claims.domain import commands as c
from claims.handling.allowed import may
from claims.tools.tool import USERS, Tool
from esign.public.console import Caller


@dataclass(frozen=True)
class ToolShown:
    """A tool whose page the caller may open; `is_next` tells that the claim waits for it."""

    tool: Tool
    is_next: bool


def tools_shown(who: Caller, state: Claim) -> list[ToolShown]:
    """Return the tools of the caller that the claim takes now, those it waits for first."""
    found = [
        ToolShown(tool, tool in _NEXT and may(who, _NEXT[tool], state))
        for tool, opens in _OPENS.items()
        if not USERS[tool].isdisjoint(who.roles) and opens(who, state)
    ]
    return sorted(found, key=lambda one: not one.is_next)


def opens(who: Caller, tool: Tool, state: Claim) -> bool:
    """Tell whether the caller may open the form of this tool, as the claim stands."""
    return tool in _OPENS and not USERS[tool].isdisjoint(who.roles) and _OPENS[tool](who, state)


def _filed(who: Caller, state: Claim) -> bool:
    return may(who, c.FileForm, state)


_NEXT: Final[Mapping[Tool, type[c.Command]]] = {
    Tool.SURVEY: c.RecordSurvey,
    Tool.ASSESSMENT: c.Assess,
    Tool.SETTLEMENT: c.Adjudicate,
}
_OPENS: Final[Mapping[Tool, Callable[[Caller, Claim], bool]]] = {
    Tool.SURVEY: lambda who, state: may(who, c.RecordSurvey, state),
    Tool.SELF_SERVICE: lambda who, state: may(who, c.ChangeSurvey, state),
    Tool.ASSESSMENT: lambda who, state: may(who, c.Assess, state),
    Tool.INJURY: lambda who, state: _filed(who, state) and may(who, c.TellInjury, state),
    Tool.SETTLEMENT: lambda who, state: may(who, c.Adjudicate, state),
    Tool.RECOVERY: lambda who, state: may(who, c.OpenRecovery, state) or may(who, c.RecordRecovered, state),
    Tool.LARGE_LOSS: lambda who, state: _filed(who, state) and not state.ended,
    Tool.IMAGING: lambda who, state: _filed(who, state) and may(who, c.AddPicture, state),
    Tool.INVESTIGATION: lambda who, state: _filed(who, state) and not state.ended,
}
