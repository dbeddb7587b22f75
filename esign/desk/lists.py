"""The list of envelopes: how many stand where, and a page of them, what changed last first.

The order is read from an index for each institution of the reach and merged, so a page costs the same however many
envelopes there are; where somebody reaches very many institutions, the order of all envelopes is walked instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from esign.ceremony.domain import Actor, next_actor
from esign.ceremony.domain.table import RECIPIENT_TABLE
from esign.ceremony.domain.values import ENDS, EnvelopeState, RecipientRole, RecipientState
from esign.ceremony.models import EnvelopeRow, RecipientRow, Task
from esign.desk.sight import Sight
from esign.infra.columns import UtcDateTime
from esign.infra.models import SearchEntry
from esign.infra.search_index import ERASED_TEXT, SearchField, SearchIndex
from esign.staff.actors import Caller
from esign.staff.projection import read_tree
from esign.staff.reach import Reach

LINES: Final = 20
MERGED_AT_MOST: Final = 100
"""So many institutions are read one by one and merged."""
WORDS_AT_MOST: Final = 128


@dataclass(frozen=True)
class Place:
    """Where a page ended: when its last envelope changed, and which it was."""

    at: datetime
    id: str


@dataclass(frozen=True)
class Wanted:
    """Which envelopes. `words` are a whole name, phone, external id or envelope id.

    Those that changed last at `since` or later, and before `until` (timezone-aware).
    """

    state: EnvelopeState | None = None
    institution: str | None = None
    words: str = field(default="", repr=False)
    since: datetime | None = None
    until: datetime | None = None
    after: Place | None = None


@dataclass(frozen=True)
class Person:
    """A recipient in a line."""

    name: str = field(repr=False)
    role: RecipientRole
    state: RecipientState


@dataclass(frozen=True)
class Next:
    """What is awaited. `act` is a code: send, recipients, state-face, review-signal, sign, seal, retry-seal, or an end.

    `names` are those who are waited for, `reason` the code of what hinders, or of why it ended.
    """

    act: str
    names: tuple[str, ...] = field(default=(), repr=False)
    reason: str | None = None


@dataclass(frozen=True)
class Line:
    """An envelope in the list."""

    id: str
    external_id: str | None
    title: str = field(repr=False)
    state: EnvelopeState
    is_test: bool
    updated_at: datetime
    expires_at: datetime
    people: tuple[Person, ...]
    next: Next


@dataclass(frozen=True)
class Lines:
    """A page of the list. `counts` are of all that is wanted, whatever its state; `after` is None on the last page."""

    lines: tuple[Line, ...]
    counts: Mapping[EnvelopeState, int]
    after: Place | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class EnvelopeLists:
    """Reads the list, within the caller's reach."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def page(self, caller: Caller, wanted: Wanted, *, lines: int = LINES) -> Lines:
        """Return a page. An institution that is out of reach has none. Raises `StaffRefused` (`session-over`)."""
        with self._sight.database.reading() as session:
            reach = narrowed(session, self._sight.reach(session, caller), wanted.institution)
            found = named_by(self._sight.service.records.index, wanted.words)
            ids = page_ids(session, reach, wanted, found, lines + 1)
            rows = {row.id: row for row in session.scalars(select(EnvelopeRow).where(EnvelopeRow.id.in_(ids)))}
            shown = [rows[id_] for id_ in ids[:lines]]
            last = shown[-1] if len(ids) > lines else None
            return Lines(
                lines=self._lines(session, shown),
                counts=counts(session, reach, found, wanted),
                after=None if last is None else Place(last.updated_at, last.id),
            )

    def _lines(self, session: Session, rows: Sequence[EnvelopeRow]) -> tuple[Line, ...]:
        ids = [row.id for row in rows]
        recipients: dict[str, list[RecipientRow]] = {id_: [] for id_ in ids}
        chosen = select(RecipientRow).where(RecipientRow.envelope.in_(ids)).order_by(RecipientRow.number)
        for recipient in session.scalars(chosen):
            if recipient.state != RecipientState.REPLACED:
                recipients[recipient.envelope].append(recipient)
        hindered: dict[str, str | None] = {}
        failed = select(Task.envelope, Task.failure).where(Task.envelope.in_(ids), Task.failure.is_not(None))
        for envelope, failure in session.execute(failed):
            hindered[str(envelope)] = failure
        return tuple(self._line(session, row, recipients[row.id], hindered.get(row.id)) for row in rows)

    def _line(
        self, session: Session, row: EnvelopeRow, recipients: Iterable[RecipientRow], hindered: str | None
    ) -> Line:
        about = self._sight.about(session, row.id)
        people = tuple(self._person(session, one) for one in recipients)
        return Line(
            id=row.id,
            external_id=row.external_id,
            title=ERASED_TEXT if about is None else about.title,
            state=EnvelopeState(row.state),
            is_test=row.mode == "test",
            updated_at=row.updated_at,
            expires_at=row.expires_at,
            people=people,
            next=self._next(session, row, people, hindered),
        )

    def _person(self, session: Session, row: RecipientRow) -> Person:
        person = self._sight.person(session, row.person)
        name = ERASED_TEXT if person is None else person.name
        return Person(name, RecipientRole(row.role), RecipientState(row.state))

    def _next(self, session: Session, row: EnvelopeRow, people: Sequence[Person], hindered: str | None) -> Next:
        """Return what is awaited, from the rows; why an envelope ended or failed is in its state alone."""
        state = EnvelopeState(row.state)
        if state is EnvelopeState.IN_PROGRESS:
            return _awaited(people, hindered) or self._reviewed(session, row.id)
        if state is EnvelopeState.SEALING:
            return Next("seal", reason=hindered)
        if state in (EnvelopeState.DECLINED, EnvelopeState.VOIDED, EnvelopeState.SEAL_FAILED):
            envelope = self._sight.service.envelopes.get(session, row.id)
            reasons = {
                EnvelopeState.DECLINED: next((one.declined for one in envelope.recipients if one.declined), None),
                EnvelopeState.VOIDED: None if envelope.ending is None else envelope.ending.reason,
                EnvelopeState.SEAL_FAILED: envelope.seal_failure,
            }
            return Next("retry-seal" if state is EnvelopeState.SEAL_FAILED else state.value, reason=reasons[state])
        return Next("send" if state is EnvelopeState.DRAFT else state.value)

    def _reviewed(self, session: Session, envelope: str) -> Next:
        """Return whose word is missing where everybody has signed: it is told by the state alone."""
        acts = [move.act for move in next_actor(self._sight.service.envelopes.get(session, envelope))]
        return Next("state-face" if "state-face" in acts else "review-signal" if "review-signal" in acts else "sign")


