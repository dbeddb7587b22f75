"""An uploaded document: checked, and made the prepared revision."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pypdfium2

from esign.ceremony.quarantined.crossing import answer_json, answer_understood, arguments_json, require_answer, text_of
from esign.ceremony.quarantined.page_images import require_drawable_pages
from esign.ceremony.quarantined.plan_forms import plan_form, plan_of
from esign.ceremony.quarantined.typefaces import loaded_typeface, typeface_form
from esign.infra.quarantine.port import Answer, TaskRunner
from esign.pades.admission import refusals
from esign.pades.fields import FieldPlan
from esign.pades.prepare import prepare
from esign.pades.typeface import Typeface

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

PREPARE: Final = "prepare"
MIB: Final = 1024 * 1024
BYTES_AT_MOST: Final = 200 * MIB
PAGES_AT_MOST: Final = 10_000
_LISTED_AT_MOST: Final = 10_000


@dataclass(frozen=True)
class PreparedDocument:
    """The increment that makes an upload the prepared revision, and how many pages that has."""

    increment: bytes = field(repr=False)
    pages: int


def prepare_document(
    quarantine: TaskRunner,
    original: bytes,
    plans: Sequence[FieldPlan],
    texts: Sequence[str],
    *,
    typeface: Typeface | None = None,
    bytes_at_most: int = BYTES_AT_MOST,
) -> PreparedDocument:
    """Check an upload and prepare it, as `esign.pades.prepare.prepare` does.

    The typeface must be one that the quarantine was started with; None is that one. `bytes_at_most` holds for the
    prepared revision as a whole. Raises `DocumentRefused` (also `document-too-large`, `page-too-large`),
    `FieldError` (also `font-not-loaded`), `QuarantineFailed` and `QuarantineUnavailable`.
    """
    _require_size(len(original), bytes_at_most)
    arguments: dict[str, JsonValue] = {
        "plans": [plan_form(plan) for plan in plans],
        "texts": list(texts),
        "typeface": typeface_form(typeface),
    }
    answer = quarantine.run(PREPARE, arguments, [original])
    with answer_understood():
        members = answer_json.members(answer.value, ("pages",), "the answer")
        pages = answer_json.integer(members["pages"], "pages", 1, PAGES_AT_MOST)
        require_answer(len(answer.attachments) == 1 and len(answer.attachments[0]) > 0, "the increment")
    _require_size(len(original) + len(answer.attachments[0]), bytes_at_most)
    return PreparedDocument(answer.attachments[0], pages)


def prepare_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachment in: the document; out: the increment."""
    (original,) = attachments
    members = arguments_json.members(arguments, ("plans", "texts", "typeface"), "the arguments")
    plans = [plan_of(form) for form in arguments_json.sequence(members["plans"], "plans", at_most=_LISTED_AT_MOST)]
    texts = [
        text_of(text, "a text") for text in arguments_json.sequence(members["texts"], "texts", at_most=_LISTED_AT_MOST)
    ]
    increment = prepare(io.BytesIO(original), plans, typeface=loaded_typeface(members["typeface"]), texts=texts)
    return Answer({"pages": _pages(original + increment)}, (increment,))


def _pages(prepared: bytes) -> int:
    """Count the pages with the library that draws them: what it cannot open or draw, nobody could be shown."""
    try:
        with closing(pypdfium2.PdfDocument(prepared)) as opened:
            require_drawable_pages(opened)
            return len(opened)
    except pypdfium2.PdfiumError as error:
        raise refusals.broken("its pages cannot be drawn") from error


def _require_size(size: int, bytes_at_most: int) -> None:
    if size > bytes_at_most:
        raise refusals.too_large(f"it has more than {bytes_at_most // MIB} MB")
