"""What of an envelope nobody can look at any more, or not now: pages say so where a picture would be broken."""

from __future__ import annotations

from dataclasses import dataclass

from esign.ceremony.erasing_documents import are_erased
from esign.ceremony.records import HANDWRITING, PHOTO
from esign.desk.evidence import Evidence
from esign.desk.sight import Sight
from esign.retention.requests import is_restricted
from esign.staff.actors import Caller


@dataclass(frozen=True)
class OutOfSight:
    """`handwriting` and `photos` are of recipients (ids) whose own was erased, `stored` those of whom the law lets
    nothing be done but storing, while the evidence is not open to the caller; `pages` whether the documents are gone.
    """

    handwriting: frozenset[str]
    photos: frozenset[str]
    stored: frozenset[str]
    pages: bool

    @property
    def is_evidence_gone(self) -> bool:
        """Whether there is handwriting that was erased: with it went what the evidence was sealed under."""
        return bool(self.handwriting)


def out_of_sight(sight: Sight, evidence: Evidence, caller: Caller, envelope: str) -> OutOfSight:
    """Return it for the caller. Raises `Refusal` (`no-envelope`)."""
    records = sight.service.records
    with sight.database.reading() as session:
        state = sight.envelope(session, caller, envelope)
        erased: dict[str, set[str]] = {HANDWRITING: set(), PHOTO: set()}
        for one in state.recipients:
            for kind, capture in ((HANDWRITING, one.session.handwriting), (PHOTO, one.session.photo)):
                if capture is not None and records.is_erased(session, capture.record):
                    erased[kind].add(one.id)
        is_open = evidence.opening(session, caller, envelope) is not None
        stored = frozenset(one.id for one in state.recipients if not is_open and is_restricted(session, one.id))
        return OutOfSight(
            frozenset(erased[HANDWRITING]),
            frozenset(erased[PHOTO]),
            stored,
            are_erased(session, records.data_keys, envelope),
        )
