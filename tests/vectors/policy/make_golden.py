"""Makes the golden trail of proposals and service requests: `python -m tests.vectors.policy.make_golden`.

golden-policy-0.1b.jsonl holds recorded events in the trail's canonical form, one a line, which together use every event
type. golden-policy-0.1b.states.json says what they come to. Both are made once for a release and then kept: every later
build must read the events and come to the same states. A later release gets files of its own; this script refuses to
write over what is there. (golden-policy-0.1 is from before the end of a policy said its number and day, and a request
its endorsement.)
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from esign.trail.event import canonical, parse_event, record
from policy.domain import commands as c
from policy.domain import fold, fold_request
from policy.domain.event import Event
from policy.domain.events import EVENTS
from policy.domain.request_events import (
    REQUEST_EVENTS,
    RequestDone,
    RequestEntered,
    RequestKind,
    RequestRefused,
    RequestReturned,
    RequestSent,
    RequestSigned,
)
from policy.domain.values import Outcome, ReturnReason, Signer
from policy.service.streams import FORMS
from tests.unit.policy.proposal_play import (
    ACCEPTED,
    BOTH,
    DEBITING,
    ENTERED,
    FAILED,
    NOON,
    PAID,
    RECEIVED,
    SENT,
    SIGNED,
    Play,
    asked,
    at,
    concerned,
    offered,
    referred,
    wanting,
)

FOLDER = Path(__file__).parent
TRAIL = FOLDER / "golden-policy-0.1b.jsonl"
STATES = FOLDER / "golden-policy-0.1b.states.json"


def played() -> dict[str, list[Event]]:
    """Return streams that use every event type."""
    visited = concerned().go(c.SeeToVisit)
    cancelled = visited.go(c.Cancel, c.OrderRefund, c.RecordRefundFailed)
    proposals = {
        "cancelled": cancelled.go(c.OrderRefund, c.RecordRefunded),
        "surrendered": at(*RECEIVED, c.InviteVisit, c.RemindVisit).later(days=20).go(c.Surrender),
        "lapsed": at(*SENT, c.RecordReturned, c.Amend),
        "refused": at(*SENT, c.RecordRefused),
        "withdrawn": at(*PAID, c.Withdraw),
        "declined": referred().go(c.DecideCase, outcome=Outcome.DECLINE),
        "wanting": wanting("req_1", "req_2", "req_3").go(c.MeetRequirement, c.WaiveRequirement),
        "asked_again": referred().go(c.DecideCase, outcome=Outcome.ASK, requirements=(asked("req_9"),)),
        "offered": offered().go(c.Send, c.RecordReturned, c.Send, c.RecordSigned),
        "recorded": at(*ACCEPTED, c.AddRecording, c.ReviewRecording, c.OrderDebit, needs_recording=True),
        "contradicted": at(*PAID, c.RecordDebitFailed),
        "unknown": at(*DEBITING, c.RecordUnanswered),
        "surplus": surplus(),
        "for_self": at(*SIGNED, signers=(Signer.APPLICANT,)),
        "entered": at(*ENTERED),
    }
    return {f"prp_{name}": list(play.events) for name, play in proposals.items()} | requests()


def surplus() -> Play:
    """Return a proposal of which the bank collected two debits."""
    return at(*FAILED, c.OrderDebit).go(c.RecordCollected, debit="dbt_1").go(c.RecordCollected)


def requests() -> dict[str, list[Event]]:
    entered = RequestEntered(
        at=NOON,
        kind=RequestKind.BENEFICIARY,
        proposal="prp_cancelled",
        policy="CY330126112700",
        record="rec_request",
        digest="a" * 64,
        signers=BOTH,
        asked_on=date(2026, 11, 27),
        by=None,
    )
    sent = RequestSent(at=NOON, envelope="env_1", by="stf_shen")
    return {
        "srq_done": [
            entered,
            sent,
            RequestReturned(at=NOON, envelope="env_1", reason=ReturnReason.VOIDED),
            RequestSent(at=NOON, envelope="env_2", by=None),
            RequestSigned(at=NOON, envelope="env_2", document="b" * 64, signers=BOTH),
            RequestDone(at=NOON, document="end_1", endorsement="e" * 64, by="stf_fang"),
        ],
        "srq_refused": [
            entered,
            sent,
            RequestRefused(at=NOON, reason="not-agreed", signer=Signer.INSURED, by=None),
        ],
    }


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
    states: dict[str, object] = {}
    for stream, events in streams.items():
        state = fold(events) if stream.startswith("prp_") else fold_request(events)
        assert state is not None
        states[stream] = json.loads(json.dumps(asdict(state), default=_day))
    return states


def _day(value: date | datetime) -> str:
    return value.isoformat()


def main() -> None:
    streams = played()
    assert {type(event) for events in streams.values() for event in events} == {*EVENTS, *REQUEST_EVENTS}
    with TRAIL.open("xb") as trail:
        trail.writelines(lines(streams))
    with STATES.open("x", encoding="ascii") as file:
        json.dump(folded(streams), file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
