"""What fuzzing calls with the bytes of a made file; raises `Broken`, or what should not have left the verifier."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from functools import cache
from typing import Final

from asn1crypto import ocsp as asn1_ocsp
from asn1crypto.crl import CertificateList

from ca.encoding import encoding_of
from esign.verify import Conclusion, Report, SecurityStore, verify
from esign.verify.cms.ber import as_der
from esign.verify.cms.certificates import CertificateFacts, CertificatePool, CertificateReader, certificate_facts
from esign.verify.cms.signed_data import Cms, Integrity, encapsulated_type, read_cms, without_padding
from esign.verify.cms.timestamps import read_timestamp
from esign.verify.errors import Malformed
from tests.fuzz.containers import judge_container
from tests.fuzz.judged import LIMITS, Broken, check, judged_at, seeds, trust

_CONTENTS: Final = re.compile(rb"(?<=/Contents <)[0-9A-Fa-f]{64,}(?=>)")
_OTHER: Final = b"something else than what was signed"


def reader(data: bytes) -> None:
    """Judge the bytes as a PDF file."""
    check(_judged(data, _answers()), data)


def cms(data: bytes) -> None:
    """Read the bytes as everything that lies in signatures, and judge a document whose signature they are."""
    _read_message(data)
    _read_certificate(data)
    document = _with_signature(data)
    check(_judged(document, _answers()), document)


def revocation(data: bytes) -> None:
    """Judge a signature of which these bytes alone tell whether its certificate was revoked."""
    document = seeds("reader")["once"]
    report = _judged(document, SecurityStore(ocsp_responses=(data,), crls=(data,)))
    check(report, document)
    if report.conclusion is Conclusion.PASSED and not any(body in data for body in _signed_answers()):
        raise Broken("a certificate is good by an answer that was never signed")


def container(data: bytes) -> None:
    """Judge the bytes as a bundle, and as a set of bundles."""
    judge_container(data)


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "reader": reader,
    "cms": cms,
    "revocation": revocation,
    "container": container,
}


def _judged(document: bytes, supplement: SecurityStore) -> Report:
    return verify(
        io.BytesIO(document), name="made.pdf", trust=trust(), at=judged_at(), limits=LIMITS, supplement=supplement
    )


@cache
def _answers() -> SecurityStore:
    """Return what says of the seeds' signers that they are good, so that a whole signature passes."""
    made = seeds("revocation")
    return SecurityStore(ocsp_responses=(made["ocsp"],), crls=(made["crl"],))


@cache
def _signed_answers() -> tuple[bytes, ...]:
    """Return what the seeds' answers have under their signatures: those that do not say `revoked`."""
    made = seeds("revocation")
    answer = asn1_ocsp.OCSPResponse.load(made["ocsp"]).basic_ocsp_response
    listed = CertificateList.load(made["crl"])
    return encoding_of(answer["tbs_response_data"]), encoding_of(listed["tbs_cert_list"])


def _read_message(data: bytes) -> None:
    encapsulated_type(data)
    for content in (_content(), _OTHER):
        try:
            encoded = without_padding(data)
            message = read_cms(encoded, _digest_of(content), CertificateReader())
        except Malformed:
            continue
        _check_message(message, content)
        read_timestamp(encoded, _digest_of(content), CertificateReader())


def _check_message(message: Cms, content: bytes) -> None:
    for signer in message.signers:
        if signer.integrity is not Integrity.INTACT or message.content is not None:
            continue
        attributes = frozenset((one.kind, tuple(map(as_der, one.values))) for one in signer.signed_attributes)
        if (signer.signature, attributes) not in _known_signers() or content is _OTHER:
            raise Broken("a signer is intact who never signed this")


@cache
def _known_signers() -> frozenset[object]:
    found = set()
    for encoded in seeds("cms").values():
        for signer in read_cms(encoded, _digest_of(_content()), CertificateReader()).signers:
            attributes = frozenset((one.kind, tuple(map(as_der, one.values))) for one in signer.signed_attributes)
            found.add((signer.signature, attributes))
    return frozenset(found)


def _read_certificate(data: bytes) -> CertificateFacts | None:
    try:
        certificate = CertificateReader().read(data)
        pool = CertificatePool([certificate])
        pool.chain(certificate)
        return certificate_facts(certificate)
    except ValueError:
        return None


def _digest_of(content: bytes) -> Callable[[str], bytes]:
    return lambda name: hashlib.new(name, content).digest()


@cache
def _content() -> bytes:
    """Return what the seed named `once` has under its signature."""
    document = seeds("reader")["once"]
    place = _place()
    return document[: place.start() - 1] + document[place.end() + 1 :]


@cache
def _place() -> re.Match[bytes]:
    place = _CONTENTS.search(seeds("reader")["once"])
    if place is None:
        raise LookupError("the seed holds no signature")
    return place


def _with_signature(encoded: bytes) -> bytes:
    document, place = seeds("reader")["once"], _place()
    room = len(place.group())
    return document[: place.start()] + encoded.hex().encode()[:room].ljust(room, b"0") + document[place.end() :]
