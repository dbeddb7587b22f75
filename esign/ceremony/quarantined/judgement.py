"""The verdict on a file that anybody at all handed in: in a process of its own, within bounds of its own."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ca.trust import TrustStore
from esign.ceremony.quarantined.crossing import (
    answer_json,
    answer_understood,
    arguments_json,
    moment_of,
    text_of,
)
from esign.ceremony.quarantined.seen_pictures import SeenPictures, pictures_form, pictures_of, read_pictures
from esign.ceremony.quarantined.verification import ANCHORS_AT_MOST, Verdict, anchor_form, anchor_of, verdict_of
from esign.infra.quarantine.limits import MIB, TaskBounds
from esign.infra.quarantine.port import Answer, TaskRunner
from esign.verify import verify

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

JUDGE: Final = "judge"
BOUNDS: Final = TaskBounds(memory_bytes=768 * MIB, cpu_seconds=20, wall_seconds=45.0, niceness=10)
"""What a stranger's file may take: less than one of a contract, and only what signing leaves over."""


@dataclass(frozen=True)
class Judgement:
    """The verdict, and pictures of what the file shows."""

    verdict: Verdict
    pictures: SeenPictures = SeenPictures()


def judge_document(
    runner: TaskRunner, document: bytes, *, name: str, trust: TrustStore, at: datetime, password: str | None = None
) -> Judgement:
    """Judge every signature of a file and compare what its pages show, as `esign.verify.verify` does.

    Raises `QuarantineFailed` where the file met a bound or broke the verifier, and `QuarantineUnavailable`.
    """
    arguments: dict[str, JsonValue] = {
        "name": name,
        "at": at.isoformat(),
        "password": password,
        "anchors": [anchor_form(anchor) for anchor in trust.anchors],
    }
    answer = runner.run(JUDGE, arguments, [document, *(anchor.certificate for anchor in trust.anchors)])
    with answer_understood():
        members = answer_json.members(answer.value, ("report", "readable", "pictures"), "the answer")
        told = {"report": members["report"], "readable": members["readable"]}
        verdict = verdict_of(Answer(told), hashlib.sha256(document).hexdigest())  # type: ignore[arg-type]
        return Judgement(verdict, read_pictures(members["pictures"], answer.attachments))


def judge_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachments in: the document, then a root for each anchor (DER). Attachments out: pictures."""
    members = arguments_json.members(arguments, ("name", "at", "password", "anchors"), "the arguments")
    forms = arguments_json.sequence(members["anchors"], "anchors", at_most=ANCHORS_AT_MOST)
    document, roots = attachments[0], attachments[1:]
    report = verify(
        io.BytesIO(document),
        name=text_of(members["name"], "name"),
        trust=TrustStore(tuple(anchor_of(form, root) for form, root in zip(forms, roots, strict=True))),
        at=moment_of(members["at"], "at"),
        password=None if members["password"] is None else text_of(members["password"], "password"),
        pictures=True,
    )
    form, drawn = pictures_form(pictures_of(report))
    return Answer({"report": report.as_json(), "readable": report.readable, "pictures": form}, drawn)
