"""The codes by which the room refuses, each with a status, and the scopes of keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.api.figures_resource import FIGURES_SCOPE
from claims.domain.words import WORDS
from claims.errors import ClaimRefused
from claims.refusals import ROOM_WORDS
from esign.public.api import CodeWords, RoomCodes, RoomScope

READ, WRITE, RISK = RoomScope("claims:read"), RoomScope("claims:write"), RoomScope("claims:risk")
SCOPES: Final = {
    READ: ("查看车险保单和案件", "see motor policies and claims"),
    WRITE: ("登记车险保单、报案", "register motor policies, report losses"),
    RISK: (
        "查看案件风险评分及触发的风险点（仅限理赔人员的系统）",
        "see the risk scores of claims and why (systems of claims staff)",
    ),
    **FIGURES_SCOPE,
}
_STATUSES: Final[Mapping[str, int]] = {
    "no-claim": 404,
    "no-entry": 404,
    "no-notice": 404,
    "no-phone": 404,
    "no-picture": 404,
    "no-motor-policy": 404,
    "motor-policy-number": 422,
    "form-unclear": 422,
    "claim-not-allowed": 403,
}
"""All others are conflicts with where the claim stands."""
_SHARED: Final = frozenset({"malformed-command"})
"""Refusals that the signing service has words for: they hold here, too."""
CODES: Final = RoomCodes(
    (ClaimRefused,),
    {
        code: CodeWords(_STATUSES.get(code, 409), *words)
        for code, words in {**WORDS, **ROOM_WORDS}.items()
        if code not in _SHARED
    },
)
