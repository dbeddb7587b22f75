"""What identifies one signature, for reports that machines compare: its value, what it signs, who made it, where."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Final

from asn1crypto import cms, core

from ca.encoding import encoding_of
from esign.verify.assessment import Assessment
from esign.verify.cms.signed_data import MESSAGE_DIGEST, Signer
from esign.verify.errors import MALFORMED

_VALUE_AT_MOST: Final = 4096
_CERTIFICATE_AT_MOST: Final = 32_768


def signature_identifiers(assessment: Assessment) -> dict[str, str]:
    """Return what is known of: sub_filter, cms_sha256, signature_value, certificate, attributes_digest, content_digest.

    Digests are lower-case hexadecimal; the last two are by the signature's own digest algorithm, over the signed
    attributes (DER) and over the content. `signature_value` and `certificate` (DER) are Base64.
    """
    found = {"sub_filter": assessment.signature.sub_filter or ""}
    if assessment.encoded:
        found["cms_sha256"] = hashlib.sha256(assessment.encoded).hexdigest()
    if assessment.cms is not None and assessment.cms.signers:
        try:
            found |= dict(_of_signer(assessment, assessment.cms.signers[0]))
        except MALFORMED:
            return found
    return {name: value for name, value in found.items() if value}


def _of_signer(assessment: Assessment, signer: Signer) -> Iterator[tuple[str, str]]:
    if len(signer.signature) <= _VALUE_AT_MOST:
        yield "signature_value", base64.b64encode(signer.signature).decode()
    if signer.certificate is not None:
        encoded = encoding_of(signer.certificate)
        if len(encoded) <= _CERTIFICATE_AT_MOST:
            yield "certificate", base64.b64encode(encoded).decode()
    digests = signer.attributes(MESSAGE_DIGEST)
    if digests and digests[0].values:
        yield "content_digest", bytes(core.OctetString.load(digests[0].values[0]).native).hex()
        attributes = cms.ContentInfo.load(assessment.encoded)["content"]["signer_infos"][0]["signed_attrs"]
        signed = b"\x31" + encoding_of(attributes)[1:]
        yield "attributes_digest", hashlib.new(signer.digest or "sha256", signed).hexdigest()
