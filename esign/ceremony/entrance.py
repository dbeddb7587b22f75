"""The way into a ceremony: the link invites, a one-time code and what the person knows of themselves open it.

Looking changes nothing: chat previews and scanners open links too (SECURITY.md). A code is burned by its use, a
device that comes later ends the one before.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from esign.ceremony.about import read_about
from esign.ceremony.domain import Envelope, Recipient, commands, decide, rules
from esign.ceremony.domain.refusal import Refusal
from esign.ceremony.domain.values import EnvelopeMode, Presence
from esign.ceremony.envelopes import Change, Envelopes
from esign.ceremony.errors import LinkRefused
from esign.ceremony.handovers import Handovers
from esign.ceremony.id_number import last_four
from esign.ceremony.identity import IdentityClaim, IdentityVerifier
from esign.ceremony.people import Person, parse_person
from esign.ceremony.records import CeremonyRecords, IdentityFacts
from esign.ceremony.signals import Signals
from esign.ceremony.tokens import Tokens
from esign.infra.clock import ClientClocks
from esign.infra.ids import new_id
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import SearchField, normalise

NO_CODE: Final = "cod_none"
DEVICE_FACTS: Final = ("user_agent", "address", "language", "screen", "time_zone")
FACT_AT_MOST: Final = 300
PROVEN_AT_MOST: Final = 10_000
"""For how many recipients it is remembered for which of their personal records we made a link."""


@dataclass(frozen=True)
class Invitation:
    """What may be shown to whoever has the link: who asks, for what, and where it stands; nothing about the person
    but the last digits of the phone that the code goes to."""

    envelope: str
    recipient: str
    envelope_state: str
    state: str
    role: str
    title: str
    company: str
    phone_ends: str
    asks_id_number: bool
    photo_asked: bool
    locale: str
    expires_at: datetime
    test_mode: bool
    pages: int
    """How many there are to read; none for who only gets a copy."""


@dataclass(frozen=True)
class Answer:
    """What somebody answers to be identified. `device` are facts that the device told of itself, kept as evidence.

    `handover` is what the browser has of the salesperson's tablet (`Handovers.token`): by it alone the ceremony is held
    in person. Nobody says so of themselves.
    `browser` is the mark that a browser has of us, by which it is known again; programs have none.
    """

    code: str = field(repr=False)
    name: str = field(repr=False)
    id_last_four: str | None = field(default=None, repr=False)
    handover: str | None = field(default=None, repr=False)
    device: Mapping[str, str] = field(default_factory=dict, repr=False)
    browser: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class BegunSession:
    """A session of the ceremony that begins: its token, and when the recipient was identified."""

    token: str = field(repr=False)
    at: datetime


class IdentificationRefused(LinkRefused):
    """The code or the details were wrong; `tries_left` is how often this code can still be tried."""

    def __init__(self, code: str, cause: str, cure: str, tries_left: int) -> None:
        super().__init__(code, cause, cure)
        self.tries_left = tries_left


class Entrance:
    """Opens ceremonies by link, code and identity."""

    def __init__(
        self,
        envelopes: Envelopes,
        records: PersonalRecords,
        tokens: Tokens,
        clocks: ClientClocks,
        verifier: IdentityVerifier,
        handovers: Handovers,
        signals: Signals,
        *,
        live: bool = False,
    ) -> None:
        self._envelopes = envelopes
        self._records = records
        self._ceremony_records = CeremonyRecords(records)
        self._tokens = tokens
        self._clocks = clocks
        self._verifier = verifier
        self._handovers = handovers
        self._signals = signals
        self._live = live
        self._proven: dict[str, str] = {}

    def prove(self, link: str) -> None:
        """Raise `LinkRefused` (`link-unknown`) unless we made this link for the recipient whom it names.

        That we made it is remembered. Whether it still is the present one, whatever it is used for asks anew.
        """
        recipient = self._tokens.recipient_of(link)
        if recipient is None:
            raise _unknown()
        person = self._proven.get(recipient)
        if person is None or not self._tokens.is_link(link, recipient, person):
            with self._envelopes.database.reading() as session:
                envelope = self._envelopes.find_of_recipient(session, recipient)
            invited_now = None if envelope is None else envelope.find(recipient)
            person = None if invited_now is None else invited_now.plan.person
            if person is None or not self._tokens.is_link(link, recipient, person):
                raise _unknown()
            if len(self._proven) >= PROVEN_AT_MOST:
                self._proven = {}
            self._proven[recipient] = person

    def look(self, link: str) -> Invitation:
        """Return what the link invites to; nothing changes. Raises `LinkRefused` (`link-unknown`)."""
        with self._envelopes.database.reading() as session:
            return self._invitation(session, *self._invited(session, link))

    def _invitation(self, session: Session, envelope: Envelope, recipient: Recipient, person: Person) -> Invitation:
        about, document = read_about(self._records, session, envelope.id), recipient.plan.document
        return Invitation(
            envelope=envelope.id,
            recipient=recipient.id,
            envelope_state=envelope.state.value,
            state=recipient.state.value,
            role=recipient.plan.role.value,
            title=about.title,
            company=about.company,
            phone_ends=person.phone[-4:],
            asks_id_number=person.id_number is not None,
            photo_asked=envelope.photo_asked(recipient),
            locale=person.locale,
            expires_at=envelope.settings.expires_at,
            test_mode=envelope.settings.mode is EnvelopeMode.TEST,
            pages=0 if document is None else envelope.document(document).plan.pages,
        )

    def open(self, link: str) -> Invitation:
        """Record that the link was opened by its recipient's act; return what it invites to, as `look` does.

        Raises `LinkRefused`, `Refusal`.
        """
        recipient_id, home = self._home(link)
        people: list[Person] = []
        shown: list[Invitation] = []

        def opened(session: Session, envelope: Envelope) -> commands.Command:
            _envelope, recipient, person = self._invited(session, link)
            people.append(person)
            return commands.RecordOpened(at=self._now(session, envelope), recipient=recipient.id)

        def look(session: Session, change: Change) -> None:
            shown.append(self._invitation(session, change.after, change.after.recipient(recipient_id), people[-1]))

        self._envelopes.change(home, opened, actor=f"recipient:{recipient_id}", beside=look)
        return shown[-1]

    def _home(self, link: str) -> tuple[str, str]:
        """Return the recipient whom the link names, and the envelope in which they are. Raises `LinkRefused`."""
        recipient = self._tokens.recipient_of(link)
        if recipient is None:
            raise _unknown()
        try:
            return recipient, self._envelopes.home_of(recipient)
        except Refusal as refused:
            raise _unknown() from refused

    def send_code(self, link: str) -> datetime:
        """Have a one-time code sent to the recipient's phone; return until when it is good.

        Raises `LinkRefused`, and `Refusal` (`too-many-codes`, `open-first`, ...).
        """

        def sent(session: Session, envelope: Envelope) -> commands.Command:
            _envelope, recipient, _person = self._invited(session, link)
            now = self._now(session, envelope)
            return commands.SendCode(at=now, recipient=recipient.id, code=new_id("cod", now))

        recipient_id, home = self._home(link)
        change = self._envelopes.change(home, sent, actor=f"recipient:{recipient_id}")
        return change.events[-1].at + rules.CODE_LIFE

    def identify(self, link: str, answer: Answer) -> str:
        """Return the token of the session that begins, as `begin` does."""
        return self.begin(link, answer).token

    def begin(self, link: str, answer: Answer) -> BegunSession:
        """Return the session that begins. The code is burned, an earlier device's session is over.

        Where the answer came from a browser, the session goes on in that browser alone (`Tokens.presented`).

        Raises `IdentificationRefused` (`code-wrong`, `details-differ`, `identity-refused`), `LinkRefused`, `Refusal`
        (`code-expired`, `code-burned`, `identity-not-enough`, ...), `IdentityServiceUnavailable`. `LinkRefused` is also
        for the wrong place, where a tablet was handed over (`handed-over`, `handover-over`).
        """
        with self._envelopes.database.reading() as session:
            envelope, recipient, person = self._invited(session, link)
            now = self._now(session, envelope)
            self._handovers.place_of(session, recipient.id, answer.handover)
        code = recipient.open_code or (recipient.codes[-1] if recipient.codes else None)
        code_id = NO_CODE if code is None else code.id
        self._require_identifiable(envelope, recipient, code_id, now)
        if wrong := self._wrong(envelope, recipient, person, answer):
            raise self._failed(envelope, recipient, code_id, wrong)
        # Whoever is asked may take their time: no transaction is open.
        finding = self._verifier.verify(IdentityClaim(person.name, person.id_number, person.phone))
        if not finding.matched:
            raise self._failed(envelope, recipient, code_id, "identity-refused")
        facts = IdentityFacts(finding.assurance, finding.by, finding.reference, _device_facts(answer.device))
        begun: list[tuple[datetime, str, str | None]] = []

        def identified(session: Session, now_envelope: Envelope) -> commands.Command:
            now, place = (
                self._now(session, now_envelope),
                self._handovers.place_of(session, recipient.id, answer.handover),
            )
            record, device = new_id("idn", now), new_id("dev", now)
            if place is not None:
                self._handovers.bind(session, place, device)
            self._ceremony_records.keep_identity(session, record, facts, at=now)
            begun.append((now, device, None if place is None else place.id))
            return commands.Identify(
                at=now,
                recipient=recipient.id,
                device=device,
                code=code_id,
                assurance=finding.assurance,
                by=finding.by,
                presence=Presence.REMOTE if place is None else Presence.IN_PERSON,
                record=record,
            )

        place = self._signals.traces.place(answer.browser, answer.device.get("address"))

        def compared(session: Session, change: Change) -> None:
            self._signals.identified(self._envelopes, session, change, recipient.id, place)

        self._envelopes.change(envelope.id, identified, actor=f"recipient:{recipient.id}", beside=compared)
        at, device, handover = begun[-1]
        browser = self._tokens.browser(answer.browser, handover)
        return BegunSession(self._tokens.session(recipient.id, device, browser), at)

    def _require_identifiable(self, envelope: Envelope, recipient: Recipient, code: str, now: datetime) -> None:
        """Raise `Refusal` where identifying is refused whoever it is: nobody outside is asked for nothing."""
        levels = envelope.settings.identity_levels
        decide(
            envelope,
            commands.Identify(
                at=now,
                recipient=recipient.id,
                device=new_id("dev", now),
                code=code,
                assurance=levels[0],
                by="nobody",
                presence=Presence.REMOTE,
                record=new_id("idn", now),
            ),
        )

    def _wrong(self, envelope: Envelope, recipient: Recipient, person: Person, answer: Answer) -> str | None:
        """Return what is wrong with the answer, or None."""
        code = recipient.open_code
        if code is None:
            return None
        test_mode = envelope.settings.mode is EnvelopeMode.TEST
        if not self._tokens.is_code(answer.code, code.id, test_mode=test_mode):
            return "code-wrong"
        if not _same(SearchField.NAME, answer.name, person.name):
            return "details-differ"
        if person.id_number is not None:
            ends = last_four(normalise(SearchField.ID_NUMBER, person.id_number))
            if not _same(SearchField.ID_NUMBER, answer.id_last_four or "", ends):
                return "details-differ"
        return None

    def _failed(self, envelope: Envelope, recipient: Recipient, code: str, reason: str) -> IdentificationRefused:
        """Count the failed try, and return the refusal that tells of it."""

        def failed(session: Session, now_envelope: Envelope) -> commands.Command:
            now = self._now(session, now_envelope)
            return commands.FailIdentification(at=now, recipient=recipient.id, code=code, reason=reason)

        change = self._envelopes.change(envelope.id, failed, actor=f"recipient:{recipient.id}")
        after = change.after.find(recipient.id)
        left = rules.CODE_TRIES - after.failed_tries if after and after.open_code else 0
        cause, cure = _FAILED[reason]
        return IdentificationRefused(reason, cause, cure if left else "ask for a new code", left)

    def _invited(self, session: Session, link: str) -> tuple[Envelope, Recipient, Person]:
        return invited(self._envelopes, self._records, self._tokens, session, link, live=self._live)

    def _now(self, session: Session, envelope: Envelope) -> datetime:
        return self._clocks.now(session, envelope.client)


def invited(
    envelopes: Envelopes, records: PersonalRecords, tokens: Tokens, session: Session, link: str, *, live: bool
) -> tuple[Envelope, Recipient, Person]:
    """Return envelope, recipient and person of a link that we made. Raises `LinkRefused` (`link-unknown`).

    Where the service is `live`, a link of test mode opens nothing: everybody knows its code.
    """
    recipient_id = tokens.recipient_of(link)
    envelope = envelopes.find_of_recipient(session, recipient_id) if recipient_id else None
    recipient = envelope.find(recipient_id or "") if envelope else None
    if envelope is None or recipient is None or not tokens.is_link(link, recipient.id, recipient.plan.person):
        raise _unknown()
    if is_foreign(envelope, live=live):
        raise _unknown()
    return envelope, recipient, parse_person(records.read(session, recipient.plan.person))


def is_foreign(envelope: Envelope, *, live: bool) -> bool:
    """Tell whether the envelope is one of test mode in a service that is live."""
    return live and envelope.settings.mode is EnvelopeMode.TEST


def _unknown() -> LinkRefused:
    return LinkRefused(
        "link-unknown", "this link opens nothing, or not any more", "ask whoever sent it for the present one"
    )


def _same(field: SearchField, told: str, true: str) -> bool:
    """Tell whether both are the same as people write it; in the same time, whatever is told."""
    plain = normalise(field, told).encode("utf-8", "surrogatepass")
    return hmac.compare_digest(plain, normalise(field, true).encode())


def _device_facts(told: Mapping[str, str]) -> dict[str, str]:
    """Return the facts that are kept, each as far as it is short and printable."""
    return {
        name: "".join(character for character in told[name] if character.isprintable())[:FACT_AT_MOST]
        for name in DEVICE_FACTS
        if name in told
    }


_FAILED: Final = {
    "code-wrong": ("the code is not the one that was sent", "read it again in the newest message"),
    "details-differ": ("name or ID number differ from those on the contract", "write them as on the contract"),
    "identity-refused": ("the identity could not be confirmed", "speak with your salesperson; nothing is lost"),
}
SESSION_LIFE: Final = timedelta(hours=2)
"""How long after identification a session is good; a new code opens the next one, and nothing is lost."""
