"""What the documentation shows of verifications: a file that is asked about, and the verdict on it."""

from __future__ import annotations

from typing import Final

from esign.infra.database import JsonValue

ASKED: Final[JsonValue] = {"name": "岁安终身寿险合同.pdf", "content": "JVBERi0xLjcK", "password": None}
VERDICT: Final[JsonValue] = {
    "schema": "esign-verification/1",
    "document": {"name": "岁安终身寿险合同.pdf", "sha256": "5e" * 32, "bytes": 1286402, "pages": 12, "revisions": 5},
    "conclusion": "TOTAL-PASSED",
    "signatures": [
        {
            "field": "esign-1",
            "kind": "signature",
            "revision": 2,
            "integrity": "intact",
            "coverage": "whole-revision",
            "changes_after": "permitted",
            "level": "B-LTA",
            "indication": "TOTAL-PASSED",
            "sub_indication": None,
            "claimed_time": "2026-03-02T04:02:11Z",
            "best_signature_time": "2026-03-02T04:02:12Z",
            "signer": {"subject": "Common Name: 于文山", "issuer": "Common Name: 示例签署机构"},
            "algorithms": {"digest": "sha256", "signature": "ecdsa", "key": "EC P-256"},
            "evidence": {},
        }
    ],
    "findings": [],
    "acceptance": {
        "policy": "insurance-contract",
        "version": 1,
        "verdict": "ACCEPTED",
        "requirements": [
            {
                "code": "our-seal",
                "met": True,
                "message": "Our seal is whole, and nobody signed after it.",
                "reason": "whole",
                "facts": {"field": "seal"},
            }
        ],
    },
}
