"""The day's numbers go to each open chat, once: entered beside the lists, sent by a task that is tried until it goes.

A gateway that fails for an hour is asked again, ever more rarely, under the same id, and nothing is entered twice; a
day that is over is not told any more. Handing over is at least once: who falls between sending and recording sends
again, and the id in the text shows that it is the same. How it stands is seen at the daily lists and by doctor.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delivery.chat.models import ChatPost, ChatRow
from delivery.chat.opening import Chats
from delivery.domain.clocks import day_of
from delivery.models import DailyList
from esign.public.chats import NotificationError
from esign.public.console import institution_and_below
from esign.public.errors import EsignError
from esign.public.events import retried
from esign.public.house import House
from esign.public.rows import Database, insert_if_absent, rows_changed
from esign.public.work import log_for

POST: Final = "chat"
"""The kind of the task that posts."""
WAITING, SENT, TOO_LATE, CLOSED, GIVEN_UP = "waiting", "sent", "too-late", "closed", "given-up"
KEPT: Final = timedelta(days=60)
LINES_AT_MOST: Final = 6
_ENTER: Final = insert_if_absent(
    ChatPost, "id", "institution", "day", "state", "tries", "failure", "made_at", "sent_at"
)
_log = log_for(__name__)


@dataclass(frozen=True)
class ListNumbers:
    """The numbers of a daily list, under its id."""

    id: str
    open: int
    chased: int
    late: int


def post_id(institution: str, day: date) -> str:
    """Return the id of what goes to an institution's chat on a day: the same at every retry."""
    return f"chp_{institution.partition('_')[2]}_{day:%Y%m%d}"


def post_text(organisation: str, day: date, post: str, lists: Sequence[ListNumbers], address: str) -> str:
    """Return what the group reads: numbers, ids and the address of the page, in both languages; nobody's name."""
    whole = (sum(one.open for one in lists), sum(one.chased for one in lists), sum(one.late for one in lists))
    lines = [
        f"【{organisation}】{day.isoformat()} 待送达 {whole[0]} 件，催办 {whole[1]} 件，超期 {whole[2]} 件",
        f"{whole[0]} open, {whole[1]} chased, {whole[2]} late",
        *(f"{one.id}: {one.open} / {one.chased} / {one.late}" for one in lists[:LINES_AT_MOST]),
    ]
    if len(lists) > LINES_AT_MOST:
        lines.append(f"… {len(lists)}")
    return "\n".join([*lines, f"{address} {post}"])


class ChatPosts:
    """Enters what is to be posted, posts it, and tells how it stands."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._chats = Chats(house)

    def enter(self, session: Session, day: date) -> int:
        """Enter what goes to each open chat on a day, in the caller's transaction; return how many were new."""
        now, entered = self._house.clock(), 0
        for chat in self._chats.open_ones(session):
            post = post_id(chat.institution, day)
            row = {"id": post, "institution": chat.institution, "day": day, "state": WAITING, "tries": 0}
            if rows_changed(session.execute(_ENTER, {**row, "failure": None, "made_at": now, "sent_at": None})):
                self._house.tasks.add(session, POST, post)
                entered += 1
        return entered

    def post(self, post: str) -> None:
        """Post it, unless it was posted; the work of the task.

        Raises `ChannelUnavailable` where trying again may help.
        """
        with self._house.database.reading() as session:
            row = session.get(ChatPost, post)
            if row is None or row.state != WAITING:
                return
            chat = session.get(ChatRow, row.institution)
            over = day_of(self._house.clock()) > row.day
            if chat is None or over:
                end = CLOSED if chat is None else TOO_LATE
            else:
                end = None
                address = self._chats.address(session, chat)
                text = self._text(session, row)
        if end is not None:
            self._record(post, state=end)
            return
        try:
            self._house.chats.post(address, text)
        except NotificationError as error:
            self._record(post, failure=error.code, tried=True)
            raise
        self._record(post, state=SENT, tried=True)

    def give_up(self, post: str, reason: str) -> None:
        """Record that it will never go."""
        _log.error("a daily list was not posted", record=post, code=reason)
        self._record(post, state=GIVEN_UP, failure=reason)

    def clean(self, session: Session, now: datetime) -> int:
        """Remove what is older than `KEPT`; return how many. A cleaning."""
        old = session.scalars(select(ChatPost).where(ChatPost.day < day_of(now) - KEPT)).all()
        for one in old:
            session.delete(one)
        return len(old)

    def _record(self, post: str, *, state: str | None = None, failure: str | None = None, tried: bool = False) -> None:
        def work(session: Session) -> None:
            row = session.get_one(ChatPost, post, with_for_update=True)
            row.tries += tried
            row.failure = failure
            if state is not None:
                row.state = state
                row.sent_at = self._house.clock() if state == SENT else None

        retried(self._house.database, work)

    def _text(self, session: Session, row: ChatPost) -> str:
        below = sorted(institution_and_below(session, row.institution))
        chosen = select(DailyList).where(DailyList.day == row.day, DailyList.institution.in_(below))
        lists = session.scalars(chosen.order_by(DailyList.late.desc(), DailyList.open.desc(), DailyList.id)).all()
        told = [ListNumbers(one.id, one.open, one.chased, one.late) for one in lists]
        pages = f"{self._house.public_url.rstrip('/')}/console/delivery/lists"
        return post_text(self._house.organisation, row.day, row.id, told, pages)


def last_posts(session: Session, institutions: Collection[str]) -> Sequence[ChatPost]:
    """Return what was posted last to each chat of these institutions."""
    last = (
        select(ChatPost.institution, func.max(ChatPost.day).label("day"))
        .where(ChatPost.institution.in_(sorted(institutions)))
        .group_by(ChatPost.institution)
        .subquery()
    )
    chosen = select(ChatPost).join(last, (ChatPost.institution == last.c.institution) & (ChatPost.day == last.c.day))
    return session.scalars(chosen.order_by(ChatPost.institution)).all()


def told_of_chats(database: Database) -> str:
    """Say for `esign doctor` how group chats stand. Raises `EsignError` (`chat-not-posted`) while one waits, or where
    the last list of one was given up."""
    with database.reading() as session:
        opened = session.scalars(select(ChatRow.institution)).all()
        last = last_posts(session, opened)
        held_up = [one for one in last if one.state == GIVEN_UP or (one.state == WAITING and one.failure is not None)]
    if not opened:
        return "no daily list goes to a group chat"
    if held_up:
        first = held_up[0]
        raise EsignError(
            "chat-not-posted",
            f"{len(held_up)} of {len(opened)} daily lists have not come to their group chat, such as {first.id}: "
            f"{first.failure} after {first.tries} tries",
            "see esign delivery chat show; what waits is tried again, and what was given up wants its address set anew",
        )
    return f"daily lists go to {len(opened)} group chats"
