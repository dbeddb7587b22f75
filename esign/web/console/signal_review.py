"""Signals for those who judge them: of envelopes in their reach alone; whoever else is named only there too.

Whoever decides, or looks at handwriting, has shown a second factor, and is asked for in the transaction that does it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from esign.ceremony.about import read_about
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.signals import ALIKE_STROKES, SIGNALS, SignalWords
from esign.ceremony.domain.state import Signal
from esign.ceremony.envelopes import Change, Reaction
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.people import parse_person
from esign.ceremony.records import CeremonyRecords
from esign.ceremony.signal_models import SignalRow
from esign.desk.sight import Sight
from esign.evidence.handwriting import Handwriting, parse_handwriting
from esign.infra.errors import RecordErased
from esign.infra.ids import new_id
from esign.infra.search_index import ERASED_TEXT
from esign.staff.actors import Caller, staff_actor
from esign.staff.domain.refusal import refusal as staff_refusal
from esign.staff.domain.roles import Role
from esign.staff.reach import Reach
from esign.staff.rights import present

REVIEWERS: Final = (Role.SUPERVISOR, Role.COMPLIANCE)
SHOWN_AT_ONCE: Final = 50
_OVER: Final = ("declined", "expired", "voided")


class Chosen(StrEnum):
    """Which signals a list has: those that wait, those of them that hold a seal, those that were cleared."""

    OPEN = "open"
    HOLDING = "holding"
    CLEARED = "cleared"


class Beyond(StrEnum):
    """Why the other handwriting is not to be looked at: its envelope is out of reach, or led to no contract."""

    REACH = "reach"
    OVER = "over"


@dataclass(frozen=True)
class SignalLine:
    """A signal in a list. `holds` is whether the seal waits for it."""

    id: str
    words: SignalWords
    strength: str
    holds: bool
    envelope: str
    title: str
    person: str = field(repr=False)
    raised_at: datetime
    cleared_at: datetime | None


@dataclass(frozen=True)
class Other:
    """Whom a signal names: a recipient in reach, or one who is not (`name` is None), or a member of staff."""

    name: str | None = field(repr=False)
    title: str | None
    envelope: str | None


@dataclass(frozen=True)
class SignalDetail:
    """A signal with what it takes to judge it."""

    line: SignalLine
    signal: Signal
    state: str
    held: bool
    other: Other | None
    is_own: bool
    can_void: bool
    lacks_factor: bool
    beyond: Beyond | None

    @property
    def has_captures(self) -> bool:
        """Whether two handwritings were compared; what ended without a contract is not looked into."""
        return self.signal.finding == ALIKE_STROKES and self.state not in _OVER


@dataclass(frozen=True)
class ShownCapture:
    """A handwriting as it is drawn: whose it is, and each stroke as an SVG path."""

    name: str = field(repr=False)
    box: str
    width: float
    strokes: tuple[str, ...] = field(repr=False)


class SignalReview:
    """Lists signals, shows what is behind them, and takes the decision. Each act is in a transaction of its own."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._service = sight.service
        self._database = sight.database
        self._records = CeremonyRecords(sight.service.records)

    def count(self, caller: Caller) -> int:
        """Return how many signals wait for the caller."""
        with self._database.reading() as session:
            chosen = _chosen(self._sight.reach(session, caller), Chosen.OPEN).with_only_columns(func.count())
            return session.scalar(chosen) or 0

    def list(self, caller: Caller, show: Chosen, before: str | None = None) -> Sequence[SignalLine]:
        """Return signals, the latest first, from `before` back.

        One more than `SHOWN_AT_ONCE` are returned where there are more.
        """
        with self._database.reading() as session:
            chosen = _chosen(self._sight.reach(session, caller), show)
            if before:
                chosen = chosen.where(SignalRow.id < before)
            rows = session.execute(chosen.order_by(SignalRow.id.desc()).limit(SHOWN_AT_ONCE + 1)).all()
            return [self._line(session, row.SignalRow) for row in rows]

    def of_envelope(self, caller: Caller, envelope: str) -> Sequence[SignalLine]:
        """Return the envelope's signals as the caller may see them: none where they judge none."""
        if caller.roles.isdisjoint(REVIEWERS):
            return []
        with self._database.reading() as session:
            reach = self._sight.reach(session, caller)
            chosen = select(SignalRow).join(EnvelopeRow, EnvelopeRow.id == SignalRow.envelope)
            chosen = chosen.where(
                EnvelopeRow.id == envelope, reach.where(EnvelopeRow.institution, EnvelopeRow.salesperson)
            )
            return [self._line(session, row) for row in session.scalars(chosen.order_by(SignalRow.id))]

    def detail(self, caller: Caller, signal: str) -> SignalDetail:
        """Return a signal. Raises `Refusal` (`no-signal`) also for one that is not in reach."""
        with self._database.reading() as session:
            row = self._row(session, caller, signal)
            state = self._service.envelopes.get(session, row.envelope)
            found = state.find_signal(signal)
            if found is None:
                raise refusal("no-signal")
            return SignalDetail(
                line=self._line(session, row),
                signal=found,
                state=state.state.value,
                held=state.held,
                other=self._other(session, caller, found),
                is_own=caller.member in (state.salesperson, found.with_member),
                can_void=not state.ended,
                lacks_factor=not caller.factor.is_second,
                beyond=self._beyond(session, caller, found),
            )

    def show_captures(self, caller: Caller, signal: str) -> Sequence[ShownCapture]:
        """Take down in both envelopes that the caller looks, and return both handwritings; none of an erased record.

        Raises `Refusal` (`no-signal`), `StaffRefused` (`not-allowed` where the caller does not reach both, ...).
        """

        def shown(session: Session, state: Envelope, now: datetime) -> commands.Command:
            found = state.find_signal(signal)
            if found is None or found.finding != ALIKE_STROKES:
                raise refusal("no-signal")
            if self._beyond(session, caller, found) is not None:
                raise staff_refusal("not-allowed")
            return commands.ShowCaptures(at=now, signal=signal, by=caller.member)

        def shown_there(session: Session, change: Change) -> None:
            found = change.after.find_signal(signal)
            if found is None or found.with_envelope in (None, change.after.id):
                return
            other = self._service.envelopes.get(session, str(found.with_envelope))
            now = self._service.clocks.now(session, other.client)
            command = commands.ShowCaptures(at=now, signal=signal, by=caller.member, elsewhere=True)
            self._service.envelopes.execute(session, other.id, command, actor=staff_actor(caller.member))

        self._change(caller, signal, shown, beside=shown_there)
        with self._database.reading() as session:
            row = self._row(session, caller, signal)
            both = [(row.envelope, row.recipient), (row.with_envelope, row.with_recipient)]
            drawn = [self._capture(session, envelope, recipient) for envelope, recipient in both]
        return [one for one in drawn if one is not None]

    def clear(self, caller: Caller, signal: str, reason: str, words: str) -> None:
        """Take down that the caller found no harm. Raises `Refusal` (`no-signal`, `own-signal`, ...)."""

        def cleared(session: Session, state: Envelope, now: datetime) -> commands.Command:
            found = state.find_signal(signal)
            is_first = found is not None and found.cleared is None
            note = self._note(session, words, now) if words and is_first else None
            return commands.ClearSignal(at=now, signal=signal, by=caller.member, reason=reason, note=note)

        self._change(caller, signal, cleared)

    def void(self, caller: Caller, signal: str, reason: str, words: str) -> None:
        """Void the envelope of the signal. Raises `Refusal` (`no-signal`, `envelope-completed`, ...)."""

        def voided(session: Session, state: Envelope, now: datetime) -> commands.Command:
            if state.salesperson == caller.member:
                raise refusal("own-signal")
            note = self._note(session, words, now) if words and not state.ended else None
            return commands.Void(at=now, by=caller.member, reason=reason, note=note)

        self._change(caller, signal, voided)

    def _change(
        self,
        caller: Caller,
        signal: str,
        command_of: Callable[[Session, Envelope, datetime], commands.Command],
        beside: Reaction | None = None,
    ) -> None:
        """Do it, if the caller as they stand now may: reach, role and a second factor are asked in the transaction."""
        with self._database.reading() as session:
            envelope = self._row(session, caller, signal).envelope

        def command(session: Session, state: Envelope) -> commands.Command:
            now = present(session, self._sight.room.sessions, caller)
            self._row(session, now, signal)
            if now.roles.isdisjoint(REVIEWERS):
                raise staff_refusal("not-allowed")
            if not now.factor.is_second:
                raise staff_refusal("second-factor-needed")
            return command_of(session, state, self._service.clocks.now(session, state.client))

        self._service.envelopes.change(envelope, command, actor=staff_actor(caller.member), beside=beside)

    def _beyond(self, session: Session, caller: Caller, signal: Signal) -> Beyond | None:
        row = session.get(EnvelopeRow, signal.with_envelope) if signal.with_envelope is not None else None
        if row is None or not self._sees(session, caller, row.id):
            return Beyond.REACH
        return Beyond.OVER if row.state in _OVER else None

    def _note(self, session: Session, words: str, now: datetime) -> str:
        note = new_id("nte", now)
        self._service.records.keep(session, note, "note", words.encode("utf-8"), at=now)
        return note

    def _row(self, session: Session, caller: Caller, signal: str) -> SignalRow:
        row = session.get(SignalRow, signal)
        if row is None or not self._sees(session, caller, row.envelope):
            raise refusal("no-signal")
        return row

    def _sees(self, session: Session, caller: Caller, envelope: str | None) -> bool:
        row = session.get(EnvelopeRow, envelope) if envelope is not None else None
        return row is not None and self._sight.reach(session, caller).sees(row.institution, row.salesperson)

    def _line(self, session: Session, row: SignalRow) -> SignalLine:
        state = self._service.envelopes.get(session, row.envelope)
        return SignalLine(
            id=row.id,
            words=SIGNALS[row.finding],
            strength=row.strength,
            holds=any(one.id == row.id for one in state.holding),
            envelope=row.envelope,
            title=self._title(session, row.envelope),
            person=self._name(session, state, row.recipient),
            raised_at=row.raised_at,
            cleared_at=row.cleared_at,
        )

    def _other(self, session: Session, caller: Caller, signal: Signal) -> Other | None:
        if signal.with_envelope is None or signal.with_recipient is None:
            return None
        if not self._sees(session, caller, signal.with_envelope):
            return Other(None, None, None)
        state = self._service.envelopes.get(session, signal.with_envelope)
        name = self._name(session, state, signal.with_recipient)
        return Other(name, self._title(session, signal.with_envelope), signal.with_envelope)

    def _capture(self, session: Session, envelope: str | None, recipient_id: str | None) -> ShownCapture | None:
        state = None if envelope is None else self._service.envelopes.read(session, envelope).envelope
        recipient = None if state is None or recipient_id is None else state.find(recipient_id)
        capture = None if recipient is None else recipient.session.handwriting
        if state is None or recipient is None or capture is None:
            return None
        try:
            written = parse_handwriting(self._records.capture(session, capture.record).data)
        except RecordErased:
            return None
        return _drawn(self._name(session, state, recipient.id), written)

    def _name(self, session: Session, state: Envelope, recipient: str) -> str:
        try:
            return parse_person(self._service.records.read(session, state.recipient(recipient).plan.person)).name
        except RecordErased:
            return ERASED_TEXT

    def _title(self, session: Session, envelope: str) -> str:
        try:
            return read_about(self._service.records, session, envelope).title
        except RecordErased:
            return ERASED_TEXT


