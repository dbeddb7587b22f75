"""Events on their way into the trail and back, in every version that was ever written.

Every text in a payload is an id or a code: a name, a sentence or a phone number is neither, and cannot be written.
"""

from __future__ import annotations

from typing import Final

from esign.staff.domain.events import EVENTS, Event
from esign.staff.domain.refusal import broken
from esign.trail.forms import ID_OR_CODE, EventForms

FORMS: Final = EventForms[Event](EVENTS, words=ID_OR_CODE, broken=broken)
VOCABULARY: Final = FORMS.vocabulary

new_events = FORMS.new_events
"""Raises `EventRefused` (`event-payload`) for a text that is neither id nor code."""
event_of = FORMS.event_of
"""Raises `StaffTrailBroken` for a payload that is not that of its type."""
