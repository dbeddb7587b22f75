"""Pictures that are all but the same: a hash of what they show, cut into bands by which near ones are found (ADR 0067).

Two pictures are near where their hashes differ in at most 6 of 64 bits. Of three bands of a hash one then differs in
at most 2: so every picture that is near has a band among the some 700 that are within 2 bits of one of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

NEAR: Final = 6
"""At most so many bits differ between two pictures that are all but the same."""
FAR: Final = 64
"""What is told of a picture to which none is near."""
BITS: Final = 64
_SIDE: Final = 32
BANDS: Final = ((0, 22), (22, 21), (43, 21))
"""Where each band of the hash begins, and how many bits it has."""
_PER_BAND: Final = NEAR // len(BANDS)
WIDEST: Final = 22
_LEAST_CONTRAST: Final = 4.0
"""Grey levels (0 to 255) of deviation below which a picture shows nothing to compare."""


def picture_hash(image: Image.Image) -> int | None:
    """Return the hash of a picture: the signs of its 64 lowest frequencies against their median (a DCT of 32 by 32).

    It stays the same, but for a few bits, when a picture is scaled, compressed, or made a little lighter. None for one
    that shows nothing to compare, such as a black one: all of those would be the same.
    """
    grey = np.asarray(image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS), dtype=np.float64)
    if float(grey.std()) < _LEAST_CONTRAST:
        return None
    cosines = _cosines()
    spectrum = (cosines @ grey @ cosines.T)[_places()]
    bits = spectrum > np.median(spectrum)
    return int.from_bytes(np.packbits(bits).tobytes())


def distance(one: int, other: int) -> int:
    """Return in how many bits two hashes differ."""
    return (one ^ other).bit_count()


def bands_of(hash_: int) -> tuple[int, ...]:
    """Return the bands by which a picture is entered: each with its place, so that bands of two places never meet."""
    return tuple(_band(place, hash_ >> start & (1 << size) - 1) for place, (start, size) in enumerate(BANDS))


def near_bands(hash_: int) -> tuple[int, ...]:
    """Return every band that a picture near this one may have: within 2 bits of one of its own."""
    found: list[int] = []
    for own, (_, size) in zip(bands_of(hash_), BANDS, strict=True):
        found += [own ^ change for change in _changes(size)]  # what names the place stands above every bit of a change
    return tuple(found)


def signed(hash_: int) -> int:
    """Return a hash as the databases keep 64 bits: with a sign."""
    return hash_ - (1 << BITS) if hash_ >= 1 << BITS - 1 else hash_


def unsigned(stored: int) -> int:
    """Return the hash that was kept with a sign."""
    return stored % (1 << BITS)


def _band(place: int, bits: int) -> int:
    return place << WIDEST | bits


@cache
def _changes(size: int) -> tuple[int, ...]:
    """Every change of at most 2 bits in a band of this size."""
    return tuple(
        sum(1 << bit for bit in flipped)
        for count in range(_PER_BAND + 1)
        for flipped in combinations(range(size), count)
    )


@cache
def _cosines() -> NDArray[np.float64]:
    """The matrix of the discrete cosine transform (DCT-II), rows by frequency; scaling does not matter for signs."""
    places = np.arange(_SIDE)
    return np.cos(np.pi * np.outer(places, 2 * places + 1) / (2 * _SIDE))


@cache
def _places() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The 64 lowest frequencies but the mean, by diagonals."""
    found = list(_diagonals())[1 : BITS + 1]
    return np.array([row for row, _ in found]), np.array([column for _, column in found])


def _diagonals() -> Iterator[tuple[int, int]]:
    for total in range(_SIDE):
        for row in range(total + 1):
            yield row, total - row
