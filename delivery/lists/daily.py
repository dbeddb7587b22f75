"""The daily list of an institution of the third level: what is open there and below it, most urgent first.

It is made once a day, under an id of institution and day; whoever makes it again that day gets the same one. It holds
ids, codes and days; names are read when somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.chasing.desk import applicant_name
from delivery.chat.models import ChatPost
from delivery.chat.posting import ChatPosts, last_posts
from delivery.domain.clocks import INSURERS_ZONE, day_of
from delivery.domain.refusal import refusal
from delivery.institutions.levels import Level, at_level
from delivery.models import DailyList, DeliveryRow
from delivery.service.deliveries import Deliveries
from esign.public.console import Caller, Role, institution_and_below, member_name, members_at
from esign.public.events import retried
from esign.public.institutions import read_tree
from esign.public.messages import MessageText, Words
from esign.public.people import member_record, name_of_institution
from esign.public.rows import JsonValue, insert_if_absent, rows_changed

LIST: Final = "lst"
TOLD: Final = "delivery-list"
MADE_FROM_HOUR: Final = 7
"""Lists are made from this hour on, in China: before work begins, and after the night's sweep."""
KEPT: Final = timedelta(days=60)
MESSAGES: Final[Mapping[str, MessageText]] = {
    TOLD: MessageText(
        Words("今日待送达名单", "{day} 待送达 {open} 件，催办 {chased} 件，超期 {late} 件。请登录查看名单 {list} 。"),
        Words(
            "Today's list of deliveries",
            "{day}: {open} open, {chased} chased, {late} late. Log in to see the list {list} .",
        ),
    )
}
_MAKE: Final = insert_if_absent(DailyList, "id", "institution", "day", "made_at", "open", "chased", "late", "lines")


@dataclass(frozen=True)
class ListLine:
    """A delivery as it stood when the list was made. `applicant` and `seller` are read now."""

    delivery: str
    policy: str | None
    proposal: str
    applicant: str | None = field(repr=False)
    seller: str | None = field(repr=False)
    state: str
    owner: str
    act: str
    due_on: date
    days_left: int


@dataclass(frozen=True)
class Listed:
    """A list: which, of whom, when, how many, and its lines."""

    id: str
    institution: str = field(repr=False)
    day: date
    made_at: datetime
    open: int
    chased: int
    late: int
    lines: Sequence[ListLine] = ()


def list_id(institution: str, day: date) -> str:
    """Return the id of an institution's list of a day: the same in every process and at every retry."""
    return f"{LIST}_{institution.partition('_')[2]}_{day:%Y%m%d}"


