"""Makes the golden trail of claims: `python -m tests.vectors.claims.make_golden`.

golden-claims-0.1.jsonl holds recorded events in the trail's canonical form, one a line; golden-claims-0.1.states.json
says what they come to. Both are made once for a release and then kept: every later build must read the events and come
to the same states. Kinds of events that came later have files of their own, named for them; all together use every
event type. What is there is not written over.
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
from claims.domain.values import Agreement, Lane, SurveyWay
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


def played_at_the_board() -> dict[str, list[Event]]:
    """Return streams that use the events of alarms, calls, dispatch and parts."""
    asked = Play({c.Triage: {"way": SurveyWay.SURVEYOR, "lane": Lane.ORDINARY}}).go(*TRIAGED)
    asked.go(c.SendSurveyor, c.DeclineSurvey, c.RecordNobodyFree)
    claims = {
        "sent": asked.go(c.SendSurveyor, to="usr_near").go(c.TakeSurvey, by="usr_near"),
        "called": at(*TRIAGED, c.AskCallBack, c.TakeCallBack, c.RecordCalledBack),
        "alarmed": at(*TRIAGED, c.Alarm, c.AcknowledgeAlarm),
        "supplied": at(*VERIFIED, c.AskQuotes, c.RecordQuote, c.OrderParts, c.RecordPartsDelivered),
        "not_supplied": at(*VERIFIED, c.AskQuotes, c.DeclineQuote, c.CancelParts),
    }
    return {f"clm_{name}": list(play.events) for name, play in claims.items()}


def played_of_what_was_seen() -> dict[str, list[Event]]:
    """Return a stream that uses the events of what people saw, at the scene and on papers."""
    seen = at(*TRIAGED, c.AddPicture, c.CheckPicture, c.TellSurvey, c.TellInjury, c.TellShop, c.TellPapers)
    return {"clm_seen": list(seen.events)}


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


GOLDEN = {"0.1": played, "0.1-board": played_at_the_board, "0.1-seen": played_of_what_was_seen}


def main() -> None:
    used = {type(event) for play in GOLDEN.values() for events in play().values() for event in events}
    assert used == set(EVENTS), set(EVENTS) - used
    for name, play in GOLDEN.items():
        trail, states = (FOLDER / f"golden-claims-{name}.{kind}" for kind in ("jsonl", "states.json"))
        if trail.exists() and states.exists():
            continue
        streams = play()
        with trail.open("xb") as file:
            file.writelines(lines(streams))
        with states.open("x", encoding="ascii") as told:
            json.dump(folded(streams), told, indent=1, sort_keys=True)
            told.write("\n")


if __name__ == "__main__":
    main()
