"""The names in a bundle, and how large it may be (docs/evidence-bundle.md)."""

from __future__ import annotations

import re
from typing import Final

SCHEMA: Final = "esign-bundle/1"
EXTENSION: Final = ".asice"
MIMETYPE: Final = "mimetype"
CONTAINER_TYPE: Final = b"application/vnd.etsi.asic-e+zip"
README: Final = "README.html"
CHECK_PAGE: Final = "check.html"
ENVELOPE: Final = "envelope.json"
EVENTS: Final = "trail/events.jsonl"
PROOFS: Final = "trail/proofs.json"
CHECKPOINT: Final = "trail/checkpoint.txt"
CHECKPOINT_TIMESTAMP: Final = "trail/checkpoint.tst"
LOG_KEY: Final = "trail/log-key.txt"
RENEWED: Final = "trail/renewed/"
RENEWED_CHECKPOINT: Final = f"{RENEWED}checkpoint.txt"
RENEWED_TIMESTAMP: Final = f"{RENEWED}checkpoint.tst"
CONSISTENCY: Final = f"{RENEWED}consistency.json"
RENEWAL_PROOFS: Final = f"{RENEWED}proofs.json"
RENEWALS_AT_MOST: Final = 99
COMPLETION: Final = "completion/certificate.pdf"
STATEMENT: Final = "system/statement.zh-CN.html"
MANIFEST: Final = "META-INF/ASiCManifest.xml"
SIGNATURE: Final = "META-INF/signature.p7s"
LAST: Final = (README, CHECK_PAGE, MANIFEST, SIGNATURE)
"""The members that are written behind all others, in this order: each tells of those before it."""

MEMBERS_AT_MOST: Final = 5_000
MEMBER_BYTES_AT_MOST: Final = 512 * 1024 * 1024
BYTES_AT_MOST: Final = 2 * 1024 * 1024 * 1024
"""Of all members together, unpacked."""
ENTRY_DATE: Final = (1980, 1, 1, 0, 0, 0)
NAME_BYTES_AT_MOST: Final = 255

MEDIA_TYPES: Final[dict[str, str]] = {
    "html": "text/html",
    "json": "application/json",
    "jsonl": "application/json",
    "pdf": "application/pdf",
    "xml": "text/xml",
    "txt": "text/plain",
    "jpg": "image/jpeg",
    "cms": "application/cms",
    "pem": "application/x-pem-file",
    "ocsp": "application/ocsp-response",
    "crl": "application/pkix-crl",
    "tst": "application/vnd.etsi.timestamp-token",
    "p7s": "application/pkcs7-signature",
}
"""By the ending of a member's name."""

_ID: Final = r"[a-z]{2,8}_[0-9A-Za-z_-]{1,64}"
_FORMS: Final = (
    r"mimetype|README\.html|check\.html|envelope\.json|completion/certificate\.pdf|system/statement\.zh-CN\.html",
    r"trail/(?:events\.jsonl|proofs\.json|checkpoint\.(?:txt|tst)|log-key\.txt)",
    r"trail/renewed/(?:checkpoint\.(?:txt|tst)|(?:consistency|proofs)\.json|[1-9][0-9]?\.(?:json|tst))",
    rf"documents/{_ID}/(?:original|prepared|signed|sealed)\.pdf",
    rf"documents/{_ID}/verification/report\.(?:json|xml|zh-CN\.html|en\.html)",
    rf"evidence/{_ID}/(?:manifest\.json|photo\.jpg|(?:handwriting|photo|device|identity)\.cms)",
    rf"consents/{_ID}/[a-z][a-z0-9-]{{0,63}}\.[0-9A-Za-z][0-9A-Za-z.-]{{0,31}}\.txt",
    rf"pages/{_ID}/[0-9a-f]{{64}}\.jpg",
    r"certificates/(?:roots/)?[0-9a-f]{16}\.pem|revocation/[0-9a-f]{16}\.(?:ocsp|crl)|timestamps/[0-9a-f]{16}\.tst",
    r"META-INF/(?:ASiCManifest\.xml|signature\.p7s)",
)
_NAME: Final = re.compile("|".join(f"(?:{form})" for form in _FORMS), re.ASCII)


def is_member_name(name: str) -> bool:
    """Tell whether the layout knows a member of this name."""
    return len(name) <= NAME_BYTES_AT_MOST and _NAME.fullmatch(name) is not None


def renewal_members(number: int) -> tuple[str, str]:
    """Return the names of a renewal's head and of the token over it; renewals are counted from 1."""
    return f"{RENEWED}{number}.json", f"{RENEWED}{number}.tst"


def media_type(name: str) -> str:
    """Return the media type of a member by the ending of its name. Raises `KeyError` for an ending it does not know."""
    return MEDIA_TYPES[name.rpartition(".")[2]]


def place_of(name: str) -> tuple[int, str]:
    """Return what members are ordered by in the container: `mimetype`, the others by their names, the last four."""
    if name == MIMETYPE:
        return 0, ""
    return (2 + LAST.index(name), "") if name in LAST else (1, name)


def is_referenced(name: str) -> bool:
    """Tell whether the manifest has a reference to this member: all but `mimetype` and what is in `META-INF/`."""
    return name != MIMETYPE and not name.startswith("META-INF/")
