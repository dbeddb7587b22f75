"""Acts of signing at rest: what one step made, stored before the next is taken, and read back after a fall.

What names the signer, or is a piece of the document, is sealed under the key of the document's columns.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from esign.ceremony.models import AcceptedSignature, SigningAct
from esign.infra.columns import canonical_json
from esign.infra.sealed_columns import ColumnKey
from esign.pades.act import Signature
from esign.pades.cms import parse_signed_data
from esign.pades.revision import OpenRevision
from esign.pades.validation_data import ValidationData

_ACTS: Final = SigningAct.__tablename__
_SIGNATURES: Final = AcceptedSignature.__tablename__


def serial_text(serial_number: int) -> str:
    """Return a certificate's serial number as events write it."""
    return f"{serial_number:x}"


def live_act(session: Session, recipient: str, manifest: str, abandoned: Collection[str]) -> SigningAct | None:
    """Return the act for this confirmation that has a CMS and was not abandoned.

    `abandoned` are the certificates of which the trail says so: another worker may have said it of one whose act was
    stored only afterwards.
    """
    acts = session.scalars(
        select(SigningAct)
        .where(SigningAct.recipient == recipient, SigningAct.manifest == manifest, SigningAct.abandoned.is_(False))
        .order_by(SigningAct.certificate_serial)
    )
    return next((act for act in acts if act.certificate_serial not in abandoned), None)


def store_act(
    session: Session, key: ColumnKey, recipient: str, manifest: str, document: str, base: str, made: Signature
) -> SigningAct:
    """Store what signing made, all of it but the signing key, which is gone; return it as stored, sealed by `key`."""
    row = (recipient, manifest, serial_text(made.serial_number))
    act = SigningAct(
        recipient=recipient,
        manifest=manifest,
        certificate_serial=serial_text(made.serial_number),
        document=document,
        base=base,
        claimed_at=made.claimed_time,
        certificate=key.seal(_ACTS, "certificate", row, made.certificate),
        chain=_joined(made.chain),
        increment=key.seal(_ACTS, "increment", row, made.revision.increment),
        contents_at=made.revision.contents_at,
        capacity=made.revision.capacity,
        cms=key.seal(_ACTS, "cms", row, made.cms.der),
        timestamped_at=made.timestamped_at,
        abandoned=False,
    )
    session.add(act)
    session.flush()
    return act


def signature_of(act: SigningAct, key: ColumnKey) -> Signature:
    """Return the signature as it was stored. Raises `SealedDataError`, `SigningError` (`stored-cms-unreadable`)."""
    row = _row_of(act)
    # The digest is needed until the CMS is made, and this one is.
    revision = OpenRevision(key.unseal(_ACTS, "increment", row, act.increment), act.contents_at, act.capacity, b"")
    return Signature(
        revision=revision,
        cms=parse_signed_data(key.unseal(_ACTS, "cms", row, act.cms)),
        certificate=key.unseal(_ACTS, "certificate", row, act.certificate),
        chain=_separated(act.chain),
        claimed_time=act.claimed_at,
        timestamped_at=act.timestamped_at,
    )


def store_timestamp(
    session: Session, key: ColumnKey, act: SigningAct, stamped: Signature, timestamped_at: datetime
) -> None:
    """Store the CMS with its timestamp."""
    session.execute(
        update(SigningAct)
        .where(
            SigningAct.recipient == act.recipient,
            SigningAct.manifest == act.manifest,
            SigningAct.certificate_serial == act.certificate_serial,
            SigningAct.abandoned.is_(False),
        )
        .values(cms=key.seal(_ACTS, "cms", _row_of(act), stamped.cms.der), timestamped_at=timestamped_at)
        .execution_options(synchronize_session=False)
    )


def _row_of(act: SigningAct) -> tuple[str, ...]:
    return (act.recipient, act.manifest, act.certificate_serial)


def seal_validation_data(key: ColumnKey, recipient: str, data: ValidationData) -> bytes:
    """Return what proves the recipient's signature, the signer's certificate among it, to be stored."""
    return key.seal(_SIGNATURES, "validation_data", (recipient,), _encoded(data))


def _encoded(data: ValidationData) -> bytes:
    parts = (data.certificates, data.ocsp_responses, data.crls)
    return canonical_json([[base64.b64encode(one).decode("ascii") for one in part] for part in parts])


def _decoded(encoded: bytes) -> ValidationData:
    certificates, answers, lists = (tuple(base64.b64decode(one) for one in part) for part in json.loads(encoded))
    return ValidationData(certificates, answers, lists)


def validation_data_of(session: Session, key: ColumnKey, document: str) -> ValidationData:
    """Return what proves every signature on the document, taken when each was made. Raises `SealedDataError`."""
    rows = session.execute(
        select(AcceptedSignature.recipient, AcceptedSignature.validation_data)
        .where(AcceptedSignature.document == document)
        .order_by(AcceptedSignature.recipient)
    )
    data = ValidationData()
    for recipient, sealed in rows:
        data += _decoded(key.unseal(_SIGNATURES, "validation_data", (recipient,), sealed))
    return data


def _joined(chain: Sequence[bytes]) -> bytes:
    return canonical_json([base64.b64encode(one).decode("ascii") for one in chain])


def _separated(encoded: bytes) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(one) for one in json.loads(encoded))
