"""Makes the golden trail of claims: `python -m tests.vectors.claims.make_golden`.

golden-claims-0.2.jsonl holds recorded events in the trail's canonical form, one a line, which together use every event
type. golden-claims-0.2.states.json says what they come to. Both are made once for a release and then kept: every later
build must read the events and come to the same states. A later release gets files of its own; this script refuses to
write over what is there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from claims.domain import commands as c
from claims.domain import fold
from claims.domain.event import Event
from claims.domain.events import EVENTS
from claims.domain.values import Agreement
from claims.service.streams import FORMS
from esign.trail.event import canonical, parse_event, record
from tests.unit.claims.claim_play import (
    ASSESSED,
    CLOSED,
    FAILED,
    OFFERED,
    OTHER_ACCOUNT,
    PAYABLE,
    TRIAGED,
    UNKNOWN,
    VERIFIED,
    Play,
    at,
    blocked,
    dispatched,
)

FOLDER = Path(__file__).parent
TRAIL = FOLDER / "golden-claims-0.2.jsonl"
STATES = FOLDER / "golden-claims-0.2.states.json"


def played() -> dict[str, list[Event]]:
    """Return streams that use every event type."""
    signed = Play({c.Adjudicate: {"agreement": Agreement.SIGNATURE, "approvals": 1}})
    changed = Play({c.Adjudicate: {"approvals": 1}}).go(*PAYABLE, c.ApprovePayment)
    claims = {
        "closed": at(*CLOSED, c.Rate, c.OpenRecovery, c.RecordRecovered, c.CloseRecovery),
        "reopened": at(*CLOSED, c.Reopen),
        "dispatched": dispatched().go(c.FileForm, c.RevokeDevice, c.ReassignSurvey),
        "blocked": blocked(c.ReviewBlock, c.Take, c.HandOver, c.AskForPerson),
        "helped": at(*TRIAGED, c.AskCallBack, c.RecordCalledBack, c.AddPicture, c.ChangeSurvey, c.Remind, c.Alarm),
        "seen": at(*TRIAGED, c.AddPicture, c.CheckPicture, c.TellSurvey, c.TellInjury, c.TellShop, c.TellPapers),
        "papers": at(*VERIFIED, c.AskPapers, c.WaivePapers, c.RecordPapers),
        "failed_verification": at(*ASSESSED).go(c.Verify, passed=False, reasons=("photo-missing",)),
        "supplemented": at(*OFFERED, c.Supplement),
        "signed": signed.go(*OFFERED, c.SendAgreement, c.ReturnAgreement, c.SendAgreement, c.Agree),
        "disputed": at(*OFFERED, c.Dispute, c.PassDispute, c.AnswerDispute),
        "refused": at(*VERIFIED, c.Refuse, c.RecordNotice),
        "withdrawn": at(*TRIAGED, c.Withdraw),
        "joined": at(*TRIAGED, c.Join),
        "absorbing": at(*TRIAGED, c.Absorb),
        "payee_changed": changed.go(c.SetPayee, account=OTHER_ACCOUNT).go(c.ApprovePayee, c.ApprovePayment),
        "advanced": at(*VERIFIED, c.SetPayee, c.AllowAdvance, c.OrderPayment, c.RecordPaid),
        "unknown": at(*UNKNOWN),
        "contradicted": at(*CLOSED, c.RecordPaymentFailed),
        "surplus": at(*FAILED, c.OrderPayment).go(c.RecordPaid, payment="pay_1"),
    }
    return {f"clm_{name}": list(play.events) for name, play in claims.items()}


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
        state = fold(events)
        assert state is not None
        states[stream] = json.loads(json.dumps(asdict(state), default=_plain))
    return states


def _plain(value: Any) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    assert isinstance(value, frozenset)
    return sorted(json.dumps(one, default=_plain) for one in value)


def main() -> None:
    streams = played()
    used = {type(event) for events in streams.values() for event in events}
    assert used == set(EVENTS), set(EVENTS) - used
    with TRAIL.open("xb") as trail:
        trail.writelines(lines(streams))
    with STATES.open("x", encoding="ascii") as file:
        json.dump(folded(streams), file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
