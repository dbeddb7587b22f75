"""What can happen to keeping: events by name, the streams they stand in, and what is read of them.

Every envelope has a stream of its own for this (`retention/env_...`), every hold and every request one by its id. What
was erased stands in the one stream of all erasures, which a restore reads anew (`esign.ceremony.erasing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.trail.event import EventType, Value
from esign.trail.vocabulary import Vocabulary


def _held_subject(told: Mapping[str, Value]) -> Mapping[str, Value]:
    """Lift a hold from when only envelopes were held."""
    return {**{name: value for name, value in told.items() if name != "envelope"}, "subject": told["envelope"]}


CONTRACT_ENDED: Final = EventType("contract.ended")
CONTRACT_RESUMED: Final = EventType("contract.resumed")
HOLD_SET: Final = EventType("legal-hold.set", 2, lifts=(lambda old: {**_held_subject(old), "review_on": None},))
HOLD_LIFTED: Final = EventType("legal-hold.lifted", 2, lifts=(_held_subject,))
ERASURE_PROPOSED: Final = EventType("erasure.proposed")
RULES_AGREED: Final = EventType("retention-rules.agreed")
REQUEST_RECEIVED: Final = EventType("person-request.received", 2, lifts=(lambda old: {**old, "matters": ()},))
REQUEST_ANSWERED: Final = EventType("person-request.answered")
REQUEST_COLLECTED: Final = EventType("person-request.collected")
REQUEST_FORGOTTEN: Final = EventType("person-request.forgotten")
VOCABULARY: Final = Vocabulary(
    (
        CONTRACT_ENDED,
        CONTRACT_RESUMED,
        HOLD_SET,
        HOLD_LIFTED,
        ERASURE_PROPOSED,
        RULES_AGREED,
        REQUEST_RECEIVED,
        REQUEST_ANSWERED,
        REQUEST_COLLECTED,
        REQUEST_FORGOTTEN,
    )
)
RULES_STREAM: Final = "retention-rules"
SYSTEM: Final = "system:retention"
_PREFIX: Final = "retention/"


def stream_of(envelope: str) -> str:
    """Return the stream that tells of keeping what an envelope left."""
    return f"{_PREFIX}{envelope}"


def envelope_of(stream: str) -> str | None:
    """Return the envelope whose stream of keeping this is, None where it is none."""
    return stream.removeprefix(_PREFIX) if stream.startswith(_PREFIX) else None
