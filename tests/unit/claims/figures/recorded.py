"""Claims that are played, as the trail records them."""

from __future__ import annotations

from collections.abc import Iterable

from claims.figures.figures import Report
from claims.figures.told import Told
from claims.service.streams import FORMS
from esign.public.events import Event
from tests.unit.claims.claim_play import Play


def recorded(play: Play, claim: str = "clm_1") -> list[Event]:
    """Return the events as the trail has them."""
    found = []
    for version, event in enumerate(play.events, 1):
        new = FORMS.new_events((event,))[0]
        id_ = f"evt_{claim[4:]:0>16}{version:016d}"
        found.append(Event(id_, claim, version, new.type, 1, "tests", event.at, new.payload))
    return found


def told(plays: Iterable[Play]) -> Report:
    """Return the figures of these claims, heard in the order of their times."""
    heard = Told()
    events = [event for number, play in enumerate(plays, 1) for event in recorded(play, f"clm_{number}")]
    for event in sorted(events, key=lambda one: one.time):
        heard.hear(event)
    return heard.report()
