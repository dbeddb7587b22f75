"""Checking a TimeStampResp before its token is used (RFC 3161 clause 2.4.2, RFC 5816, RFC 5652)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from asn1crypto import cms, core, parser, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from ca.encoding import content_of, encoding_of
from ca.errors import TokenRefused, TrustServiceUnavailable
from ca.ports import TimestampToken
from ca.remote.chain import leads_to_root, strong_enough
from ca.trust import Purpose, TrustStore

MAX_CERTIFICATES = 20
MAX_STORED_SIZE = 65536

_UNIVERSAL, _CONSTRUCTED, _SET_OF = 0, 1, 17

_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)
"""What asn1crypto raises on input that is not what it should be; its parsing is lazy, so any access may."""


class _TimeStampResp(core.Sequence):  # type: ignore[misc]
    """RFC 3161 clause 2.4.2; asn1crypto's own demands a token, also of a rejection."""

    _fields = [  # noqa: RUF012
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


@dataclass(frozen=True)
class Expected:
    """What was asked, and what is believed. `digest` is SHA-256; `tolerance` is around `now`."""

    digest: bytes
    nonce: int
    now: datetime
    tolerance: timedelta
    trust: TrustStore
    max_token_size: int


def verified_token(response: bytes, expected: Expected) -> TimestampToken:
    """Return the token of a DER TimeStampResp after every check.

    Raises `TokenRefused` with a code that begins `tsa-` and names the failed check; `TrustServiceUnavailable`
    (`tsa-busy`) if the authority says that it cannot answer now.
    """
    token = _granted_token(response)
    if len(token) > expected.max_token_size:
        _refuse("tsa-token-too-large", f"the token has {len(token)} bytes, {expected.max_token_size} are allowed")
    signed_data = _signed_data(token)
    info, info_der = _tst_info(signed_data)
    gen_time = _checked_info(info, expected.digest)
    _check_answers(info, gen_time, expected)
    _check_signer(signed_data, info_der, expected.trust, gen_time)
    return TimestampToken(token, gen_time)


def verified_stored_token(token: bytes, digest: bytes, trust: TrustStore) -> TimestampToken:
    """Return a token (DER) that was had earlier, after every check but those of question and clock.

    `digest` is the SHA-256 that it must be about. Raises `TokenRefused` as `verified_token` does.
    """
    if len(token) > MAX_STORED_SIZE:
        _refuse("tsa-token-too-large", f"the token has {len(token)} bytes, {MAX_STORED_SIZE} are allowed")
    signed_data = _signed_data(token)
    info, info_der = _tst_info(signed_data)
    gen_time = _checked_info(info, digest)
    _check_signer(signed_data, info_der, trust, gen_time)
    return TimestampToken(token, gen_time)


def _check_signer(signed_data: cms.SignedData, info_der: bytes, trust: TrustStore, gen_time: datetime) -> None:
    """Check who signed the content, and that they are believed for it."""
    certificates = _certificates(signed_data)
    signer_info = _only_signer_info(signed_data)
    signer = _checked_attributes(signer_info, info_der, certificates)
    _check_signature(signer_info, signer)
    _check_timestamping_certificate(signer)
    roots = [x509.load_der_x509_certificate(root) for root in trust.roots(Purpose.TIMESTAMPING, gen_time)]
    if not leads_to_root(signer, certificates, roots, gen_time):
        _refuse("tsa-untrusted", "the token's certificate leads to no root that is believed for timestamping")


def _granted_token(response: bytes) -> bytes:
    try:
        parsed = _TimeStampResp.load(response, strict=True)
        status = parsed["status"]["status"].native
        failure = parsed["status"]["fail_info"].native or set()
        token = encoding_of(parsed["time_stamp_token"])
    except _UNREADABLE as error:
        raise _refused("tsa-unreadable", "the answer is not a DER TimeStampResp") from error
    if status in {"granted", "granted_with_mods"}:
        return token
    # The status string is the stranger's text: it stays out of our messages.
    said = ", ".join(sorted(bit for bit in failure if isinstance(bit, str))) or "no reason given"
    if failure & {"time_not_available", "system_failure"} or status == "waiting":
        raise TrustServiceUnavailable(
            "tsa-busy", f"the timestamp authority cannot answer now ({said})", "try again later"
        )
    return _refuse("tsa-rejected", f"the timestamp authority rejected the request ({said})")


def _signed_data(token: bytes) -> cms.SignedData:
    try:
        content_info = cms.ContentInfo.load(token, strict=True)
        if content_info["content_type"].native == "signed_data":
            signed_data = content_info["content"]
            if signed_data["encap_content_info"]["content_type"].native == "tst_info":
                return signed_data
    except _UNREADABLE as error:
        raise _refused("tsa-unreadable", "the answer holds no CMS SignedData") from error
    return _refuse("tsa-not-a-token", "the answer holds no timestamp token")


def _tst_info(signed_data: cms.SignedData) -> tuple[tsp.TSTInfo, bytes]:
    try:
        der = bytes(signed_data["encap_content_info"]["content"])
        return tsp.TSTInfo.load(der, strict=True), der
    except _UNREADABLE as error:
        raise _refused("tsa-unreadable", "the token's TSTInfo cannot be read") from error


def _checked_info(info: tsp.TSTInfo, expected_digest: bytes) -> datetime:
    """Compare with the digest that was to be timestamped; return genTime."""
    try:
        version = info["version"].native
        algorithm = info["message_imprint"]["hash_algorithm"]["algorithm"].native
        digest = info["message_imprint"]["hashed_message"].native
        gen_time = info["gen_time"].native
        critical_extension = any(extension["critical"].native for extension in info["extensions"])
    except _UNREADABLE as error:
        raise _refused("tsa-unreadable", "the token's TSTInfo cannot be read") from error
    if version != "v1" or critical_extension or not isinstance(gen_time, datetime) or gen_time.tzinfo is None:
        _refuse("tsa-unreadable", "the token's TSTInfo is of a kind that is not understood")
    if algorithm != "sha256" or digest != expected_digest:
        _refuse("tsa-wrong-imprint", "the token is about another digest than the one sent")
    return gen_time


def _check_answers(info: tsp.TSTInfo, gen_time: datetime, expected: Expected) -> None:
    """Check that the token answers our question, now."""
    try:
        nonce = info["nonce"].native
    except _UNREADABLE as error:
        raise _refused("tsa-unreadable", "the token's TSTInfo cannot be read") from error
    if nonce != expected.nonce:
        _refuse("tsa-wrong-nonce", "the token does not repeat the nonce that was sent")
    if abs(gen_time - expected.now) > expected.tolerance:
        _refuse(
            "tsa-wrong-time",
            f"the token's time {gen_time:%Y-%m-%dT%H:%M:%SZ} is over {expected.tolerance} from our clock",
            cure="compare this machine's clock with a time source, then the authority's",
        )


def _certificates(signed_data: cms.SignedData) -> list[x509.Certificate]:
    try:
        choices = signed_data["certificates"]
        if len(choices) > MAX_CERTIFICATES:
            _refuse("tsa-unreadable", f"the token holds more than {MAX_CERTIFICATES} certificates")
        ders = [encoding_of(choice.chosen) for choice in choices if choice.name == "certificate"]
    except _UNREADABLE as error:
        raise _refused("tsa-unreadable", "the token's certificates cannot be read") from error
    return [certificate for certificate in map(_readable, ders) if certificate is not None]


def _readable(der: bytes) -> x509.Certificate | None:
    """Return the certificate with all that is parsed on first use already parsed, or None if that fails.

    An authority may add certificates of kinds that are unknown here; they are as good as absent.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = (certificate.extensions, certificate.subject, certificate.issuer)
        _ = (certificate.signature_hash_algorithm, certificate.public_key())
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return None
    return certificate


def _only_signer_info(signed_data: cms.SignedData) -> cms.SignerInfo:
    try:
        signer_infos = signed_data["signer_infos"]
        if len(signer_infos) == 1:
            return signer_infos[0]
    except _UNREADABLE as error:
        raise _refused("tsa-unreadable", "the token's signer cannot be read") from error
    return _refuse("tsa-not-a-token", "the token has not exactly one signer")


def _checked_attributes(
    signer_info: cms.SignerInfo, info_der: bytes, certificates: list[x509.Certificate]
) -> x509.Certificate:
    """Check the signed attributes against the content; return the certificate that they name."""
    try:
        digest_algorithm = signer_info["digest_algorithm"]["algorithm"].native
        content_type = _only_value(signer_info, "content_type").native
        message_digest = _only_value(signer_info, "message_digest").native
        essential = _only_value(signer_info, "signing_certificate_v2")["certs"][0]
        certificate_digest_algorithm = essential["hash_algorithm"]["algorithm"].native
        certificate_digest = essential["cert_hash"].native
    except _UNREADABLE as error:
        raise _refused(
            "tsa-bad-attributes",
            "the token's signed attributes lack content-type, message-digest or signing-certificate-v2",
        ) from error
    if digest_algorithm not in _DIGESTS or certificate_digest_algorithm not in _DIGESTS:
        _refuse("tsa-weak-algorithm", "the token uses a digest other than SHA-256, SHA-384 and SHA-512")
    if content_type != "tst_info" or message_digest != hashlib.new(digest_algorithm, info_der).digest():
        _refuse("tsa-bad-signature", "the token's signed attributes do not match its content")
    for certificate in certificates:
        if certificate.fingerprint(_DIGESTS[certificate_digest_algorithm]) == certificate_digest:
            return certificate
    return _refuse("tsa-wrong-certificate", "the certificate that the token's signature names is not in it")


def _only_value(signer_info: cms.SignerInfo, name: str) -> Any:
    values = [a["values"] for a in signer_info["signed_attrs"] if a["type"].native == name]
    if len(values) != 1 or len(values[0]) != 1:
        raise ValueError(name)
    return values[0][0]


def _check_signature(signer_info: cms.SignerInfo, signer: x509.Certificate) -> None:
    try:
        sid = signer_info["sid"]
        if sid.name == "issuer_and_serial_number" and (
            sid.chosen["serial_number"].native != signer.serial_number
            or encoding_of(sid.chosen["issuer"]) != signer.issuer.public_bytes()
        ):
            _refuse("tsa-wrong-certificate", "the token's signer and its signing-certificate-v2 differ")
        # RFC 5652 clause 5.4: carried as [0] IMPLICIT, signed as SET OF
        attributes = content_of(encoding_of(signer_info["signed_attrs"]))
        signed = parser.emit(_UNIVERSAL, _CONSTRUCTED, _SET_OF, attributes)
        signature = signer_info["signature"].native
        algorithm = signer_info["signature_algorithm"]
        kind = algorithm.signature_algo
        digest = _DIGESTS.get(
            signer_info["digest_algorithm"]["algorithm"].native
            if algorithm["algorithm"].native == "rsassa_pkcs1v15"
            else algorithm.hash_algo
        )
    except _UNREADABLE as error:
        raise _refused("tsa-weak-algorithm", "the token's signature algorithm is not supported") from error
    key = signer.public_key()
    if digest is None or not strong_enough(signer):
        _refuse("tsa-weak-algorithm", "the token's signature algorithm or key is too weak")
    try:
        if kind == "rsassa_pkcs1v15" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        elif kind == "rsassa_pss" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PSS(padding.MGF1(digest), padding.PSS.AUTO), digest)
        elif kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(digest))
        else:
            _refuse("tsa-weak-algorithm", "the token's signature algorithm does not fit its key")
    except InvalidSignature as error:
        raise _refused("tsa-bad-signature", "the token's signature is not of its certificate's key") from error


def _check_timestamping_certificate(signer: x509.Certificate) -> None:
    """RFC 3161 clause 2.3: the usage is id-kp-timeStamping alone, and critical."""
    usages = [e for e in signer.extensions if isinstance(e.value, x509.ExtendedKeyUsage) and e.critical]
    key_usages = [e.value for e in signer.extensions if isinstance(e.value, x509.KeyUsage)]
    alone = [list(usage.value) for usage in usages] == [[ExtendedKeyUsageOID.TIME_STAMPING]]
    if not alone or any(not (usage.digital_signature or usage.content_commitment) for usage in key_usages):
        _refuse("tsa-wrong-usage", "the token's certificate is not for timestamping alone (critical)")


def _refused(
    code: str, cause: str, cure: str = "use another timestamp authority, or ask the operator of this one"
) -> TokenRefused:
    return TokenRefused(code, cause, cure)


def _refuse(code: str, cause: str, **cure: str) -> NoReturn:
    raise _refused(code, cause, **cure)
