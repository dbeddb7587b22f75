"""What came of judging a file, in the form in which it is kept: the report, and nothing of the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Final, cast

from esign.ceremony.quarantined import Judgement
from esign.ceremony.quarantined.seen_pictures import SeenPictures, pictures_form, read_pictures
from esign.infra.database import JsonValue
from esign.infra.quarantine import QuarantineFailed
from esign.verifications.asked import Asked
from esign.verify import Conclusion, Finding, Severity
from esign.verify.report import DocumentFacts, Report

LIMIT_REACHED: Final = "limit-reached"
NOT_JUDGEABLE: Final = "not-judgeable"
PASSWORD_NEEDED: Final = "password-needed"  # noqa: S105  # a finding's code


@dataclass(frozen=True)
class Judged:
    """The verdict on a file: the report (esign-verification/1), whether the file could be read, when it was judged, and
    pictures of what it shows.

    It names signers, so it is kept sealed wherever it is kept.
    """

    report: Mapping[str, JsonValue] = field(repr=False)
    readable: bool
    at: datetime
    pictures: SeenPictures = SeenPictures()

    @property
    def conclusion(self) -> Conclusion:
        return Conclusion(str(self.report["conclusion"]))

    @property
    def name(self) -> str:
        return str(self._document["name"])

    @property
    def sha256(self) -> str:
        return str(self._document["sha256"])

    @property
    def size(self) -> int:
        return int(cast(int, self._document["bytes"]))

    @property
    def codes(self) -> frozenset[str]:
        """The codes of what was found."""
        return frozenset(str(finding["code"]) for finding in self._listed("findings"))

    @property
    def signers(self) -> tuple[str, ...]:
        """The names that certificates of the file have, each once."""
        subjects = (one["signer"] for one in self._listed("signatures"))
        names = (_common_name(str(one.get("subject", ""))) for one in subjects if isinstance(one, dict))
        return tuple(dict.fromkeys(name for name in names if name))

    def encode(self) -> bytes:
        """Return the form in which it is kept, without its pictures."""
        kept = {"report": self.report, "readable": self.readable, "at": self.at.astimezone(UTC).isoformat()}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()

    def encode_pictures(self) -> bytes:
        """Return the form in which its pictures are kept: a line that tells of them, then their bytes."""
        form, data = pictures_form(self.pictures)
        head = json.dumps({"form": form, "bytes": [len(one) for one in data]})
        return b"".join((head.encode(), b"\n", *data))

    @property
    def _document(self) -> Mapping[str, JsonValue]:
        return cast("Mapping[str, JsonValue]", self.report["document"])

    def _listed(self, name: str) -> list[dict[str, JsonValue]]:
        return cast("list[dict[str, JsonValue]]", self.report[name])


def decode(kept: bytes, pictures: bytes | None = None) -> Judged:
    """Return what `encode` wrote, with what `encode_pictures` wrote where that is given."""
    form = json.loads(kept)
    shown = SeenPictures() if pictures is None else _pictures(pictures)
    return Judged(form["report"], bool(form["readable"]), datetime.fromisoformat(form["at"]), shown)


def judged_of(judgement: Judgement, at: datetime) -> Judged:
    """Return what is kept of a verdict that was made at this time."""
    return Judged(judgement.verdict.report, judgement.verdict.readable, at, judgement.pictures)


def given_up(asked: Asked, sha256: str, failed: QuarantineFailed, at: datetime) -> Judged:
    """Return the verdict on a file that met a bound, or broke its reader: it is not to be relied upon."""
    if failed.code == "file-too-heavy":
        code, words = LIMIT_REACHED, f"The file cannot be judged: {failed.cause}."
    else:
        code, words = NOT_JUDGEABLE, "The file cannot be judged: it could not be read to its end."
    facts = DocumentFacts(asked.name, sha256, len(asked.content), 0, 0)
    report = Report(facts, Conclusion.FAILED, findings=(Finding(code, Severity.ERROR, words),), readable=False)
    return Judged(report.as_json(), readable=False, at=at)


def _pictures(kept: bytes) -> SeenPictures:
    head, _, whole = kept.partition(b"\n")
    told = json.loads(head)
    ends = list(accumulate(told["bytes"], initial=0))
    return read_pictures(told["form"], [whole[begin:end] for begin, end in pairwise(ends)])


def _common_name(subject: str) -> str:
    """Return the common name out of a subject as reports write it, empty where there is none."""
    for part in subject.split(", "):
        kind, _, value = part.partition(": ")
        if kind == "Common Name":
            return value.strip()
    return ""
