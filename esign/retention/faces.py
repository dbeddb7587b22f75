"""How many people's faces are stored: the 2025 measures on facial recognition ask to tell an authority of 100,000.

A person is counted once, by the keyed digest of the phone; somebody without one by the recipient. A face counts while
any copy of it can be opened: also the one that is sealed in a PDF, as long as the envelope's key is there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from esign.ceremony.models import RecipientRow
from esign.infra.database import Database
from esign.infra.models import SearchEntry
from esign.infra.search_index import SearchField
from esign.retention.models import StoredFace

COUNTED_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class FaceCount:
    """How many people, at how many the service warns, and at how many an authority is to be told."""

    people: int
    warned_at: int
    filing_at: int

    @property
    def is_warning(self) -> bool:
        return self.people >= self.warned_at

    @property
    def is_to_be_filed(self) -> bool:
        return self.people >= self.filing_at


def count_faces(session: Session) -> int:
    """Return how many people's faces are stored."""
    joined = and_(SearchEntry.record_id == RecipientRow.person, SearchEntry.field == SearchField.PHONE.value)
    counted = (
        select(func.count(func.distinct(SearchEntry.digest)), func.count() - func.count(SearchEntry.digest))
        .select_from(StoredFace)
        .join(RecipientRow, RecipientRow.id == StoredFace.recipient)
        .outerjoin(SearchEntry, joined)
    )
    known, nameless = session.execute(counted).one()
    return int(known) + int(nameless)


def counting(database: Database, *, clock: Callable[[], datetime]) -> Callable[[], int]:
    """Return what counts, ten minutes at most ago: every page and every scrape asks. Safe to share between threads."""
    guard = threading.Lock()
    last: list[tuple[datetime, int]] = []

    def count() -> int:
        now = clock()
        with guard:
            if not last or not timedelta() <= now - last[0][0] < COUNTED_FOR:
                with database.reading() as session:
                    last[:] = [(now, count_faces(session))]
            return last[0][1]

    return count
