"""Composite fonts: codes of several bytes, CIDs, glyphs (ISO 32000-2, 9.7)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from esign.pades.admission.fonts.cff import CffProgram
from esign.pades.admission.fonts.cmap import CMap
from esign.pades.admission.fonts.encodings import is_blank
from esign.pades.admission.fonts.program import Embedding
from esign.pades.admission.fonts.truetype import TrueTypeProgram
from esign.pades.admission.syntax import PdfValue, Stream

UNKNOWN = -1
"""The code that stands for all codes of a predefined CMap, whose tables are not at hand."""


class CompositeFont:
    """A Type 0 font and its one descendant.

    `cmap` is the embedded CMap; with `identity` codes are CIDs of two bytes; with neither, the CMap is a predefined
    one and every code is taken as it is. `cid_is_glyph` is true for CIDFontType2, where CIDs are glyph indexes after
    `glyph_map` (two bytes each, None for identity).
    """

    glyph_procedures: list[Stream] = []  # noqa: RUF012
    resources: dict[str, PdfValue] = {}  # noqa: RUF012

    def __init__(
        self,
        name: str,
        embedding: Embedding,
        cmap: CMap | None,
        *,
        identity: bool,
        cid_is_glyph: bool,
        glyph_map: bytes | None,
        to_unicode: CMap | None,
    ) -> None:
        self.name = name
        self.embedding = embedding
        self._cmap = cmap if cmap is not None and cmap.complete and cmap.spaces else None
        self._two_bytes = identity or (self._cmap is not None and self._cmap.lengths == {2})
        self._identity = identity
        self._cid_is_glyph = cid_is_glyph
        self._glyph_map = glyph_map
        self._to_unicode = to_unicode

    def codes(self, shown: Iterable[bytes]) -> Iterable[int]:
        """Return the distinct codes, or `UNKNOWN` alone."""
        if self._two_bytes:
            joined = b"".join(part if len(part) % 2 == 0 else part[:-1] for part in shown)
            return [int(code) for code in np.unique(np.frombuffer(joined, ">u2"))]
        if self._cmap is not None:
            return self._cmap.codes(shown)
        return {UNKNOWN} if any(shown) else set()

    def has_glyph(self, code: int) -> bool:
        """Follow the code through CMap, CID and glyph map; see `Font.has_glyph`."""
        program = self.embedding.program
        if code == UNKNOWN or program is None:
            return True
        cid = code if self._identity else self._cmap.cid(code) if self._cmap else None
        if cid is None:
            return False  # 9.7.6.3: a code outside the CMap selects CID 0
        if self._cid_is_glyph:
            return self._is_glyph(self._mapped(cid))
        if isinstance(program, CffProgram) and program.cids is not None:
            return cid in program.cids
        return self._is_glyph(cid)

    def _mapped(self, cid: int) -> int:
        if self._glyph_map is None:
            return cid
        return int.from_bytes(self._glyph_map[2 * cid : 2 * cid + 2], "big")

    def _is_glyph(self, glyph: int) -> bool:
        program = self.embedding.program
        count = program.glyph_count if isinstance(program, TrueTypeProgram | CffProgram) else None
        return glyph > 0 and (count is None or glyph < count)

    def is_blank(self, code: int) -> bool:
        """Judge by ToUnicode; without it nothing is known of a code."""
        return code != UNKNOWN and self._to_unicode is not None and is_blank(self._to_unicode.text(code))
