"""The documents of the room, set from its own templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any, Final

from esign.public.typesetting import Typeface, set_document

_TEMPLATES: Final = files("policy.documents") / "templates"


def document_pdf(template: str, data: Mapping[str, Any], typeface: Typeface, *, day: date) -> bytes:
    """Return the document; the same data of the same day give the same bytes. Raises as `set_document` does."""
    return set_document(_TEMPLATES, template, data, typeface, day=day)
