"""What a file that fuzzing made is judged by, and what must hold of every answer."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import jsonschema_rs

from ca.trust import TrustStore, load_trust_store
from esign.verify import ChangesAfter, Conclusion, Limits, Report
from tests.fuzz.answer_form import ANSWER
from tests.fuzz.shown import shown

SEEDS: Final = Path(__file__).parent / "seeds"
LIMITS: Final = Limits(
    document_bytes=1 << 20,
    objects=20_000,
    comparisons=20_000,
    merged_entries=100_000,
    revisions=40,
    depth=60,
    string_bytes=1 << 18,
    contents_bytes=1 << 16,
    decoded_stream_bytes=1 << 20,
    decoded_total_bytes=1 << 23,
    cross_reference_sections=60,
    signatures=20,
    fields=200,
    evidence_file_bytes=1 << 20,
    hashed_bytes=1 << 25,
    values=20_000,
)
"""Small, so that what takes long is found as a file that takes long under small limits."""
_JSON_AT_MOST: Final = 1 << 20
_BYTE_RANGE: Final = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_schema: Final = jsonschema_rs.validator_for(ANSWER)


class Broken(AssertionError):
    """An answer that must not be given."""


@dataclass(frozen=True)
class SignedRegion:
    """What one signature of a seed covers: up to the gap, from the gap to the end, and the digest of both."""

    gap: int
    after: int
    end: int
    digest: bytes

    def holds(self, data: bytes) -> bool:
        """Whether the file has the same bytes there."""
        return len(data) >= self.end and _digest(data, self.gap, self.after, self.end) == self.digest


def _digest(data: bytes, gap: int, after: int, end: int) -> bytes:
    return hashlib.sha256(data[:gap] + data[after:end]).digest()


@cache
def judged_at() -> datetime:
    """Return the moment at which every file is judged: the seeds' certificates and answers are fresh then."""
    return datetime.fromisoformat((SEEDS / "judged-at.txt").read_text("ascii").strip())


@cache
def trust() -> TrustStore:
    """Return the one root that is believed."""
    return load_trust_store([SEEDS / "root.der"])


@cache
def seeds(kind: str) -> dict[str, bytes]:
    """Return the files that fuzzing starts from, by name; `kind` is the name of a target."""
    return {path.name: path.read_bytes() for path in sorted((SEEDS / kind).iterdir())}


@cache
def signed_regions() -> frozenset[SignedRegion]:
    """Return what the signatures of all seeds cover, found without the verifier."""
    found = set()
    for data in seeds("reader").values():
        for place in _BYTE_RANGE.finditer(data):
            gap, after, length = map(int, place.groups())
            if data[:gap].rstrip().endswith(b"/Contents"):  # not the authentication code of an encrypted file
                found.add(SignedRegion(gap, after, after + length, _digest(data, gap, after, after + length)))
    return frozenset(found)


def check(report: Report, data: bytes) -> None:
    """Raise `Broken` unless the answer has its form, keeps to the counts, and accepts nothing that was not signed."""
    text = json.dumps(report.as_json(), allow_nan=False, ensure_ascii=False)
    try:
        text.encode("utf-8")
        _schema.validate(json.loads(text))
    except (jsonschema_rs.ValidationError, UnicodeError) as error:
        raise Broken(f"the answer has not its form: {error}") from error
    if len(text) > _JSON_AT_MOST or len(report.signatures) > LIMITS.signatures:
        raise Broken("the answer is larger than the limits allow")
    if (report.exit_status == 4) is report.readable:
        raise Broken("the exit status does not say whether the file was read")
    standing = [one for one in report.signatures if one.integrity == "intact" and one.coverage != "invalid"]
    regions = [region for region in signed_regions() if region.holds(data)]
    if len(standing) > len(regions):
        raise Broken("a signature is intact over bytes that were never signed")
    if report.conclusion is Conclusion.PASSED:
        _check_what_is_shown(report, data, regions)


def _check_what_is_shown(report: Report, data: bytes, regions: list[SignedRegion]) -> None:
    """A document that passes shows the page content that was signed, to PDFium, which reads files in its own way."""
    end = min(region.end for region in regions)
    if end == len(data) or data in seeds("reader").values():
        return
    unchanged = all(one.changes_after == ChangesAfter.NONE for one in report.signatures)
    if shown(data[:end], with_annotations=unchanged) != shown(data, with_annotations=unchanged):
        raise Broken("a document passes and does not show what was signed")
