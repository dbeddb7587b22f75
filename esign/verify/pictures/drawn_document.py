"""A revision of a file as PDFium shows it: how many pages, and what each of them looks like, with its form drawn.

PDFium reads the prefix of the file through a window, so the file is not copied. It is not made for several threads:
one document at a time is drawn in a process, or several by the same thread.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import Final

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from pypdfium2 import raw

from esign.verify.errors import LimitReached, Malformed
from esign.verify.reading.objects import Buffer

OBJECTS_AT_MOST: Final = 400_000
LETTERS_AT_MOST: Final = 100_000
_POINTS_PER_INCH: Final = 72
_HIDDEN: Final = 0b10

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class DrawnPage:
    """A page in colour (height, width, 3; red, green, blue), and its size as shown in points."""

    pixels: NDArray[np.uint8] = field(repr=False)
    size: tuple[float, float]

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def dpi(self) -> float:
        return self.shape[1] * _POINTS_PER_INCH / max(1.0, self.size[0])

    @cached_property
    def digest(self) -> bytes:
        """What tells this picture from any other: the same digest, the same picture."""
        height, width = self.shape
        state = hashlib.sha256(f"{width} {height} ".encode())
        state.update(self.pixels.data)
        return state.digest()


class DrawnDocument:
    """The document that the first `end` bytes of `data` are. Use as a context manager."""

    def __init__(self, data: Buffer, end: int, password: str | None = None) -> None:
        """Raises `Malformed` where PDFium cannot open it."""
        try:
            self._document = pypdfium2.PdfDocument(_Window(data, end), password=password)
        except pypdfium2.PdfiumError as error:
            raise Malformed("the program that draws pages cannot open it") from error
        try:
            self._document.init_forms()
        except pypdfium2.PdfiumError as error:
            self._document.close()
            raise Malformed("the program that draws pages cannot open its form") from error

    def __enter__(self) -> DrawnDocument:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._document.close()

    @property
    def pages(self) -> int:
        return len(self._document)

    @property
    def is_repaired(self) -> bool:
        """Whether PDFium found the objects by searching for them, because the cross-reference sections are wrong."""
        return not raw.FPDF_DocumentHasValidCrossReferenceTable(self._document)

    def draw(self, index: int, dpi: float, pixels_at_most: int, *, flat: bool = True) -> DrawnPage:
        """Draw a page (from 0), with fewer dots where it would have more pixels than `pixels_at_most`.

        `flat`: also draw annotations whose rectangle has no area, as PDFium does and few others do.
        Raises `Malformed` where PDFium cannot show the page, and `LimitReached` where too much is drawn on it.
        """
        page = self._page(index)
        try:
            _require_few_objects(page)
            width, height = page.get_size()
            hidden = [] if flat else _hide_flat(page)
            bitmap = page.render(scale=_scale(width, height, dpi, pixels_at_most), rev_byteorder=True)
            _show_again(page, hidden)
        except LimitReached:
            raise
        except (pypdfium2.PdfiumError, ValueError) as error:
            raise Malformed("the program that draws pages cannot show it") from error
        finally:
            page.close()
        try:
            return DrawnPage(np.ascontiguousarray(bitmap.to_numpy().copy()), (width, height))
        finally:
            bitmap.close()

    def on_picture(self, index: int, boxes: Sequence[Box], shape: tuple[int, int]) -> list[tuple[int, int, int, int]]:
        """Return where boxes of a page's user space lie on its picture of `shape` (height, width).

        Left, top, right, bottom in pixels, whatever the page's crop box and rotation are.
        """
        page = self._page(index)
        try:
            return [_on_device(page, box, shape) for box in boxes]
        finally:
            page.close()

    def letters(self, index: int, boxes: Sequence[Box]) -> list[tuple[Box, str]]:
        """Return where letters and digits of a page stand, within boxes of its user space, and which they are.

        Raises `LimitReached` where there are more on the page than are looked at.
        """
        page = self._page(index)
        try:
            words = page.get_textpage()
            try:
                return [found for found in _letters(words) if any(_lies_in(found[0], around) for around in boxes)]
            finally:
                words.close()
        except pypdfium2.PdfiumError as error:
            raise Malformed("the program that draws pages cannot read its words") from error
        finally:
            page.close()

    def _page(self, index: int) -> pypdfium2.PdfPage:
        try:
            return self._document[index]
        except pypdfium2.PdfiumError as error:
            raise Malformed("the program that draws pages cannot show it") from error


class _Window(io.RawIOBase):
    """The first `end` bytes of the data as a file."""

    def __init__(self, data: Buffer, end: int) -> None:
        self._data = data
        self._end = end
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._end}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: ctypes.Array[ctypes.c_ubyte]) -> int:  # type: ignore[override]
        piece = self._data[self._position : min(self._end, self._position + len(buffer))]
        memoryview(buffer).cast("B")[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)


def _letters(words: pypdfium2.PdfTextPage) -> Iterator[tuple[Box, str]]:
    if words.count_chars() > LETTERS_AT_MOST:
        raise LimitReached("more letters stand on a page than the limit allows")
    for place in range(words.count_chars()):
        if (character := chr(raw.FPDFText_GetUnicode(words, place))).isalnum():
            yield words.get_charbox(place), character


def _lies_in(box: Box, around: Box) -> bool:
    """Whether the middle of a box lies in another one."""
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return around[0] < across < around[2] and around[1] < down < around[3]


def _require_few_objects(page: pypdfium2.PdfPage) -> None:
    if raw.FPDFPage_CountObjects(page) > OBJECTS_AT_MOST:
        raise LimitReached("more is drawn on a page than the limit allows")


def is_flat(box: Box) -> bool:
    """Whether a rectangle has no area."""
    left, bottom, right, top = box
    return left == right or bottom == top


def _hide_flat(page: pypdfium2.PdfPage) -> list[tuple[int, int]]:
    """Hide the annotations whose rectangle has no area; return their places and their flags."""
    hidden = []
    for place in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, place)
        if annotation:
            corners = raw.FS_RECTF()
            if raw.FPDFAnnot_GetRect(annotation, corners) and is_flat(
                (corners.left, corners.bottom, corners.right, corners.top)
            ):
                flags = raw.FPDFAnnot_GetFlags(annotation)
                hidden.append((place, flags))
                raw.FPDFAnnot_SetFlags(annotation, flags | _HIDDEN)
            raw.FPDFPage_CloseAnnot(annotation)
    return hidden


def _show_again(page: pypdfium2.PdfPage, hidden: list[tuple[int, int]]) -> None:
    for place, flags in hidden:
        annotation = raw.FPDFPage_GetAnnot(page, place)
        raw.FPDFAnnot_SetFlags(annotation, flags)
        raw.FPDFPage_CloseAnnot(annotation)


def _scale(width: float, height: float, dpi: float, pixels_at_most: int) -> float:
    return min(dpi / _POINTS_PER_INCH, math.sqrt(pixels_at_most / max(1.0, width * height)))


def _on_device(page: pypdfium2.PdfPage, box: Box, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    height, width = shape
    left, bottom, right, top = box
    across, down = [], []
    for x, y in ((left, bottom), (left, top), (right, bottom), (right, top)):
        column, row = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, column, row)
        across.append(column.value)
        down.append(row.value)
    return min(across), min(down), max(across), max(down)
