"""What staff do to an envelope by themselves: send, remind, void, state a face, seal again. The trail has their id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import EnvelopeState
from esign.desk.sight import Sight, sells
from esign.infra.ids import new_id
from esign.staff.actors import Caller, name_of
from esign.staff.domain.refusal import refusal as staff_refusal
from esign.staff.domain.roles import Role
from esign.staff.rights import present

NOTE_AT_MOST: Final = 500


class Act(StrEnum):
    """What can be done to an envelope."""

    SEND = "send"
    REMIND = "remind"
    VOID = "void"
    RETRY_SEAL = "retry-seal"
    CHANGE_PEOPLE = "change-people"
    STATE_FACE = "state-face"
    HAND_OVER = "hand-over"


class VoidReason(StrEnum):
    """Why an envelope is withdrawn, as a code in the trail."""

    CUSTOMER_ASKED = "customer-asked"
    WRONG_DETAILS = "wrong-details"
    WRONG_PERSON = "wrong-person"
    SENT_TWICE = "sent-twice"
    OTHER = "other"


ALLOWED: Final[Mapping[Act, frozenset[Role]]] = {
    Act.SEND: frozenset({Role.SALES, Role.SUPERVISOR}),
    Act.REMIND: frozenset({Role.SALES, Role.SUPERVISOR, Role.OPERATIONS}),
    Act.VOID: frozenset({Role.SALES, Role.SUPERVISOR, Role.COMPLIANCE}),
    Act.RETRY_SEAL: frozenset({Role.SUPERVISOR, Role.OPERATIONS, Role.ADMIN}),
    Act.CHANGE_PEOPLE: frozenset({Role.SALES, Role.SUPERVISOR, Role.OPERATIONS}),
    Act.STATE_FACE: frozenset({Role.SALES}),
    Act.HAND_OVER: frozenset({Role.SALES}),
}
"""Whose roles let them do what, among the envelopes that they reach."""
OWN_SALE: Final = frozenset({Act.STATE_FACE, Act.HAND_OVER})
"""What only whoever sits beside the customer does: the salesperson whose envelope it is."""

CommandOf: TypeAlias = Callable[[Session, Envelope, datetime], commands.Command]


def may(caller: Caller, act: Act) -> bool:
    """Tell whether the caller's roles let them do this to an envelope that they reach."""
    return not ALLOWED[act].isdisjoint(caller.roles)


class EnvelopeActs:
    """Does them, each in a transaction of its own.

    Every method raises `Refusal` (`no-envelope` for one out of reach, and what the envelope's state refuses),
    `StaffRefused` (`not-allowed`, `session-over`) and `ConcurrentChange`.
    """

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def send(self, caller: Caller, envelope: str) -> None:
        """Send a draft. Sending it again changes nothing."""
        self.change(
            caller, Act.SEND, envelope, lambda _session, _state, at: commands.SendEnvelope(at=at, by=caller.member)
        )

    def remind(self, caller: Caller, envelope: str, recipient: str) -> None:
        """Send a recipient another message with the link. Raises `Refusal` (`reminder-too-early`, ...) too."""

        def reminder(_session: Session, state: Envelope, at: datetime) -> commands.Command:
            found = state.find(recipient)
            if found is None:
                raise refusal("no-recipient")
            return commands.Remind(at=at, recipient=recipient, number=found.reminders + 1, asked_by=caller.member)

        self.change(caller, Act.REMIND, envelope, reminder)

    def void(self, caller: Caller, envelope: str, reason: VoidReason, note: str | None) -> None:
        """Withdraw the envelope. The note, at most 500 characters of it, is for people and kept sealed."""

        def voided(session: Session, state: Envelope, at: datetime) -> commands.Command:
            record = None if state.state is EnvelopeState.VOIDED else self._kept(session, note, at)
            return commands.Void(at=at, by=caller.member, reason=reason.value, note=record)

        self.change(caller, Act.VOID, envelope, voided)

    def state_face(
        self, caller: Caller, envelope: str, recipient: str, photo: str, *, is_customer: bool, note: str | None = None
    ) -> None:
        """Record what the salesperson says of exactly this photo; "not the customer" stops the envelope.

        Raises `Refusal` (`photo-unknown`: another one was taken meanwhile) too.
        """

        def stated(session: Session, state: Envelope, at: datetime) -> commands.Command:
            if state.find(recipient) is None:
                raise refusal("no-recipient")
            return commands.StateFace(
                at=at,
                recipient=recipient,
                photo=photo,
                is_customer=is_customer,
                by=caller.member,
                note=None if is_customer else self._kept(session, note, at),
            )

        self.change(caller, Act.STATE_FACE, envelope, stated)

    def retry_seal(self, caller: Caller, envelope: str) -> None:
        """Have the seal tried again, where it failed."""

        def retried(_session: Session, state: Envelope, at: datetime) -> commands.Command:
            return commands.RetrySeal(at=at, attempt=max(1, state.seal_attempt), by=caller.member)

        self.change(caller, Act.RETRY_SEAL, envelope, retried)

    def change(self, caller: Caller, act: Act, envelope: str, command_of: CommandOf) -> None:
        """Do to the envelope what `command_of` makes of it and of its client's time, if the caller may."""
        with self._sight.database.reading() as session:
            self._sight.row(session, caller, envelope)  # so that nothing else's stream is read as an envelope

        def command(session: Session, state: Envelope) -> commands.Command:
            self.require(session, caller, act, envelope)
            return command_of(session, state, self._sight.service.clocks.now(session, state.client))

        self._sight.service.envelopes.change(envelope, command, actor=name_of(caller))

    def require(self, session: Session, caller: Caller, act: Act, envelope: str) -> Envelope:
        """Return the envelope, if the caller as they stand now may do this to it. Raises as every method does."""
        now = present(session, self._sight.room.sessions, caller)
        state = self._sight.envelope(session, now, envelope)
        if not may(now, act) or (act in OWN_SALE and not sells(now, state)):
            raise staff_refusal("not-allowed")
        return state

    def _kept(self, session: Session, note: str | None, at: datetime) -> str | None:
        """Keep what somebody wrote, sealed; return its record, None where nothing was written."""
        if not note:
            return None
        record = new_id("nte", at)
        self._sight.service.records.keep(session, record, "note", note[:NOTE_AT_MOST].encode("utf-8"), at=at)
        return record
