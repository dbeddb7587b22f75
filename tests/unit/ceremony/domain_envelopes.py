"""Envelopes for the tests of the domain, and the way to any of their states."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from esign.ceremony.domain import Envelope, Recipient, Refusal, decide, evolve
from esign.ceremony.domain import commands as c
from esign.ceremony.domain.events import Event
from esign.ceremony.domain.values import (
    ConsentStage,
    ConsentText,
    Document,
    EnvelopeMode,
    EnvelopeState,
    PhotoPlacement,
    Presence,
    PromisedLevel,
    RecipientPlan,
    RecipientRole,
    RecipientState,
    Reminders,
    Settings,
    SignalStrength,
)

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EXPIRY = START + timedelta(days=10)
SIGNING_ROLES = tuple(role for role in RecipientRole if role is not RecipientRole.COPY)
PAGES = 2


def digest(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()


def consent(name: str, stage: ConsentStage) -> ConsentText:
    return ConsentText(id=name, version="1", digest=digest(name), stage=stage, roles=SIGNING_ROLES)


SETTINGS = Settings(
    level=PromisedLevel.B_LTA,
    mode=EnvelopeMode.TEST,
    expires_at=EXPIRY,
    reminders=Reminders(first_after_hours=24, every_hours=48, at_most=2),
    photo_placement=PhotoPlacement.SEALED,
    photo_roles=(RecipientRole.APPLICANT, RecipientRole.INSURED),
    face_statement=False,
    consents=(
        consent("personal-information", ConsentStage.BEFORE_READING),
        consent("terms", ConsentStage.READING),
        consent("face-photo", ConsentStage.PHOTO),
    ),
    identity_levels=("two-factor",),
    minimum_reading_seconds=20,
    external_id="P2026-0001",
)


def document(name: str = "doc_a") -> Document:
    return Document(id=name, original=digest(f"{name} original"), prepared=digest(f"{name} prepared"), pages=PAGES)


def signer(name: str, group: int = 1, *, role: str = "applicant", of: str = "doc_a") -> RecipientPlan:
    return RecipientPlan(
        id=f"rcp_{name}",
        role=RecipientRole(role),
        group=group,
        document=of,
        field=f"field-{name}",
        person=f"per_{name}",
    )


def copy(name: str = "copy") -> RecipientPlan:
    return RecipientPlan(
        id=f"rcp_{name}", role=RecipientRole.COPY, group=1, document=None, field=None, person=f"per_{name}"
    )


def creation(*recipients: RecipientPlan, **changes: Any) -> c.CreateEnvelope:
    """Return the creation of an envelope; `changes` go to its settings, but for `envelope` and `documents`."""
    envelope = changes.pop("envelope", "env_1")
    documents = changes.pop("documents", (document(),))
    return c.CreateEnvelope(
        at=START,
        envelope=envelope,
        client="key_platform",
        documents=documents,
        recipients=recipients or (signer("one"), signer("two"), copy()),
        settings=replace(SETTINGS, **changes),
    )


class Play:
    """An envelope that commands are given to; time goes on by ten seconds with each.

    `given` are the commands that had an effect.
    """

    def __init__(self, *recipients: RecipientPlan, **changes: Any) -> None:
        self.now = START
        self.counter = 0
        self.events: list[Event] = []
        self.given: list[c.Command] = []
        self.current: Envelope | None = None
        self.do(creation(*recipients, **changes))

    @property
    def state(self) -> Envelope:
        assert self.current is not None
        return self.current

    def do(self, command: c.Command) -> tuple[Event, ...]:
        events = decide(self.current, command)
        for event in events:
            self.current = evolve(self.current, event)
        self.events.extend(events)
        if events:
            self.given.append(command)
        self.now = max(self.now, command.at) + timedelta(seconds=10)
        return events

    def give(self, kind: type[c.Command], recipient: str = "rcp_one", **changes: Any) -> tuple[Event, ...]:
        return self.do(self.command(kind, recipient, **changes))

    def refused(self, kind: type[c.Command], recipient: str = "rcp_one", **changes: Any) -> str:
        """Give a command that must be refused, and return the code of the refusal."""
        before = self.current
        with pytest.raises(Refusal) as caught:
            self.give(kind, recipient, **changes)
        assert self.current == before
        return caught.value.code

    def recipient(self, name: str = "rcp_one") -> Recipient:
        return self.state.recipient(name)

    def command(self, kind: type[c.Command], recipient: str = "rcp_one", **changes: Any) -> c.Command:
        """Return a command that would be in order, if it is this recipient's turn for it."""
        self.counter += 1
        fresh = f"{self.counter}"
        one = self.state.find(recipient)
        members: dict[str, Any] = {"at": self.now, **_MEMBERS[kind](self, one, fresh)}
        if issubclass(kind, c.RecipientCommand):
            members["recipient"] = recipient
        if issubclass(kind, c.SignersAct):
            bound = one.session.device if one is not None else None
            members["device"] = bound or f"dev_{recipient}"
        return kind(**{**members, **changes})

    # the ways to a state

    def send(self) -> Play:
        self.give(c.SendEnvelope)
        return self

    def to(self, state: RecipientState, name: str = "rcp_one") -> Play:
        """Bring a recipient of a sent envelope from wherever it is on its way to `state`."""
        for reached, step in _WAY.items():
            if list(_WAY).index(reached) > list(_WAY).index(self.recipient(name).state):
                step(self, name)
            if self.recipient(name).state is state:
                break
        assert self.recipient(name).state is state
        return self

    def sign_all(self) -> Play:
        while self.state.state is EnvelopeState.IN_PROGRESS:
            waiting = [one.id for one in self.state.signers if one.state is RecipientState.SENT]
            self.to(RecipientState.SIGNED, waiting[0])
        return self

    def complete(self) -> Play:
        self.give(c.StartSeal)
        for one in self.state.documents:
            self.give(c.RecordSealed, document=one.plan.id, base=one.current, sealed=digest(f"{one.plan.id} sealed"))
        return self


