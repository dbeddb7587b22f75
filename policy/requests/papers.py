"""What customers and staff have of a request: the file that everybody signed, and the endorsement."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.envelopes import SealedFile
from policy.models import EndorsementOf
from policy.refusals import refused
from policy.requests.register import Register


def signed_request(register: Register, session: Session, request: str) -> SealedFile:
    """Return the signed request as the insurer sealed it, and keeps it with its envelope.

    Raises `PolicyRefused` (`no-request`, `no-signed-request`), `RecordErased`, `BlobError`.
    """
    signed = register.get(session, request).signed
    if signed is None:
        raise refused("no-signed-request")
    return register.office.house.envelopes.sealed(session, signed)


def endorsement_of(register: Register, session: Session, request: str) -> bytes:
    """Return the endorsement. Raises `PolicyRefused` (`no-endorsement`), `RecordErased`, `BlobError`."""
    kept = session.scalars(select(EndorsementOf).filter_by(request=request)).one_or_none()
    if kept is None:
        raise refused("no-endorsement")
    return register.office.house.documents.read(session, kept.blob, kept.record)
