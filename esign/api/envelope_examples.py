"""Examples of the documentation: one envelope as it is asked for and as it is told of. The people are invented."""

from __future__ import annotations

from typing import Final

from esign.ceremony.domain.signals import SIGNALS
from esign.infra.database import JsonValue

ENVELOPE_ID: Final = "env_01k9x7m2qv8w3c5t6r4n0b1d2e"
DOCUMENT_ID: Final = "doc_01k9x7m2qvbb7h0s2m9k4f6g8j"
RECIPIENT_ID: Final = "rcp_01k9x7m2qva1c3e5g7j9m2p4r6"
INSTITUTION_ID: Final = "ins_01k9x7m2qv8w3c5t6r4n0b1d2e"
SALESPERSON_ID: Final = "usr_01k9x7m2qvd4f6h8k0m3p5r7t9"
DIGEST: Final = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

PERSON: Final[dict[str, JsonValue]] = {
    "name": "于文山",
    "phone": "13800000001",
    "id_number": "11010519491231002X",
    "locale": "zh-CN",
}
ENVELOPE_ASKED: Final[dict[str, JsonValue]] = {
    "title": "鸿福一生终身寿险合同",
    "documents": [{"name": "合同.pdf", "content": "JVBERi0xLjcK"}],
    "recipients": [{**PERSON, "role": "applicant", "place": {"anchor": {"text": "投保人签名"}}}],
    "photo": {"roles": ["applicant"], "placement": "sealed"},
    "reminders": {"first_after_hours": 24, "every_hours": 24, "at_most": 3},
    "external_id": "proposal-2026-000017",
}
MOVE: Final[dict[str, JsonValue]] = {
    "actor": "recipient",
    "act": "open",
    "recipient": RECIPIENT_ID,
    "waiting_for": None,
}
RECIPIENT: Final[dict[str, JsonValue]] = {
    "id": RECIPIENT_ID,
    "role": "applicant",
    "group": 1,
    "document": DOCUMENT_ID,
    "state": "sent",
    "name": "于文山",
    "phone": "*******0001",
    "locale": "zh-CN",
    "signed_at": None,
    "next": [MOVE],
    "link": f"https://sign.example/s/{RECIPIENT_ID}.bm90LWEtdG9rZW4tYnV0LXNoYXBl",
    "token": f"{RECIPIENT_ID}.bm90LWEtdG9rZW4tYnV0LXNoYXBl",
    "failure": None,
    "declined": None,
    "identity": None,
    "has_handwriting": False,
    "photo": None,
    "face_stated": None,
    "assisted_by": None,
    "reminders": 0,
    "replaced_by": None,
}
DOCUMENT: Final[dict[str, JsonValue]] = {
    "id": DOCUMENT_ID,
    "envelope": ENVELOPE_ID,
    "name": "合同.pdf",
    "pages": 3,
    "original_sha256": DIGEST,
    "prepared_sha256": DIGEST[::-1],
    "current_sha256": DIGEST[::-1],
    "sealed_sha256": None,
    "sealed_versions": [],
}
SUMMARY: Final[dict[str, JsonValue]] = {
    "id": ENVELOPE_ID,
    "external_id": "proposal-2026-000017",
    "institution": INSTITUTION_ID,
    "salesperson": SALESPERSON_ID,
    "title": "鸿福一生终身寿险合同",
    "state": "in_progress",
    "mode": "test",
    "test": True,
    "created_at": "2026-03-01T04:00:00Z",
    "updated_at": "2026-03-01T04:00:00Z",
    "expires_at": "2026-03-15T04:00:00Z",
}
SIGNAL_ID: Final = "sig_01k9x7m2qvd4f6h8k0n3q5s7t9"
SIGNAL: Final[dict[str, JsonValue]] = {
    "id": SIGNAL_ID,
    "recipient": RECIPIENT_ID,
    "finding": "shared-network",
    "strength": "weak",
    "reason": SIGNALS["shared-network"].en_reason,
    "with_recipient": None,
    "holds": False,
    "raised_at": "2026-03-01T04:00:00Z",
    "cleared_at": None,
    "cleared_for": None,
}
ENVELOPE: Final[dict[str, JsonValue]] = {
    **SUMMARY,
    "level": "B-LTA",
    "next": [MOVE],
    "recipients": [RECIPIENT],
    "documents": [DOCUMENT],
    "held": False,
    "hold_on": ["near-identical-strokes", "staff-device"],
    "signals": [SIGNAL],
    "seal": {"attempt": 0, "failure": None},
    "ending": None,
}
