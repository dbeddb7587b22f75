"""Drafts of proposals: what a salesperson typed is kept sealed at every step, so that nothing is lost on the way.

A draft is one person's, and holds text as it was typed, right or wrong. It is written over at each step, and erased
when the proposal is entered, thrown away, or left alone for thirty days.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from esign.public.house import House
from esign.public.people import RecordErased
from esign.public.rows import new_id
from esign.public.values import encode_canonical
from policy.models import DraftRow
from policy.refusals import refused

KEPT_FOR: Final = timedelta(days=30)
AT_MOST: Final = 50
"""As many drafts one salesperson may have open."""
BYTES_AT_MOST: Final = 48 * 1024
FIRST_STEP: Final = "cover"


@dataclass(frozen=True)
class Draft:
    """A draft: what was typed, by the name of the field."""

    id: str
    step: str
    updated_at: datetime
    typed: Mapping[str, str] = field(repr=False)


class Drafts:
    """Keeps drafts. Each is seen by its salesperson alone: for everybody else there is none (`no-draft`)."""

    def __init__(self, house: House) -> None:
        self._house = house

    def begin(self, salesperson: str, typed: Mapping[str, str], *, now: datetime) -> str:
        """Begin a draft and return its id. Raises `PolicyRefused` (`drafts-too-many`)."""
        draft, record = new_id("prd", now), new_id("prt", now)
        with self._house.database.transaction() as session:
            there = select(func.count()).select_from(DraftRow).filter_by(salesperson=salesperson)
            if (session.scalar(there) or 0) >= AT_MOST:
                raise refused("drafts-too-many", (str(AT_MOST),))
            self._house.records.keep(session, record, "proposal-draft", encode_canonical(dict(typed)), at=now)
            session.add(DraftRow(id=draft, salesperson=salesperson, record=record, step=FIRST_STEP, updated_at=now))
        return draft

    def of(self, salesperson: str) -> list[Draft]:
        """Return the salesperson's drafts, the last written first."""
        chosen = select(DraftRow).filter_by(salesperson=salesperson).order_by(DraftRow.updated_at.desc(), DraftRow.id)
        with self._house.database.reading() as session:
            return [self._draft(session, row) for row in session.scalars(chosen).all()]

    def get(self, salesperson: str, draft: str) -> Draft:
        """Return a draft. Raises `PolicyRefused` (`no-draft`)."""
        with self._house.database.reading() as session:
            return self._draft(session, self._row(session, salesperson, draft))

    def write(self, salesperson: str, draft: str, step: str, typed: Mapping[str, str], *, now: datetime) -> Draft:
        """Put down what was typed at a step beside what is there. Raises `PolicyRefused` (`no-draft`, `draft-long`)."""
        with self._house.database.transaction() as session:
            row = self._row(session, salesperson, draft, hold=True)
            whole = {**self._draft(session, row).typed, **typed}
            data = encode_canonical({name: value for name, value in whole.items() if value})
            if len(data) > BYTES_AT_MOST:
                raise refused("draft-long")
            self._house.records.rewrite(session, row.record, data)
            row.step, row.updated_at = step, now
            session.flush()
            return self._draft(session, row)

    def drop(self, session: Session, salesperson: str, draft: str, *, now: datetime) -> None:
        """Erase a draft in the caller's transaction. Raises `PolicyRefused` (`no-draft`)."""
        self._erase(session, self._row(session, salesperson, draft, hold=True), now)

    def clean(self, session: Session, now: datetime) -> None:
        """Erase the drafts that nobody wrote at for thirty days."""
        chosen = select(DraftRow).where(DraftRow.updated_at < now - KEPT_FOR).order_by(DraftRow.id).limit(200)
        for row in session.scalars(chosen).all():
            self._erase(session, row, now)

    def _erase(self, session: Session, row: DraftRow, now: datetime) -> None:
        record = row.record
        session.delete(row)
        session.flush()
        self._house.records.erase(session, record, at=now)

    def _row(self, session: Session, salesperson: str, draft: str, *, hold: bool = False) -> DraftRow:
        row = session.get(DraftRow, draft, with_for_update=hold)
        if row is None or row.salesperson != salesperson:
            raise refused("no-draft")
        return row

    def _draft(self, session: Session, row: DraftRow) -> Draft:
        try:
            typed = json.loads(self._house.records.read(session, row.record))
        except RecordErased:
            typed = {}
        return Draft(row.id, row.step, row.updated_at, typed)
