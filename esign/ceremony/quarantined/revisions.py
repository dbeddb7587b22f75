"""Signed revisions, opened where the document may be parsed, closed where the key is.

The digest to be signed is computed anew over the bytes that came back: a parser that was taken over can spoil a
revision, but it cannot have the key sign other bytes than those which are stored.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from esign.ceremony.quarantined.appearance_forms import appearance_form, appearance_of
from esign.ceremony.quarantined.crossing import (
    NUMBER_AT_MOST,
    answer_json,
    answer_understood,
    arguments_json,
    moment_of,
    require_answer,
    text_of,
    whole_of,
)
from esign.ceremony.quarantined.typefaces import latest_typeface
from esign.infra.quarantine.port import Answer, TaskRunner
from esign.pades import revision
from esign.pades.associated_files import AssociatedFile
from esign.pades.revision import OpenRevision, SignatureContent
from esign.pades.validation_data import ValidationData

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

OPEN_REVISION: Final = "open-revision"
OPEN_TIMESTAMP_REVISION: Final = "open-timestamp-revision"
ADD_VALIDATION_DATA: Final = "add-validation-data"
_FILES_AT_MOST: Final = 1_000


def open_revision(quarantine: TaskRunner, document: bytes, content: SignatureContent, *, capacity: int) -> OpenRevision:
    """Append a signature to an existing, empty field, as `esign.pades.revision.open_revision` does.

    What the document was not prepared for is drawn with the typeface that was loaded last. Raises `FieldError`,
    `QuarantineFailed`, `QuarantineUnavailable`, and `TypeError` for an appearance that is neither handwritten nor a
    seal.
    """
    appearance, pictures = appearance_form(content.appearance)
    files = content.files or {}
    arguments: dict[str, JsonValue] = {
        "field": content.field,
        "signer_name": content.signer_name,
        "claimed_time": content.claimed_time.isoformat(),
        "appearance": appearance,
        "files": [[name, file.media_type] for name, file in files.items()],
        "capacity": capacity,
    }
    attachments = [document, *(file.data for file in files.values()), *pictures]
    return _opened(quarantine.run(OPEN_REVISION, arguments, attachments), document, capacity)


def open_timestamp_revision(
    quarantine: TaskRunner, document: bytes, data: ValidationData, *, capacity: int
) -> OpenRevision:
    """Append validation data and room for a document timestamp, as `esign.pades.revision` does.

    Raises `QuarantineFailed` and `QuarantineUnavailable`.
    """
    arguments: dict[str, JsonValue] = {"capacity": capacity, **_data_form(data)}
    answer = quarantine.run(OPEN_TIMESTAMP_REVISION, arguments, [document, *_data_bytes(data)])
    return _opened(answer, document, capacity)


def add_validation_data(quarantine: TaskRunner, document: bytes, data: ValidationData) -> bytes:
    """Append validation data alone and return the increment, as `esign.pades.revision` does.

    Raises `QuarantineFailed` and `QuarantineUnavailable`.
    """
    answer = quarantine.run(ADD_VALIDATION_DATA, _data_form(data), [document, *_data_bytes(data)])
    with answer_understood():
        require_answer(answer.value is None and len(answer.attachments) == 1, "the increment")
        return answer.attachments[0]


def open_revision_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachments in: the document, the files in their order, handwriting and photo of the appearance."""
    names = ("field", "signer_name", "claimed_time", "appearance", "files", "capacity")
    members = arguments_json.members(arguments, names, "the arguments")
    listed = arguments_json.sequence(members["files"], "files", at_most=_FILES_AT_MOST)
    document, contents, pictures = attachments[0], attachments[1 : 1 + len(listed)], attachments[1 + len(listed) :]
    files: dict[str, AssociatedFile] = {}
    for entry, data in zip(listed, contents, strict=True):
        name, media_type = arguments_json.sequence(entry, "a file", at_most=2)
        files[text_of(name, "a file")] = AssociatedFile(data, text_of(media_type, "media type"))
    content = SignatureContent(
        field=text_of(members["field"], "field"),
        signer_name=text_of(members["signer_name"], "signer_name"),
        claimed_time=moment_of(members["claimed_time"], "claimed_time"),
        appearance=appearance_of(members["appearance"], pictures),
        files=files or None,
    )
    capacity = whole_of(members["capacity"], "capacity")
    opened = revision.open_revision(io.BytesIO(document), content, capacity=capacity, typeface=latest_typeface())
    return _open_form(opened)


def open_timestamp_revision_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachments in: the document, certificates, OCSP responses, CRLs."""
    data = _data_of(arguments, attachments[1:])
    capacity = whole_of(arguments["capacity"], "capacity")
    return _open_form(revision.open_timestamp_revision(io.BytesIO(attachments[0]), data, capacity=capacity))


def add_validation_data_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachments in: the document, certificates, OCSP responses, CRLs."""
    data = _data_of(arguments, attachments[1:])
    return Answer(None, (revision.add_validation_data(io.BytesIO(attachments[0]), data),))


def _data_form(data: ValidationData) -> dict[str, JsonValue]:
    return {"certificates": len(data.certificates), "ocsp_responses": len(data.ocsp_responses)}


def _data_bytes(data: ValidationData) -> tuple[bytes, ...]:
    return (*data.certificates, *data.ocsp_responses, *data.crls)


def _data_of(arguments: Mapping[str, JsonValue], encoded: Sequence[bytes]) -> ValidationData:
    first = whole_of(arguments["certificates"], "certificates")
    second = first + whole_of(arguments["ocsp_responses"], "ocsp_responses")
    return ValidationData(tuple(encoded[:first]), tuple(encoded[first:second]), tuple(encoded[second:]))


def _open_form(opened: OpenRevision) -> Answer:
    form: dict[str, JsonValue] = {
        "contents_at": opened.contents_at,
        "capacity": opened.capacity,
        "digest": opened.digest.hex(),
    }
    return Answer(form, (opened.increment,))


def _opened(answer: Answer, document: bytes, capacity: int) -> OpenRevision:
    """Return the revision of an answer whose every number was checked against its bytes."""
    with answer_understood():
        members = answer_json.members(answer.value, ("contents_at", "capacity", "digest"), "the answer")
        contents_at = answer_json.integer(members["contents_at"], "contents_at", 1, NUMBER_AT_MOST)
        require_answer(members["capacity"] == capacity and len(answer.attachments) == 1, "the revision")
        increment = answer.attachments[0]
        end = contents_at + 2 * capacity
        require_answer(
            increment[contents_at - 1 : end + 1] == b"<" + b"0" * (2 * capacity) + b">", "the room for the signature"
        )
        # ISO 32000-2, 12.8.1: everything but the hexadecimal string with its brackets
        covered = hashlib.sha256(document)
        covered.update(memoryview(increment)[: contents_at - 1])
        covered.update(memoryview(increment)[end + 1 :])
        require_answer(members["digest"] == covered.hexdigest(), "the digest")
        return OpenRevision(increment, contents_at, capacity, covered.digest())
