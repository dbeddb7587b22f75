"""How the quarantine for documents and pictures is started."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from esign.ceremony.photo_task import PHOTO_TABLE
from esign.ceremony.quarantined.table import TABLE
from esign.ceremony.quarantined.typefaces import typeface_form
from esign.infra.quarantine import (
    InProcessQuarantine,
    QuarantineLimits,
    QuarantineWithApart,
    TaskTable,
    start_quarantine,
)
from esign.pades.typeface import Typeface

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_PLACE: Final = "esign.ceremony.quarantined.table:TABLE"
_PHOTO_PLACE: Final = "esign.ceremony.photo_task:PHOTO_TABLE"


def start_document_quarantine(*typefaces: Typeface, limits: QuarantineLimits | None = None) -> QuarantineWithApart:
    """Start the quarantine with the typefaces that documents are prepared with. Close what is returned.

    Each process starts its own, after it was forked. Photos are read apart, under the same limits. Raises
    `QuarantineUnavailable`.
    """
    documents = start_quarantine(_PLACE, limits, setup=_setup(typefaces, alone=True))
    photos = partial(start_quarantine, _PHOTO_PLACE, limits)
    return QuarantineWithApart(documents, frozenset(PHOTO_TABLE.tasks), photos)


def quarantine_in_process(*typefaces: Typeface) -> InProcessQuarantine:
    """Return the same tasks without processes and without protection, for tests of other rooms."""
    both = TaskTable({**TABLE.tasks, **PHOTO_TABLE.tasks}, TABLE.warm)
    return InProcessQuarantine(both, setup=_setup(typefaces, alone=False))


def _setup(typefaces: tuple[Typeface, ...], *, alone: bool) -> dict[str, JsonValue]:
    return {"typefaces": [typeface_form(typeface) for typeface in typefaces], "alone": alone}
