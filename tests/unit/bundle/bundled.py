"""Invented descriptions and members for tests of the bundle's forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from esign.bundle.facts import BundledDocument, BundledRecipient, Description, Exported

MOMENT = datetime(2026, 11, 26, 9, 30, 0, 250_000, UTC)
DIGEST = "ab" * 32


def description(**changes: object) -> Description:
    usual = Description(
        envelope="env_01k9x7m2qv8w3c5t6r4n0b1d2e",
        title="岁安终身寿险合同",
        company="青禾人寿保险股份有限公司",
        external_id="proposal-2026-000017",
        mode="test",
        level="B-LTA",
        state="completed",
        created_at=MOMENT,
        ended_at=MOMENT,
        is_erased=False,
        documents=(BundledDocument("doc_1", "合同.pdf", 3, DIGEST, DIGEST, None, DIGEST),),
        recipients=(
            BundledRecipient(
                "rcp_1",
                "applicant",
                "于文山",
                "signed",
                document="doc_1",
                field="applicant",
                manifest=DIGEST,
                confirmed_at=MOMENT,
                certificate="5f0c",
                signed_at=MOMENT,
            ),
            BundledRecipient("rcp_2", "copy", None, "sent"),
        ),
        streams={"screens/rcp_1": 9, "env_01k9x7m2qv8w3c5t6r4n0b1d2e": 41},
        exported=Exported("exp_1", MOMENT, "operator:stf_lin", "court-request"),
        software=("esign", "0.1.0"),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]
