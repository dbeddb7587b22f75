"""The figures of a simulated year, counted by the room's own core from the events of its claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from claims.figures.figures import Report
from claims.figures.told import Told
from esign.public.events import read_streams
from esign.public.house import House

AT_ONCE: Final = 500


def figures_of(house: House, claims: Sequence[str]) -> Report:
    """Return the figures of these claims."""
    told = Told()
    for at in range(0, len(claims), AT_ONCE):
        with house.database.reading() as session:
            for events in read_streams(session, claims[at : at + AT_ONCE]).values():
                for event in events:
                    told.hear(event)
    return told.report()
