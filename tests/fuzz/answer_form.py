"""The form of an answer, esign-verification/1, as a JSON Schema; members may be added to it, never taken away."""

from __future__ import annotations

from typing import Any, Final


def _object(**members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "properties": members}


def _one_of(*values: str | None) -> dict[str, Any]:
    return {"enum": list(values)}


_TEXT: Final = {"type": "string"}
_TEXT_OR_NOTHING: Final = {"type": ["string", "null"]}
_COUNT: Final = {"type": "integer", "minimum": 0}
_TIME: Final = {"type": ["string", "null"], "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
_TEXTS: Final = {"type": "object", "additionalProperties": _TEXT}
_INDICATIONS: Final = ("TOTAL-PASSED", "TOTAL-FAILED", "INDETERMINATE")

_SIGNATURE: Final = _object(
    field=_TEXT,
    kind=_one_of("signature", "document-timestamp"),
    revision=_COUNT,
    integrity=_one_of("intact", "broken", "unverifiable"),
    coverage=_one_of("whole-file", "whole-revision", "invalid"),
    changes_after=_one_of("none", "permitted", "forbidden", "unknown"),
    level=_one_of("none", "B-B", "B-T", "B-LT", "B-LTA"),
    indication=_one_of(*_INDICATIONS),
    sub_indication={"type": ["string", "null"], "pattern": "^[A-Z][A-Z_]+$"},
    claimed_time=_TIME,
    best_signature_time=_TIME,
    signer=_TEXTS,
    algorithms=_TEXTS,
    evidence={"type": "object"},
)
_FINDING: Final = _object(
    code={"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    severity=_one_of("error", "warning", "info"),
    field=_TEXT_OR_NOTHING,
    message={"type": "string", "minLength": 1},
)
ANSWER: Final = _object(
    schema={"const": "esign-verification/1"},
    document=_object(
        name=_TEXT,
        sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        bytes=_COUNT,
        pages=_COUNT,
        revisions=_COUNT,
    ),
    conclusion=_one_of(*_INDICATIONS, "NO-SIGNATURE"),
    signatures={"type": "array", "items": _SIGNATURE},
    findings={"type": "array", "items": _FINDING},
)
