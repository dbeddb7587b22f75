"""Signals for those who judge them: of envelopes in their reach alone; whoever else is named only there too."""

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
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.people import parse_person
from esign.ceremony.records import CeremonyRecords
from esign.ceremony.signal_models import SignalRow
from esign.evidence.handwriting import Handwriting, parse_handwriting
from esign.infra.errors import RecordErased
from esign.infra.ids import new_id
from esign.infra.search_index import ERASED_TEXT
from esign.service import Service
from esign.staff.actors import Caller, staff_actor
from esign.staff.domain.roles import Role
from esign.staff.reach import Reach

REVIEWERS: Final = (Role.SUPERVISOR, Role.COMPLIANCE)
SHOWN_AT_ONCE: Final = 50
_OVER: Final = ("declined", "expired", "voided")


class Chosen(StrEnum):
    """Which signals a list has: those that wait, those of them that hold a seal, those that were cleared."""

    OPEN = "open"
    HOLDING = "holding"
    CLEARED = "cleared"


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

    @property
    def has_captures(self) -> bool:
        """Whether there are two handwritings to be looked at; what ended without a contract is not looked into."""
        return self.signal.finding == ALIKE_STROKES and self.state not in _OVER


@dataclass(frozen=True)
class ShownCapture:
    """A handwriting as it is drawn: whose it is, None where that is not in reach, and each stroke as an SVG path."""

    name: str | None = field(repr=False)
    box: str
    width: float
    strokes: tuple[str, ...] = field(repr=False)


class SignalReview:
    """Lists signals, shows what is behind them, and takes the decision. Each act is in a transaction of its own."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._database = service.ports.database
        self._records = CeremonyRecords(service.records)

    def count(self, caller: Caller) -> int:
        """Return how many signals wait for the caller."""
        with self._database.reading() as session:
            chosen = _chosen(Reach.of(session, caller), Chosen.OPEN).with_only_columns(func.count())
            return session.scalar(chosen) or 0

    def list(self, caller: Caller, show: Chosen, before: str | None = None) -> Sequence[SignalLine]:
        """Return signals, the latest first, from `before` back.

        One more than `SHOWN_AT_ONCE` are returned where there are more.
        """
        with self._database.reading() as session:
            chosen = _chosen(Reach.of(session, caller), show)
            if before:
                chosen = chosen.where(SignalRow.id < before)
            rows = session.execute(chosen.order_by(SignalRow.id.desc()).limit(SHOWN_AT_ONCE + 1)).all()
            return [self._line(session, row.SignalRow) for row in rows]

    def of_envelope(self, caller: Caller, envelope: str) -> Sequence[SignalLine]:
        """Return the envelope's signals as the caller may see them: none where they judge none."""
        if caller.roles.isdisjoint(REVIEWERS):
            return []
        with self._database.reading() as session:
            reach = Reach.of(session, caller)
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
            )

    def show_captures(self, caller: Caller, signal: str) -> Sequence[ShownCapture]:
        """Take down that the caller looks, and return both handwritings; none of a record that was erased.

        Raises `Refusal` (`no-signal`).
        """

        def shown(_session: Session, state: Envelope, now: datetime) -> commands.Command:
            found = state.find_signal(signal)
            if found is None or found.finding != ALIKE_STROKES:
                raise refusal("no-signal")
            return commands.ShowCaptures(at=now, signal=signal, by=caller.member)

        self._change(caller, signal, shown)
        with self._database.reading() as session:
            row = self._row(session, caller, signal)
            both = [(row.envelope, row.recipient), (row.with_envelope, row.with_recipient)]
            drawn = [self._capture(session, caller, envelope, recipient) for envelope, recipient in both]
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
        self, caller: Caller, signal: str, command_of: Callable[[Session, Envelope, datetime], commands.Command]
    ) -> None:
        with self._database.reading() as session:
            envelope = self._row(session, caller, signal).envelope

        def command(session: Session, state: Envelope) -> commands.Command:
            self._row(session, caller, signal)  # as it is in reach now
            return command_of(session, state, self._service.clocks.now(session, state.client))

        self._service.envelopes.change(envelope, command, actor=staff_actor(caller.member))

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
        return row is not None and Reach.of(session, caller).sees(row.institution, row.salesperson)

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

    def _capture(
        self, session: Session, caller: Caller, envelope: str | None, recipient_id: str | None
    ) -> ShownCapture | None:
        state = None if envelope is None else self._service.envelopes.read(session, envelope).envelope
        recipient = None if state is None or recipient_id is None else state.find(recipient_id)
        capture = None if recipient is None else recipient.session.handwriting
        if state is None or recipient is None or capture is None:
            return None
        try:
            written = parse_handwriting(self._records.capture(session, capture.record).data)
        except RecordErased:
            return None
        name = self._name(session, state, recipient.id) if self._sees(session, caller, state.id) else None
        return _drawn(name, written)

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


def _drawn(name: str | None, written: Handwriting) -> ShownCapture:
    """Return the strokes as paths in a box around the ink: nothing of a pad's size tells two captures apart."""
    points = [point for stroke in written.strokes for point in stroke.points]
    left, right = min(p.x for p in points), max(p.x for p in points)
    top, bottom = min(p.y for p in points), max(p.y for p in points)
    size = max(right - left, bottom - top, 1.0)
    edge = 0.06 * size
    box = f"{left - edge:.1f} {top - edge:.1f} {right - left + 2 * edge:.1f} {bottom - top + 2 * edge:.1f}"
    strokes = tuple("M" + "L".join(f"{p.x:.1f} {p.y:.1f}" for p in stroke.points) for stroke in written.strokes)
    return ShownCapture(name, box, round(0.012 * size, 2), strokes)
