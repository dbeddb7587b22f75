"""What the service's own database knows of a file. Safe to share between threads; each question is one reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.ceremony.documents import PREPARED
from esign.ceremony.models import DocumentPiece, DocumentRow, EnvelopeKeyRow
from esign.ceremony.recognition.envelope import Recording, recognise, recording_of
from esign.infra.database import Database
from esign.infra.statements import table_of
from esign.trail.errors import NotCovered
from esign.trail.event import Event
from esign.trail.log import read_stream
from esign.trail.publishing import latest_checkpoint, prove_event
from esign.verify.acceptance.knowledge import Knowledge, NotRecognised

SIGNED_BY_SOMEBODY: Final = PREPARED + 1
"""The number of the first piece that only somebody who has it can know: no signature can be guessed."""

_PIECES, _DOCUMENTS = table_of(DocumentPiece), table_of(DocumentRow)
_ENVELOPE_OF: Final = (
    select(_DOCUMENTS.c.envelope)
    .join_from(_PIECES, _DOCUMENTS, _DOCUMENTS.c.id == _PIECES.c.document)
    .where(_PIECES.c.sha256 == bindparam("sha256"), _PIECES.c.number >= bindparam("number"))
    .order_by(_PIECES.c.number.desc(), _PIECES.c.document)
    .limit(1)
)


class StoredTrail:
    """A `TrailKnowledge` over the service's database."""

    def __init__(self, database: Database, keys: Iterable[bytes], clock: Clock, *, from_piece: int = PREPARED) -> None:
        """`keys` are the log's public keys, present and earlier; `from_piece` is the first piece that is looked at."""
        self._database = database
        self._keys = frozenset(keys)
        self._clock = clock
        self._from_piece = from_piece

    @property
    def keys(self) -> frozenset[bytes]:
        return self._keys

    def about(self, sha256: str) -> Knowledge:
        """See `TrailKnowledge`. Raises `TrailDamaged`, `BrokenTrail`, `EventRefused`."""
        with self._database.reading() as session:
            as_of = self._clock()
            named = session.scalar(_ENVELOPE_OF, {"sha256": sha256, "number": self._from_piece})
            events: Sequence[Event] = () if named is None else read_stream(session, named)
            recording = recording_of(events, sha256)
            if named is None or recording is None:
                return NotRecognised(as_of)
            return recognise(
                events,
                recording,
                sha256,
                as_of=as_of,
                proof=_proof(session, recording),
                erased=session.get(EnvelopeKeyRow, named) is None,
            )


def _proof(session: Session, recording: Recording) -> bytes | None:
    try:
        return prove_event(session, recording.event.id, latest_checkpoint(session)).encode()
    except NotCovered:
        return None
