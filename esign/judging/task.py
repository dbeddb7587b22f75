"""The task inside the process: judge the file that was opened for it. What it needs is loaded before it is confined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final

from PIL import Image

from esign.infra.quarantine.port import Answer, OpenedFile, TaskTable
from esign.infra.quarantine.typed_forms import form_of, value_of
from esign.judging.question import Question
from esign.verify import SecurityStore, verify
from esign.verify.cms.certificates import load_certificate
from esign.verify.trust.algorithm_constraints import default_constraints

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

JUDGE: Final = "judge"
PLACE: Final = "esign.judging.task:TABLE"
_LOADED_BY_NAME: Final = (
    "cryptography.hazmat.backends.openssl.backend",
    "pyhanko.pdf_utils.crypt._saslprep",
    *(
        f"encodings.{name}"
        for name in ["ascii", "cp1252", "idna", "latin_1", "utf_8", "utf_16", "utf_16_be", "utf_16_le", "utf_32_be"]
    ),
)
"""What libraries load only when a file asks for it: a confined process opens no file, so it cannot import."""


def _judge(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes], opened: OpenedFile) -> Answer:
    question = value_of(Question, arguments["question"], attachments)
    report = verify(
        opened,
        name=question.name,
        trust=question.trust,
        at=question.at,
        password=question.password,
        supplement=SecurityStore(
            tuple(map(load_certificate, question.supplement_certificates)),
            question.supplement_ocsp_responses,
            question.supplement_crls,
        ),
        pictures=question.pictures,
        constraints=question.constraints,
        tell_missing=question.tell_missing,
    )
    found: list[bytes] = []
    return Answer(form_of(report, found), tuple(found))


def _warm(_setup: Mapping[str, JsonValue]) -> None:
    for name in _LOADED_BY_NAME:
        import_module(name)
    default_constraints()
    Image.init()


TABLE: Final = TaskTable({}, _warm, {JUDGE: _judge})
