"""What a verifier misses, from third parties: revocation answers, and the certificates of issuers (RFC 5280)."""

from __future__ import annotations

import time
from collections.abc import Callable

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import AuthorityInformationAccessOID

from ca.errors import TokenRefused
from ca.ports import Clock, Fetch, HttpTransport, TransportFailed
from ca.remote.metered_transport import FetchLimits, MeteredTransport
from ca.remote.revocation import OK, RemoteRevocationSource, access_address, parsed, unreachable

ISSUER_BYTES_AT_MOST = 256 * 1024
_CERTIFICATES_AT_MOST = 20


class RemoteValidationData(RemoteRevocationSource):
    """Asks the addresses that certificates name, under limits; a `ca.ports.ValidationDataSource` for one errand."""

    def __init__(
        self,
        clock: Clock,
        transport: HttpTransport,
        *,
        limits: FetchLimits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._metered = MeteredTransport(transport, limits or FetchLimits(), monotonic=monotonic)
        super().__init__(clock, transport=self._metered)

    def issuers(self, certificate: bytes) -> tuple[bytes, ...]:
        """See `ValidationDataSource`: one certificate in DER or PEM, or several in PKCS #7 (clause 4.2.2.1)."""
        url = access_address(parsed(certificate), AuthorityInformationAccessOID.CA_ISSUERS)
        if url is None:
            return ()
        try:
            answer = self._metered.get(url, timeout_seconds=self._timeout_seconds, max_bytes=ISSUER_BYTES_AT_MOST)
        except TransportFailed as error:
            raise unreachable(url, error.detail) from error
        if answer.status != OK:
            raise unreachable(url, f"status {answer.status}")
        return _certificates(answer.body)

    def fetches(self) -> tuple[Fetch, ...]:
        """See `ValidationDataSource`."""
        return tuple(self._metered.fetches)


def _certificates(body: bytes) -> tuple[bytes, ...]:
    readers: tuple[Callable[[], list[x509.Certificate]], ...] = (
        lambda: x509.load_pem_x509_certificates(body),
        lambda: [x509.load_der_x509_certificate(body)],
        lambda: pkcs7.load_der_pkcs7_certificates(body),
    )
    for read in readers:
        try:
            return tuple(found.public_bytes(Encoding.DER) for found in read()[:_CERTIFICATES_AT_MOST])
        except (ValueError, UnsupportedAlgorithm):
            continue
    raise TokenRefused("issuer-refused", "what lies where the issuer should is no certificate", "ask the issuer")
