"""Certificate chains by name and key identifier: which certificates to keep beside a signature or a timestamp."""

from __future__ import annotations

from collections.abc import Iterable

from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509

from ca.encoding import encoding_of
from esign.errors import SigningError

MAX_CHAIN_LENGTH = 8


def chain_from(certificate: bytes, pool: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the certificate and its issuers found in `pool`, up to a self-issued one (all DER).

    A chain whose next issuer is not in the pool ends there. Signatures are not checked here: the verifier does
    that before anything is released.
    """
    candidates = [asn1_x509.Certificate.load(der) for der in dict.fromkeys(pool)]
    chain = [certificate]
    while len(chain) < MAX_CHAIN_LENGTH:
        last = asn1_x509.Certificate.load(chain[-1])
        issuer = encoding_of(last.issuer)
        if issuer == encoding_of(last.subject):
            break
        issuers = [c for c in candidates if encoding_of(c.subject) == issuer and encoding_of(c) not in chain]
        if not issuers:
            break
        if len(issuers) > 1:
            # an authority that changed its key keeps its name: the identifier tells which key signed
            issuers = [c for c in issuers if _same_key(c, last)] or issuers
        chain.append(encoding_of(issuers[0]))
    return tuple(chain)


def _same_key(issuer: asn1_x509.Certificate, issued: asn1_x509.Certificate) -> bool:
    return issuer.key_identifier is not None and issuer.key_identifier == issued.authority_key_identifier


def timestamp_chain(token: bytes, pool: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the chain of the certificate that signed a TimeStampToken (DER), issuers from the token and `pool`.

    Raises `SigningError` with code `timestamp-certificate-missing` if the token does not carry it.
    """
    signed_data = asn1_cms.ContentInfo.load(token)["content"]
    serial = signed_data["signer_infos"][0]["sid"].chosen["serial_number"].native
    carried = [choice.chosen for choice in signed_data["certificates"]]
    for candidate in carried:
        if candidate.serial_number == serial:
            return chain_from(encoding_of(candidate), [*map(encoding_of, carried), *pool])
    raise SigningError(
        "timestamp-certificate-missing",
        "the timestamp does not carry the certificate it is signed with",
        "ask the timestamp authority for tokens with certReq set",
    )
