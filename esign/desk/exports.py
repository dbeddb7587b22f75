"""Exports that members of staff ask for: one envelope or all that a search finds, with a reason from a short list.

What is asked for, watched and fetched is within the caller's reach, each time anew: whoever moves to another
institution fetches nothing of the one before. Another member's export is as one that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.ceremony.domain.values import ENDS, EnvelopeState
from esign.ceremony.models import EnvelopeRow
from esign.desk.evidence import Evidence
from esign.desk.lists import Wanted, counts, ended_ids, named_by, narrowed
from esign.desk.sight import Sight
from esign.exports.errors import no_export, not_over, restricted
from esign.exports.events import record_approved
from esign.exports.exports import ENVELOPES_AT_MOST, Export, ExportFile
from esign.exports.models import ExportItemRow
from esign.infra.logs import log_for
from esign.staff.actors import Caller, name_of
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import Role
from esign.staff.rights import present

EXPORTERS: Final = frozenset({Role.COMPLIANCE, Role.AUDITOR})
"""Whose roles let them take evidence bundles away, and read who did. Both need a second factor."""
OWN_SHOWN: Final = 10
_log = log_for(__name__)


class ExportReason(StrEnum):
    """Why evidence is taken away: a code that the trail keeps."""

    COURT = "court-request"
    AUTHORITY = "authority-request"
    DISPUTE = "claim-or-dispute"
    COMPLAINT = "complaint"
    AUDIT = "internal-audit"
    PERSON = "person-request"


@dataclass(frozen=True)
class Meant:
    """How many envelopes an export would take, and how many more are meant that are not over yet. `stored` tells that
    the one that is meant is only stored, and not open to the caller."""

    over: int
    going: int
    stored: bool = False

    @property
    def is_too_many(self) -> bool:
        return self.over > ENVELOPES_AT_MOST


class EnvelopeExports:
    """Asks for and tells of the caller's exports. Every method raises `StaffRefused`: `session-over`, `not-allowed`."""

    def __init__(self, sight: Sight, evidence: Evidence, clock: Clock) -> None:
        self._sight = sight
        self._evidence = evidence
        self._exports = sight.service.exports
        self._clock = clock

    def one(self, caller: Caller, envelope: str) -> Meant:
        """Return what an export of this envelope would take. Raises `Refusal` (`no-envelope`)."""
        with self._sight.database.reading() as session:
            self._require(session, caller)
            is_over = self._sight.row(session, caller, envelope).state in ENDS
            closed = self._is_stored(session, envelope) and self._evidence.opening(session, caller, envelope) is None
        return Meant(int(is_over), int(not is_over), stored=closed)

    def meant(self, caller: Caller, wanted: Wanted) -> Meant:
        """Return what an export of all that is wanted would take, whatever page of the list is looked at."""
        with self._sight.database.reading() as session:
            self._require(session, caller)
            reach = narrowed(session, self._sight.reach(session, caller), wanted.institution)
            found = named_by(self._sight.service.records.index, wanted.words)
            counted = counts(session, reach, found, wanted)
        states = set(EnvelopeState) if wanted.state is None else {wanted.state}
        return Meant(sum(counted[state] for state in states & ENDS), sum(counted[state] for state in states - ENDS))

    def ask_one(self, caller: Caller, envelope: str, reason: ExportReason) -> str:
        """Enter an export of one envelope; return its id.

        What is only stored leaves while the caller has its evidence open, as two people agreed, and the trail names
        both. Raises `Refusal` (`no-envelope`), `ExportError` (`envelope-not-over`, `evidence-restricted`,
        `exports-running`).
        """
        with self._sight.database.transaction() as session:
            self._require(session, caller)
            if self._sight.row(session, caller, envelope).state not in ENDS:
                raise not_over()
            stored = self._is_stored(session, envelope)
            opening = self._evidence.opening(session, caller, envelope) if stored else None
            if stored and opening is None:
                raise restricted()
            export = self._enter(session, caller, [envelope], reason)
            if opening is not None:
                record_approved(
                    session,
                    envelope,
                    export,
                    by=caller.member,
                    approved_by=opening.approved_by,
                    reason=reason.value,
                    actor=name_of(caller),
                    at=self._clock(),
                )
            return export

    def ask(self, caller: Caller, wanted: Wanted, reason: ExportReason) -> str:
        """Enter an export of all that is wanted and over at this moment; return its id.

        Raises `ExportError`: `nothing-to-export`, `export-too-large`, `exports-running`.
        """
        with self._sight.database.transaction() as session:
            self._require(session, caller)
            reach = narrowed(session, self._sight.reach(session, caller), wanted.institution)
            found = named_by(self._sight.service.records.index, wanted.words)
            envelopes = ended_ids(session, reach, wanted, found, ENVELOPES_AT_MOST + 1)
            return self._enter(session, caller, envelopes, reason)

    def own(self, caller: Caller) -> Sequence[Export]:
        """Return the caller's latest exports."""
        with self._sight.database.reading() as session:
            self._require(session, caller)
            return self._exports.latest(session, caller.member, OWN_SHOWN)

    def get(self, caller: Caller, export: str) -> Export:
        """Return an export of the caller's. Raises `ExportError` (`no-export`)."""
        with self._sight.database.reading() as session:
            return self._within_reach(session, caller, export)

    def envelopes_of(self, caller: Caller, export: str) -> Sequence[str]:
        """Return the ids of the envelopes of an export of the caller's. Raises as `get` does."""
        with self._sight.database.reading() as session:
            self._within_reach(session, caller, export)
            return self._exports.envelopes_of(session, export)

    def file(self, caller: Caller, export: str) -> ExportFile:
        """Return the file of an export of the caller's, to be read once. Raises as `get` and `Exports.file` do."""
        with self._sight.database.reading() as session:
            self._within_reach(session, caller, export)
        found = self._exports.file(caller.member, export)
        _log.info("an export was fetched", export=export, member=caller.member)
        return found

    def _is_stored(self, session: Session, envelope: str) -> bool:
        service = self._sight.service
        return service.bundles.is_stored_only(session, service.envelopes.get(session, envelope))

    def _require(self, session: Session, caller: Caller) -> None:
        if EXPORTERS.isdisjoint(present(session, self._sight.room.sessions, caller).roles):
            raise refusal("not-allowed")

    def _enter(self, session: Session, caller: Caller, envelopes: Sequence[str], reason: ExportReason) -> str:
        return self._exports.ask(session, caller.member, envelopes, reason=reason.value, now=self._clock())

    def _within_reach(self, session: Session, caller: Caller, export: str) -> Export:
        """Return the export if every envelope of it is in the caller's reach now."""
        self._require(session, caller)
        told = self._exports.get(session, caller.member, export)
        reach = self._sight.reach(session, caller)
        inside = (
            select(func.count())
            .select_from(ExportItemRow)
            .join(EnvelopeRow, EnvelopeRow.id == ExportItemRow.envelope)
            .where(ExportItemRow.export == export, reach.where(EnvelopeRow.institution, EnvelopeRow.salesperson))
        )
        if session.scalar(inside) != told.total:
            raise no_export()
        return told
