"""What the live page shows: an envelope within the caller's reach, with its people. What is done, `EnvelopeActs` does.

What is out of reach answers exactly like what is not there (`no-envelope`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.values import EnvelopeMode, EnvelopeState
from esign.ceremony.errors import NotAvailable
from esign.ceremony.live import LiveEnvelope, live_envelope, masked
from esign.ceremony.records import HANDWRITING
from esign.desk.details import READERS
from esign.desk.room import Desk
from esign.desk.sight import sells
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role

INK_SIZE: Final = (640, 300)
"""Width and height of the picture of handwriting, px: twice the place that it has on the page."""
_NOTHING_CAME: Final = frozenset({"no-handwriting", "no-photo"})


@dataclass(frozen=True)
class Named:
    """A recipient as the page names them; both are None where their record was erased."""

    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True)
class Seen:
    """An envelope as the caller sees it. `may_act` is for whose sale it is, `may_manage` also for who leads them.

    `photos` are the recipients whose photos the caller may look at, `sealed` the documents that they may take away.
    """

    live: LiveEnvelope
    title: str | None = field(repr=False)
    names: Mapping[str, Named] = field(repr=False)
    is_test: bool
    photos: frozenset[str]
    sealed: tuple[str, ...]
    may_act: bool
    may_manage: bool


class LiveDesk:
    """Looks at envelopes for a caller. Every method raises `Refusal` (`no-envelope`), `StaffRefused`."""

    def __init__(self, desk: Desk) -> None:
        self._sight = desk.sight
        self._evidence = desk.evidence
        self._service = desk.sight.service

    def version(self, caller: Caller, envelope: str) -> LiveEnvelope:
        """Return how the envelope stands, without its people."""
        with self._sight.database.reading() as session:
            return self._live(session, self._sight.envelope(session, caller, envelope))

    def look(self, caller: Caller, envelope: str) -> Seen:
        """Return the envelope as the caller sees it."""
        with self._sight.database.reading() as session:
            state = self._sight.envelope(session, caller, envelope)
            about = self._sight.about(session, envelope)
            is_done = state.state is EnvelopeState.COMPLETED and not READERS.isdisjoint(caller.roles)
            return Seen(
                live=self._live(session, state),
                title=None if about is None else about.title,
                names={one.id: self._named(session, one) for one in state.recipients},
                is_test=state.settings.mode is EnvelopeMode.TEST,
                photos=self._evidence.live_photos(session, caller, state),
                sealed=tuple(one.plan.id for one in state.documents if one.sealed) if is_done else (),
                may_act=sells(caller, state),
                may_manage=not caller.roles.isdisjoint({Role.SALES, Role.SUPERVISOR}),
            )

    def picture(self, caller: Caller, envelope: str, recipient: str, kind: str) -> bytes | None:
        """Return the handwriting as PNG, or the photo as JPEG; None where there is none.

        The gate is that of evidence (`Evidence`). Raises `DeskRefused` (`evidence-closed`), `RecordErased` too.
        """
        try:
            if kind == HANDWRITING:
                return self._evidence.handwriting(caller, envelope, recipient, size=INK_SIZE)
            return self._evidence.photo(caller, envelope, recipient, live=True)
        except NotAvailable as missing:
            if missing.code not in _NOTHING_CAME:
                raise
            return None

    def _live(self, session: Session, state: Envelope) -> LiveEnvelope:
        version = self._service.envelopes.read(session, state.id).version
        handed = frozenset(
            one.id
            for one in state.recipients
            if not state.ended and self._service.handovers.open_for(session, one.id) is not None
        )
        return live_envelope(state, version, handed, self._service.clocks.now(session, state.client))

    def _named(self, session: Session, recipient: Recipient) -> Named:
        person = self._sight.person(session, recipient.plan.person)
        return Named(None, None) if person is None else Named(person.name, masked(person.phone))