def _identify(play: Play, name: str) -> None:
    play.give(c.SendCode, name)
    play.give(c.Identify, name)


def _read(play: Play, name: str) -> None:
    asked = play.state.settings.consents
    for text in asked:
        if text.stage is not ConsentStage.PHOTO and play.recipient(name).plan.role in text.roles:
            play.give(c.GiveConsent, name, consent=text.id, text_version=text.version, digest=text.digest)
    for page in range(1, PAGES + 1):
        play.now += timedelta(seconds=30)
        play.give(c.RecordPageRead, name, page=page)
    play.give(c.FinishReading, name)


def _confirm(play: Play, name: str) -> None:
    if play.state.photo_asked(play.recipient(name)):
        face = "face-photo"
        if play.state.consents_missing(play.recipient(name), ConsentStage.PHOTO):
            play.give(c.GiveConsent, name, consent=face, digest=digest(face))
        play.give(c.TakePhoto, name)
    play.give(c.Confirm, name)


def _give(kind: type[c.Command]) -> Callable[[Play, str], None]:
    return lambda play, name: void(play.give(kind, name))


def void(_result: object) -> None:
    return None


_WAY: Mapping[RecipientState, Callable[[Play, str], None]] = {
    RecipientState.PENDING: lambda _play, _name: None,
    RecipientState.SENT: lambda play, _name: void(play.send()),
    RecipientState.OPENED: _give(c.RecordOpened),
    RecipientState.IDENTIFIED: _identify,
    RecipientState.READ: _read,
    RecipientState.DRAWN: _give(c.Draw),
    RecipientState.CONFIRMED: _confirm,
    RecipientState.SIGNED: _give(c.RecordSignature),
}


def _signature(play: Play, one: Recipient | None, fresh: str) -> dict[str, Any]:
    manifest = one.manifests[-1] if one is not None and one.manifests else digest("no manifest")
    current = play.state.find_document(one.plan.document) if one is not None else None
    base = current.current if current is not None else digest("no base")
    revision = digest(f"revision {fresh}")
    return {
        "manifest": manifest,
        "certificate": f"c{fresh}",
        "cms": digest(f"cms {fresh}"),
        "base": base,
        "revision": revision,
    }


def _code(one: Recipient | None) -> str:
    if one is None or not one.codes:
        return "otc_none"
    return one.codes[-1].id


def _photo(one: Recipient | None) -> str:
    photo = one.session.photo if one is not None else None
    return "rec_none" if photo is None else photo.record


def _signal(play: Play) -> str:
    waiting = [*play.state.holding, *play.state.signals]
    return waiting[0].id if waiting else "sig_none"


def _page_times(play: Play) -> dict[str, Any]:
    return {"page": 1, "image": digest("page"), "entered_at": play.now - timedelta(seconds=15), "left_at": play.now}


