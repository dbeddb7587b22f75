"""Reads `META-INF/ASiCManifest.xml` (EN 319 162-1 annex A.4), which has one spelling only: no XML reader is asked.

A bundle's manifest is written line by line in one way (docs/evidence-bundle.md). So it is read line by line, and what
is not that way is refused: entities, comments, namespaces and encodings that readers disagree on cannot be in it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from esign.bundle.checking.errors import MemberMalformed

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n'
    '  <asic:SigReference URI="META-INF/signature.p7s" MimeType="application/pkcs7-signature"/>\n'
)
_REFERENCE: Final = re.compile(
    r'  <asic:DataObjectReference URI="(?P<name>[A-Za-z0-9._/-]{1,255})" MimeType="[a-z0-9/.+-]{1,80}">\n'
    r'    <ds:DigestMethod Algorithm="http://www\.w3\.org/2001/04/xmlenc#sha256"/>\n'
    r"    <ds:DigestValue>(?P<digest>[A-Za-z0-9+/]{43}=)</ds:DigestValue>\n"
    r"  </asic:DataObjectReference>\n"
)
_TAIL: Final = "</asic:ASiCManifest>\n"


def read_asic_manifest(data: bytes) -> Mapping[str, bytes]:
    """Return the SHA-256 (32 bytes) of every member that the manifest refers to, by name, in its order.

    Raises `MemberMalformed` if it is spelled in any other way, or refers to a member twice or out of order.
    """
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        raise MemberMalformed("it is not ASCII") from error
    if not text.startswith(_HEAD):
        raise MemberMalformed("it does not begin as a manifest of a bundle does")
    digests: dict[str, bytes] = {}
    position = len(_HEAD)
    while found := _REFERENCE.match(text, position):
        if digests and found["name"] <= next(reversed(digests)):
            raise MemberMalformed("its references are not in the order of their names")
        digests[found["name"]] = _digest(found["digest"])
        position = found.end()
    if text[position:] != _TAIL:
        raise MemberMalformed(f"behind its reference {len(digests)} it is not spelled as it must be")
    return digests


def _digest(text: str) -> bytes:
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise MemberMalformed("a digest is not base64") from error
    if base64.b64encode(digest).decode("ascii") != text:
        raise MemberMalformed("a digest is not written as base64 is")
    return digest
