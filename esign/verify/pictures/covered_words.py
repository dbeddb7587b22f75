"""Words that could be read when a signature was made, and lie under what was signed or filled in later.

A signature may bring its own place, and a field may lie unseen over words: what they show nobody signed before. On
empty paper that is how documents are signed; over words that it hides it says something else than was signed (Rohlmann
et al., "Breaking the Specification: PDF Certification", IEEE S&P 2021, section 4.2). Ink over words that can still be
read hides nothing, and of a line to sign on nothing is lost: letters and digits count, and only those that cannot be
told from their paper now.
One letter may be touched by chance; one numeral is not, for with it 100 000 becomes 900 000.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from esign.verify.pictures.difference import PixelBox
from esign.verify.pictures.page_pair import PagePair

LETTERS_AT_LEAST: Final = 2
_READABLE: Final = 60
"""By how many of 255 steps a letter must differ from its paper to be read."""
_KEPT: Final = 0.35
"""The share of its contrast that a letter must keep to be read."""


def hides_words(pair: PagePair, boxes: Sequence[tuple[float, float, float, float]]) -> bool:
    """Whether letters of the signed page within the boxes (of its user space) cannot be read on the page now."""
    if pair.before is None or pair.now is None or pair.before.shape != pair.now.shape:
        return False
    before, now = pair.before.pixels, pair.now.pixels
    letters = pair.signed.letters(pair.index, boxes)
    places = pair.signed.on_picture(pair.index, [box for box, _ in letters], pair.before.shape)
    hidden = [
        character for (_, character), place in zip(letters, places, strict=True) if _is_hidden(before, now, place)
    ]
    return len(hidden) >= LETTERS_AT_LEAST or any(map(str.isnumeric, hidden))


def _grey(pixels: NDArray[np.uint8]) -> NDArray[np.int16]:
    return (pixels.astype(np.int16) @ np.array((2, 5, 1), np.int16)) // 8


def _is_hidden(before: NDArray[np.uint8], now: NDArray[np.uint8], place: PixelBox) -> bool:
    left, top, right, bottom = place
    rows, columns = slice(max(0, top - 1), bottom + 2), slice(max(0, left - 1), right + 2)
    old, new = _grey(before[rows, columns]), _grey(now[rows, columns])
    if not old.size or np.ptp(old) < _READABLE:
        return False
    middle = (int(old.max()) + int(old.min())) / 2
    ink = old < middle
    return abs(_contrast(new, ink)) < _KEPT * abs(_contrast(old, ink))


def _contrast(grey: NDArray[np.int16], ink: NDArray[np.bool_]) -> float:
    return float(grey[~ink].mean() - grey[ink].mean())