_MEMBERS: Mapping[type[c.Command], Callable[[Play, Recipient | None, str], dict[str, Any]]] = {
    c.SendEnvelope: lambda _play, _one, _fresh: {"by": "usr_sales"},
    c.RecordOpened: lambda _play, _one, _fresh: {},
    c.SendCode: lambda _play, _one, fresh: {"code": f"otc_{fresh}"},
    c.FailIdentification: lambda _play, one, _fresh: {"code": _code(one), "reason": "wrong-code"},
    c.Identify: lambda _play, one, _fresh: {
        "code": _code(one),
        "assurance": "two-factor",
        "by": "identity-service",
        "presence": Presence.REMOTE,
    },
    c.GiveConsent: lambda _play, _one, _fresh: {
        "consent": "terms",
        "text_version": "1",
        "digest": digest("terms"),
    },
    c.RecordPageRead: lambda play, _one, _fresh: _page_times(play),
    c.FinishReading: lambda _play, _one, _fresh: {},
    c.Draw: lambda _play, _one, fresh: {"record": f"rec_{fresh}", "digest": digest(f"strokes {fresh}")},
    c.TakePhoto: lambda _play, _one, fresh: {
        "record": f"rec_{fresh}",
        "digest": digest(f"photo {fresh}"),
        "check": "quality-good",
        "by": "embedded",
    },
    c.GiveNoFace: lambda _play, _one, _fresh: {"reason": "no-camera", "assisted_by": "usr_sales"},
    c.StateFace: lambda _play, one, _fresh: {"photo": _photo(one), "is_customer": True, "by": "usr_sales"},
    c.Confirm: lambda _play, _one, fresh: {"manifest": digest(f"manifest {fresh}"), "record": f"rec_{fresh}"},
    c.RecordSignature: _signature,
    c.FailSigning: lambda play, one, fresh: {
        "manifest": _signature(play, one, fresh)["manifest"],
        "reason": "revocation-missed",
    },
    c.AbandonCertificate: lambda _play, _one, fresh: {"certificate": f"a{fresh}", "reason": "no-cms-stored"},
    c.Decline: lambda _play, _one, _fresh: {"reason": "terms-not-accepted"},
    c.Remind: lambda _play, one, _fresh: {"number": (one.reminders if one else 0) + 1, "asked_by": "usr_sales"},
    c.ReplaceRecipient: lambda _play, _one, fresh: {
        "replacement": f"rcp_new{fresh}",
        "person": f"per_new{fresh}",
        "by": "usr_sales",
        "approved_by": "usr_lead",
    },
    c.CorrectPhone: lambda _play, _one, fresh: {
        "person": f"per_corrected{fresh}",
        "by": "usr_sales",
        "approved_by": "usr_lead",
    },
    c.RaiseSignal: lambda _play, _one, fresh: {
        "signal": f"sig_{fresh}",
        "finding": "shared-device",
        "strength": SignalStrength.STRONG,
        "with_recipient": f"rcp_other{fresh}",
        "with_envelope": "env_other",
    },
    c.ShowCaptures: lambda play, _one, _fresh: {"signal": _signal(play), "by": "usr_lead"},
    c.ClearSignal: lambda play, _one, _fresh: {"signal": _signal(play), "by": "usr_lead", "reason": "family"},
    c.Void: lambda _play, _one, _fresh: {"by": "usr_sales", "reason": "entered-by-mistake"},
    c.Expire: lambda _play, _one, _fresh: {"at": EXPIRY},
    c.StartSeal: lambda play, _one, _fresh: {"attempt": play.state.seal_attempt + 1},
    c.RecordSealed: lambda play, _one, fresh: {
        "document": play.state.documents[0].plan.id,
        "base": play.state.documents[0].current,
        "sealed": digest(f"sealed {fresh}"),
        "level": PromisedLevel.B_LTA,
    },
    c.FailSeal: lambda play, _one, _fresh: {"attempt": max(1, play.state.seal_attempt), "reason": "tsa-down"},
    c.RetrySeal: lambda play, _one, _fresh: {"attempt": max(1, play.state.seal_attempt), "by": "usr_operator"},
    c.RenewDocument: lambda play, _one, fresh: {
        "document": play.state.documents[0].plan.id,
        "base": play.state.documents[0].sealed or play.state.documents[0].current,
        "renewed": digest(f"renewed {fresh}"),
    },
    c.CertifyCompletion: lambda _play, _one, fresh: {"certificate": digest(f"certificate {fresh}")},
}


def _failed(play: Play) -> None:
    play.to(RecipientState.CONFIRMED).give(c.FailSigning)


def in_recipient_state(state: RecipientState) -> Play:
    """Return an envelope in progress (or ended, where the state ends it) whose first recipient is in `state`."""
    if state is RecipientState.PENDING:
        return Play(signer("zero"), signer("one", 2)).send()
    play = Play(signer("one"), signer("two"), copy()).send()
    special: Mapping[RecipientState, Callable[[Play], None]] = {
        RecipientState.SIGNING_FAILED: _failed,
        RecipientState.DECLINED: lambda play: void(play.to(RecipientState.READ).give(c.Decline)),
        RecipientState.EXPIRED: lambda play: void(play.give(c.Expire)),
        RecipientState.REPLACED: lambda play: void(play.give(c.ReplaceRecipient)),
    }
    if state in special:
        special[state](play)
    else:
        play.to(state)
    assert play.recipient().state is state
    return play


def in_envelope_state(state: EnvelopeState) -> Play:
    """Return an envelope in `state`, with one signer and a copy recipient."""
    play = Play(signer("one"), copy())
    sent = EnvelopeState.DRAFT is not state
    if sent:
        play.send()
    if state in (EnvelopeState.SEALING, EnvelopeState.SEAL_FAILED, EnvelopeState.COMPLETED):
        play.sign_all()
    ways: Mapping[EnvelopeState, Callable[[], object]] = {
        EnvelopeState.SEAL_FAILED: lambda: (play.give(c.StartSeal), play.give(c.FailSeal)),
        EnvelopeState.COMPLETED: play.complete,
        EnvelopeState.DECLINED: lambda: play.to(RecipientState.IDENTIFIED).give(c.Decline),
        EnvelopeState.EXPIRED: lambda: play.give(c.Expire),
        EnvelopeState.VOIDED: lambda: play.give(c.Void),
    }
    if state in ways:
        ways[state]()
    assert play.state.state is state
    return play


def names(events: tuple[Event, ...]) -> tuple[str, ...]:
    return tuple(event.type.name for event in events)
