"""The tasks inside the process: check the bundle that was opened for it, or tell what is in a set; check one of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from mmap import mmap
from typing import TYPE_CHECKING, Final

from esign.bundle.checking.check import BundleQuestion, check_bundle
from esign.bundle.checking.set_container import is_set
from esign.bundle.checking.set_listing import SetBundle, SetListing, list_set
from esign.bundle.checking.set_member import check_set_member
from esign.bundle.checking.verdict import BundleVerdict
from esign.infra.quarantine.port import Answer, OpenedFile, TaskTable
from esign.infra.quarantine.typed_forms import form_of, value_of
from esign.judging.task import TABLE as OF_DOCUMENTS

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

READ: Final = "read-bundle-or-set"
CHECK: Final = "check-bundle"
CHECK_MEMBER: Final = "check-bundle-of-set"
PLACE: Final = "esign.judging.bundle_task:TABLE"


@dataclass(frozen=True)
class ReadFile:
    """What a file was found to be: a bundle with its verdict, or a set, of which no bundle was judged yet."""

    bundle: BundleVerdict | None = None
    listing: SetListing | None = None


def _read(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes], opened: OpenedFile) -> Answer:
    question = value_of(BundleQuestion, arguments["question"], attachments)
    data = _bytes_of(opened)
    read = ReadFile(listing=list_set(data)) if is_set(data) else ReadFile(check_bundle(data, question))
    return _answer(read)


def _check(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes], opened: OpenedFile) -> Answer:
    question = value_of(BundleQuestion, arguments["question"], attachments)
    return _answer(check_bundle(_bytes_of(opened), question))


def _check_member(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes], opened: OpenedFile) -> Answer:
    question = value_of(BundleQuestion, arguments["question"], attachments)
    bundle = value_of(SetBundle, arguments["bundle"], ())
    return _answer(check_set_member(_bytes_of(opened), bundle, question))


def _bytes_of(opened: OpenedFile) -> mmap | bytes:
    return opened if isinstance(opened, mmap) else opened.getvalue()


def _answer(found: object) -> Answer:
    attachments: list[bytes] = []
    return Answer(form_of(found, attachments), tuple(attachments))


TABLE: Final = TaskTable({}, OF_DOCUMENTS.warm, {READ: _read, CHECK: _check, CHECK_MEMBER: _check_member})
