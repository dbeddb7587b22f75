"""One change between two revisions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What a change does."""

    VALIDATION_DATA = "validation-data"
    METADATA = "metadata"
    STRUCTURE = "structure"
    TIMESTAMPING = "timestamping"
    SIGNING = "signing"
    FORM_FILLING = "form-filling"
    ANNOTATION = "annotation"
    WIDGET_REMOVED = "widget-removed"
    FIELD_CREATED = "field-created"
    FIELD_REMOVED = "field-removed"
    FIELD_ALTERED = "field-altered"
    SIGNATURE_ALTERED = "signature-altered"
    SIGNATURE_MOVED = "signature-moved"
    SIGNATURE_OVERLAID = "signature-overlaid"
    APPEARANCE_ALONE = "appearance-alone"
    PAGE_ADDED = "page-added"
    PAGE_REMOVED = "page-removed"
    CONTENT = "content"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Change:
    """A change: its kind, where it is in the document, and the form field that it touches, if it is one."""

    kind: ChangeKind
    path: str
    field: str | None = None
