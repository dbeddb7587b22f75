"""Takes the evidence out of one document in a process of its own that can be ended."""

from __future__ import annotations

from collections.abc import Callable

from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import breaks_reader
from esign.infra.quarantine.single import SingleProcess
from esign.infra.quarantine.typed_forms import FormMismatch, value_of
from esign.judging.evidence_task import PLACE, TAKE_EVIDENCE, Evidence
from esign.judging.question import JudgingLimits
from esign.verify.evidence import FieldEvidence


def evidence_in(
    file: int, password: str | None, limits: JudgingLimits, tell: Callable[[Confinement], None]
) -> tuple[FieldEvidence, ...]:
    """Return the evidence in the document behind the descriptor, as `esign.verify.read_evidence` does.

    `tell` hears what the machine enforces on the process before it reads. Raises `UnreadableDocument`,
    `QuarantineFailed` where the file meets a limit or breaks its reader, and `QuarantineUnavailable` where no process
    can be started.
    """
    with SingleProcess(file, PLACE, limits.of_processes()) as process:
        tell(process.confinement)
        answer = process.run_on_file(TAKE_EVIDENCE, {"password": password})
    try:
        return value_of(Evidence, answer.value, answer.attachments).fields
    except FormMismatch as error:
        raise breaks_reader("its answer has no form") from error
