"""`META-INF/ASiCManifest.xml`: the one file that is signed, naming every other with its digest.

ETSI EN 319 162-1, annex A.4. There is one spelling for each set of members, so whoever checks a bundle writes the file
anew and compares bytes: no XML parser has to agree with another.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

from esign.bundle.layout import SIGNATURE, is_member_name, is_referenced, media_type

NAMESPACE: Final = "http://uri.etsi.org/02918/v1.2.1#"
XML_SIGNATURE: Final = "http://www.w3.org/2000/09/xmldsig#"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"


def encode_asic_manifest(digests: Mapping[str, str]) -> bytes:
    """Return the manifest of these members: SHA-256 (64 hex digits) by name. Those without a reference are left out.

    Raises `ValueError` for a name that the layout does not know: names are then all plain, and nothing is escaped.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<asic:ASiCManifest xmlns:asic="{NAMESPACE}" xmlns:ds="{XML_SIGNATURE}">',
        f'  <asic:SigReference URI="{SIGNATURE}" MimeType="{media_type(SIGNATURE)}"/>',
    ]
    for name in sorted(filter(is_referenced, digests)):
        if not is_member_name(name):
            raise ValueError(f"the layout has no member {name!r}")
        lines += (
            f'  <asic:DataObjectReference URI="{name}" MimeType="{media_type(name)}">',
            f'    <ds:DigestMethod Algorithm="{SHA256}"/>',
            f"    <ds:DigestValue>{base64.b64encode(bytes.fromhex(digests[name])).decode('ascii')}</ds:DigestValue>",
            "  </asic:DataObjectReference>",
        )
    return "\n".join((*lines, "</asic:ASiCManifest>", "")).encode("ascii")
