"""What a person was shown: each screen with its content, when it came and went, and what was pressed on it.

kept       when it is shown: its content, sealed as a record of its own that can be erased
recorded   when it is left: an event `screen.shown` with ids, digests and codes, in a stream of the recipient's. What a
           device never tells is recorded without it, once the session must be over

The stream is not the envelope's: what was shown decides nothing, so no act waits for it and none is refused by it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from esign.ceremony.about import about_record
from esign.ceremony.entrance import SESSION_LIFE
from esign.ceremony.models import EnvelopeRow, ShownScreen
from esign.evidence.items import SALT_BYTES
from esign.infra.ids import new_id
from esign.infra.logs import log_for
from esign.infra.personal_records import PersonalRecords
from esign.infra.statements import rows_changed
from esign.trail.event import EventType, NewEvent
from esign.trail.log import Trail, stream_version
from esign.trail.vocabulary import Vocabulary

SHOWN: Final = EventType("screen.shown")
VOCABULARY: Final = Vocabulary((SHOWN,))
SCREEN: Final = "screen"
"""The kind of the records."""
CONTENT_BYTES_AT_MOST: Final = 512 * 1024
ACTIONS_AT_MOST: Final = 60
SCREENS_AT_MOST: Final = 150
"""So many of one name are kept of one recipient: whoever loads a page again and again fills no table, and takes no room
from the others."""
_ACTION: Final = re.compile(r"[a-z][a-z-]{0,31}(?:-[0-9]{1,3})?")
"""A name of ours, perhaps with a page's number: no telephone and no identity number is one."""
_log = log_for(__name__)
_CLOSED_AFTER: Final = SESSION_LIFE + timedelta(minutes=10)
_CLOSED_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Screen:
    """A screen as it goes out. `edition` is the digest of the style and the modules that it is shown with.

    `content` is the page without what differs from showing to showing: tokens of forms, and its own id.
    """

    name: str
    edition: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Shown:
    """A screen that was shown, as it can be shown again. Times are timezone-aware UTC; `left_at` is None if untold."""

    record: str
    recipient: str
    name: str
    edition: str
    digest: str
    device: str | None
    shown_at: datetime
    left_at: datetime | None
    actions: tuple[str, ...]


