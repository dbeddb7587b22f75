"""What a signed document carries to be judged by, taken out in the quarantine."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign.ceremony.quarantined.crossing import answer_json, answer_understood, arguments_json, require_answer
from esign.infra.quarantine.port import Answer, TaskRunner
from esign.verify.material import read_material

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

READ_MATERIAL: Final = "read-material"
VALUES_AT_MOST: Final = 2_000
"""Of each kind; a contract of ours has some dozens in all."""
_KINDS: Final = ("certificates", "ocsp_responses", "crls", "timestamps")


@dataclass(frozen=True)
class CarriedMaterial:
    """Certificates, OCSP responses, CRLs and timestamp tokens (DER), as the document carries them, not judged."""

    certificates: tuple[bytes, ...] = field(repr=False)
    ocsp_responses: tuple[bytes, ...] = field(repr=False)
    crls: tuple[bytes, ...] = field(repr=False)
    timestamps: tuple[bytes, ...] = field(repr=False)


def read_carried_material(quarantine: TaskRunner, document: bytes) -> CarriedMaterial:
    """Return what the document carries. Raises `UnreadableDocument`, `QuarantineFailed`, `QuarantineUnavailable`."""
    answer = quarantine.run(READ_MATERIAL, {}, [document])
    with answer_understood():
        members = answer_json.members(answer.value, _KINDS, "the answer")
        counts = [answer_json.integer(members[kind], kind, 0, VALUES_AT_MOST) for kind in _KINDS]
        require_answer(sum(counts) == len(answer.attachments), "the values")
        rest = iter(answer.attachments)
        certificates, ocsp_responses, crls, timestamps = (tuple(next(rest) for _ in range(count)) for count in counts)
        return CarriedMaterial(certificates, ocsp_responses, crls, timestamps)


def read_material_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachment in: the document. Out: the values, kind by kind."""
    (document,) = attachments
    arguments_json.members(arguments, (), "the arguments")
    found = read_material(io.BytesIO(document))
    kinds = [list(getattr(found, kind))[:VALUES_AT_MOST] for kind in _KINDS]
    counts: dict[str, JsonValue] = {kind: len(values) for kind, values in zip(_KINDS, kinds, strict=True)}
    return Answer(counts, tuple(value for values in kinds for value in values))
