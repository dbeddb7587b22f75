"""What earlier claims tell of a claim, counted from those that share its links.

A count whose link is not known yet is None: nobody asked. Counts are of the newest claims that the index looks at, so
that a very large one says "at least".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Final

from claims.risk.comparing import NEVER, one_decimal
from claims.risk.facts import HistoryFacts
from claims.risk.graph import EarlierClaim, EarlierClaims, EndedAs, Sharing, community_of, is_hub
from claims.risk.links import ClaimLinks, days_of, minutes_of
from claims.risk.places import Place

DAY: Final = 24 * 60
"""In minutes, as all spans of time here."""
HALF_A_YEAR: Final = 183 * DAY
A_YEAR: Final = 365 * DAY
ANOTHER_EVENT: Final = DAY
COMPLAINT_DAYS: Final = 90
_HOURS: Final = 0.1
"""Added to hours apart before a speed is made of them: two at one moment are not infinitely fast."""


def history_of(claim: ClaimLinks, index: EarlierClaims, now: datetime) -> HistoryFacts:
    """Return what the index tells of a claim at a moment, in at most `STEPS_AT_MOST` questions to it."""
    return _Counting(claim, index.sharing(claim.keys), now).facts(index)


class _Counting:
    def __init__(self, claim: ClaimLinks, sharing: Sharing, now: datetime) -> None:
        self._claim, self._now = claim, now
        self._occurred = minutes_of(claim.occurred_at)
        self._sharing = {key: [one for one in found if one.claim != claim.claim] for key, found in sharing.items()}
        self._all = sharing

    def facts(self, index: EarlierClaims) -> HistoryFacts:
        claim = self._claim
        own_car = self._where(self._under(claim.car), lambda one: one.car == claim.car)
        theirs = self._of_people()
        met = None if not claim.other_cars else self._ids(self._any(claim.other_cars))
        return HistoryFacts(
            claims_6m=self._since(own_car, HALF_A_YEAR),
            drivers_year=self._drivers(own_car),
            refusals=_ended(theirs, EndedAs.REFUSED),
            frauds=_ended(self._of_whoever_was_behind(), EndedAs.FRAUD),
            withdrawn=_ended(theirs, EndedAs.WITHDRAWN),
            litigations=None if theirs is None else sum(one.litigated for one in theirs),
            complaints_90d=self._complaints(theirs),
            same_counterparty=_both(met, None if theirs is None else self._ids(theirs)),
            pair_collisions=_both(met, None if own_car is None else self._ids(self._under(claim.car) or ())),
            shared_contacts=self._other_insureds(claim.phones | claim.devices | claim.addresses),
            phone_insureds=self._other_insureds(claim.phones),
            cars_of_driver=self._cars_of_driver(),
            community=len(community_of(claim, self._all, index)) if claim.joining | claim.cars else None,
            account_payees=None if claim.account is None else self._other_insureds({claim.account}),
            account_known_days=self._account_days(),
            agent_claims=self._within_a_year(claim.agents),
            doctor_claims=self._within_a_year(claim.doctors),
            receipts_seen=None if not claim.receipts else sum(bool(self._sharing.get(one)) for one in claim.receipts),
            same_text_claims=_count(self._under(claim.story)),
            certificate_of_other_event=self._other_event(),
            unrepaired_zones=None
            if own_car is None
            else frozenset(zone for one in own_car for zone in one.unrepaired.split()),
            plate_elsewhere=self._elsewhere(),
        )

    def _under(self, key: int | None) -> list[EarlierClaim] | None:
        """The other claims under a link; None where the link is not known."""
        return None if key is None else self._sharing.get(key, [])

    def _any(self, keys: Iterable[int]) -> list[EarlierClaim]:
        """The other claims under any of the links, each once."""
        return list({one.claim: one for key in keys for one in self._sharing.get(key, ())}.values())

    def _of_people(self) -> list[EarlierClaim] | None:
        """The other claims of the insured or the driver: what a car's earlier owner did is not theirs."""
        people = [one for one in (self._claim.insured, self._claim.driver) if one is not None]
        return self._any(people) if people else None

    def _of_whoever_was_behind(self) -> list[EarlierClaim] | None:
        """The other claims of these people, and those with their phones, devices and account: a fraud comes back under
        another name. What so many share that it joins strangers tells of nobody."""
        claim = self._claim
        account = frozenset() if claim.account is None else frozenset({claim.account})
        shared = claim.phones | claim.devices | account
        keys = [key for key in shared if not is_hub(self._all.get(key, ()))]
        people = [one for one in (claim.insured, claim.driver) if one is not None]
        return self._any([*people, *keys]) if people or shared else None

    @staticmethod
    def _where(found: list[EarlierClaim] | None, so: Callable[[EarlierClaim], bool]) -> list[EarlierClaim] | None:
        return None if found is None else [one for one in found if so(one)]

    @staticmethod
    def _ids(found: Iterable[EarlierClaim]) -> set[str]:
        return {one.claim for one in found}

    def _recent(self, one: EarlierClaim, span: int) -> bool:
        return self._occurred - one.occurred <= span

    def _since(self, found: list[EarlierClaim] | None, span: int) -> int | None:
        return _count(self._where(found, lambda one: self._recent(one, span)))

    def _drivers(self, own_car: list[EarlierClaim] | None) -> int | None:
        if own_car is None or self._claim.driver is None:
            return None
        earlier = {one.driver for one in own_car if one.driver is not None and self._recent(one, A_YEAR)}
        return len(earlier | {self._claim.driver})

    def _complaints(self, theirs: list[EarlierClaim] | None) -> int | None:
        if theirs is None:
            return None
        today = days_of(self._now.date())
        return sum(one.complained is not None and today - one.complained <= COMPLAINT_DAYS for one in theirs)

    def _other_insureds(self, keys: Collection[int]) -> int | None:
        if not keys or self._claim.insured is None:
            return None
        found = {one.insured for one in self._any(keys)}
        return len(found - {None, self._claim.insured})

    def _cars_of_driver(self) -> int | None:
        driver, car = self._claim.driver, self._claim.car
        if driver is None or car is None:
            return None
        drove = [one for one in self._under(driver) or () if one.driver == driver and self._recent(one, A_YEAR)]
        return len({one.car for one in drove if one.car is not None} | {car})

    def _account_days(self) -> int | None:
        claim = self._claim
        found = self._under(claim.company_account if claim.account is None else claim.account)
        if found is None:
            return None
        return max(((minutes_of(self._now) - one.occurred) // DAY for one in found), default=0)

    def _within_a_year(self, keys: Collection[int]) -> int | None:
        """The largest count of one of them, this claim not counted."""
        if not keys:
            return None
        return max(sum(self._recent(one, A_YEAR) for one in self._sharing.get(key, ())) for key in keys)

    def _other_event(self) -> bool | None:
        found = self._under(self._claim.certificate)
        if found is None:
            return None
        return any(abs(one.occurred - self._occurred) > ANOTHER_EVENT for one in found)

    def _elsewhere(self) -> tuple[float, float] | None:
        """The accident of the same plate that no car could have reached this one from: the fastest way between two."""
        found, here = self._under(self._claim.plate), self._claim.place
        if found is None or here is None:
            return None
        apart = [
            (
                one_decimal(abs(one.occurred - self._occurred) / 60),
                here.km_to(Place.of_millionths(one.latitude, one.longitude)),
            )
            for one in found
            if one.latitude is not None and one.longitude is not None
        ]
        hours, km = max(apart, key=lambda way: way[1] / (way[0] + _HOURS), default=(float(NEVER), 0.0))
        return hours, one_decimal(km)


def _count(found: list[EarlierClaim] | None) -> int | None:
    return None if found is None else len(found)


def _ended(found: list[EarlierClaim] | None, how: EndedAs) -> int | None:
    return None if found is None else sum(one.ended_as == how for one in found)


def _both(one: set[str] | None, other: set[str] | None) -> int | None:
    return None if one is None or other is None else len(one & other)
