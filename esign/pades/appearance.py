"""What a reader sees on a signature field: the handwriting, the photo, who, when, and under which certificate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from esign.evidence.handwriting import Handwriting
from esign.evidence.ink import ink_outlines
from esign.evidence.photo import Photo
from esign.pades.canvas import QUIET, VERMILION, Canvas

DIGITS = "0123456789ABCDEF:-+ ./"
TIME_LABEL = "签署时间 "
SEAL_TIME_LABEL = "盖章时间 "
SERIAL_LABEL = "证书序列号 "
SEAL_WORD = "电子签章"
SMALL, LEADING, MARGIN = 6.5, 8.4, 3.0
CAPTION_SHARE = 0.62
"""How much of a low field's height the caption may take from the handwriting."""


class Appearance(Protocol):
    """Draws itself on a field; tells beforehand which characters it will need."""

    @property
    def photo(self) -> Photo | None: ...

    def draw(self, canvas: Canvas, width: float, height: float) -> None: ...


@dataclass(frozen=True)
class HandwrittenAppearance:
    """A person's signature: ink, photo if visible, role and name, time with offset, certificate serial."""

    handwriting: Handwriting
    photo: Photo | None
    role_label: str
    name: str
    time: datetime
    serial_number: int
    notice: str = ""

    def draw(self, canvas: Canvas, width: float, height: float) -> None:
        text_width = width - 2 * MARGIN
        if self.photo is not None:
            photo_height = height - 2 * MARGIN
            photo_width = photo_height * self.photo.width / self.photo.height
            if photo_width > width / 3:
                photo_width, photo_height = width / 3, width / 3 * self.photo.height / self.photo.width
            canvas.photo(width - photo_width - MARGIN, height - photo_height - MARGIN, photo_width, photo_height)
            text_width -= photo_width + MARGIN
        lines = _lines(f"{self.role_label} {self.name}", TIME_LABEL, self.time, self.serial_number, self.notice)
        base = _caption(canvas, lines, text_width, height * CAPTION_SHARE)
        canvas.line(MARGIN, base, MARGIN + text_width, base, 0.5, QUIET)
        room = max(1.0, height - base - MARGIN - 1)
        canvas.ink(ink_outlines(self.handwriting, width=text_width, height=room), MARGIN, base + 1)


@dataclass(frozen=True)
class SealAppearance:
    """The organisation's seal: a round stamp, and beside it when and under which certificate."""

    organisation: str
    time: datetime
    serial_number: int
    notice: str = ""

    @property
    def photo(self) -> None:
        return None

    def draw(self, canvas: Canvas, width: float, height: float) -> None:
        radius = min(width / 3, height / 2) - 1.5
        x, y = radius + MARGIN, height / 2
        canvas.circle(x, y, radius, max(1.0, radius / 22), VERMILION)
        size = min(radius / 3.4, radius * 4.6 / max(6, len(self.organisation)))
        sweep = min(226.0, 24.0 * max(1, len(self.organisation) - 1))
        canvas.text_on_arc(self.organisation, x, y, radius - size * 1.25, size, sweep, VERMILION)
        canvas.star(x, y, radius * 0.3, VERMILION)
        small = size * 0.74
        word = canvas.typeface.width(SEAL_WORD) * small
        canvas.text(SEAL_WORD, x - word / 2, y - radius * 0.68, small, VERMILION)
        left = 2 * radius + 3 * MARGIN
        lines = _lines(self.organisation, SEAL_TIME_LABEL, self.time, self.serial_number, self.notice)
        small, leading = _type_size(len(lines), height - MARGIN)
        middle = (height + len(lines) * leading) / 2 - leading
        for number, line in enumerate(lines):
            canvas.fitted_text(line, left, middle - number * leading, small, width - left - MARGIN, QUIET)


def announced_text(names: Iterable[str], *, notice: str = "") -> Sequence[str]:
    """Return every text an appearance may draw for these names and labels, to prepare the type for it."""
    return (*names, notice, TIME_LABEL, SEAL_TIME_LABEL, SERIAL_LABEL, SEAL_WORD, DIGITS)


def _lines(who: str, time_label: str, time: datetime, serial_number: int, notice: str) -> list[str]:
    stamp = time.isoformat(sep=" ", timespec="seconds")
    moment, offset = stamp[:19], stamp[19:]
    lines = [who, f"{time_label}{moment} {offset}", f"{SERIAL_LABEL}{serial_number:X}"]
    return [*lines, notice] if notice else lines


def _caption(canvas: Canvas, lines: Sequence[str], width: float, height: float) -> float:
    """Draw the lines at the foot of the field, within `height`; return the height above which there is room."""
    size, leading = _type_size(len(lines), height - MARGIN)
    for number, line in enumerate(reversed(lines)):
        canvas.fitted_text(line, MARGIN, MARGIN + number * leading, size, width, QUIET)
    return MARGIN + len(lines) * leading - 0.5


def _type_size(lines: int, height: float) -> tuple[float, float]:
    """Return size and leading of so many lines: the usual ones, smaller where the height is too small."""
    leading = min(LEADING, height / lines)
    return SMALL * leading / LEADING, leading
