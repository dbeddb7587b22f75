"""What was seen makes steps of risk be scored, or scored anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from claims.domain import events as e
from claims.domain.replacing import replace
from claims.domain.seen_rules import CHECKED
from claims.domain.state import Claim
from claims.domain.values import SCORED_BY_FORM


def _told(*steps: str) -> Callable[[Claim, Any], Claim]:
    def evolve(state: Claim, event: Any) -> Claim:
        return replace(state, known=state.known | {event.seen}, unscored=state.unscored.union(steps))

    return evolve


def _checked(state: Claim, event: e.PictureChecked) -> Claim:
    known = state.known | {event.picture + CHECKED}
    return replace(state, known=known, unscored=state.unscored.union((SURVEY,)))


SURVEY, INJURY, SHOP, PAPERS = SCORED_BY_FORM
SEEN_STEPS: Final[Mapping[type[e.Event], Callable[[Claim, Any], Claim]]] = {
    e.PictureChecked: _checked,
    e.SurveySeen: _told("vehicle-policy", SURVEY),
    e.InjurySeen: _told(INJURY),
    e.ShopSeen: _told(SHOP),
    e.PapersSeen: _told(PAPERS),
}
