"""Finding a person without reading every record: keyed digests of normalised name, phone and identity number.

Normalising, so that what people type finds what was recorded:

name        NFKC; all dots that join parts of a name become one (U+00B7); spaces go; case is folded
phone       NFKC; decimal digits of any script become ASCII and all else goes; a leading 00 goes, and before
            a Chinese mobile number 86 and every 0
id number   NFKC; spaces and hyphens go; letters become upper case (the final X)

Only whole items are found, never parts of them. Whoever has the index key can try out all phone numbers; whoever has
only the database cannot. A record that was erased is found no more, and shows as `ERASED_TEXT`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from esign.infra.keystore import KeyStore
from esign.infra.models import SearchEntry
from esign.infra.statements import insert_if_absent

ERASED_TEXT: Final = "已删除"
_JOINING_DOTS: Final = re.compile("[\u2022\u2027\u2219\u22c5\u30fb\uff65]")
_ENTER: Final = insert_if_absent(SearchEntry, "field", "digest", "record_id")
_CHINESE_MOBILE: Final = re.compile(r"0*(?:86)?0*(1[0-9]{10})")


class SearchField(StrEnum):
    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id-number"


class SearchIndex:
    """The index over one key. What it finds is for the caller to filter by who may see it."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def digest(self, field: SearchField, value: str) -> bytes:
        """Return the keyed digest of the item, 32 bytes. Raises `ValueError` if nothing of it is left to look for."""
        plain = normalise(field, value)
        if not plain:
            raise ValueError(f"nothing is left of this {field} to look for")
        return self._keys.index_digest(f"{field}\x00{plain}".encode())

    def digest_for(self, use: str, data: bytes) -> bytes:
        """Return a keyed digest for a use of a room's own, 32 bytes: that of no item here and of no other use.

        `use` is one word in lower case, with hyphens.
        """
        return self._keys.index_digest(f"use {use}\x00".encode() + data)

    def enter(self, session: Session, record_id: str, field: SearchField, value: str) -> None:
        """Make the record findable by the item. Doing it again changes nothing."""
        self.enter_all(session, record_id, [(field, value)])

    def enter_all(self, session: Session, record_id: str, items: Iterable[tuple[SearchField, str]]) -> None:
        """Make the record findable by each of the items. Doing it again changes nothing."""
        self.enter_many(session, {record_id: items})

    def enter_many(self, session: Session, items: Mapping[str, Iterable[tuple[SearchField, str]]]) -> None:
        """Make many records findable, each by its items. Doing it again changes nothing."""
        rows = [
            {"field": field.value, "digest": self.digest(field, value), "record_id": record_id}
            for record_id, given in items.items()
            for field, value in given
        ]
        if rows:
            session.execute(_ENTER, rows)

    def find(self, session: Session, field: SearchField, value: str, *, at_most: int = 200) -> Sequence[str]:
        """Return the ids of the records with this item, in order, `at_most` of them."""
        return session.scalars(self.chosen(field, value).order_by(SearchEntry.record_id).limit(at_most)).all()

    def chosen(self, field: SearchField, value: str) -> Select[str]:
        """Return what chooses the ids of all records with this item, for the condition of another statement."""
        return select(SearchEntry.record_id).where(
            SearchEntry.field == field.value, SearchEntry.digest == self.digest(field, value)
        )

    def forget(self, session: Session, record_id: str) -> None:
        """Make the record findable no more."""
        session.execute(delete(SearchEntry).where(SearchEntry.record_id == record_id))


def normalise(field: SearchField, value: str) -> str:
    """Return the item as it is compared; empty if there is nothing in it."""
    # What folding or leaving out characters brings together may compose anew: repeat until nothing changes.
    while (plain := _normalise_once(field, value)) != value:
        value = plain
    return plain


def _normalise_once(field: SearchField, value: str) -> str:
    text = unicodedata.normalize("NFKC", value)
    if field is SearchField.NAME:
        dotted = _JOINING_DOTS.sub("\u00b7", text)
        return "".join(dotted.split()).casefold()
    if field is SearchField.PHONE:
        digits = "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal()).removeprefix("00")
        match = _CHINESE_MOBILE.fullmatch(digits)
        return match[1] if match else digits
    return re.sub(r"[\s\-\u2010-\u2015\u2212]", "", text).upper()
