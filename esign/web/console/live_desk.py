"""What the live page stands on: an envelope within the caller's reach, with its people, and what a salesperson does.

What is out of reach answers exactly like what is not there (`no-envelope`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from esign.ceremony.about import read_about
from esign.ceremony.domain import Envelope, Recipient, commands
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import EnvelopeMode, EnvelopeState
from esign.ceremony.envelopes import Change
from esign.ceremony.live import LiveEnvelope, live_envelope, masked
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.people import parse_person
from esign.ceremony.records import HANDWRITING, CeremonyRecords
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.ink import render_png
from esign.infra.errors import RecordErased
from esign.infra.ids import new_id
from esign.infra.logs import log_for
from esign.service import Service
from esign.staff.actors import Caller, name_of
from esign.staff.domain.roles import Role
from esign.staff.reach import Reach

INK_SIZE: Final = (640, 300)
"""Width and height of the picture of handwriting, px: twice the place that it has on the page."""
_log = log_for(__name__)
CommandOf = Callable[[Session, Envelope], commands.Command]


@dataclass(frozen=True)
class Named:
    """A recipient as the page names them; both are None where their record was erased."""

    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True)
class Seen:
    """An envelope as the caller sees it. `may_act` is for who sells, `may_manage` also for who leads them."""

    live: LiveEnvelope
    title: str | None = field(repr=False)
    names: Mapping[str, Named] = field(repr=False)
    is_test: bool
    sealed: tuple[str, ...]
    may_act: bool
    may_manage: bool


class LiveDesk:
    """Looks at envelopes and acts on them, for a caller."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._database = service.ports.database
        self._records = CeremonyRecords(service.records)

    def version(self, caller: Caller, envelope: str) -> LiveEnvelope:
        """Return how the envelope stands, without its people. Raises `Refusal` (`no-envelope`)."""
        with self._database.reading() as session:
            return self._live(session, self.require(session, caller, envelope))

    def look(self, caller: Caller, envelope: str) -> Seen:
        """Return the envelope as the caller sees it. Raises `Refusal` (`no-envelope`)."""
        with self._database.reading() as session:
            state = self.require(session, caller, envelope)
            try:
                title = read_about(self._service.records, session, envelope).title
            except RecordErased:
                title = None
            return Seen(
                live=self._live(session, state),
                title=title,
                names={one.id: self._named(session, one) for one in state.recipients},
                is_test=state.settings.mode is EnvelopeMode.TEST,
                sealed=tuple(one.plan.id for one in state.documents if one.sealed)
                if state.state is EnvelopeState.COMPLETED
                else (),
                may_act=Role.SALES in caller.roles,
                may_manage=not caller.roles.isdisjoint({Role.SALES, Role.SUPERVISOR}),
            )

    def require(self, session: Session, caller: Caller, envelope: str) -> Envelope:
        """Return an envelope that the caller reaches. Raises `Refusal` (`no-envelope`)."""
        row = session.get(EnvelopeRow, envelope)
        if row is None or not Reach.of(session, caller).sees(row.institution, row.salesperson):
            raise refusal("no-envelope")
        return self._service.envelopes.get(session, envelope)

    def require_recipient(self, session: Session, caller: Caller, envelope: str, recipient: str) -> Recipient:
        """Return a recipient of an envelope that the caller reaches. Raises `Refusal` (`no-envelope`,
        `no-recipient`)."""
        found = self.require(session, caller, envelope).find(recipient)
        if found is None:
            raise refusal("no-recipient")
        return found

    def change(self, caller: Caller, envelope: str, command_of: CommandOf) -> Change:
        """Do what `command_of` makes of the envelope as it stands. Raises `Refusal`, `ConcurrentChange`."""

        def command(session: Session, _state: Envelope) -> commands.Command:
            return command_of(session, self.require(session, caller, envelope))

        with self._database.reading() as session:
            self.require(session, caller, envelope)
        return self._service.envelopes.change(envelope, command, actor=name_of(caller))

    def send(self, caller: Caller, envelope: str) -> None:
        """Send a draft. Raises `Refusal`."""
        self.change(caller, envelope, lambda session, state: self._sending(session, state, caller))

    def remind(self, caller: Caller, envelope: str, recipient: str) -> None:
        """Send the link again, an hour after the message before at the earliest. Raises `Refusal`."""

        def reminding(session: Session, state: Envelope) -> commands.Command:
            number = _find(state, recipient).reminders + 1
            now = self._service.clocks.now(session, state.client)
            return commands.Remind(at=now, recipient=recipient, number=number, asked_by=caller.member)

        self.change(caller, envelope, reminding)

    def void(self, caller: Caller, envelope: str, reason: str, words: str | None) -> None:
        """Take the envelope back for a reason (a code), perhaps with words, which are kept sealed. Raises `Refusal`."""

        def voiding(session: Session, state: Envelope) -> commands.Command:
            now = self._service.clocks.now(session, state.client)
            note = None if state.ended else self._note(session, words, state)
            return commands.Void(at=now, by=caller.member, reason=reason, note=note)

        self.change(caller, envelope, voiding)

    def state_face(
        self, caller: Caller, envelope: str, recipient: str, photo: str, *, is_customer: bool, words: str | None = None
    ) -> None:
        """Record what the salesperson says of exactly this photo; "not the customer" stops the envelope.

        Raises `Refusal` (`photo-unknown`: another one was taken meanwhile).
        """

        def stating(session: Session, state: Envelope) -> commands.Command:
            _find(state, recipient)
            now = self._service.clocks.now(session, state.client)
            note = None if is_customer else self._note(session, words, state)
            return commands.StateFace(
                at=now, recipient=recipient, photo=photo, is_customer=is_customer, by=caller.member, note=note
            )

        self.change(caller, envelope, stating)

    def picture(self, caller: Caller, envelope: str, recipient: str, kind: str) -> bytes | None:
        """Return the handwriting as PNG, or the photo as JPEG; None where there is none. Every look is logged.

        Raises `Refusal` (`no-envelope`, `no-recipient`), `RecordErased`.
        """
        with self._database.reading() as session:
            made = self.require_recipient(session, caller, envelope, recipient).session
            capture = made.handwriting if kind == HANDWRITING else made.photo
            if capture is None:
                return None
            data = self._records.capture(session, capture.record).data
        _log.info(
            "evidence was looked at",
            type=kind,
            envelope=envelope,
            recipient=recipient,
            record=capture.record,
            member=caller.member,
        )
        if kind != HANDWRITING:
            return data
        return render_png(parse_handwriting(data), width=INK_SIZE[0], height=INK_SIZE[1])

    def sealed(self, caller: Caller, envelope: str, document: str) -> tuple[bytes, str, str] | None:
        """Return a sealed document with its file name and digest, None where it is not sealed. Every look is logged.

        Raises `Refusal` (`no-envelope`), `RecordErased`.
        """
        with self._database.reading() as session:
            state = self.require(session, caller, envelope)
            found = state.find_document(document)
            if found is None or found.sealed is None or state.state is not EnvelopeState.COMPLETED:
                return None
            name = read_about(self._service.records, session, envelope).documents[document].name
            content = self._service.documents.read(session, document, found.sealed)
        _log.info("a sealed document was looked at", envelope=envelope, document=document, member=caller.member)
        return content, name, found.sealed

    def _live(self, session: Session, state: Envelope) -> LiveEnvelope:
        version = self._service.envelopes.read(session, state.id).version
        handed = frozenset(
            one.id
            for one in state.recipients
            if not state.ended and self._service.handovers.open_for(session, one.id) is not None
        )
        return live_envelope(state, version, handed, self._service.clocks.now(session, state.client))

    def _sending(self, session: Session, state: Envelope, caller: Caller) -> commands.Command:
        return commands.SendEnvelope(at=self._service.clocks.now(session, state.client), by=caller.member)

    def _named(self, session: Session, recipient: Recipient) -> Named:
        try:
            person = parse_person(self._service.records.read(session, recipient.plan.person))
        except RecordErased:
            return Named(None, None)
        return Named(person.name, masked(person.phone))

    def _note(self, session: Session, words: str | None, state: Envelope) -> str | None:
        if not words:
            return None
        now = self._service.clocks.now(session, state.client)
        note = new_id("nte", now)
        self._service.records.keep(session, note, "note", words.encode("utf-8"), at=now)
        return note


def _find(state: Envelope, recipient: str) -> Recipient:
    found = state.find(recipient)
    if found is None:
        raise refusal("no-recipient")
    return found
