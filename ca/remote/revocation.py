"""Third parties' revocation answers: OCSP and CRLs from the addresses that certificates name (RFC 6960, RFC 5280)."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from ca.errors import TokenRefused, TrustServiceError, TrustServiceUnavailable
from ca.ports import Clock, HttpAnswer, HttpTransport, RevocationSource, TransportFailed
from ca.remote.crl_scope import out_of_scope
from ca.remote.transport import DirectTransport

OCSP_BYTES_AT_MOST = 256 * 1024
CRL_BYTES_AT_MOST = 16 * 1024 * 1024
OK = 200
_NO_EXTENSION = (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError)
"""What reading a certificate's extensions raises; strangers' certificates may hold anything."""


class RemoteRevocationSource:
    """Asks the responder or fetches the list that a certificate names; a `ca.ports.RevocationSource`.

    An OCSP answer is returned only if it answers our question (certificate, nonce where one comes back); a CRL
    only if the issuer signed it and it has not ended. The signature of an OCSP answer is judged where it is used.
    """

    def __init__(self, clock: Clock, *, transport: HttpTransport | None = None, timeout_seconds: float = 10) -> None:
        self._clock = clock
        self._transport = transport or DirectTransport()
        self._timeout_seconds = timeout_seconds

    def ocsp(self, certificate: bytes, issuer: bytes) -> bytes | None:
        """Return a DER OCSPResponse made now, or None where the certificate names no responder.

        Raises `TrustServiceUnavailable` (`revocation-unreachable`), `TokenRefused` (`ocsp-refused`),
        `TrustServiceError` (`certificate-unreadable`).
        """
        subject, above = parsed(certificate), parsed(issuer)
        if (url := _responder(subject)) is None:
            return None
        nonce = secrets.token_bytes(16)
        request = ocsp.OCSPRequestBuilder().add_certificate(subject, above, hashes.SHA1())  # noqa: S303  # RFC 6960 CertID
        asked = request.add_extension(x509.OCSPNonce(nonce), critical=False).build().public_bytes(Encoding.DER)
        answer = self._post(url, asked)
        try:
            response = ocsp.load_der_ocsp_response(answer)
            if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
                raise _refused(f"the OCSP responder answered {response.response_status.name.lower()}")
            if subject.serial_number not in {single.serial_number for single in response.responses}:
                raise _refused("the OCSP answer is about another certificate")
            if _nonce(response) not in (None, nonce):
                raise _refused("the OCSP answer is for another request")
        except ValueError as error:
            raise _refused("the OCSP answer cannot be read") from error
        return answer

    def crl(self, issuer: bytes, *, covering: bytes | None = None) -> bytes | None:
        """Return the issuer's CRL from the address that `covering` names, or None where it names none.

        Raises as `ocsp` does, with `crl-refused` for a list that cannot be used.
        """
        if covering is None or (url := _distribution_point(parsed(covering))) is None:
            return None
        fetched = self._get(url)
        key = _public_key(issuer)
        if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            raise TokenRefused("crl-refused", "the issuer of the CRL has a key of an unknown kind", "ask the issuer")
        try:
            found = x509.load_der_x509_crl(fetched)
            genuine = found.is_signature_valid(key)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise TokenRefused("crl-refused", f"the CRL at {url} cannot be read", "ask the issuer") from error
        if not genuine:
            raise TokenRefused("crl-refused", f"the CRL at {url} is not signed by its issuer", "ask the issuer")
        if (reason := out_of_scope(found, parsed(covering))) is not None:
            raise TokenRefused("crl-refused", f"the CRL at {url} {reason}", "ask the issuer for its full CRL")
        if found.next_update_utc is not None and found.next_update_utc < self._clock():
            raise TokenRefused("crl-refused", f"the CRL at {url} has ended", "ask the issuer for the present one")
        return fetched

    def _post(self, url: str, body: bytes) -> bytes:
        headers = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
        try:
            answer = self._transport.post(
                url, body=body, headers=headers, timeout_seconds=self._timeout_seconds, max_bytes=OCSP_BYTES_AT_MOST
            )
        except TransportFailed as error:
            raise unreachable(url, error.detail) from error
        return _body(url, answer)

    def _get(self, url: str) -> bytes:
        try:
            answer = self._transport.get(url, timeout_seconds=self._timeout_seconds, max_bytes=CRL_BYTES_AT_MOST)
        except TransportFailed as error:
            raise unreachable(url, error.detail) from error
        return _body(url, answer)


class FirstRevocationSource:
    """Asks several sources in order and takes the first answer; a `ca.ports.RevocationSource`."""

    def __init__(self, *sources: RevocationSource) -> None:
        self._sources = sources

    def ocsp(self, certificate: bytes, issuer: bytes) -> bytes | None:
        """Return the first OCSP answer, or None. Raises what a source raises."""
        for source in self._sources:
            if answer := source.ocsp(certificate, issuer):
                return answer
        return None

    def crl(self, issuer: bytes, *, covering: bytes | None = None) -> bytes | None:
        """Return the first CRL, or None. Raises what a source raises."""
        for source in self._sources:
            if answer := source.crl(issuer, covering=covering):
                return answer
        return None


def parsed(certificate: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(certificate)
    except ValueError as error:
        raise TrustServiceError(
            "certificate-unreadable", "what was asked about is not a certificate", "give one DER certificate"
        ) from error


def _public_key(certificate: bytes) -> object:
    try:
        return parsed(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def _responder(certificate: x509.Certificate) -> str | None:
    """Return the first http address of an OCSP responder (RFC 5280, clause 4.2.2.1)."""
    return access_address(certificate, AuthorityInformationAccessOID.OCSP)


def access_address(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> str | None:
    """Return the first http address that the certificate names for this; None also where it cannot be read."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except _NO_EXTENSION:
        return None
    return http_address([one.access_location for one in access if one.access_method == method])


def _distribution_point(certificate: x509.Certificate) -> str | None:
    """Return the first http address of a CRL (RFC 5280, clause 4.2.1.13)."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except _NO_EXTENSION:
        return None
    return http_address([name for point in points for name in point.full_name or ()])


def http_address(names: list[x509.GeneralName]) -> str | None:
    for name in names:
        if isinstance(name, x509.UniformResourceIdentifier) and name.value.lower().startswith(("http://", "https://")):
            return str(name.value)
    return None


def _nonce(response: ocsp.OCSPResponse) -> bytes | None:
    try:
        return response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None


def _body(url: str, answer: HttpAnswer) -> bytes:
    if answer.status != OK:
        raise unreachable(url, f"status {answer.status}")
    return answer.body


def unreachable(url: str, detail: str) -> TrustServiceUnavailable:
    try:
        host = urlsplit(url).hostname or "no host"
    except ValueError:
        host = "an address that cannot be read"
    return TrustServiceUnavailable(
        "revocation-unreachable", f"the revocation service at {host} gives no answer ({detail})", "try again later"
    )


def _refused(cause: str) -> TokenRefused:
    return TokenRefused("ocsp-refused", cause, "try again, or ask who runs the responder")
