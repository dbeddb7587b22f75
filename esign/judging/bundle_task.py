"""The task inside the process: check the bundle that was opened for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from mmap import mmap
from typing import TYPE_CHECKING, Final

from esign.bundle.checking.check import BundleQuestion, check_bundle
from esign.infra.quarantine.port import Answer, OpenedFile, TaskTable
from esign.infra.quarantine.typed_forms import form_of, value_of
from esign.judging.task import TABLE as OF_DOCUMENTS

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

CHECK: Final = "check-bundle"
PLACE: Final = "esign.judging.bundle_task:TABLE"


def _check(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes], opened: OpenedFile) -> Answer:
    question = value_of(BundleQuestion, arguments["question"], attachments)
    data = opened if isinstance(opened, mmap) else opened.getvalue()
    found: list[bytes] = []
    return Answer(form_of(check_bundle(data, question), found), tuple(found))


TABLE: Final = TaskTable({}, OF_DOCUMENTS.warm, {CHECK: _check})
