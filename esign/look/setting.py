"""From data to a PDF: A4, tagged, PDF/A-3a and PDF/UA-1 by typst's own check, subsets of the fonts embedded.

Every text reaches the template as a value and never as markup; a character that the fonts lack is refused, since a
document must not say a name in another way than it is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from importlib.resources import as_file
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import typst

from esign.errors import EsignError
from esign.look.fonts import fonts_in
from esign.pades.typeface import Typeface

STANDARDS: Final = ("a-3a", "ua-1")
FILES: Final = ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")
_SIMPLIFIED: Final = 2
"""The face for simplified Chinese in each of these collections."""


def set_document(
    templates: Traversable, template: str, data: Mapping[str, Any], typeface: Typeface, *, day: date
) -> bytes:
    """Return the document that a template of this folder makes; the same data of the same day give the same bytes.

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
        with as_file(templates) as folder:
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
            f"correct the template {template}",
        ) from error
    return made


def printed_typefaces(typeface: Typeface) -> tuple[Typeface, ...]:
    """Return the typefaces that documents are set in: those that lie beside the one that the service draws with.

    Raises `EsignError` with code `document-fonts-missing`, and the package to install.
    """
    folder: Path = typeface.path.parent
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise EsignError(
            "document-fonts-missing",
            f"the fonts of the documents are not beside {typeface.path.name}: {', '.join(missing)}",
            "run: apt-get install fonts-noto-cjk",
        )
    return tuple(Typeface(folder / name, _SIMPLIFIED) for name in FILES)


def lacking(text: str, typefaces: Sequence[Typeface]) -> str:
    """Return the characters that one of the typefaces cannot draw, each once, in order; ends of lines are none."""
    characters = "".join(dict.fromkeys(text)).replace("\n", "")
    missing = {character for typeface in typefaces for character in typeface.missing(characters)}
    return "".join(character for character in characters if character in missing)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
