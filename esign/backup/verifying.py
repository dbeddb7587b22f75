"""Looking at what came back: the whole trail is recomputed, and every sealed document is read and judged again.

A document is judged in this process, without quarantine: its digest is that of its last `document.sealed` or
`document.renewed` in the trail that was just verified, so its bytes are the ones that this service sealed or renewed,
and judged before it released them.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select

from ca.trust import TrustStore
from esign.backup.errors import BackupDamaged
from esign.backup.manifest import Manifest
from esign.backup.taking import Tell
from esign.ceremony.documents import Documents
from esign.ceremony.domain.envelope_events import DocumentRenewed, DocumentSealed
from esign.ceremony.domain.values import PromisedLevel
from esign.ceremony.models import DocumentRow
from esign.errors import EsignError
from esign.infra.database import Database
from esign.trail.checkpoint import parse_checkpoint
from esign.trail.export import export_trail
from esign.trail.log import read_stream
from esign.trail.recheck import ExportVerdict, verify_export
from esign.verify import Conclusion, verify

UNDECIDED: Final = "undecided"
_DIGEST_IN: Final = {DocumentSealed.type.name: "sealed", DocumentRenewed.type.name: "renewed"}
"""Where an event that gives a sealed document its digest has it."""
_CARRY_PROOF: Final = frozenset({PromisedLevel.B_LT.value, PromisedLevel.B_LTA.value})
_TOLD_EVERY: Final = 100
_PAGE: Final = 200


@dataclass(frozen=True)
class DocumentsFound:
    """How many of the sealed documents passed, are undecided, or were erased; `wrong` has the id of each other one and
    the code of what is wrong with it."""

    passed: int = 0
    undecided: int = 0
    erased: int = 0
    wrong: tuple[tuple[str, str], ...] = ()

    @property
    def total(self) -> int:
        return self.passed + self.undecided + self.erased + len(self.wrong)


def verify_trail(database: Database, manifest: Manifest, public_keys: Collection[bytes]) -> ExportVerdict | None:
    """Recompute the trail that came back, up to its last checkpoint; None if it has none.

    Raises `ExportRefused`, `TrailDamaged`, and `BackupDamaged` (`backup-trail`) if it is not the one that the manifest
    names.
    """
    if manifest.trail.checkpoint is None:
        return None
    head = parse_checkpoint(manifest.trail.checkpoint.encode()).checkpoint
    with tempfile.TemporaryFile() as file:
        with database.reading() as session:
            export_trail(session, file)
        file.seek(0)
        verdict = verify_export(file, public_keys, seen=[head])
    for one in verdict.compared:
        if one.contradicts or verdict.root != head.root:
            raise BackupDamaged("backup-trail", "the trail that came back is another one", "use another backup")
    return verdict


def verify_documents(
    database: Database,
    documents: Documents,
    trust: TrustStore,
    *,
    at: datetime,
    tell: Tell = lambda _step: None,
) -> DocumentsFound:
    """Read every sealed document, compare it with the trail, and judge it for this time against these roots.

    A document whose level was promised below B-LT does not prove by itself that its certificates were not revoked: it
    is `undecided` where nothing else is wrong.
    """
    found = DocumentsFound()
    for row in _sealed(database):
        found = _counted(found, row.id, _judged(database, documents, row, trust, at))
        if found.total % _TOLD_EVERY == 0:
            tell(f"{found.total} documents verified")
    return found


def _sealed(database: Database) -> Iterator[DocumentRow]:
    """Yield the sealed documents, a page at a time."""
    after = ""
    while True:
        with database.reading() as session:
            page = session.scalars(
                select(DocumentRow)
                .where(DocumentRow.sealed.is_not(None), DocumentRow.id > after)
                .order_by(DocumentRow.id)
                .limit(_PAGE)
            ).all()
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _judged(database: Database, documents: Documents, row: DocumentRow, trust: TrustStore, at: datetime) -> str:
    """Return the conclusion on the document, or the code of what is wrong with it."""
    with database.reading() as session:
        recorded = [
            event
            for event in read_stream(session, row.envelope)
            if event.type in _DIGEST_IN and event.payload["document"] == row.id
        ]
        if [event.payload[_DIGEST_IN[event.type]] for event in recorded][-1:] != [row.sealed]:
            return "not-in-trail"
        try:
            content = documents.read(session, row.id, row.sealed or "")
        except EsignError as error:
            return error.code
    conclusion = verify(io.BytesIO(content), name=f"{row.id}.pdf", trust=trust, at=at).conclusion
    levels = {str(event.payload["level"]) for event in recorded if event.type == DocumentSealed.type.name}
    carries_proof = levels <= _CARRY_PROOF
    return UNDECIDED if conclusion is Conclusion.INDETERMINATE and not carries_proof else conclusion.value


def _counted(found: DocumentsFound, document: str, outcome: str) -> DocumentsFound:
    if outcome == Conclusion.PASSED.value:
        return replace(found, passed=found.passed + 1)
    if outcome == UNDECIDED:
        return replace(found, undecided=found.undecided + 1)
    if outcome == "record-erased":
        return replace(found, erased=found.erased + 1)
    return replace(found, wrong=(*found.wrong, (document, outcome)))
