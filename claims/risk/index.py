"""The index of claims in the database: a claim adds its links as they become known. Who shares them tells
`claims.risk.lookup`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from claims.risk.graph import EndedAs
from claims.risk.links import ClaimLinks, days_of, minutes_of, number_of, packed, unpacked
from claims.risk.models import ClaimLink, IndexedClaim, PictureBand
from esign.public.rows import among, insert_rows, table_of

_CLAIMS: Final = table_of(IndexedClaim)
_OF: Final = _CLAIMS.c.claim == bindparam("of", type_=_CLAIMS.c.claim.type)
_NUMBER_OF: Final = select(_CLAIMS.c.number).where(_OF)
_LINKS_OF: Final = select(*(_CLAIMS.c[name] for name in ("claim", "number", "joining", "cars", "papers")))
_KNOWN: Final = ("occurred", "latitude", "longitude", "insured", "driver", "car")
_ENTERED: Final = (
    *("number", "claim", *_KNOWN, "ended_as", "complained", "litigated", "unrepaired"),
    *("joining", "cars", "papers"),
)
_LINKS: Final = table_of(ClaimLink)
_LINK: Final = ("link", "number")
_ADDED: Final = (
    update(_CLAIMS)
    .where(_CLAIMS.c.number == bindparam("to_number"))
    .values(
        # What is not known now stays as it was known before.
        {name: func.coalesce(bindparam(f"to_{name}", type_=_CLAIMS.c[name].type), _CLAIMS.c[name]) for name in _KNOWN}
        | {name: bindparam(f"to_{name}", type_=_CLAIMS.c[name].type) for name in ("joining", "cars", "papers")}
    )
)
_ENDED: Final = update(_CLAIMS).where(_OF).values(ended_as=bindparam("ended"), unrepaired=bindparam("zones"))


class ClaimIndex:
    """The index, within the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def enter(self, claim: ClaimLinks, at: datetime) -> int:
        """Enter a claim, or what is known of it now: links are added, none is taken away. Return its number.

        `at` is now. Raises `IntegrityError` where somebody else enters the same claim at once; try again then.
        """
        return self.enter_many([(claim, at)])[0]

    def enter_many(self, claims: Sequence[tuple[ClaimLinks, datetime]]) -> list[int]:
        """Enter many claims as `enter` does, none of them twice, in a few statements. Raises as `enter` does."""
        asked = _LINKS_OF.where(among(self._session, _CLAIMS.c.claim, [claim.claim for claim, _ in claims]))
        entered = {row.claim: row for row in self._session.execute(asked)}
        self.enter_new([one for one in claims if one[0].claim not in entered])
        changed: list[dict[str, object]] = []
        added: list[tuple[int, int]] = []
        for claim, was in ((claim, entered[claim.claim]) for claim, _ in claims if claim.claim in entered):
            earlier = [unpacked(one) for one in (was.joining, was.cars, was.papers)]
            joining, cars = claim.joining | earlier[0], claim.cars | earlier[1]
            papers = (claim.keys | earlier[2]) - joining - cars
            links = {"joining": packed(joining), "cars": packed(cars), "papers": packed(papers)}
            known = {**_row(claim), **links, "number": was.number}
            changed.append({f"to_{name}": value for name, value in known.items()})
            added += [(key, was.number) for key in sorted(claim.keys.difference(*earlier))]
        if changed:
            self._session.execute(_ADDED, changed)
            insert_rows(self._session, _LINKS, _LINK, added)
        return [
            entered[claim.claim].number if claim.claim in entered else number_of(claim.claim, at)
            for claim, at in claims
        ]

    def enter_new(self, claims: Sequence[tuple[ClaimLinks, datetime]]) -> list[int]:
        """Enter claims that never were, each at a moment, in two statements. Return their numbers.

        Raises `IntegrityError` where one is entered already.
        """
        numbers = [number_of(claim.claim, at) for claim, at in claims]
        rows = [
            (
                *(number, claim.claim, *_row(claim).values(), EndedAs.OPEN.value, None, False, ""),
                *(packed(claim.joining), packed(claim.cars), packed(claim.keys - claim.joining - claim.cars)),
            )
            for number, (claim, _) in zip(numbers, claims, strict=True)
        ]
        insert_rows(self._session, _CLAIMS, _ENTERED, rows)
        links = [
            (key, number) for number, (claim, _) in zip(numbers, claims, strict=True) for key in sorted(claim.keys)
        ]
        insert_rows(self._session, _LINKS, _LINK, links)
        return numbers

    def number_of(self, claim: str) -> int | None:
        """Return the number under which a claim was entered, None where it was not."""
        return self._session.scalar(_NUMBER_OF, {"of": claim})

    def tell_end(self, claim: str, ended_as: EndedAs, unrepaired: Iterable[str] = ()) -> None:
        """Take down how a claim ended, and which zones were paid and are not repaired. An unknown claim is left out."""
        zones = " ".join(sorted(unrepaired))
        self._session.execute(_ENDED, {"of": claim, "ended": ended_as.value, "zones": zones})

    def tell_complaint(self, claim: str, on: date) -> None:
        """Take down that there was a complaint about a claim."""
        self._change(claim, complained=days_of(on))

    def tell_litigation(self, claim: str) -> None:
        """Take down that a claim went to court."""
        self._change(claim, litigated=True)

    def forget(self, claim: str) -> None:
        """Remove a claim with its links and pictures: what was erased links nobody. Doing it again changes nothing."""
        row = self._session.execute(_LINKS_OF.where(_OF), {"of": claim}).one_or_none()
        if row is None:
            return
        # Links have no index by claim, since the claim names them all.
        links = unpacked(row.joining) | unpacked(row.cars) | unpacked(row.papers)
        for key in sorted(links):
            self._session.execute(delete(ClaimLink).where(ClaimLink.key == key, ClaimLink.number == row.number))
        self._session.execute(delete(PictureBand).where(PictureBand.number == row.number))
        self._session.execute(delete(IndexedClaim).where(IndexedClaim.number == row.number))

    def _change(self, claim: str, **values: object) -> None:
        self._session.execute(update(IndexedClaim).where(IndexedClaim.claim == claim).values(**values))


def _row(claim: ClaimLinks) -> dict[str, int | None]:
    return {
        "occurred": minutes_of(claim.occurred_at),
        "latitude": None if claim.place is None else claim.place.millionths[0],
        "longitude": None if claim.place is None else claim.place.millionths[1],
        "insured": claim.insured,
        "driver": claim.driver,
        "car": claim.car,
    }
