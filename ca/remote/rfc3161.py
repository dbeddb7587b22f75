"""Any timestamp authority by its URL (RFC 3161 over HTTP, clause 3.4)."""

from __future__ import annotations

import base64
import ipaddress
import secrets
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

from asn1crypto import tsp

from ca.errors import TokenRefused, TrustServiceError, TrustServiceUnavailable
from ca.ports import Clock, HttpTransport, TimestampToken, TransportFailed, TransportFailure
from ca.remote.token_verification import Expected, verified_token
from ca.remote.transport import DirectTransport
from ca.trust import TrustStore

DEFAULT_TOKEN_SIZE_BOUND = 16384

_NONCE_BITS = 128
_REQUEST_TYPE = "application/timestamp-query"
_REPLY_TYPE = "application/timestamp-reply"


class RemoteTimestampAuthority:
    """A third party's timestamps, verified before use; a `ca.ports.TimestampAuthority`.

    A token is returned only if it answers our request (digest, nonce, granted), its signature is right, its
    certificate is for timestamping alone and leads to a root that `trust` believes for timestamping, and its
    time is near our clock. Revocation of that certificate is judged where validation data is collected.
    """

    def __init__(
        self,
        url: str,
        trust: TrustStore,
        clock: Clock,
        *,
        transport: HttpTransport | None = None,
        timeout_seconds: float = 10,
        max_bytes: int = 65536,
        token_size_bound: int = DEFAULT_TOKEN_SIZE_BOUND,
        tolerance: timedelta = timedelta(minutes=5),
        username: str | None = None,
        password: str | None = None,
    ) -> None:
        """`max_bytes` limits the answer, `token_size_bound` the token in it.

        Raises `TrustServiceError`: `tsa-url-unusable`, or `tsa-password-in-clear` if a password would go over
        plain http to another machine.
        """
        parts = _checked_url(url)
        self._url = url
        self._name = parts.hostname or ""
        self._trust = trust
        self._clock = clock
        self._transport = transport or DirectTransport()
        self._timeout_seconds = timeout_seconds
        self._max_bytes = max_bytes
        self._token_size_bound = token_size_bound
        self._tolerance = tolerance
        self._headers = {"Content-Type": _REQUEST_TYPE, "Accept": _REPLY_TYPE}
        if username is not None:
            if parts.scheme != "https" and not _is_this_machine(self._name):
                raise TrustServiceError(
                    "tsa-password-in-clear",
                    "the timestamp authority's password would travel unencrypted",
                    "use its https url",
                )
            credentials = base64.b64encode(f"{username}:{password or ''}".encode()).decode("ascii")
            self._headers["Authorization"] = f"Basic {credentials}"

    @property
    def token_size_bound(self) -> int:
        """Bytes: a longer token is refused."""
        return self._token_size_bound

    def timestamp(self, digest: bytes) -> TimestampToken:
        """Ask for a timestamp on a 32-byte SHA-256 digest and verify it.

        Raises `TrustServiceUnavailable`: `tsa-unreachable`, `tsa-timeout`, `tsa-http-error` (5xx, 429),
        `tsa-busy`. Raises `TokenRefused`: `tsa-bad-digest`, `tsa-redirected`, `tsa-http-refused`,
        `tsa-wrong-content-type`, `tsa-answer-too-large`, `tsa-rejected`, and the codes of `verified_token`.
        """
        if len(digest) != 32:
            raise TokenRefused(
                "tsa-bad-digest",
                f"the digest has {len(digest)} bytes",
                "give the 32 bytes of a SHA-256 digest",
            )
        nonce = secrets.randbits(_NONCE_BITS)
        response = self._post(_request(digest, nonce))
        expected = Expected(
            digest=digest,
            nonce=nonce,
            now=self._clock(),
            tolerance=self._tolerance,
            trust=self._trust,
            max_token_size=self._token_size_bound,
        )
        return verified_token(response, expected)

    def _post(self, request: bytes) -> bytes:
        try:
            answer = self._transport.post(
                self._url,
                body=request,
                headers=self._headers,
                timeout_seconds=self._timeout_seconds,
                max_bytes=self._max_bytes,
            )
        except TransportFailed as failed:
            raise self._failed(failed) from failed
        if 300 <= answer.status < 400:
            raise self._refused("tsa-redirected", "redirects to another address", "configure the final url")
        if answer.status >= 500 or answer.status == 429:
            raise TrustServiceUnavailable(
                "tsa-http-error",
                f"the timestamp authority {self._name} answered with HTTP status {answer.status}",
                "try again later",
            )
        if answer.status != 200:
            raise self._refused(
                "tsa-http-refused",
                f"answered with HTTP status {answer.status}",
                "check its url and credentials",
            )
        if answer.content_type != _REPLY_TYPE:
            raise self._refused("tsa-wrong-content-type", f"did not answer with {_REPLY_TYPE}", "check its url")
        return answer.body

    def _failed(self, failed: TransportFailed) -> TrustServiceError:
        if failed.failure is TransportFailure.TOO_LARGE:
            return self._refused("tsa-answer-too-large", f"sent too much: {failed.detail}", "check its url")
        if failed.failure is TransportFailure.TIMEOUT:
            return TrustServiceUnavailable(
                "tsa-timeout", f"the timestamp authority {self._name} gave {failed.detail}", "try again later"
            )
        return TrustServiceUnavailable(
            "tsa-unreachable",
            f"the timestamp authority {self._name} cannot be reached ({failed.detail})",
            "check its url and the network, or try again later",
        )

    def _refused(self, code: str, cause: str, cure: str) -> TokenRefused:
        return TokenRefused(code, f"the timestamp authority {self._name} {cause}", cure)


def _request(digest: bytes, nonce: int) -> bytes:
    request = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
            "nonce": nonce,
            "cert_req": True,
        }
    )
    return bytes(request.dump())


def _checked_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0 and parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    # Only what can stand in a request line: the host and path go into it as they are.
    if not usable or not url.isascii() or not url.isprintable() or " " in url or parts.username or parts.fragment:
        raise TrustServiceError(
            "tsa-url-unusable",
            "the timestamp authority's url is not an http or https url without user name and fragment",
            "give one such as https://tsa.example/tsr, and credentials apart from it",
        )
    return parts


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
