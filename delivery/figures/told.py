"""Ways heard from a trail event by event, as an exported one is read, without any database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from delivery.figures.figures import Report, report_of
from delivery.figures.tallies import Key, Tally, key_of
from delivery.figures.ways import DELIVERY, TOLD, Way, tell
from delivery.service.streams import FORMS
from esign.public.events import Event
from esign.public.figures import seconds_of


class Told:
    """Takes down events in their order; `report` counts what was told so far."""

    def __init__(self) -> None:
        self._ways: dict[str, Way] = {}
        self._until: int | None = None

    def hear(self, event: Event) -> None:
        """Take down what an event tells; one of another room tells nothing."""
        if not event.stream.startswith(DELIVERY):
            return
        at = seconds_of(event.time)
        self._until = at if self._until is None else max(self._until, at)
        if event.type in TOLD:
            way = tell(self._ways.get(event.stream), FORMS.vocabulary.current(event))
            if way is not None:
                self._ways[event.stream] = way

    def report(self, chosen: Callable[[Key], bool] = lambda _key: True) -> Report:
        """Return the figures of the lots that `chosen` lets through."""
        tallies: dict[Key, Tally] = defaultdict(Tally)
        awaited: list[Way] = []
        for way in self._ways.values():
            key = key_of(way)
            if key is None or not chosen(key):
                continue
            if way.is_open:
                awaited.append(way)
            else:
                tallies[key].count(way)
        return report_of(tallies.items(), awaited, self._until)
