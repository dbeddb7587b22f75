"""Recordings of sales (双录): their digest, length and checklist are filed, and somebody else reviews them.

The file itself stays where it was made: its digest tells it from every other one. What was ticked when it was made is
kept under the recording's own id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from esign.public.console import Caller, name_of
from esign.public.events import read_stream
from esign.public.people import RecordErased
from esign.public.values import Words, encode_canonical
from policy.domain import Proposal as State
from policy.domain import commands as c
from policy.domain.refusal import refusal
from policy.domain.state import Recording, find
from policy.domain.table import TABLE
from policy.models import ProposalRow, RecordingOf
from policy.products.checklists import Checklist, find_checklist
from policy.refusals import refused
from policy.service.numbers import number_of
from policy.service.office import Office
from policy.service.projection import ProposalChange
from policy.service.sight import insured_of, seen, within

LISTED_AT_MOST: Final = 100
COUNTED_AT_MOST: Final = 30
_KIND: Final = "recording"
_REVIEWED_IN: Final = tuple(state.value for state, row in TABLE.items() if c.ReviewRecording in row.accepts)


class Fault(StrEnum):
    """Why a recording does not pass."""

    PICTURE = "picture-unclear"
    SOUND = "sound-unclear"
    PERSON = "person-not-seen"
    ITEMS = "items-missing"
    OTHER_SALE = "another-sale"
    CUT = "recording-cut"


@dataclass(frozen=True)
class Filed:
    """What is filed: SHA-256 of the file in hexadecimal digits, its length, and the items of the checklist that were
    done."""

    digest: str
    seconds: int
    checklist: str
    done: tuple[str, ...]


@dataclass(frozen=True)
class RecordingLine:
    """A recording in a list."""

    recording: str
    number: str
    insured: str
    product: Words
    added_at: datetime
    is_own: bool


@dataclass(frozen=True)
class Seen:
    """A recording as it is looked at. `filed` is None where that was erased; `reasons` are codes of a review that did
    not pass; `is_own` tells that whoever looks at it made it, or the sale; `is_current` that it is about what is
    proposed now, so that it can be reviewed."""

    proposal: str
    number: str
    insured: str
    product: Words
    recording: Recording
    filed: Filed | None
    checklist: Checklist | None
    added_at: datetime
    reviewed_at: datetime | None
    reviewed_by: str | None
    reasons: tuple[str, ...]
    is_own: bool
    is_current: bool


_FILED: Final = TypeAdapter(Filed)


class Recordings:
    """Files and reviews them."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def add(self, proposal: str, filed: Filed, *, actor: str) -> str:
        """File a recording that the salesperson made, and return its id; the same one again changes nothing.

        Raises `PolicyRefused` (`no-checklist`, `recording-differs`, and what the domain refuses).
        """
        checklist = find_checklist(filed.checklist)
        if checklist is None or not checklist.ids.issuperset(filed.done):
            raise refused("no-checklist")
        kept = encode_canonical(_FILED.dump_python(filed, mode="json"))
        recording = f"rec_{sha256(f'{proposal} {filed.digest}'.encode()).hexdigest()[:40]}"
        records = self._office.house.records

        def command(session: Session, state: State) -> c.Command:
            if find(state.recordings, recording) is not None and records.read(session, recording) != kept:
                raise refused("recording-differs")
            return c.AddRecording(
                at=self._office.house.clocks.now(session, state.client or ""),
                recording=recording,
                digest=filed.digest,
                content=state.contents.digest,
                checklist=filed.checklist,
                seconds=filed.seconds,
                by=state.salesperson,
            )

        def keep(session: Session, change: ProposalChange) -> None:
            if change.events:
                records.keep(session, recording, _KIND, kept, at=self._office.house.clock())

        self._office.change(proposal, command, actor=actor, beside=keep)
        return recording

    def review(self, caller: Caller, recording: str, *, passed: bool, faults: Sequence[Fault]) -> None:
        """Say whether it passes. Raises `PolicyRefused`; `own-recording` for who made it, or the sale."""

        def command(session: Session, state: State) -> c.Command:
            seen(self._office, session, caller, proposal)
            return c.ReviewRecording(
                at=self._office.house.clocks.now(session, state.client or ""),
                recording=recording,
                passed=passed,
                by=caller.member,
                reasons=tuple(one.value for one in faults),
            )

        with self._office.house.database.reading() as session:
            proposal = _row(session, recording).proposal
        self._office.change(proposal, command, actor=name_of(caller))

    def waiting(self, caller: Caller) -> Sequence[RecordingLine]:
        """Return those that nobody reviewed, the oldest first."""
        with self._office.house.database.reading() as session:
            found = session.execute(self._unreviewed(session, caller).limit(LISTED_AT_MOST))
            return [self._line(session, caller, row, state) for row, state in self._current(session, found)]

    def count(self, caller: Caller) -> int:
        """Return how many nobody reviewed, up to `COUNTED_AT_MOST`: it is asked for with every page."""
        with self._office.house.database.reading() as session:
            found = session.execute(self._unreviewed(session, caller).limit(COUNTED_AT_MOST))
            return len(self._current(session, found))

    def one(self, caller: Caller, recording: str) -> Seen:
        """Return one. Raises `PolicyRefused` (`no-recording`, `no-proposal`)."""
        with self._office.house.database.reading() as session:
            row = _row(session, recording)
            state = seen(self._office, session, caller, row.proposal)
            part = find(state.recordings, recording)
            if part is None:
                raise refusal("no-recording")
            filed, review = self._filed(session, recording), self._review(session, row.proposal, recording)
            return Seen(
                proposal=row.proposal,
                number=number_of(session, row.proposal),
                insured=insured_of(self._office, session, state),
                product=self._office.product(state).name,
                recording=part,
                filed=filed,
                checklist=None if filed is None else find_checklist(filed.checklist),
                added_at=row.added_at,
                reviewed_at=row.reviewed_at,
                reviewed_by=None if not review else str(review["by"]),
                reasons=tuple(review.get("reasons", ())),
                is_own=caller.member in (part.by, state.salesperson),
                is_current=part.content == state.contents.digest and state.state.value in _REVIEWED_IN,
            )

    def _unreviewed(self, session: Session, caller: Caller) -> Select[RecordingOf]:
        return (
            select(RecordingOf)
            .join(ProposalRow, ProposalRow.id == RecordingOf.proposal)
            .where(RecordingOf.reviewed_at.is_(None), ProposalRow.state.in_(_REVIEWED_IN), within(session, caller))
            .order_by(RecordingOf.added_at, RecordingOf.recording)
        )

    def _current(self, session: Session, found: Any) -> list[tuple[RecordingOf, State]]:
        """Return those that are about what is proposed now: the others are of no use any more."""
        pairs = [(row, self._office.get(session, row.proposal)) for (row,) in found]
        return [
            (row, state)
            for row, state in pairs
            if any(one.id == row.recording and one.content == state.contents.digest for one in state.recordings)
        ]

    def _line(self, session: Session, caller: Caller, row: RecordingOf, state: State) -> RecordingLine:
        return RecordingLine(
            recording=row.recording,
            number=number_of(session, row.proposal),
            insured=insured_of(self._office, session, state),
            product=self._office.product(state).name,
            added_at=row.added_at,
            is_own=caller.member == state.salesperson,
        )

    def _filed(self, session: Session, recording: str) -> Filed | None:
        try:
            return _FILED.validate_json(self._office.house.records.read(session, recording))
        except RecordErased:
            return None

    def _review(self, session: Session, proposal: str, recording: str) -> dict[str, Any]:
        for event in read_stream(session, proposal):
            if event.type == "recording.reviewed" and event.payload["recording"] == recording:
                return dict(event.payload)
        return {}


def _row(session: Session, recording: str) -> RecordingOf:
    row = session.get(RecordingOf, recording)
    if row is None:
        raise refusal("no-recording")
    return row