class Screens:
    """Keeps, records and reads screens, in the caller's transaction."""

    def __init__(self, records: PersonalRecords, trail: Trail | None = None) -> None:
        self._records = records
        self._trail = trail or Trail(VOCABULARY)

    def keep(
        self,
        session: Session,
        screen: Screen,
        *,
        record: str,
        envelope: str,
        recipient: str,
        device: str | None,
        at: datetime,
    ) -> bool:
        """Keep what is shown now under the id `record`; tell whether it is: there may be no room, or it was erased.

        Its digest is over a salt and the content, both of which go when it is erased: what the trail has of it then
        tells nothing, not even to whoever guesses. Raises `ValueError` for a content of more than 512 KiB: no page of
        ours has that.
        """
        if len(screen.content) > CONTENT_BYTES_AT_MOST:
            raise ValueError("the content of a screen is too large to be kept")
        session.execute(select(EnvelopeRow.id).where(EnvelopeRow.id == envelope).with_for_update())  # as erasing does
        if self._records.is_erased(session, about_record(envelope)):
            return False
        counted = (
            select(func.count())
            .select_from(ShownScreen)
            .where(ShownScreen.recipient == recipient, ShownScreen.screen == screen.name)
        )
        if (session.scalar(counted) or 0) >= SCREENS_AT_MOST:
            _log.warning("no room for another screen", recipient=recipient, code=screen.name)
            return False
        salt = secrets.token_bytes(SALT_BYTES)
        self._records.keep(session, record, SCREEN, salt + zlib.compress(screen.content, 6), at=at)
        session.add(
            ShownScreen(
                record=record,
                envelope=envelope,
                recipient=recipient,
                screen=screen.name,
                edition=screen.edition,
                digest=hashlib.sha256(salt + screen.content).hexdigest(),
                device=device,
                shown_at=at,
                left_at=None,
                actions=None,
            )
        )
        session.flush()
        return True

    def leave(
        self, session: Session, record: str, *, recipient: str, after: timedelta, actions: Sequence[str], now: datetime
    ) -> bool:
        """Record that the recipient left the screen so long `after` it was shown, having pressed what `actions` name.

        Tells whether it was news: what is recorded, or another's, stays as it is. Actions that are no codes are left
        out. Raises `ConcurrentChange` where another screen of the recipient is recorded at the same moment.
        """
        row = session.get(ShownScreen, record, with_for_update=True)
        if row is None or row.recipient != recipient or row.actions is not None:
            return False
        left_at = min(max(row.shown_at + after, row.shown_at), now)
        kept = [action for action in actions if _ACTION.fullmatch(action)][:ACTIONS_AT_MOST]
        return self._record(session, [row], left_at, kept, now)

    def close_untold(self, session: Session, now: datetime) -> int:
        """Record the screens of which no device told how they were left; return how many."""
        rows = session.scalars(
            select(ShownScreen)
            .where(ShownScreen.actions.is_(None), ShownScreen.shown_at < now - _CLOSED_AFTER)
            .order_by(ShownScreen.recipient, ShownScreen.record)
            .limit(_CLOSED_AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for recipient in dict.fromkeys(row.recipient for row in rows):
            self._record(session, [row for row in rows if row.recipient == recipient], None, [], now)
        return len(rows)

    def shown_to(self, session: Session, recipient: str) -> tuple[Shown, ...]:
        """Return what the recipient was shown, in order."""
        rows = session.scalars(
            select(ShownScreen).where(ShownScreen.recipient == recipient).order_by(ShownScreen.record)
        )
        return tuple(_shown(row) for row in rows)

    def content(self, session: Session, record: str) -> tuple[bytes, bytes]:
        """Return the salt and the content of a screen. Raises `RecordErased`, `RecordError`, `SealedDataError`."""
        kept = self._records.read(session, record)
        return kept[:SALT_BYTES], zlib.decompress(kept[SALT_BYTES:])

    def _record(
        self,
        session: Session,
        rows: Sequence[ShownScreen],
        left_at: datetime | None,
        actions: list[str],
        now: datetime,
    ) -> bool:
        recipient = rows[0].recipient
        version = stream_version(session, stream_of(recipient))
        events = [_event(row, left_at, actions) for row in rows]
        self._trail.append(session, stream_of(recipient), version, events, actor=f"recipient:{recipient}", time=now)
        told = (
            update(ShownScreen)
            .where(ShownScreen.record.in_([row.record for row in rows]), ShownScreen.actions.is_(None))
            .values(left_at=left_at, actions=actions)
            .execution_options(synchronize_session=False)
        )
        return rows_changed(session.execute(told)) == len(rows)


def new_screen_id(at: datetime) -> str:
    """Return the id of a screen that is about to be shown."""
    return new_id("scn", at)


def stream_of(recipient: str) -> str:
    """Return the stream in which a recipient's screens are recorded."""
    return f"screens/{recipient}"


def records_of(session: Session, envelope: str) -> Iterable[str]:
    """Return the records of every screen that was shown in the envelope: they go when its people are erased."""
    return session.scalars(
        select(ShownScreen.record).where(ShownScreen.envelope == envelope).order_by(ShownScreen.record)
    ).all()


def _event(row: ShownScreen, left_at: datetime | None, actions: list[str]) -> NewEvent:
    return SHOWN(
        envelope=row.envelope,
        recipient=row.recipient,
        screen=row.screen,
        edition=row.edition,
        digest=row.digest,
        record=row.record,
        device=row.device,
        shown_at=_text(row.shown_at),
        left_at=None if left_at is None else _text(left_at),
        actions=actions,
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _shown(row: ShownScreen) -> Shown:
    return Shown(
        record=row.record,
        recipient=row.recipient,
        name=row.screen,
        edition=row.edition,
        digest=row.digest,
        device=row.device,
        shown_at=row.shown_at,
        left_at=row.left_at,
        actions=tuple(cast("list[str]", row.actions or [])),
    )