def _chosen(reach: Reach, show: Chosen) -> Select[SignalRow]:
    chosen = select(SignalRow).join(EnvelopeRow, EnvelopeRow.id == SignalRow.envelope)
    chosen = chosen.where(reach.where(EnvelopeRow.institution, EnvelopeRow.salesperson))
    if show is Chosen.CLEARED:
        return chosen.where(SignalRow.cleared_at.is_not(None))
    chosen = chosen.where(SignalRow.cleared_at.is_(None), EnvelopeRow.state.not_in(_OVER))
    return chosen.where(SignalRow.holds) if show is Chosen.HOLDING else chosen


def _drawn(name: str, written: Handwriting) -> ShownCapture:
    """Return the strokes as paths in a box around the ink: nothing of a pad's size tells two captures apart."""
    points = [point for stroke in written.strokes for point in stroke.points]
    left, right = min(p.x for p in points), max(p.x for p in points)
    top, bottom = min(p.y for p in points), max(p.y for p in points)
    size = max(right - left, bottom - top, 1.0)
    edge = 0.06 * size
    box = f"{left - edge:.1f} {top - edge:.1f} {right - left + 2 * edge:.1f} {bottom - top + 2 * edge:.1f}"
    strokes = tuple("M" + "L".join(f"{p.x:.1f} {p.y:.1f}" for p in stroke.points) for stroke in written.strokes)
    return ShownCapture(name, box, round(0.012 * size, 2), strokes)
