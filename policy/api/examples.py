"""The examples of the API: a son insures his mother; all people are invented."""

from __future__ import annotations

from typing import Any, Final

QUESTIONS: Final = (
    "weight-loss",
    "declined-before",
    "heavy-use",
    "abnormal-checks",
    "hospital",
    "tumour",
    "heart",
    "hypertension",
    "nervous",
    "diabetes",
    "kidney-liver",
    "lung",
    "immune-blood",
    "disability",
    "family-history",
    "dangerous-pursuits",
    "congenital",
)
_HOME: Final = "栖川市望潮区槐荫路 18 号 3 幢 502 室"
_APPLICANT: Final[dict[str, Any]] = {
    "name": "于文山",
    "id_number": "990106199105192218",
    "id_valid_until": "2038-06-30",
    "born": "1991-05-19",
    "gender": "male",
    "phone": "13800004026",
    "address": _HOME,
    "occupation": "software-engineer",
    "annual_income": "420000.00",
}
_INSURED: Final[dict[str, Any]] = {
    "name": "叶小禾",
    "id_number": "990106196203080486",
    "born": "1962-03-08",
    "gender": "female",
    "phone": "13900007730",
    "address": _HOME,
    "occupation": "retired",
    "annual_income": "72000.00",
}
PROPOSAL_EXAMPLE: Final[dict[str, Any]] = {
    "external_id": "order-20261127-0001",
    "product": "whole-life-suian",
    "version": "2026-1",
    "applied_on": "2026-11-27",
    "applicant": _APPLICANT,
    "insured": _INSURED,
    "applicant_is": "child",
    "beneficiaries": [
        {"name": "于文山", "id_number": "990106199105192218", "is_insureds": "child", "order": 1, "share": 50},
        {"name": "于文溪", "id_number": "990106199406110669", "is_insureds": "child", "order": 1, "share": 50},
    ],
    "sum_insured": "100000.00",
    "payment": {
        "bank": "栖川银行望潮支行",
        "account": "6200000000005183",
        "holder": "于文山",
        "years": 10,
        "frequency": "annual",
    },
    "health": {
        "height_cm": 162,
        "weight_kg": 58,
        "smoker": False,
        "answers": {question: {"yes": False} for question in QUESTIONS},
    },
    "delivery": "electronic",
    "sales": {
        "id": "usr_01k9x7m2qv8w3c5t6r4n0b1d2e",
        "name": "周明",
        "phone": "13700001111",
        "licence": "02000033010080002026001234",
        "institution": "ins_01k9x7m2qv8w3c5t6r4n0b1d2e",
    },
}
AMENDED_EXAMPLE: Final[dict[str, Any]] = {
    **{name: value for name, value in PROPOSAL_EXAMPLE.items() if name != "external_id"},
    "sum_insured": "120000.00",
}
PROPOSAL_ANSWER: Final[dict[str, Any]] = {
    "id": "prp_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "state": "sent",
    "product": "whole-life-suian",
    "version": "2026-1",
    "premium": "8040.00",
    "holds_until": "2027-03-07",
    "signers": ["applicant", "insured"],
    "envelope": "env_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "signed_envelope": None,
    "next": [{"actor": "customer", "act": "sign", "due": "2027-03-07", "about": "env_01k9x7m2qv8w3c5t6r4n0b1d2e"}],
    "failure": None,
    "policy": None,
    "effective_on": None,
    "contract_sha256": None,
    "received": False,
    "hesitation_ends": None,
    "visit": None,
    "created_at": "2026-11-27T01:20:00Z",
    "updated_at": "2026-11-27T01:20:03Z",
}
