"""The register of shops: who supplies parts, entered and closed by whoever leads."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.parts_supply.models import ShopRow
from claims.refusals import refused
from esign.public.console import Caller, institution_and_below
from esign.public.house import House
from esign.public.institutions import read_tree
from esign.public.people import ERASED_TEXT, Person, RecordErased, keep_person, parse_person
from esign.public.pictures import EvidenceError
from esign.public.rows import new_id


@dataclass(frozen=True)
class Shop:
    """A shop, by name. `is_ours` tells that the caller may close it: it belongs to their institution or below."""

    id: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    is_open: bool
    is_ours: bool


class Shops:
    """Reads and changes the register."""

    def __init__(self, house: House) -> None:
        self._house = house

    def all(self, who: Caller) -> list[Shop]:
        """Return the shops of the caller's institution, those above it and below it, open ones first."""
        with self._house.database.reading() as session:
            below, near = self._near(session, who)
            rows = session.scalars(select(ShopRow).where(ShopRow.institution.in_(sorted(near)))).all()
            shops = [self._shop(session, row, row.institution in below) for row in rows]
        return sorted(shops, key=lambda one: (not one.is_open, one.name, one.id))

    def open(self, session: Session, who: Caller, shop: str) -> ShopRow:
        """Return a shop that can be asked. Raises `ClaimRefused` (`no-shop`)."""
        row = session.get(ShopRow, shop)
        if row is None or row.closed_at is not None or row.institution not in self._near(session, who)[1]:
            raise refused("no-shop")
        return row

    def add(self, who: Caller, name: str, phone: str) -> str:
        """Enter a shop; return its id. Raises `ClaimRefused` (`shop-unclear`)."""
        now = self._house.clock()
        try:
            person = Person(" ".join(name.split()), "".join(phone.split()))
        except EvidenceError:
            raise refused("shop-unclear") from None
        shop = new_id("shp", now)
        with self._house.database.transaction() as session:
            record = keep_person(self._house.records, session, person, now=now)
            session.add(ShopRow(id=shop, institution=who.institution, person=record, made_at=now, closed_at=None))
        return shop

    def close(self, who: Caller, shop: str) -> None:
        """Ask a shop no more. Raises `ClaimRefused` (`no-shop`)."""
        with self._house.database.transaction() as session:
            row = session.get(ShopRow, shop, with_for_update=True)
            if row is None or row.institution not in institution_and_below(session, who.institution):
                raise refused("no-shop")
            row.closed_at = row.closed_at or self._house.clock()

    def name_of(self, session: Session, shop: str) -> str:
        """Return the name of a shop, whether it is open or not; its id where there is none."""
        row = session.get(ShopRow, shop)
        return shop if row is None else self._shop(session, row, is_ours=False).name

    def _near(self, session: Session, who: Caller) -> tuple[frozenset[str], frozenset[str]]:
        tree = read_tree(session)
        below = tree.subtree(who.institution)
        return below, below.union(tree.upwards(who.institution))

    def _shop(self, session: Session, row: ShopRow, is_ours: bool) -> Shop:
        try:
            person = parse_person(self._house.records.read(session, row.person))
        except RecordErased:
            return Shop(row.id, ERASED_TEXT, "", row.closed_at is None, is_ours)
        return Shop(row.id, person.name, person.phone or "", row.closed_at is None, is_ours)
