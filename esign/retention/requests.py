"""What people ask for: a copy of what is held on them, a correction, erasure; answered within our promise.

Every step is an event with ids and codes in the request's own stream. Who asked, what they wrote and what was answered
are sealed records, found by name and phone, and forgotten when their time is over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from esign.ceremony.models import EnvelopeRow
from esign.infra.ids import new_id
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import SearchField, normalise
from esign.retention import events
from esign.retention.errors import refused
from esign.retention.matters import Matter
from esign.retention.models import ConcernedMatter, ConcernedRecipient, PersonRequest
from esign.retention.people import Concerned, Told, common_institution, is_findable
from esign.retention.periods import day_of
from esign.retention.projection import project
from esign.retention.rules import Kind, Of, Rules
from esign.staff.approval_records import records_about
from esign.staff.projection import read_tree
from esign.trail.event import NewEvent
from esign.trail.log import Trail, stream_version

RECORD: Final = "person-request"
ANSWER: Final = "person-answer"
WORDS_AT_MOST: Final = 2000
FORGOTTEN_AT_ONCE: Final = 50


class RequestKind(StrEnum):
    COPY = "copy"
    CORRECTION = "correction"
    ERASURE = "erasure"


class Channel(StrEnum):
    """Where it was asked: on the public page, or by an officer who got it by letter, at a counter, by phone."""

    PAGE = "page"
    OFFICER = "officer"


class State(StrEnum):
    RECEIVED = "received"
    ANSWERED = "answered"
    FORGOTTEN = "forgotten"
    """Its time is over: who asked, and what, is erased."""


class Outcome(StrEnum):
    """`RESTRICTED`: the law demands keeping, and until then nothing is done with it but storing."""

    GRANTED = "granted"
    RESTRICTED = "restricted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Request:
    """A request as it stands. `told` is None once it is forgotten; `answer` is what was written to the person."""

    id: str
    kind: RequestKind
    channel: Channel
    institution: str | None
    state: State
    received_at: datetime
    due_on: date
    received_by: str | None
    told: Told | None = field(repr=False)
    concerned: Sequence[Concerned]
    outcome: Outcome | None
    answer: str | None = field(repr=False)
    answered_at: datetime | None
    answered_by: str | None
    collected_at: datetime | None
    matters: Sequence[str] = ()
    """Ids of what no envelope holds (`esign.retention.matters`)."""

    @property
    def is_open(self) -> bool:
        return self.state is State.RECEIVED


class Requests:
    """Receives, reads and answers requests, in the caller's transaction. Who may is the caller's to ask."""

    def __init__(self, records: PersonalRecords, rules: Rules) -> None:
        self._records = records
        self._rules = rules
        self._trail = Trail(events.VOCABULARY)

    def receive(
        self,
        session: Session,
        kind: RequestKind,
        told: Told,
        concerned: Sequence[Concerned],
        *,
        channel: Channel,
        by: str | None,
        actor: str,
        now: datetime,
        own_institution: str | None = None,
        matters: Sequence[Matter] = (),
    ) -> str:
        """Record a request; return its id. `own_institution` is where it belongs if it concerns nothing that is kept.

        Raises `RetentionRefused`: `request-empty` without name or phone, `request-open` where the same person's is
        open already: name and phone in any spelling that the index takes for one, unless `_told_apart`.
        """
        if not is_findable(told.name, told.phone):
            raise refused("request-empty")
        asked = self.of(session, told.name, told.phone)
        if any(one.kind is kind and one.is_open and not _told_apart(one, told, concerned, matters) for one in asked):
            raise refused("request-open")
        request, person = new_id("prq", now), new_id("rec", now)
        find_by = [(SearchField.NAME, told.name), (SearchField.PHONE, told.phone)]
        self._records.keep(session, person, RECORD, told.encode(), at=now, find_by=find_by)
        received = events.REQUEST_RECEIVED(
            kind=kind,
            channel=channel,
            institution=self._place(session, concerned, matters, own_institution),
            person=person,
            due_on=self._rules.promise.due_on(day_of(now)).isoformat(),
            by=by,
            concerns=[[one.recipient, one.envelope] for one in concerned],
            matters=[one.id for one in matters],
        )
        self._tell(session, request, received, actor, now)
        return request

    def answer(
        self,
        session: Session,
        request: Request,
        outcome: Outcome,
        words: str,
        *,
        by: str,
        actor: str,
        now: datetime,
        restricted: Collection[str] = (),
        corrected: Collection[str] = (),
        approved_by: str | None = None,
    ) -> None:
        """Record the answer. `restricted` and `corrected` are recipients and matters. Raises `RetentionRefused`:
        `request-answered`, `answer-missing`."""
        if not request.is_open:
            raise refused("request-answered")
        if not words.strip():
            raise refused("answer-missing")
        note = new_id("rec", now)
        self._records.keep(session, note, ANSWER, words.strip()[:WORDS_AT_MOST].encode("utf-8", "replace"), at=now)
        told = events.REQUEST_ANSWERED(
            outcome=outcome,
            words=note,
            by=by,
            approved_by=approved_by,
            restricted=sorted(restricted),
            corrected=sorted(corrected),
        )
        self._tell(session, request.id, told, actor, now)

    def collected(self, session: Session, request: str, *, now: datetime) -> None:
        """Record that the person took the copy away."""
        self._tell(session, request, events.REQUEST_COLLECTED(), "person", now)

    def get(self, session: Session, request: str) -> Request:
        """Return a request. Raises `RetentionRefused` (`no-request`)."""
        row = session.get(PersonRequest, request)
        if row is None:
            raise refused("no-request")
        return self._shown(session, row)

    def shown(self, session: Session, rows: Sequence[PersonRequest]) -> Sequence[Request]:
        """Return these requests."""
        return [self._shown(session, row) for row in rows]

    def of(self, session: Session, name: str, phone: str) -> Sequence[Request]:
        """Return what somebody with this name and phone asked for, the newest first, however many share the name."""
        index = self._records.index
        chosen = select(PersonRequest).where(
            PersonRequest.person.in_(index.chosen(SearchField.PHONE, phone)),
            PersonRequest.person.in_(index.chosen(SearchField.NAME, name)),
        )
        return self.shown(session, session.scalars(chosen.order_by(PersonRequest.id.desc())).all())

    def shown_to(self, session: Session, told: Told, own: Collection[str]) -> Sequence[Request]:
        """Return what the visitor asked for, whose are these recipients and matters: the newest first.

        One recipient without an identity number lets any tail in, so name and phone do not show what concerns others:
        all that a request concerns must be among these, or it was made with the tail that was told now (some that it
        concerns may have been erased since).
        """
        asked = self.of(session, told.name, told.phone)
        return [one for one in asked if _concerns_only(one, own) or _same_tail(one, told)]

    def forget_old(self, session: Session, now: datetime) -> int:
        """Erase who asked and what, where its time is over; return how many. For the sweep."""
        rule = self._rules.for_(Kind.PERSON_REQUEST, Of.ANY, None, day_of(now))
        latest = rule.keep.latest_start(day_of(now)).isoformat()
        chosen = select(PersonRequest).where(
            PersonRequest.state == State.ANSWERED.value, PersonRequest.due_on <= latest
        )
        rows = session.scalars(chosen.limit(FORGOTTEN_AT_ONCE)).all()
        for row in rows:
            request, own = row.id, [one for one in (row.person, row.answer_words) if one is not None]
            for record in (*own, *records_about(session, [request])):
                self._records.erase(session, record, at=now)
            self._tell(session, request, events.REQUEST_FORGOTTEN(), events.SYSTEM, now)
        return len(rows)

    def _shown(self, session: Session, row: PersonRequest) -> Request:
        concerned = session.scalars(
            select(ConcernedRecipient)
            .where(ConcernedRecipient.request == row.id)
            .order_by(ConcernedRecipient.recipient.desc())
        )
        matters = select(ConcernedMatter.matter).where(ConcernedMatter.request == row.id)
        told = self._read(session, row.person)
        answer = self._read(session, row.answer_words)
        return Request(
            id=row.id,
            kind=RequestKind(row.kind),
            channel=Channel(row.channel),
            institution=row.institution,
            state=State(row.state),
            received_at=row.received_at,
            due_on=date.fromisoformat(row.due_on),
            received_by=row.received_by,
            told=None if told is None else Told.decode(told),
            concerned=[Concerned(one.recipient, one.envelope) for one in concerned],
            outcome=None if row.outcome is None else Outcome(row.outcome),
            answer=None if answer is None else answer.decode(),
            answered_at=row.answered_at,
            answered_by=row.answered_by,
            collected_at=row.collected_at,
            matters=session.scalars(matters.order_by(ConcernedMatter.matter.desc())).all(),
        )

    def _read(self, session: Session, record: str | None) -> bytes | None:
        if record is None or self._records.is_erased(session, record):
            return None
        return self._records.read(session, record)

    @staticmethod
    def _place(
        session: Session, concerned: Sequence[Concerned], matters: Sequence[Matter], own: str | None
    ) -> str | None:
        if not concerned and not matters and own is not None:
            return own
        envelopes = sorted({one.envelope for one in concerned})
        owners = session.scalars(select(EnvelopeRow.institution).where(EnvelopeRow.id.in_(envelopes))).all()
        return common_institution(read_tree(session), [*owners, *(one.institution for one in matters)])

    def _tell(self, session: Session, request: str, told: NewEvent, actor: str, now: datetime) -> None:
        version = stream_version(session, request)
        (recorded,) = self._trail.append(session, request, version, [told], actor=actor, time=now)
        project(session, recorded)


def _concerns_only(request: Request, own: Collection[str]) -> bool:
    concerned = {*(one.recipient for one in request.concerned), *request.matters}
    return bool(concerned) and concerned <= set(own)


def _same_tail(request: Request, told: Told) -> bool:
    """Tell whether the request was made with this tail of an identity number; one that is blank tells nothing."""
    tail = _tail(told)
    return bool(tail) and request.told is not None and _tail(request.told) == tail


def _told_apart(request: Request, told: Told, concerned: Sequence[Concerned], matters: Sequence[Matter]) -> bool:
    """Tell whether the request is another person's with the same name and phone: both gave the tail of an identity
    number, the tails differ, and so does what they concern. Where none is on record any tail is let in, so that
    another tail alone, over the same records, makes nobody another person."""
    if request.told is None or not (_tail(request.told) and _tail(told)) or _same_tail(request, told):
        return False
    asked = {*(one.recipient for one in concerned), *(one.id for one in matters)}
    same = asked == {*(one.recipient for one in request.concerned), *request.matters}
    return not (asked and same)


def _tail(told: Told) -> str:
    return normalise(SearchField.ID_NUMBER, told.tail)


def notes_on(session: Session, records: PersonalRecords, subject: str) -> Sequence[tuple[datetime, str]]:
    """Return what was noted beside a recipient's details, or a matter, after a correction was granted: when, and in
    whose words."""
    recipients = select(ConcernedRecipient.request).where(
        ConcernedRecipient.recipient == subject, ConcernedRecipient.corrected.is_(True)
    )
    matters = select(ConcernedMatter.request).where(
        ConcernedMatter.matter == subject, ConcernedMatter.corrected.is_(True)
    )
    chosen = or_(PersonRequest.id.in_(recipients), PersonRequest.id.in_(matters))
    rows = session.scalars(select(PersonRequest).where(chosen).order_by(PersonRequest.id)).all()
    found = []
    for row in rows:
        if row.answered_at is not None and not records.is_erased(session, row.person):
            found.append((row.answered_at, Told.decode(records.read(session, row.person)).words))
    return found


def is_restricted(session: Session, recipient: str) -> bool:
    """Tell whether nothing may be done with what is held of the recipient but storing it (PIPL art. 47)."""
    chosen = select(ConcernedRecipient.request).where(
        ConcernedRecipient.recipient == recipient, ConcernedRecipient.restricted.is_(True)
    )
    return session.scalar(chosen.limit(1)) is not None


def is_matter_restricted(session: Session, matter: str) -> bool:
    """Tell whether nothing may be done with what a matter keeps but storing it (PIPL art. 47)."""
    chosen = select(ConcernedMatter.request).where(
        ConcernedMatter.matter == matter, ConcernedMatter.restricted.is_(True)
    )
    return session.scalar(chosen.limit(1)) is not None


def matters_restricted() -> Select[str]:
    """Return what chooses the matters that are only stored."""
    return select(ConcernedMatter.matter).where(ConcernedMatter.restricted.is_(True))
