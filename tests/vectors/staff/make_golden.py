"""Makes the golden trail of staff of the newest release: `python -m tests.vectors.staff.make_golden`.

golden-staff-0.1b.jsonl holds recorded events in the trail's canonical form, one a line, which together use every event
type. golden-staff-0.1b.states.json says what they come to. Both are made once for a release and then kept: every later
build must read the events and come to the same states. A later release gets files of its own; this script refuses to
write over what is there. (golden-staff-0.1 is from before wrong codes were told from wrong passwords.)
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from esign.staff.domain import approvals, institutions, member
from esign.staff.domain import events as e
from esign.staff.domain.record import event_of, new_events
from esign.staff.domain.roles import ApprovalKind, Factor, Role
from esign.trail.event import canonical, parse_event, record

FOLDER = Path(__file__).parent
TRAIL = FOLDER / "golden-staff-0.1b.jsonl"
STATES = FOLDER / "golden-staff-0.1b.states.json"
START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EARLY = (Role.SALES, Role.SUPERVISOR, Role.COMPLIANCE, Role.OPERATIONS, Role.AUDITOR, Role.ADMIN)
"""The roles that there were in this release."""


def at(minutes: int) -> datetime:
    return START + minutes * MINUTE


def played() -> dict[str, list[e.Event]]:
    """Return streams that use every event type."""
    roles, lin, zhao = ApprovalKind.ROLES, "usr_lin", "usr_zhao"
    return {
        "institutions": [
            e.InstitutionOpened(at=at(0), institution="ins_hq", by=None, parent=None, name="rec_hq"),
            e.InstitutionOpened(at=at(1), institution="ins_east", by=lin, parent="ins_hq", name="rec_east"),
            e.InstitutionOpened(at=at(2), institution="ins_pudong", by=lin, parent="ins_hq", name="rec_pudong"),
            e.InstitutionRenamed(at=at(3), institution="ins_east", by=lin, name="rec_eastern"),
            e.InstitutionMoved(at=at(4), institution="ins_pudong", by=lin, parent="ins_east"),
            e.InstitutionClosed(at=at(5), institution="ins_pudong", by=lin),
        ],
        "usr_sun": [
            e.StaffInvited(at=at(0), person="per_sun", institution="ins_hq", roles=(Role.SALES,), by=lin),
            e.StaffReinvited(at=at(1), by=lin),
            e.PasswordSet(at=at(2), invited=True),
            e.LoginSucceeded(at=at(3), factor=Factor.PASSWORD),
            e.TotpEnrolled(at=at(4)),
            e.RecoveryCodesMade(at=at(4), codes=10),
            e.RolesChanged(at=at(5), roles=(Role.SALES, Role.SUPERVISOR), by=lin, approval="apr_used"),
            e.StaffTransferred(at=at(6), institution="ins_east", by=lin),
            *(e.LoginFailed(at=at(7)) for _ in range(5)),
            e.LoginLocked(at=at(7), until=at(22)),
            e.LoginFailed(at=at(30)),
            e.CodeWrong(at=at(31)),
            e.CodeWrong(at=at(32)),
        ],
        "usr_gone": [
            e.StaffInvited(at=at(0), person="per_gone", institution="ins_hq", roles=EARLY, by=None),
            e.PasswordSet(at=at(1), invited=True),
            e.TotpEnrolled(at=at(2)),
            e.TotpReset(at=at(3), by=lin, approval=None),
            e.StaffSuspended(at=at(4), reason="left", by=lin),
            e.StaffReinstated(at=at(5), reason="came-back", by=lin),
            e.StaffSuspended(at=at(6), reason="left", by=lin),
            e.StaffForgotten(at=at(7), by=lin, approval="apr_other"),
        ],
        "apr_used": [
            requested(roles, "sales-supervisor", None),
            e.ApprovalApproved(at=at(2), by=zhao),
            e.ApprovalConsumed(at=at(5), by=lin),
        ],
        "apr_refused": [
            requested(ApprovalKind.TOTP_RESET, None, "rec_words"),
            e.ApprovalRefused(at=at(2), by=zhao, reason="not-seen-in-person"),
        ],
    }


def requested(kind: ApprovalKind, terms: str | None, words: str | None) -> e.ApprovalRequested:
    return e.ApprovalRequested(
        at=at(1),
        kind=kind,
        subject="usr_sun",
        institution="ins_hq",
        terms=terms,
        reason="asked-for",
        words=words,
        by="usr_lin",
        expires_at=at(1) + timedelta(hours=72),
    )


def lines(streams: Mapping[str, list[e.Event]]) -> Iterator[bytes]:
    number = 0
    for stream, events in streams.items():
        for version, (event, new) in enumerate(zip(events, new_events(events), strict=True), start=1):
            number += 1
            recorded = record(
                new, id=f"evt_{number:016d}", stream=stream, version=version, actor="operator", time=event.at
            )
            yield canonical(recorded) + b"\n"


def read(path: Path) -> dict[str, list[e.Event]]:
    """Return the events of a golden trail by stream."""
    streams = defaultdict(list)
    for line in path.read_bytes().splitlines():
        stored = parse_event(line)
        streams[stored.stream].append(event_of(stored))
    return streams


def folded(streams: Mapping[str, Iterable[e.Event]]) -> dict[str, object]:
    """Return what each stream comes to, as JSON data."""
    states: dict[str, object] = {}
    for stream, events in streams.items():
        if stream == "institutions":
            state: object = list(map(asdict, institutions.fold(events).institutions.values()))
        elif stream.startswith("usr_"):
            found = member.fold(events)
            state = None if found is None else asdict(found)
        else:
            approval = approvals.fold(events)
            state = None if approval is None else asdict(approval)
        states[stream] = json.loads(json.dumps(state, default=lambda moment: moment.isoformat()))
    return states


def main() -> None:
    streams = played()
    assert {type(event) for events in streams.values() for event in events} == set(e.EVENTS)
    with TRAIL.open("xb") as trail:
        trail.writelines(lines(streams))
    with STATES.open("x", encoding="ascii") as file:
        json.dump(folded(streams), file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
