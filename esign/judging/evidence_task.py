"""The task inside the process: take the evidence out of the document that was opened for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from esign.infra.quarantine.port import Answer, OpenedFile, TaskTable
from esign.infra.quarantine.typed_forms import form_of
from esign.judging.task import TABLE as OF_DOCUMENTS
from esign.verify.evidence import FieldEvidence, read_evidence

if TYPE_CHECKING:
    from typing import BinaryIO

    from esign.infra.columns import JsonValue

TAKE_EVIDENCE: Final = "take-evidence"
PLACE: Final = "esign.judging.evidence_task:TABLE"


@dataclass(frozen=True)
class Evidence:
    """What a document carries: the evidence of each signature that has any, in signing order."""

    fields: tuple[FieldEvidence, ...]


def _take(arguments: Mapping[str, JsonValue], _: Sequence[bytes], opened: OpenedFile) -> Answer:
    password = cast("str | None", arguments["password"])
    evidence = Evidence(read_evidence(cast("BinaryIO", opened), password=password))
    found: list[bytes] = []
    return Answer(form_of(evidence, found), tuple(found))


TABLE: Final = TaskTable({}, OF_DOCUMENTS.warm, {TAKE_EVIDENCE: _take})