def _awaited(people: Sequence[Person], hindered: str | None) -> Next | None:
    """Return whom an envelope waits for that is being signed, people or our own work; None if for neither."""
    signers = [one for one in people if one.role is not RecipientRole.COPY]
    awaited = {one: RECIPIENT_TABLE[one.state].actor for one in signers}
    names = tuple(one.name for one, actor in awaited.items() if actor is Actor.RECIPIENT)
    if names:
        return Next("recipients", names)
    if Actor.SERVICE in awaited.values():
        return Next("sign", reason=hindered)
    return None


def narrowed(session: Session, reach: Reach, institution: str | None) -> Reach:
    """Return what of the reach belongs to the institution or is below it; all of it where none is named."""
    if institution is None:
        return reach
    return Reach(None, reach.institutions & read_tree(session).subtree(institution), unowned=False)


def counts(
    session: Session, reach: Reach, found: Select[str] | None, wanted: Wanted = Wanted()
) -> dict[EnvelopeState, int]:
    """Return how many envelopes of the wanted time stand in each state."""
    chosen = select(EnvelopeRow.state, func.count()).where(_within(reach), *_timed(wanted)).group_by(EnvelopeRow.state)
    if found is not None:
        chosen = chosen.where(EnvelopeRow.id.in_(found))
    counted = dict(session.execute(chosen).all())
    return {state: int(counted.get(state.value, 0)) for state in EnvelopeState}


def ended_ids(session: Session, reach: Reach, wanted: Wanted, found: Select[str] | None, at_most: int) -> Sequence[str]:
    """Return the ids of the wanted envelopes that are over, the oldest first; never more than `at_most`."""
    states = ENDS if wanted.state is None else ENDS & {wanted.state}
    chosen = select(EnvelopeRow.id).where(
        _within(reach), EnvelopeRow.state.in_(sorted(state.value for state in states)), *_timed(wanted)
    )
    if found is not None:
        chosen = chosen.where(EnvelopeRow.id.in_(found))
    return session.scalars(chosen.order_by(EnvelopeRow.id).limit(at_most)).all()


