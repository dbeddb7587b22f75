"""Events on their way into the trail and back, in every version that was ever written.

A payload has exactly the fields of its event, but for the time, which the trail records beside it. When an event
gains or loses a field, its `EventType` goes up by one version and keeps a lift from the old payload to the new one;
what was recorded is never rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from esign.ceremony.domain.event import Event
from esign.ceremony.domain.events import EVENTS
from esign.ceremony.domain.forms import FormError, fields_of, members_from_json, to_json
from esign.ceremony.domain.refusal import broken
from esign.trail.event import Event as RecordedEvent
from esign.trail.event import NewEvent
from esign.trail.vocabulary import Vocabulary

VOCABULARY = Vocabulary(kind.type for kind in EVENTS)

BY_NAME: Mapping[str, type[Event]] = {kind.type.name: kind for kind in EVENTS}


def new_events(events: Iterable[Event]) -> tuple[NewEvent, ...]:
    """Return the events as the trail appends them, all of them at the time of the command they came from.

    Raises `FormError` for an event that does not keep to the forms; none that `decide` returned is one.
    """
    return tuple(_new_event(event) for event in events)


def event_of(recorded: RecordedEvent) -> Event:
    """Return the event that was recorded, read in today's version.

    Raises `EventRefused` for a type or version that this build does not know, `BrokenTrail` for a payload that is
    not that of its type.
    """
    current = VOCABULARY.current(recorded)
    try:
        return members_from_json(current.payload, BY_NAME[current.type], current.type, at=current.time)
    except FormError as error:
        raise broken(f"the payload of event {recorded.id} is malformed: {error}") from error


def _new_event(event: Event) -> NewEvent:
    hints = fields_of(type(event))
    payload = {name: to_json(getattr(event, name), hint, name) for name, hint in hints.items() if name != "at"}
    return event.type(**payload)
