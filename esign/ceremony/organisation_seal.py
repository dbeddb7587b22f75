"""The insurer's seal on a document, as far as the level that was promised, and our verifier's word on the result.

Seal with its timestamp, the validation data of every chain, document timestamp, verdict (SIGNING.md, Seal). Nothing is
stored here: a try that fell is simply made again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from ca.ports import CertifiedKey
from ca.trust import Purpose
from esign.ceremony.domain.values import PromisedLevel
from esign.ceremony.quarantined import (
    Verdict,
    add_validation_data,
    open_revision,
    open_timestamp_revision,
    verify_document,
)
from esign.ceremony.signing import not_before
from esign.ceremony.signing_run import CHINA
from esign.ceremony.trust_services import TrustServices
from esign.errors import LevelNotReached
from esign.infra.quarantine import Quarantine, TaskRunner
from esign.pades.act import Signature, sign_with_seal, timestamp_signature, validation_data_for
from esign.pades.appearance import SealAppearance
from esign.pades.level import Level
from esign.pades.revision import OpenRevision, SignatureContent
from esign.pades.validation_data import ValidationData

_NOTHING_MORE = ValidationData()


@dataclass(frozen=True)
class OrganisationSeal:
    """The insurer's seal: whose it is, and the key with its certificate."""

    organisation: str
    key: CertifiedKey


@dataclass(frozen=True)
class ToSeal:
    """A document that waits for its seal in `seal_field`; `data` is what proves the signatures that it has already.

    `origin` names whose files its process of the quarantine may read, `judged_origin` the same for the one that judges.
    """

    name: str = field(repr=False)
    content: bytes = field(repr=False)
    seal_field: str
    level: PromisedLevel
    origin: str
    judged_origin: str
    data: ValidationData = _NOTHING_MORE


@dataclass(frozen=True)
class Sealed:
    """What the seal appended, the digest of the whole (64 hexadecimal digits), and the verdict that released it."""

    increment: bytes = field(repr=False)
    sha256: str
    verdict: Verdict


class Sealing:
    """Seals documents. Safe to share between threads."""

    def __init__(self, services: TrustServices, seal: OrganisationSeal, quarantine: Quarantine) -> None:
        self._services = services
        self._seal = seal
        self._quarantine = quarantine

    @property
    def appearance_texts(self) -> tuple[str, ...]:
        """Every text that the seal may draw, for a document that is prepared for it alone."""
        return tuple(self._appearance(self._services.clock(), 0).announced)

    def seal(self, one: ToSeal) -> Sealed:
        """Seal the document, and have the result judged.

        Raises `LevelNotReached`, `SigningError`, `FieldError`, and what trust services and the quarantine raise.
        """
        reader, data = self._quarantine.files_of(one.origin), one.data
        signature = self._put_seal(reader, one)
        roots = self._services.trust.roots(Purpose.TIMESTAMPING, self._services.clock())
        data += validation_data_for(signature, self._services.revocation, roots=roots)
        increment, stamped_at = signature.increment, signature.timestamped_at
        if one.level is PromisedLevel.B_LT:
            increment += add_validation_data(reader, one.content + increment, data)
        elif one.level is PromisedLevel.B_LTA:
            authority = self._services.timestamp_authority
            opened = open_timestamp_revision(reader, one.content + increment, data, capacity=authority.token_size_bound)
            token = authority.timestamp(opened.digest)
            increment, stamped_at = increment + opened.close(token.der), token.gen_time
        verdict = verify_document(
            self._quarantine.files_of(one.judged_origin),
            one.content + increment,
            name=one.name,
            trust=self._services.trust,
            at=not_before(stamped_at, self._services.clock()),
            supplement=data,
        )
        _require_level(verdict, one.level)
        return Sealed(increment, hashlib.sha256(one.content + increment).hexdigest(), verdict)

    def _put_seal(self, reader: TaskRunner, one: ToSeal) -> Signature:
        local = self._services.clock().astimezone(CHINA)

        def open_with(signed: SignatureContent, capacity: int) -> OpenRevision:
            return open_revision(reader, one.content, signed, capacity=capacity)

        signature = sign_with_seal(
            open_with,
            field=one.seal_field,
            organisation=self._seal.organisation,
            claimed_time=local,
            seal=self._seal.key,
            appearance=lambda serial_number: self._appearance(local, serial_number),
            token_size=self._services.timestamp_authority.token_size_bound,
        )
        return timestamp_signature(signature, self._services.timestamp_authority)

    def _appearance(self, local: datetime, serial_number: int) -> SealAppearance:
        return SealAppearance(self._seal.organisation, local, serial_number, self._services.notice)


def _require_level(verdict: Verdict, level: PromisedLevel) -> None:
    """Raise `LevelNotReached` unless our verifier accepts everything, at the level that was promised."""
    if verdict.conclusion != "TOTAL-PASSED":
        codes = ", ".join(f.code for f in verdict.findings if f.severity != "info") or str(verdict.conclusion)
        raise LevelNotReached(
            "result-not-verified",
            f"our verifier does not accept the sealed document ({codes})",
            "nothing was released; check that every authority in use is among the trusted roots",
        )
    short = [s.field for s in verdict.signatures if s.kind == "signature" and Level(s.level) < Level(level.value)]
    if short:
        raise LevelNotReached(
            "level-not-reached",
            f"{', '.join(short)} did not reach {level.value}",
            "nothing was released; check the timestamp and revocation services, then retry",
        )
