"""The way of one proposal: what its own stream and those of its envelopes tell, joined. Figures count these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from esign.public.events import Event
from policy.figures.steps import RANK, Channel, Delivery, End, Mode, Step
from policy.figures.stories import (
    ENVELOPE_EVENTS,
    PROPOSAL,
    PROPOSAL_EVENTS,
    EnvelopeStory,
    ProposalStory,
    tell_envelope,
    tell_proposal,
)
from policy.service.streams import FORMS


class Journey(NamedTuple):
    """A proposal that was sent, as a tuple: a page makes a hundred thousand of them.

    Times are whole seconds since 1970-01-01 UTC; `holds_until` is a day.

    `step` is the furthest that it ever came. `end` is None where a policy was issued, and while it is on its way.
    `remote`, `assisted` and `in_person` count the signatures of the envelope that everybody signed.
    """

    proposal: str
    product: str
    institution: str
    channel: Channel
    holds_until: str
    sent_at: int
    signed_at: int | None
    issued_at: int | None
    latest_at: int
    step: Step
    end: End | None
    delivery: Delivery | None
    remote: int
    assisted: int
    in_person: int

    @property
    def is_open(self) -> bool:
        """Whether it is on its way: no policy yet, and no end."""
        return self.issued_at is None and self.end is None


def journey_of(proposal: str, story: ProposalStory, envelopes: Mapping[str, EnvelopeStory]) -> Journey | None:
    """Return the way of a proposal; None where it was not sent. `envelopes` holds those that it was sent in, by id."""
    if story.sent_at is None or story.step is None:
        return None
    mine = [envelopes[one] for one in story.sent if one in envelopes]
    modes = _modes_of(envelopes.get(story.signed or "", EnvelopeStory()))
    return Journey(
        proposal=proposal,
        product=story.product,
        institution=story.institution,
        channel=story.channel,
        holds_until=story.holds_until,
        sent_at=story.sent_at,
        signed_at=story.signed_at,
        issued_at=story.issued_at,
        latest_at=max([story.latest_at, *(one.latest_at for one in mine)]),
        step=max([story.step, *map(_all_came_to, mine)], key=RANK.__getitem__),
        end=story.end,
        delivery=story.delivery,
        remote=modes.count(Mode.REMOTE),
        assisted=modes.count(Mode.ASSISTED),
        in_person=modes.count(Mode.IN_PERSON),
    )


def _all_came_to(envelope: EnvelopeStory) -> Step:
    """Return how far the one who came least far came. That all signed, the proposal itself says, after the seal."""
    steps = [one.step or Step.SENT for one in envelope.signers.values()]
    least = min(steps, key=RANK.__getitem__, default=Step.SENT)
    return min(least, Step.CONFIRMED, key=RANK.__getitem__)


def _modes_of(envelope: EnvelopeStory) -> list[Mode]:
    return [one.mode for one in envelope.signers.values() if one.step is Step.SIGNED]


class Told:
    """Listens to a whole trail, event by event in its order, and knows the ways of all proposals at its end.

    It holds what it needs of every envelope, since which of them are for proposals is told only later.
    """

    def __init__(self) -> None:
        self._proposals: dict[str, ProposalStory] = {}
        self._envelopes: dict[str, EnvelopeStory] = {}

    def hear(self, event: Event) -> None:
        """Take in one event, of whatever stream. Raises `EventRefused` for one of a later build."""
        if event.type in ENVELOPE_EVENTS:
            known = self._envelopes.get(event.stream, EnvelopeStory())
            self._envelopes[event.stream] = tell_envelope(known, event)
        elif event.type in PROPOSAL_EVENTS and event.stream.startswith(PROPOSAL):
            story = tell_proposal(self._proposals.get(event.stream), FORMS.vocabulary.current(event))
            if story is not None:
                self._proposals[event.stream] = story

    def journeys(self) -> Iterator[Journey]:
        """Yield the ways of all proposals that were sent, in the order in which they were entered."""
        for proposal, story in self._proposals.items():
            journey = journey_of(proposal, story, self._envelopes)
            if journey is not None:
                yield journey


def journeys_in(events: Iterable[Event]) -> list[Journey]:
    """Return the ways of all proposals of which these events tell, which are a whole trail in its order."""
    told = Told()
    for event in events:
        told.hear(event)
    return list(told.journeys())
