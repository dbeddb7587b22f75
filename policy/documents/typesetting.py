"""From data to a PDF: A4, tagged, PDF/A-3a and PDF/UA-1 by typst's own check, subsets of the fonts embedded.

Every text reaches the template as a value and never as markup; a character that the fonts lack is refused, since a
contract must not say a name in another way than it is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from importlib.resources import as_file, files
from typing import Any, Final

import typst

from esign.public.errors import EsignError
from esign.public.typesetting import Typeface, fonts_in
from policy.typefaces import lacking, printed_typefaces

STANDARDS: Final = ("a-3a", "ua-1")
_TEMPLATES: Final = files("policy.documents") / "templates"


def document_pdf(template: str, data: Mapping[str, Any], typeface: Typeface, *, day: date) -> bytes:
    """Return the document; the same data of the same day give the same bytes.

    `typeface` stands in the folder with the Noto CJK fonts. Raises `EsignError`: `document-characters-missing` with the
    characters that no font has, `document-fonts-missing`, `document-not-set` where data and template do not fit.
    """
    if missing := lacking("".join(_texts(data)), printed_typefaces(typeface)):
        named = "、".join(f"{character} (U+{ord(character):04X})" for character in missing[:10])
        raise EsignError(
            "document-characters-missing",
            f"the fonts have no glyph for {named}",
            "write the text with other characters; names are checked when they are entered",
        )
    try:
        with as_file(_TEMPLATES) as folder:
            made: bytes = typst.compile(
                folder / template,
                root=folder,
                format="pdf",
                font_paths=fonts_in(typeface.path.parent),
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                pdf_standards=list(STANDARDS),
                timestamp=datetime.combine(day, time(1, 0), UTC),
            )
    except typst.TypstError as error:
        raise EsignError(
            "document-not-set",
            f"the document cannot be set as PDF ({error.message})",
            "correct policy/documents/templates",
        ) from error
    return made


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