def page_ids(session: Session, reach: Reach, wanted: Wanted, found: Select[str] | None, at_most: int) -> list[str]:
    """Return the ids of the envelopes of a page, in order."""
    statement = page_statement(reach, wanted, found, at_most)
    if statement is None:
        return []
    seen = sorted({(at, id_) for id_, at in session.execute(statement)}, reverse=True)
    return [id_ for _at, id_ in seen[:at_most]]


def page_statement(
    reach: Reach, wanted: Wanted, found: Select[str] | None, at_most: int
) -> Select[str, datetime] | CompoundSelect[str, datetime] | None:
    """Return what reads a page, in no order and perhaps more of it; None where nothing is within reach."""
    ways = _ways(reach)
    if found is not None:
        return _ordered(wanted, and_(_within(reach), EnvelopeRow.id.in_(found)), at_most)
    if not ways:
        return None
    if len(ways) > MERGED_AT_MOST:
        return _ordered(wanted, _within_unindexed(reach), at_most)
    return union_all(*(select(_ordered(wanted, way, at_most).subquery()) for way in ways))


def _ways(reach: Reach) -> list[ColumnElement[bool]]:
    """Return the reach as conditions of which each has an index in the order of the list."""
    own = [] if reach.salesperson is None else [EnvelopeRow.salesperson == reach.salesperson]
    unowned = [EnvelopeRow.institution.is_(None)] if reach.unowned else []
    return [*own, *(EnvelopeRow.institution == one for one in sorted(reach.institutions)), *unowned]


def _within(reach: Reach) -> ColumnElement[bool]:
    return reach.where(EnvelopeRow.institution, EnvelopeRow.salesperson)


def _within_unindexed(reach: Reach) -> ColumnElement[bool]:
    """Return the same for walking the order of all envelopes: no index of an institution is of use to it."""
    owners = [*sorted(reach.institutions), *([""] if reach.unowned else [])]
    own = func.coalesce(EnvelopeRow.salesperson, "") == reach.salesperson if reach.salesperson else false()
    return or_(func.coalesce(EnvelopeRow.institution, "").in_(owners), own)


def _ordered(wanted: Wanted, way: ColumnElement[bool], at_most: int) -> Select[str, datetime]:
    chosen = select(EnvelopeRow.id, EnvelopeRow.updated_at).where(way, *_timed(wanted))
    if wanted.state is not None:
        chosen = chosen.where(EnvelopeRow.state == wanted.state.value)
    if wanted.after is not None:
        place = tuple_(literal(wanted.after.at, UtcDateTime), literal(wanted.after.id))
        chosen = chosen.where(tuple_(EnvelopeRow.updated_at, EnvelopeRow.id) < place)
    return chosen.order_by(EnvelopeRow.updated_at.desc(), EnvelopeRow.id.desc()).limit(at_most)


def _timed(wanted: Wanted) -> list[ColumnElement[bool]]:
    since = [] if wanted.since is None else [EnvelopeRow.updated_at >= wanted.since]
    until = [] if wanted.until is None else [EnvelopeRow.updated_at < wanted.until]
    return [*since, *until]


def named_by(index: SearchIndex, words: str) -> Select[str] | None:
    """Return what chooses the envelopes that the words name, or None where there are no words."""
    plain = words.strip()[:WORDS_AT_MOST]
    if not plain:
        return None
    items = []
    for searched in (SearchField.NAME, SearchField.PHONE):
        try:
            items.append(and_(SearchEntry.field == searched.value, SearchEntry.digest == index.digest(searched, plain)))
        except ValueError:
            continue  # a name has no digits: nothing is left to look for as a phone
    by_id = select(EnvelopeRow.id).where(or_(EnvelopeRow.id == plain, EnvelopeRow.external_id == plain))
    by_person = (
        select(RecipientRow.envelope)
        .join(SearchEntry, SearchEntry.record_id == RecipientRow.person)
        .where(or_(*items) if items else literal(value=False))
    )
    return select(union(by_id, by_person).subquery().c.id)
