"""The rows of ways: a consumer of the trail takes down what each event tells of a proposal, once, in order.

It can be dropped and made anew from the trail at any time (`esign.public.events.rebuild`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from sqlalchemy import delete
from sqlalchemy.orm import Session

from esign.public.events import LoggedEvent, Projection
from esign.public.rows import JsonValue
from policy.figures.journeys import journey_of
from policy.figures.steps import Channel, Delivery, End, Step
from policy.figures.stories import (
    ENVELOPE_EVENTS,
    PROPOSAL,
    PROPOSAL_EVENTS,
    EnvelopeStory,
    ProposalStory,
    SignerStory,
    tell_envelope,
    tell_proposal,
)
from policy.models import EnvelopeOf, JourneyRow
from policy.service.streams import FORMS

NAME: Final = "policy-figures"


def figures_projection() -> Projection:
    """Return the consumer that keeps the rows."""
    return Projection(NAME, _handle, _clear)


def _handle(session: Session, logged: LoggedEvent) -> None:
    event = logged.event
    if event.type in ENVELOPE_EVENTS:
        sent = session.get(EnvelopeOf, event.stream)
        if sent is None or not sent.subject.startswith(PROPOSAL):
            return
        # The proposal was entered before anything was sent, so its row is there.
        row = session.get_one(JourneyRow, sent.subject)
        story: ProposalStory | None
        story, envelopes = _read(row.told)
        envelopes[event.stream] = tell_envelope(envelopes.get(event.stream, EnvelopeStory()), event)
    elif event.type in PROPOSAL_EVENTS and event.stream.startswith(PROPOSAL):
        known = session.get(JourneyRow, event.stream)
        story, envelopes = (None, {}) if known is None else _read(known.told)
        story = tell_proposal(story, FORMS.vocabulary.current(event))
        row = known or JourneyRow(proposal=event.stream)
    else:
        return
    if story is None:  # nobody entered it
        return
    _write(row, story, envelopes)
    session.add(row)


def _clear(session: Session) -> None:
    session.execute(delete(JourneyRow))


def _write(row: JourneyRow, story: ProposalStory, envelopes: Mapping[str, EnvelopeStory]) -> None:
    journey = journey_of(row.proposal, story, envelopes)
    row.institution, row.salesperson = story.institution, story.salesperson
    row.product, row.channel, row.holds_until = story.product, story.channel.value, story.holds_until
    row.told = _told(story, envelopes)
    row.sent_at = None if journey is None else journey.sent_at
    row.signed_at = None if journey is None else journey.signed_at
    row.issued_at = None if journey is None else journey.issued_at
    row.latest_at = story.latest_at if journey is None else journey.latest_at
    row.step = None if journey is None else journey.step.value
    row.ending = None if journey is None or journey.end is None else journey.end.value
    row.delivery = None if journey is None or journey.delivery is None else journey.delivery.value
    row.remote, row.assisted, row.in_person = (
        (0, 0, 0) if journey is None else (journey.remote, journey.assisted, journey.in_person)
    )


def _told(story: ProposalStory, envelopes: Mapping[str, EnvelopeStory]) -> JsonValue:
    return {
        "proposal": {**vars(story), "sent": list(story.sent)},
        "envelopes": {
            envelope: {
                "latest_at": one.latest_at,
                "signers": {recipient: dict(vars(signer)) for recipient, signer in one.signers.items()},
            }
            for envelope, one in envelopes.items()
        },
    }


def _read(told: JsonValue) -> tuple[ProposalStory, dict[str, EnvelopeStory]]:
    kept = cast("dict[str, dict[str, Any]]", told)
    own = kept["proposal"]
    story = ProposalStory(
        **{
            **own,
            "channel": Channel(own["channel"]),
            "sent": tuple(own["sent"]),
            "step": _optional(Step, own["step"]),
            "end": _optional(End, own["end"]),
            "delivery": _optional(Delivery, own["delivery"]),
        }
    )
    envelopes = {
        envelope: EnvelopeStory(
            {
                recipient: SignerStory(**{**signer, "step": _optional(Step, signer["step"])})
                for recipient, signer in one["signers"].items()
            },
            one["latest_at"],
        )
        for envelope, one in kept["envelopes"].items()
    }
    return story, envelopes


def _optional(kind: type[Any], value: str | None) -> Any:
    return None if value is None else kind(value)
