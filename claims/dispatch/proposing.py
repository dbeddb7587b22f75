"""Who is sent: the nearest surveyor who is free, with the reason; and why the others are not. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from claims.dispatch.files import DispatchRules
from claims.risk.places import Place


@dataclass(frozen=True)
class OnDuty:
    """A surveyor on duty: where they were last, when that was, and how many surveys they have open."""

    member: str
    place: Place
    seen_at: datetime
    open: int


class NotFree(StrEnum):
    """Why a surveyor on duty is not proposed."""

    DECLINED = "declined"
    TOO_MUCH = "too-much"
    PLACE_OLD = "place-old"
    TOO_FAR = "too-far"


class Because(StrEnum):
    """Why the first one is the first."""

    NEAREST = "nearest"
    LESS_TO_DO = "less-to-do"
    """Somebody is nearer, and has more to do."""
    LEAST_TO_DO = "least-to-do"
    """Nobody knows where the loss is: whoever has least to do goes."""


@dataclass(frozen=True)
class Candidate:
    """A surveyor who could go. `metres` is the distance as the crow flies, None where the loss has no place."""

    member: str
    metres: int | None
    open: int
    seen_at: datetime
    because: Because | None = None


@dataclass(frozen=True)
class Proposals:
    """Who could go, the best first, and who is on duty and cannot, with why."""

    candidates: tuple[Candidate, ...]
    others: tuple[tuple[str, NotFree], ...]


def propose(
    loss: Place | None, on_duty: Iterable[OnDuty], declined: Collection[str], rules: DispatchRules, now: datetime
) -> Proposals:
    """Return who is proposed for a loss. An open survey counts as some kilometres more of way."""
    free: list[tuple[float, Candidate]] = []
    others: list[tuple[str, NotFree]] = []
    for one in on_duty:
        km = None if loss is None else loss.km_to(one.place)
        hinders = _hinders(one, km, declined, rules, now)
        if hinders is not None:
            others.append((one.member, hinders))
            continue
        metres = None if km is None else round(km * 1000)
        way = (km or 0.0) + rules.km_for_each_open * one.open
        free.append((way, Candidate(one.member, metres, one.open, one.seen_at)))
    free.sort(key=lambda pair: (pair[0], pair[1].open, pair[1].member))
    found = [one for _, one in free]
    if found:
        found[0] = _explained(found)
    return Proposals(tuple(found), tuple(sorted(others)))


def _hinders(
    one: OnDuty, km: float | None, declined: Collection[str], rules: DispatchRules, now: datetime
) -> NotFree | None:
    if one.member in declined:
        return NotFree.DECLINED
    if one.open >= rules.open_at_most:
        return NotFree.TOO_MUCH
    if now - one.seen_at > timedelta(minutes=rules.place_minutes):
        return NotFree.PLACE_OLD
    return NotFree.TOO_FAR if km is not None and km > rules.km_at_most else None


def _explained(found: list[Candidate]) -> Candidate:
    first = found[0]
    if first.metres is None:
        because = Because.LEAST_TO_DO
    else:
        is_nearest = all(first.metres <= (one.metres or 0) for one in found)
        because = Because.NEAREST if is_nearest else Because.LESS_TO_DO
    return Candidate(first.member, first.metres, first.open, first.seen_at, because)
