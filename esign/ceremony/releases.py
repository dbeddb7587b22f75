"""Sealed documents as they were released: our verifier's report on each, which names the signers, sealed at rest.

The key is the document's (`esign.ceremony.documents.key_record`): erasing the document erases its report in every copy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from esign.ceremony.documents import key_record
from esign.ceremony.models import SealedRelease
from esign.infra.personal_records import DataKeys
from esign.infra.sealed_columns import ColumnKey
from esign.infra.statements import table_of

_RELEASES: Final = table_of(SealedRelease)
_CHOSEN: Final = select(_RELEASES.c.document, _RELEASES.c.sha256, _RELEASES.c.report).where(
    _RELEASES.c.document.in_(bindparam("documents", expanding=True))
)


def keep_release(session: Session, key: ColumnKey, document: str, sha256: str, report: bytes) -> None:
    """Record the sealed revision (`sha256`, 64 hexadecimal digits) with the report on it (JSON)."""
    session.add(SealedRelease(document=document, sha256=sha256, report=_sealed(key, document, sha256, report)))
    session.flush()


def renew_release(release: SealedRelease, key: ColumnKey, sha256: str, report: bytes) -> None:
    """Put a later revision, and the report on that one, in the place of what the row has."""
    release.sha256, release.report = sha256, _sealed(key, release.document, sha256, report)


def released_report(session: Session, data_keys: DataKeys, document: str) -> bytes | None:
    """Return the report (JSON), None where the document is not sealed or was erased. Raises `SealedDataError`."""
    return released_reports(session, data_keys, [document]).get(document)


def released_reports(session: Session, data_keys: DataKeys, documents: Sequence[str]) -> Mapping[str, bytes]:
    """Return the reports on those of the documents that are sealed, by document. Raises `RecordErased`, `RecordError`,
    `SealedDataError`."""
    rows = session.execute(_CHOSEN, {"documents": documents}).all()
    if not rows:
        return {}
    keys = data_keys.get_all(session, [key_record(document) for document, _sha256, _report in rows])
    return {
        document: ColumnKey.drawn_from(keys[key_record(document)]).unseal(
            _RELEASES.name, "report", (document, sha256), report
        )
        for document, sha256, report in rows
    }


def _sealed(key: ColumnKey, document: str, sha256: str, report: bytes) -> bytes:
    return key.seal(_RELEASES.name, "report", (document, sha256), report)
