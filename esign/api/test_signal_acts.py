"""Signals in test mode: raised and cleared by whoever tests, since hands, phones and clocks there are shared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.api.envelope_bodies import CODE
from esign.api.envelope_examples import ENVELOPE
from esign.api.envelope_views import EnvelopeView, EnvelopeViews
from esign.api.json_body import Body
from esign.api.operations import Resource
from esign.api.own_envelopes import OwnEnvelopes, find
from esign.api.scopes import Scope
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.signals import SIGNALS
from esign.ceremony.domain.values import SignalStrength
from esign.ceremony.envelopes import Change
from esign.ceremony.models import EnvelopeRow
from esign.infra.ids import new_id
from esign.service import Service

_ENVELOPE: Final = ("test-mode-only", "no-envelope", "stream-changed", "envelope-draft")
_OVER: Final = ("envelope-declined", "envelope-expired", "envelope-voided")
Guard = Callable[[Callable[[Call], Reply]], Callable[[Call], Reply]]


class RaiseBody(Body):
    """A signal to be raised."""

    finding: Annotated[str, Field(json_schema_extra={"enum": [*sorted(SIGNALS)]})]
    strength: Annotated[SignalStrength, Field(strict=False)] = SignalStrength.STRONG


class ClearBody(Body):
    """Why there is no harm in it."""

    reason: str = Field("tested", pattern=CODE)


def declare_test_signals(tests: Resource, service: Service, public_url: str, in_test_mode: Guard) -> None:
    """Declare the two acts: what detection, and a supervisor in the console, do otherwise."""
    own, views = OwnEnvelopes(service), EnvelopeViews(service, public_url)

    def told(session: Session, change: Change) -> Reply:
        return Reply(views.envelope(session, session.get_one(EnvelopeRow, change.after.id)))

    @tests.operation(
        "POST",
        "/v1/test/envelopes/<envelope>/recipients/<recipient>/signals",
        access=Scope.TEST_WRITE,
        zh="产生一条代签提示",
        en="Raise a signal",
        about="As if it had been found. In test mode strokes and pace are not compared.",
        body=RaiseBody,
        answer=EnvelopeView,
        problems=(
            *_ENVELOPE,
            *_OVER,
            "envelope-sealing",
            "envelope-seal-failed",
            "envelope-completed",
            "no-recipient",
            "not-your-turn",
            "recipient-replaced",
            "copy-never-signs",
            "signal-unknown",
            "signals-full",
        ),
        example={"finding": "staff-device", "strength": "strong"},
        answer_example=ENVELOPE,
    )
    @in_test_mode
    def raise_signal(call: Call) -> Reply:
        body = call.body(RaiseBody)

        def raised(_session: Session, envelope: Envelope, now: datetime) -> commands.Command:
            recipient = find(envelope, call.path["recipient"]).id
            return commands.RaiseSignal(
                at=now,
                recipient=recipient,
                signal=new_id("sig", now),
                finding=body.finding,
                strength=body.strength,
            )

        return own.change(call, raised, told)

    @tests.operation(
        "POST",
        "/v1/test/envelopes/<envelope>/signals/<signal>/clear",
        access=Scope.TEST_WRITE,
        zh="放行一条代签提示",
        en="Clear a signal",
        about="What a supervisor does in the console. When none holds the seal any more, sealing goes on.",
        body=ClearBody,
        answer=EnvelopeView,
        problems=(*_ENVELOPE, *_OVER, "no-signal"),
        example={"reason": "tested"},
        answer_example=ENVELOPE,
    )
    @in_test_mode
    def clear_signal(call: Call) -> Reply:
        body = call.body(ClearBody)

        def cleared(_session: Session, envelope: Envelope, now: datetime) -> commands.Command:
            if envelope.find_signal(call.path["signal"]) is None:
                raise refusal("no-signal")
            return commands.ClearSignal(at=now, signal=call.path["signal"], by=call.client.client, reason=body.reason)

        return own.change(call, cleared, told)
