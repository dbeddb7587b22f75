"""Nonzero filling of outlines into pixels, with sixteen samples a pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Vertex = tuple[float, float]
Path = tuple[Vertex, Sequence[tuple[Vertex, Vertex, Vertex]]]

FINENESS = 4
"""Samples a pixel in each direction."""
_CHORDS = 8
"""Chords that stand for one cubic."""


def winding(paths: Sequence[Path], width: int, height: int) -> npt.NDArray[np.int32]:
    """Return the winding number at each sample, rows from the top: (height x FINENESS, width x FINENESS)."""
    chords = _chords(paths) * FINENESS
    rows, columns = height * FINENESS, width * FINENESS
    steps = np.zeros((rows, columns + 1), np.int32)
    x0, y0, x1, y1 = chords.T
    y0, y1 = rows - y0, rows - y1
    # A row's samples lie at its middle; an edge counts, by its direction, for the rows that it crosses.
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), 0, rows).astype(int)
    after = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), 0, rows).astype(int)
    counts = after - first
    edge = np.repeat(np.arange(len(counts)), counts)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts) + first[edge]
    slope = (x1 - x0)[edge] / (y1 - y0)[edge]
    crossing = x0[edge] + (row + 0.5 - y0[edge]) * slope
    column = np.clip(np.ceil(crossing - 0.5), 0, columns).astype(int)
    np.add.at(steps, (row, column), np.where(y1 < y0, -1, 1)[edge])
    return np.cumsum(steps, axis=1)[:, :columns]


def cover(paths: Sequence[Path], width: int, height: int) -> npt.NDArray[np.uint8]:
    """Return how much of each pixel is filled, 0 to 255, rows from the top. Paths are in pixels, y up."""
    filled = winding(paths, width, height) != 0
    blocks = filled.reshape(height, FINENESS, width, FINENESS)
    share: npt.NDArray[np.uint8] = np.rint(255 * blocks.mean(axis=(1, 3))).astype(np.uint8)
    return share


def _chords(paths: Sequence[Path]) -> npt.NDArray[np.float64]:
    """Return all cubics as chords (x0, y0, x1, y1)."""
    corners: list[list[Vertex]] = []
    for start, segments in paths:
        here = start
        for first, second, end in segments:
            corners.append([here, first, second, end])
            here = end
    p = np.array(corners, dtype=np.float64)
    u = np.linspace(0, 1, _CHORDS + 1)[None, :, None]
    a, b, c, d = (p[:, k, None, :] for k in range(4))
    line = a * (1 - u) ** 3 + 3 * b * u * (1 - u) ** 2 + 3 * c * u**2 * (1 - u) + d * u**3
    return np.concatenate([line[:, :-1], line[:, 1:]], axis=2).reshape(-1, 4)
