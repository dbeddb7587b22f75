"""What is compared, and when, so that a signature made for somebody else is seen: phones, places, pace.

Each comparison is a lookup by an index, in the transaction of the act that reveals something. One other person at the
same phone or device may be family; from two on, or where one of the two is the agent, hardly anything explains it.
A ceremony in person is held on the salesperson's tablet, at the salesperson's network: there neither tells anything.
Strokes are compared where they are taken (`ceremony`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import LargeBinary, Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain import events as e
from esign.ceremony.domain.commands import RaiseSignal
from esign.ceremony.domain.rules import SIGNALS_AT_MOST
from esign.ceremony.domain.signals import (
    ALIKE_STROKES,
    NO_BROWSER,
    SHARED_DEVICE,
    SHARED_NETWORK,
    SHARED_PHONE,
    STAFF_DEVICE,
    TOO_FAST,
)
from esign.ceremony.domain.values import (
    EnvelopeMode,
    EnvelopeState,
    Presence,
    RecipientRole,
    RecipientState,
    SignalStrength,
)
from esign.ceremony.envelopes import Change, Envelopes
from esign.ceremony.models import EnvelopeRow, RecipientRow
from esign.ceremony.signal_models import SessionTrace
from esign.ceremony.traces import KEPT, LOGIN_NEAR, Place, Traces
from esign.infra.ids import new_id
from esign.infra.models import SearchEntry
from esign.infra.search_index import SearchField

ACTOR: Final = "system:signals"
FAMILY: Final = 1
"""So many other people at one phone or device are explained by a family."""
COMPARED_AT_MOST: Final = 50
QUICKEST: Final = timedelta(seconds=15)
QUICKEST_PAGE: Final = timedelta(seconds=1)
"""A ceremony quicker than both together was not read: opening pages, writing a name and pressing three buttons."""

_NOT_SIGNED: Final = (EnvelopeState.DRAFT.value, EnvelopeState.VOIDED.value)
_WEAK, _STRONG = SignalStrength.WEAK, SignalStrength.STRONG

_NAME, _ENTRY = aliased(SearchEntry), aliased(SearchEntry)
_OTHERS: Final = (
    select(RecipientRow.id, RecipientRow.envelope, RecipientRow.role, _NAME.digest)
    .join(
        _NAME,
        and_(
            _NAME.record_id == RecipientRow.person,
            _NAME.field == SearchField.NAME.value,
            _NAME.digest != bindparam("name", type_=LargeBinary()),
        ),
    )
    .join(EnvelopeRow, EnvelopeRow.id == RecipientRow.envelope)
    .where(
        RecipientRow.id != bindparam("recipient"),
        EnvelopeRow.mode == bindparam("mode"),
        # Where no number is known, the parameter is None, which equals nothing.
        ~exists().where(
            SearchEntry.record_id == RecipientRow.person,
            SearchEntry.field == SearchField.ID_NUMBER.value,
            SearchEntry.digest == bindparam("number", type_=LargeBinary()),
        ),
    )
    .order_by(RecipientRow.id.desc())
    .limit(COMPARED_AT_MOST)
)
"""Recipients of another name (and not of the same ID number), latest first, in the same mode."""
_AT_PHONE: Final = _OTHERS.join(
    _ENTRY,
    and_(
        _ENTRY.record_id == RecipientRow.person,
        _ENTRY.field == SearchField.PHONE.value,
        _ENTRY.digest == bindparam("phone", type_=LargeBinary()),
    ),
).where(
    RecipientRow.role != RecipientRole.COPY.value,
    EnvelopeRow.state.not_in(_NOT_SIGNED),
    RecipientRow.state != RecipientState.REPLACED.value,
)
_TRACED: Final = _OTHERS.join(SessionTrace, SessionTrace.recipient == RecipientRow.id).where(
    SessionTrace.in_person.is_(False), SessionTrace.at >= bindparam("since")
)
_AT_BROWSER: Final = _TRACED.where(SessionTrace.browser == bindparam("browser"))
_AT_NETWORK: Final = _TRACED.where(
    SessionTrace.network == bindparam("network"), SessionTrace.envelope == bindparam("envelope")
).limit(1)
_ENTRIES: Final = select(SearchEntry.field, SearchEntry.digest).where(SearchEntry.record_id == bindparam("record"))


@dataclass(frozen=True)
class _Other:
    """Another recipient who was found at the same place; `name` is the keyed digest of the name."""

    recipient: str
    envelope: str
    role: str
    name: bytes


class Signals:
    """Finds signals and raises them, in the transaction of the act that reveals them."""

    def __init__(self, traces: Traces) -> None:
        self.traces = traces

    def watch(self, envelopes: Envelopes, session: Session, change: Change) -> None:
        """Raise the signals that a change reveals by itself: whose phone was written to, how quick it was."""
        found: list[RaiseSignal] = []
        for event in change.events:
            if isinstance(event, e.RecipientSent):
                found += self._phone(session, change.after, change.after.recipient(event.recipient), event.at)
            elif isinstance(event, e.RecipientConfirmed):
                found += _pace(change.after, change.after.recipient(event.recipient), event.at)
        raise_all(envelopes, session, change.after.id, found)

    def identified(
        self, envelopes: Envelopes, session: Session, change: Change, recipient_id: str, place: Place
    ) -> None:
        """Keep where the recipient was just identified, and raise what that place tells."""
        recipient, at = change.after.recipient(recipient_id), change.events[-1].at
        identity, device = recipient.session.identity, recipient.session.device
        if identity is None or identity.record is None or device is None:
            return
        in_person = identity.presence is Presence.IN_PERSON
        found = () if in_person else self._place(session, change.after, recipient, place, at)
        self.traces.keep(
            session,
            place,
            device=device,
            record=identity.record,
            envelope=change.after.id,
            recipient=recipient.id,
            in_person=in_person,
            at=at,
        )
        raise_all(envelopes, session, change.after.id, (*found, *_without_browser(session, change.after, at)))

    def _phone(self, session: Session, envelope: Envelope, recipient: Recipient, at: datetime) -> Sequence[RaiseSignal]:
        own = _entries(session, recipient.plan.person)
        phone = own.get(SearchField.PHONE)
        if phone is None or not recipient.plan.signs:
            return ()
        others = _read(session, _AT_PHONE, {**_others(envelope, recipient, own), "phone": phone})
        return _raised(SHARED_PHONE, recipient, others, at)

    def _place(
        self, session: Session, envelope: Envelope, recipient: Recipient, place: Place, at: datetime
    ) -> Sequence[RaiseSignal]:
        if place.browser is None and place.network is None:
            return ()
        own = _entries(session, recipient.plan.person)
        others = {**_others(envelope, recipient, own), "since": at - KEPT}
        is_agent = recipient.plan.role is RecipientRole.AGENT
        member = None if is_agent else self.traces.staff_at(session, place.browser, since=at - KEPT)
        found = [] if member is None else [_signal(STAFF_DEVICE, _STRONG, recipient, at, member=member)]
        if place.browser is not None:
            there = _read(session, _AT_BROWSER, {**others, "browser": place.browser})
            found += _raised(SHARED_DEVICE, recipient, there, at)
        if found or place.network is None:
            return found  # who came by one device came by one network
        near = _read(session, _AT_NETWORK, {**others, "network": place.network, "envelope": envelope.id})
        found += [_signal(SHARED_NETWORK, _WEAK, recipient, at, other=other) for other in near]
        member = None if is_agent else self.traces.staff_at(session, place.network, since=at - LOGIN_NEAR)
        return found if member is None else [*found, _signal(SHARED_NETWORK, _WEAK, recipient, at, member=member)]


def raise_all(envelopes: Envelopes, session: Session, envelope: str, commands: Iterable[RaiseSignal]) -> None:
    """Record the signals in the caller's transaction. They never hinder the act that revealed them: an envelope that
    holds as many as it takes is left at those. Raises `ConcurrentChange`."""
    for command in commands:
        if len(envelopes.get(session, envelope).signals) < SIGNALS_AT_MOST:
            envelopes.execute(session, envelope, command, actor=ACTOR)


def alike_strokes(recipient: Recipient, other: str, envelope: str, at: datetime) -> RaiseSignal:
    """Return the signal of handwriting that is nearly the one of the recipient `other`, of the envelope named."""
    return RaiseSignal(
        at=at,
        recipient=recipient.id,
        signal=new_id("sig", at),
        finding=ALIKE_STROKES,
        strength=_STRONG,
        with_recipient=other,
        with_envelope=envelope,
    )


def _without_browser(session: Session, envelope: Envelope, at: datetime) -> Sequence[RaiseSignal]:
    """Tell of whoever was identified by a program, where others of the envelope came by browsers.

    Where nobody did, the insurer's own application holds its ceremonies; the agent may have one of their own.
    """
    remote = [
        one
        for one in envelope.signers
        if one.plan.role is not RecipientRole.AGENT
        and one.session.identity is not None
        and one.session.identity.presence is Presence.REMOTE
        and one.session.identity.at >= at - KEPT
    ]
    marked = set(
        session.scalars(
            select(SessionTrace.device).where(
                SessionTrace.envelope == envelope.id,
                SessionTrace.browser.is_not(None),
                SessionTrace.in_person.is_(False),
            )
        )
    )
    bare = [one for one in remote if one.session.device not in marked]
    return [_signal(NO_BROWSER, _WEAK, one, at) for one in bare] if len(bare) < len(remote) else ()


def _pace(envelope: Envelope, recipient: Recipient, at: datetime) -> Sequence[RaiseSignal]:
    """In test mode programs sign, and clocks are moved: there nothing is told by it."""
    identity = recipient.session.identity
    if identity is None or envelope.settings.mode is not EnvelopeMode.LIVE:
        return ()
    begun = min([identity.at, *(stay.entered_at for stay in recipient.session.stays)])
    pages = envelope.document(recipient.plan.document).plan.pages
    if at - begun >= QUICKEST + min(pages, 60) * QUICKEST_PAGE:
        return ()
    return (_signal(TOO_FAST, _WEAK, recipient, at),)


def _others(envelope: Envelope, recipient: Recipient, own: dict[str, bytes]) -> dict[str, Any]:
    """Return the parameters of `_OTHERS` for whoever is compared; `own` are their entries in the search index."""
    return {
        "recipient": recipient.id,
        "mode": envelope.settings.mode.value,
        "name": own.get(SearchField.NAME, b""),
        "number": own.get(SearchField.ID_NUMBER),
    }


def _read(session: Session, query: Select[str, str, str, bytes], parameters: dict[str, Any]) -> list[_Other]:
    return [_Other(*row) for row in session.execute(query, parameters)]


def _entries(session: Session, record: str) -> dict[str, bytes]:
    return {row.field: row.digest for row in session.execute(_ENTRIES, {"record": record})}


def _raised(finding: str, recipient: Recipient, others: Sequence[_Other], at: datetime) -> list[RaiseSignal]:
    """Return the one signal about all of these, which names the latest of them; none where there is nobody."""
    if not others:
        return []
    many = len({one.name for one in others}) > FAMILY
    return [
        _signal(finding, _STRONG if many or _has_agent(recipient, others) else _WEAK, recipient, at, other=others[0])
    ]


def _has_agent(recipient: Recipient, others: Iterable[_Other]) -> bool:
    agent = RecipientRole.AGENT
    return recipient.plan.role is agent or any(one.role == agent.value for one in others)


def _signal(
    finding: str,
    strength: SignalStrength,
    recipient: Recipient,
    at: datetime,
    *,
    other: _Other | None = None,
    member: str | None = None,
) -> RaiseSignal:
    return RaiseSignal(
        at=at,
        recipient=recipient.id,
        signal=new_id("sig", at),
        finding=finding,
        strength=strength,
        with_recipient=None if other is None else other.recipient,
        with_envelope=None if other is None else other.envelope,
        with_member=member,
    )
