"""The timestamp authority: in process, and for requests from outside (RFC 3161, RFC 5816, EN 319 422)."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from ca.authority.der import integer, sequence
from ca.authority.timestamp_token import IMPRINT_ALGORITHMS, Imprint, TokenSigner
from ca.errors import TokenRefused, TrustServiceError, TrustServiceUnavailable
from ca.ports import CertifiedKey, Clock, TimestampToken

MAX_REQUEST_SIZE = 4096

_DIGEST_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}
_MAX_NONCE_BITS = 256
_LARGEST_P256_SIGNATURE = 72
_GRANTED = sequence(integer(0))


@dataclass(frozen=True)
class _Asked:
    imprint: Imprint
    nonce: int | None
    certificates: bool


class _Rejected(Exception):
    """A request that gets a rejection: PKIFailureInfo bit name and a sentence."""

    def __init__(self, failure: str, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason


class EmbeddedTimestampAuthority:
    """Timestamps with the authority's own key; a `ca.ports.TimestampAuthority`."""

    def __init__(self, key: CertifiedKey, policy: str, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._signer = TokenSigner(key, policy)
        public_key = x509.load_der_x509_certificate(key.certificate).public_key()
        rsa_size = public_key.key_size // 8 if isinstance(public_key, rsa.RSAPublicKey) else None
        self._token_size_bound = self._signer.size_bound(rsa_size or _LARGEST_P256_SIGNATURE)

    @property
    def token_size_bound(self) -> int:
        """Bytes: no token that `timestamp` returns is longer."""
        return self._token_size_bound

    def timestamp(self, digest: bytes) -> TimestampToken:
        """Timestamp a 32-byte SHA-256 digest, certificates included, no nonce (nothing can be replayed here).

        Raises `TokenRefused` with code `tsa-bad-digest` if it has not 32 bytes, `TrustServiceUnavailable`
        with code `clock-went-back`.
        """
        if len(digest) != _DIGEST_SIZES["sha256"]:
            raise TokenRefused(
                "tsa-bad-digest",
                f"the digest has {len(digest)} bytes",
                "give the 32 bytes of a SHA-256 digest",
            )
        gen_time = self._clock()
        token = self._signer.token(Imprint("sha256", digest), gen_time, x509.random_serial_number())
        return TimestampToken(token, gen_time)

    def respond(self, request: bytes) -> bytes:
        """Return the DER TimeStampResp to a DER TimeStampReq from outside; it is always a response."""
        try:
            asked = self._read(request)
            gen_time = self._clock()
            token = self._signer.token(
                asked.imprint,
                gen_time,
                x509.random_serial_number(),
                nonce=asked.nonce,
                with_certificates=asked.certificates,
            )
        except _Rejected as rejected:
            return rejection(rejected.failure, rejected.reason)
        except TrustServiceUnavailable:
            return rejection("time_not_available", "the clock of the time-stamping unit is in doubt")
        except TrustServiceError:
            return rejection("system_failure", "the time-stamping unit cannot sign now")
        return sequence(_GRANTED, token)

    def _read(self, request: bytes) -> _Asked:
        if len(request) > MAX_REQUEST_SIZE:
            raise _Rejected("bad_data_format", f"the request is longer than {MAX_REQUEST_SIZE} bytes")
        try:
            parsed = tsp.TimeStampReq.load(request, strict=True)
            fields = parsed.native
            imprint = parsed["message_imprint"]
            algorithm, digest = (
                imprint["hash_algorithm"]["algorithm"].native,
                imprint["hashed_message"].native,
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise _Rejected("bad_data_format", "the request is not a DER TimeStampReq") from error
        if fields["version"] != "v1":
            raise _Rejected("bad_request", "only version 1 requests are answered")
        if algorithm not in IMPRINT_ALGORITHMS:
            raise _Rejected("bad_alg", "the imprint must be SHA-256, SHA-384 or SHA-512")
        if len(digest) != _DIGEST_SIZES[algorithm]:
            raise _Rejected("bad_data_format", "the imprint has not the length of its algorithm")
        if fields["req_policy"] not in (None, self._policy):
            raise _Rejected("unaccepted_policy", "timestamps are made under the test policy only")
        if fields["extensions"]:
            raise _Rejected("unaccepted_extensions", "no request extension is supported")
        nonce = fields["nonce"]
        if nonce is not None and nonce.bit_length() > _MAX_NONCE_BITS:
            raise _Rejected("bad_request", f"the nonce is longer than {_MAX_NONCE_BITS} bits")
        return _Asked(Imprint(algorithm, digest), nonce, bool(fields["cert_req"]))


def rejection(failure: str, reason: str) -> bytes:
    """Return a DER TimeStampResp with status `rejection`, a PKIFailureInfo bit and a sentence."""
    status = tsp.PKIStatusInfo({"status": "rejection", "status_string": [reason], "fail_info": {failure}})
    # Without token: asn1crypto's TimeStampResp cannot express that, though RFC 3161 makes it OPTIONAL.
    return sequence(bytes(status.dump()))
