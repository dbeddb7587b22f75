"""Earlier claims as a graph: they meet in the links they share. The port to their index, and communities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple, Protocol, TypeAlias

from claims.risk.links import ClaimLinks, minutes_of, unpacked

NEWEST: Final = 51
"""How many claims of a link are looked at: the newest."""
CLAIMS_AT_MOST: Final = 40
"""A community is not searched beyond this many claims: it is large enough for every table."""
LINKS_AT_MOST: Final = 64
"""So many links are followed in one step of the search: the rest of a larger front is left."""
STEPS_AT_MOST: Final = 3
MEETINGS: Final = 3
"""A car joins claims where it was in so many accidents within a year: anybody meets a stranger once."""
_YEAR: Final = 365 * 24 * 60


class EndedAs(StrEnum):
    """How an earlier claim ended, or that it has not."""

    OPEN = "open"
    PAID = "paid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    FRAUD = "fraud"


class EarlierClaim(NamedTuple):
    """An earlier claim as the index has it: a plain tuple, since a decision may read hundreds.

    `occurred` and `complained` are minutes and days since 1970 in UTC; `latitude` and `longitude` millionths of a
    degree; `unrepaired` are zones that were paid and not repaired, with spaces between. `joining` and `cars` are links,
    packed (`claims.risk.links`).
    """

    claim: str
    occurred: int
    latitude: int | None
    longitude: int | None
    insured: int | None
    driver: int | None
    car: int | None
    ended_as: str
    complained: int | None
    litigated: bool
    unrepaired: str
    joining: bytes
    cars: bytes


Sharing: TypeAlias = Mapping[int, Sequence[EarlierClaim]]
"""By link, the claims that share it, the newest first, `NEWEST` at most."""


Followed: TypeAlias = Callable[[int, int], bool]
"""Tells of a link, and of how many claims share it, `NEWEST` at most, whether these claims are asked for."""


def every_link(_key: int, _claims: int) -> bool:
    """Follow every link."""
    return True


class EarlierClaims(Protocol):
    """The index of claims."""

    def sharing(self, keys: Collection[int], followed: Followed = every_link) -> Sharing:
        """Return the claims that share each of the links; one that nobody shares, or is not followed, is left out."""
        ...


def is_hub(claims: Sequence[EarlierClaim]) -> bool:
    """Tell whether so many share a link that it joins strangers: a fleet's account, a block of flats."""
    return len(claims) >= NEWEST


def community_of(claim: ClaimLinks, first: Sharing, index: EarlierClaims) -> frozenset[str]:
    """Return the ids of other people's claims that are linked with this one, over `STEPS_AT_MOST` links in a row.

    `first` are the claims that share its own links. Links that join strangers are not followed, and the search ends at
    `CLAIMS_AT_MOST`. Claims of the same insured are followed and not counted: having had accidents is no ring.
    """
    cars, asked = set(claim.cars), set(claim.joining | claim.cars)
    found: dict[str, EarlierClaim] = {}

    def may_join(key: int, claims: int) -> bool:
        # What is dropped above by the number of its claims alone need not be read.
        return claims < NEWEST and (key not in cars or claims >= MEETINGS)

    sharing: Sharing = {key: claims for key, claims in first.items() if key in asked}
    for step in range(1, STEPS_AT_MOST + 1):
        new = {
            one.claim: one
            for key, claims in sharing.items()
            if not is_hub(claims) and (key not in cars or _meets_often(claims, minutes_of(claim.occurred_at)))
            for one in claims
            if one.claim != claim.claim and one.claim not in found
        }
        found.update(new)
        met = {key for one in new.values() for key in unpacked(one.cars)}
        front = sorted((met | {key for one in new.values() for key in unpacked(one.joining)}) - asked)[:LINKS_AT_MOST]
        if not front or step == STEPS_AT_MOST or len(found) >= CLAIMS_AT_MOST:
            break
        asked.update(front)
        cars |= met
        sharing = index.sharing(front, may_join)
    others = [one.claim for one in found.values() if claim.insured is None or one.insured != claim.insured]
    return frozenset(others[:CLAIMS_AT_MOST])


def _meets_often(claims: Sequence[EarlierClaim], now: int) -> bool:
    return sum(now - one.occurred <= _YEAR for one in claims) >= MEETINGS
