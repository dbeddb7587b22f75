"""Validation data for decades: certificates, OCSP answers and CRLs in the document security store.

EN 319 142-1, clause 5.4.2 (DSS). A VRI entry per signature is optional there and left out: it helps no verifier
at hand and would be one more thing to rewrite.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from asn1crypto import x509 as asn1_x509
from cryptography.x509 import ocsp
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from ca.ports import RevocationSource
from esign.errors import SigningError


@dataclass(frozen=True)
class ValidationData:
    """DER certificates, OCSPResponses and CertificateLists, each once, in order of first need."""

    certificates: tuple[bytes, ...] = ()
    ocsp_responses: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()

    def __add__(self, other: ValidationData) -> ValidationData:
        return ValidationData(
            _once(self.certificates + other.certificates),
            _once(self.ocsp_responses + other.ocsp_responses),
            _once(self.crls + other.crls),
        )


def collect_validation_data(chains: Iterable[Sequence[bytes]], revocation: RevocationSource) -> ValidationData:
    """Ask for the revocation status of every certificate of the chains that is not a root, now.

    Each chain is DER certificates, the end entity first, the root last. Raises `SigningError` with code
    `revocation-data-missing` where an issuer has neither OCSP nor CRL, and what the source raises.
    """
    certificates: dict[bytes, None] = {}
    answers: dict[bytes, None] = {}
    lists: dict[bytes, None] = {}
    asked: set[bytes] = set()
    for chain in chains:
        certificates.update(dict.fromkeys(chain))
        for certificate, issuer in pairwise(chain):
            if certificate in asked:
                continue
            asked.add(certificate)
            if answer := revocation.ocsp(certificate, issuer):
                answers[answer] = None
            elif crl := revocation.crl(issuer, covering=certificate):
                lists[crl] = None
            else:
                subject = asn1_x509.Certificate.load(certificate).subject.human_friendly
                raise SigningError(
                    "revocation-data-missing",
                    f"nobody says whether the certificate of {subject} is revoked",
                    "configure an OCSP responder or a CRL for its issuer, or ask for level B-T",
                )
    return ValidationData(tuple(certificates), tuple(answers), tuple(lists))


def require_good_answers(responses: Iterable[bytes], *, not_before: datetime) -> None:
    """Check that every OCSP response says good and was made at or after `not_before` (the timestamp's time).

    Signatures of the responses are judged by the verifier before anything is released. Raises `SigningError`:
    `certificate-revoked`, `certificate-unknown`, `revocation-answer-stale`, `revocation-answer-refused`.
    """
    for response in responses:
        try:
            answer = ocsp.load_der_ocsp_response(response)
        except ValueError as error:
            raise SigningError(
                "revocation-answer-refused",
                "what the OCSP responder answered is not an OCSP response",
                "ask again, or ask who runs it",
            ) from error
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise SigningError(
                "revocation-answer-refused",
                f"the OCSP responder answered {answer.response_status.name}",
                "try again, or ask who runs it",
            )
        for single in answer.responses:
            if single.certificate_status is not ocsp.OCSPCertStatus.GOOD:
                revoked = single.certificate_status is ocsp.OCSPCertStatus.REVOKED
                raise SigningError(
                    "certificate-revoked" if revoked else "certificate-unknown",
                    f"the certificate {single.serial_number:X} is {single.certificate_status.name.lower()}",
                    "let the recipient confirm and sign again",
                )
            if single.this_update_utc < not_before:
                raise SigningError(
                    "revocation-answer-stale",
                    "the OCSP answer is older than the timestamp it must follow",
                    "ask again, and check the responder's clock",
                )


def write_security_store(writer: IncrementalPdfFileWriter, data: ValidationData) -> None:
    """Add the data to the document's DSS, keeping what is there and writing nothing twice."""
    if "/DSS" in writer.root:
        store = writer.root["/DSS"]
        writer.update_container(store)
    else:
        store = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/DSS")})
        writer.root[pdf_name("/DSS")] = writer.add_object(store)
        writer.update_root()
    for key, values in (("/Certs", data.certificates), ("/OCSPs", data.ocsp_responses), ("/CRLs", data.crls)):
        present = store[key] if key in store else generic.ArrayObject()
        known = {reference.get_object().data for reference in present}
        new = [_stream(writer, value) for value in values if value not in known]
        if new:
            store[pdf_name(key)] = generic.ArrayObject([*present, *new])


def _stream(writer: IncrementalPdfFileWriter, der: bytes) -> generic.IndirectObject:
    stream = generic.StreamObject(stream_data=der)
    stream.compress()
    return writer.add_object(stream)


def _once(values: Iterable[bytes]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(values))
