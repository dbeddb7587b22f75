"""Makes the golden trail of deliveries: `python -m tests.vectors.delivery.make_golden`.

golden-delivery-0.1.jsonl holds recorded events in the trail's canonical form, one a line, which together use every
event type. golden-delivery-0.1.states.json says what they come to. Both are made once for a release and then kept:
every later build must read the events and come to the same states. A later release gets files of its own; this script
refuses to write over what is there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from delivery.domain import RouteTable, evolve_route, fold
from delivery.domain import commands as c
from delivery.domain.event import Event
from delivery.domain.events import EVENTS
from delivery.domain.routes import RouteSet
from delivery.domain.values import CheckReason, EndReason, RejectReason, RouteWay, SignedBy, Waits
from delivery.service.streams import FORMS, ROUTES
from esign.trail.event import canonical, parse_event, record
from tests.unit.delivery.delivery_play import (
    BRANCH,
    HANDED,
    ISSUED,
    NOON,
    OPENED,
    PHOTOGRAPHED,
    PRINTED,
    RETURNED,
    TODAY,
    UNDERWAY,
    at,
    electronic,
)

FOLDER = Path(__file__).parent
TRAIL = FOLDER / "golden-delivery-0.1b.jsonl"
STATES = FOLDER / "golden-delivery-0.1b.states.json"


def played() -> dict[str, list[Event]]:
    """Return streams that use every event type."""
    waited = at(*OPENED).go(c.RecordWait, waits_for=Waits.EXAMINATION, owner="usr_shen", until=date(2026, 11, 9))
    chased = at(*HANDED).later(days=12).go(c.OpenChase, c.Remind, c.LogCall, c.ForetellLate)
    checked = at(*PRINTED, c.Bind).go(c.Check, passed=False, reason=CheckReason.PAGES)
    signed = at(*HANDED).go(c.Sign, signed_by=SignedBy.FAMILY)
    surrendered = at(*HANDED).go(c.RecordEnded, reason=EndReason.SURRENDERED).go(c.Sign, c.SettleSignature)
    rejected = at(*PHOTOGRAPHED).go(c.RejectReceipt, reason=RejectReason.DATE_MISSING).go(c.Photograph)
    plays = {
        "returned": at(*RETURNED),
        "waited": waited.later(days=3).go(c.RecordWait, waits_for=Waits.CASE),
        "dropped": at(*OPENED, c.RecordDropped),
        "reprinted": at(*UNDERWAY, c.Reprint, c.Print),
        "coded": at(*ISSUED).go(c.Print, copy=1).go(c.Reprint).go(c.Print, copy=2),
        "released": electronic(c.SendLink, c.OpenLink).go(c.Sign, signed_by=SignedBy.STRANGER).go(c.ReleaseReceipt),
        "failed": checked.go(c.Print, c.Bind, c.Check),
        "electronic": electronic(c.SendLink, c.OpenLink, c.Sign, c.Return),
        "switched": electronic(c.SendLink, c.SwitchToPaper),
        "away": at(*HANDED, c.ReportAway),
        "wrong": at(*HANDED, c.ReportAddressWrong, c.CorrectAddress),
        "refused": at(*HANDED, c.ReportRefused, c.Resume),
        "other": signed,
        "paper": rejected.go(c.AcceptReceipt),
        "ended": surrendered,
        "orphaned": at(*HANDED, c.RecordOrphaned, c.Reassign),
        "late": chased.later(days=4).go(c.FallLate, c.ExplainLate),
    }
    routes: list[Event] = [
        RouteSet(at=NOON, institution=BRANCH, from_on=TODAY, print_centre=BRANCH, way=RouteWay.RELAY, by=None),
        RouteSet(
            at=NOON, institution="ins_outlet", from_on=TODAY, print_centre=BRANCH, way=RouteWay.DIRECT, by="usr_qi"
        ),
    ]
    return {f"dlv_{name}": list(play.events) for name, play in plays.items()} | {ROUTES: routes}


def lines(streams: Mapping[str, list[Event]]) -> Iterator[bytes]:
    number = 0
    for stream, events in streams.items():
        for version, (event, new) in enumerate(zip(events, FORMS.new_events(events), strict=True), start=1):
            number += 1
            recorded = record(
                new, id=f"evt_{number:016d}", stream=stream, version=version, actor="system", time=event.at
            )
            yield canonical(recorded) + b"\n"


def read(path: Path) -> dict[str, list[Event]]:
    """Return the events of a golden trail by stream."""
    streams = defaultdict(list)
    for line in path.read_bytes().splitlines():
        stored = parse_event(line)
        streams[stored.stream].append(FORMS.event_of(stored))
    return streams


def folded(streams: Mapping[str, Iterable[Event]]) -> dict[str, object]:
    """Return what each stream comes to, as JSON data."""
    return {stream: json.loads(json.dumps(_state(stream, events), default=_day)) for stream, events in streams.items()}


def _state(stream: str, events: Iterable[Event]) -> object:
    if stream != ROUTES:
        state = fold(events)
        assert state is not None
        return asdict(state)
    table = RouteTable()
    for event in events:
        table = evolve_route(table, event)
    return [asdict(rule) for rule in table.rules.values()]


def _day(value: date | datetime) -> str:
    return value.isoformat()


def main() -> None:
    streams = played()
    assert {type(event) for events in streams.values() for event in events} == {*EVENTS, RouteSet}
    with TRAIL.open("xb") as trail:
        trail.writelines(lines(streams))
    with STATES.open("x", encoding="ascii") as file:
        json.dump(folded(streams), file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
