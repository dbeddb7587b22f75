"""The typefaces of the documents: Noto Serif CJK and Noto Sans CJK, regular and bold, in their Chinese faces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from esign.public.errors import EsignError
from esign.public.typesetting import Typeface

FILES: Final = ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")
_SIMPLIFIED: Final = 2
"""The face for simplified Chinese in each of these collections."""


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
