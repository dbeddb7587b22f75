"""What a report tells of a signature beside its verdict: the claimed time, the signer, the algorithms."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from asn1crypto import core, x509

from ca.encoding import encoding_of
from esign.verify.assessment import Assessment
from esign.verify.cms.algorithms import key_description
from esign.verify.cms.certificates import certificate_facts
from esign.verify.cms.signed_data import SIGNING_TIME
from esign.verify.errors import MALFORMED
from esign.verify.report import time_text

_POLICIES_AT_MOST: Final = 50
_PDF_DATE: Final = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+-])(\d\d)'?(\d\d)?'?|Z)?")


def claimed_time(assessment: Assessment) -> datetime | None:
    """The time the signer says: M in the dictionary, else the signing-time attribute; of a timestamp, its own."""
    if assessment.timestamp is not None:
        return assessment.timestamp.gen_time
    claimed = assessment.signature.dictionary.get("M")
    if isinstance(claimed, bytes) and (moment := pdf_date(claimed)):
        return moment
    if assessment.cms is None or not assessment.cms.signers:
        return None
    for attribute in assessment.cms.signers[0].attributes(SIGNING_TIME):
        try:
            moment = core.load(attribute.values[0]).native
            return moment.astimezone(UTC) if isinstance(moment, datetime) else None
        except MALFORMED:
            return None
    return None


def pdf_date(value: bytes) -> datetime | None:
    """Read a PDF date (ISO 32000-2 clause 7.9.4); without an offset it is taken as UTC. None if it is none."""
    found = _PDF_DATE.match(value.decode("latin-1"))
    if not found:
        return None
    parts = [int(found.group(index) or default) for index, default in zip(range(1, 7), (1, 1, 1, 0, 0, 0), strict=True)]
    minutes = int(found.group(8) or 0) * 60 + int(found.group(9) or 0)
    try:
        offset = timezone(timedelta(minutes=-minutes if found.group(7) == "-" else minutes))
        return datetime(*parts, tzinfo=offset).astimezone(UTC)  # type: ignore[arg-type,misc]
    except (ValueError, OverflowError):
        return None


def signer_facts(certificate: x509.Certificate | None) -> dict[str, str]:
    """Return name, organisation, subject, serial, issuer and its name, not_before and not_after, as far as told, the
    certificate's SHA-256 and its policies (object identifiers, a space between them).

    Empty where there is no readable certificate. `name` is what a person calls the subject by: its common name, else
    its pseudonym, else its organisation.
    """
    if certificate is None:
        return {}
    try:
        facts = certificate_facts(certificate)
        names = {
            "name": called(certificate.subject),
            "organisation": called(certificate.subject, ("organization_name",)),
            "issuer_name": called(certificate.issuer),
        }
    except MALFORMED:
        return {}
    return {
        "subject": facts.subject,
        "serial": facts.serial,
        "issuer": facts.issuer,
        "not_before": time_text(facts.not_before) or "",
        "not_after": time_text(facts.not_after) or "",
        "certificate_sha256": facts.digest,
        "policies": " ".join(facts.policies[:_POLICIES_AT_MOST]),
        **{key: value for key, value in names.items() if value},
    }


def timestamp_signers(assessment: Assessment) -> tuple[dict[str, str], ...]:
    """Return the facts of whoever made the intact timestamps on a signature."""
    return tuple(signer_facts(one.certificate) for one in assessment.signature_timestamps if one.is_intact)


def called(name: x509.Name, kinds: tuple[str, ...] = ("common_name", "pseudonym", "organization_name")) -> str:
    """Return what the name says of the first of these kinds that it has; several of one kind are joined."""
    said = name.native
    for kind in kinds:
        if value := said.get(kind):
            return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return ""


def algorithm_facts(assessment: Assessment) -> dict[str, str]:
    """Return digest, signature scheme and key, as far as they are known."""
    if assessment.cms is None or not assessment.cms.signers:
        return {}
    signer = assessment.cms.signers[0]
    found = {"digest": signer.digest or "", "signature": signer.scheme.kind if signer.scheme else ""}
    if signer.certificate is not None:
        found["key"] = key_description(encoding_of(signer.certificate.public_key))
    return {key: value for key, value in found.items() if value}