class DailyLists:
    """Makes lists and shows them."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._house = deliveries.house
        self._posts = ChatPosts(deliveries.house)

    def make(self) -> int:
        """Make today's lists that are not there yet, tell each institution's supervisors how many there are, and have
        the numbers go to the group chats that are open.

        Return how many were made. The work of a beat: before `MADE_FROM_HOUR` it makes none.
        """
        now = self._house.clock()
        if now.astimezone(INSURERS_ZONE).hour < MADE_FROM_HOUR:
            return 0
        today = day_of(now)
        with self._house.database.reading() as session:
            wanted = at_level(read_tree(session), Level.SUB_BRANCH)
            there = set(session.scalars(select(DailyList.id).where(DailyList.day == today)))
        missing = [one for one in wanted if list_id(one, today) not in there]
        made = sum(retried(self._house.database, partial(self.make_one, one)) for one in missing)
        retried(self._house.database, lambda session: self._posts.enter(session, today))
        return made

    def make_one(self, institution: str, session: Session) -> bool:
        """Make an institution's list of today in the caller's transaction; return whether it was not there yet."""
        now = self._house.clock()
        today = day_of(now)
        row = DeliveryRow
        below = sorted(institution_and_below(session, institution))
        chosen = select(row).where(row.is_open.is_(True), row.institution.in_(below)).order_by(row.due_on, row.id)
        rows = session.scalars(chosen).all()
        lines: list[JsonValue] = [_kept(one) for one in rows]
        counts = {
            "open": len(rows),
            "chased": sum(one.chase is not None and not one.late for one in rows),
            "late": sum(one.late for one in rows),
        }
        made = {"id": list_id(institution, today), "institution": institution, "day": today, "made_at": now}
        if not rows_changed(session.execute(_MAKE, {**made, **counts, "lines": lines})):
            return False
        for member in members_at(session, {institution}, Role.SUPERVISOR):
            record = member_record(session, member)
            if record is not None:
                facts: dict[str, str | int] = {"day": today.isoformat(), "list": list_id(institution, today), **counts}
                because = list_id(institution, today)
                self._house.messages.tell(session, TOLD, record, about=because, because=because, at=now, facts=facts)
        return True

    def clean(self, session: Session, now: datetime) -> int:
        """Remove lists that are older than `KEPT`; return how many. A cleaning."""
        limit = day_of(now) - KEPT
        old = session.scalars(select(DailyList).where(DailyList.day < limit)).all()
        for one in old:
            session.delete(one)
        return len(old)

    def recent(self, who: Caller) -> list[Listed]:
        """Return the last lists of the caller's institution and those below it, without their lines."""
        with self._house.database.reading() as session:
            below = sorted(institution_and_below(session, who.institution))
            chosen = select(DailyList).where(DailyList.institution.in_(below))
            rows = session.scalars(chosen.order_by(DailyList.day.desc(), DailyList.id).limit(100)).all()
            return [self._listed(session, one) for one in rows]

    def chats(self, who: Caller) -> list[tuple[str, ChatPost]]:
        """Return what went last to each group chat of the caller's institution and those below it, with its name."""
        with self._house.database.reading() as session:
            posts = last_posts(session, institution_and_below(session, who.institution))
            return [(name_of_institution(session, self._house.records, one.institution), one) for one in posts]

    def one(self, who: Caller, id_: str) -> Listed:
        """Return a list. Raises `DeliveryRefused` (`no-delivery`) for one that the caller does not see."""
        with self._house.database.reading() as session:
            row = session.get(DailyList, id_)
            if row is None or row.institution not in institution_and_below(session, who.institution):
                raise refusal("no-delivery")
            kept = row.lines if isinstance(row.lines, list) else []
            lines = [self._line(session, one, row.day) for one in kept if isinstance(one, Mapping)]
            return self._listed(session, row, lines)

    def _listed(self, session: Session, row: DailyList, lines: Sequence[ListLine] = ()) -> Listed:
        name = name_of_institution(session, self._house.records, row.institution)
        return Listed(row.id, name, row.day, row.made_at, row.open, row.chased, row.late, lines)

    def _line(self, session: Session, kept: Mapping[str, JsonValue], day: date) -> ListLine:
        delivery, due = str(kept["delivery"]), date.fromisoformat(str(kept["due_on"]))
        row, seller = session.get(DeliveryRow, delivery), str(kept["salesperson"])
        policy = kept["policy"]
        return ListLine(
            delivery=delivery,
            policy=None if policy is None else str(policy),
            proposal=str(kept["proposal"]),
            applicant=None if row is None else applicant_name(self._deliveries, session, row),
            seller=member_name(session, self._house.records, seller),
            state=str(kept["state"]),
            owner=str(kept["owner"]),
            act=str(kept["act"]),
            due_on=due,
            days_left=(due - day).days,
        )


def _kept(row: DeliveryRow) -> dict[str, JsonValue]:
    return {
        "delivery": row.id,
        "policy": row.policy,
        "proposal": row.proposal,
        "salesperson": row.salesperson,
        "state": row.state,
        "owner": row.owner,
        "act": row.act,
        "due_on": row.due_on.isoformat(),
    }
