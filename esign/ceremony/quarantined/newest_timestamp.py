"""The document timestamp that a document rests on now, taken out in the quarantine."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from esign.ceremony.quarantined.crossing import answer_understood, arguments_json, require_answer
from esign.infra.quarantine.port import Answer, TaskRunner
from esign.verify import newest_timestamp
from esign.verify.newest_timestamp import NewestTimestamp

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

READ_NEWEST_TIMESTAMP: Final = "read-newest-timestamp"
_CERTIFICATES_AT_MOST: Final = 2_000


def read_newest_timestamp(quarantine: TaskRunner, document: bytes) -> NewestTimestamp | None:
    """Return the newest document timestamp, as `esign.verify.newest_timestamp` does.

    Raises `UnreadableDocument`, `QuarantineFailed`, `QuarantineUnavailable`.
    """
    answer = quarantine.run(READ_NEWEST_TIMESTAMP, {}, [document])
    with answer_understood():
        require_answer(answer.value is None and len(answer.attachments) <= 1 + _CERTIFICATES_AT_MOST, "the timestamp")
        return NewestTimestamp(answer.attachments[0], tuple(answer.attachments[1:])) if answer.attachments else None


def read_newest_timestamp_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachment in: the document. Out: nothing where it has none, else the token and certificates (DER)."""
    (document,) = attachments
    arguments_json.members(arguments, (), "the arguments")
    found = newest_timestamp.read_newest_timestamp(io.BytesIO(document))
    if found is None:
        return Answer(None, ())
    return Answer(None, (found.token, *found.certificates[:_CERTIFICATES_AT_MOST]))
