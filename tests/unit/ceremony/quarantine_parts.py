"""What the tests of the quarantined tasks share: a comparison, and a quarantine that lies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from esign.infra.columns import JsonValue
from esign.infra.quarantine import Answer, TaskRunner

_CHANGING = (
    rb"(/ID \[ ?<[0-9a-f]+> ?)<[0-9a-f]{32}>",  # half of the identifier is random in each revision (ISO 32000-2, 14.4)
    rb"(/ModDate \(D\\072)[0-9]{14}",
    rb"(xmp:(?:Modify|Metadata)Date=.)[-0-9T:]{19}",
)


def comparable(pdf: bytes) -> bytes:
    """Return the bytes without what differs between two writings of the same revision: random identifier, time."""
    for pattern in _CHANGING:
        pdf = re.sub(pattern, rb"\1", pdf)
    return pdf


@dataclass
class Lying:
    """A quarantine whose task was taken over: it alters the true answer."""

    inner: TaskRunner
    value: Mapping[str, JsonValue] = field(default_factory=dict)
    replaced: tuple[bytes, bytes] | None = None
    dropped: bool = False

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        answer = self.inner.run(task, arguments, attachments)
        value = {**answer.value, **self.value} if isinstance(answer.value, Mapping) else answer.value
        files = () if self.dropped else answer.attachments
        if self.replaced is not None:
            files = tuple(file.replace(*self.replaced) for file in files)
        return Answer(value, files)
