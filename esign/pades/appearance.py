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
NARROWEST = 0.85
"""A line is drawn at no less than this share of its size before it is broken in two."""
WIDE = 1.7
"""From this ratio of width to height on, the seal's words stand beside the stamp, else below it."""
CAPTION_SHARE = 0.62
"""How much of a low field's height the caption may take from the handwriting."""


class Appearance(Protocol):
    """Draws itself on a field; tells beforehand which characters it will need."""

    @property
    def photo(self) -> Photo | None: ...

    @property
    def announced(self) -> Sequence[str]:
        """Every text it may draw."""
        ...

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

    @property
    def announced(self) -> Sequence[str]:
        return announced_text([self._who], notice=self.notice)

    def draw(self, canvas: Canvas, width: float, height: float) -> None:
        text_width = width - 2 * MARGIN
        if self.photo is not None:
            photo_height = height - 2 * MARGIN
            photo_width = photo_height * self.photo.width / self.photo.height
            if photo_width > width / 3:
                photo_width, photo_height = width / 3, width / 3 * self.photo.height / self.photo.width
            canvas.photo(width - photo_width - MARGIN, height - photo_height - MARGIN, photo_width, photo_height)
            text_width -= photo_width + MARGIN
        lines = _lines(self._who, TIME_LABEL, self.time, self.serial_number, self.notice)
        base = _caption(canvas, lines, text_width, height * CAPTION_SHARE)
        canvas.line(MARGIN, base, MARGIN + text_width, base, 0.5, QUIET)
        room = max(1.0, height - base - MARGIN - 1)
        canvas.ink(ink_outlines(self.handwriting, width=text_width, height=room), MARGIN, base + 1)

    @property
    def _who(self) -> str:
        return f"{self.role_label} {self.name}"


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

    @property
    def announced(self) -> Sequence[str]:
        return announced_text([self.organisation], notice=self.notice)

    def draw(self, canvas: Canvas, width: float, height: float) -> None:
        lines = _lines(self.organisation, SEAL_TIME_LABEL, self.time, self.serial_number, self.notice)
        if width < height * WIDE:
            base = _caption(canvas, lines, width - 2 * MARGIN, height * CAPTION_SHARE)
            radius = min(width, height - base) / 2 - MARGIN
            self._stamp(canvas, width / 2, base + (height - base) / 2, radius)
            return
        radius = min(width / 3, height / 2) - 1.5
        self._stamp(canvas, radius + MARGIN, height / 2, radius)
        left = 2 * radius + 3 * MARGIN
        wrapped = _wrapped(canvas, lines, width - left - MARGIN)
        size, leading = _type_size(len(wrapped), height - MARGIN)
        middle = (height + len(wrapped) * leading) / 2 - leading
        for number, line in enumerate(wrapped):
            canvas.fitted_text(line, left, middle - number * leading, size, width - left - MARGIN, QUIET)

    def _stamp(self, canvas: Canvas, x: float, y: float, radius: float) -> None:
        canvas.circle(x, y, radius, max(1.0, radius / 22), VERMILION)
        size = min(radius / 3.4, radius * 4.6 / max(6, len(self.organisation)))
        sweep = min(226.0, 24.0 * max(1, len(self.organisation) - 1))
        canvas.text_on_arc(self.organisation, x, y, radius - size * 1.25, size, sweep, VERMILION)
        canvas.star(x, y, radius * 0.3, VERMILION)
        small = size * 0.74
        word = canvas.typeface.width(SEAL_WORD) * small
        canvas.text(SEAL_WORD, x - word / 2, y - radius * 0.68, small, VERMILION)


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
    wrapped = _wrapped(canvas, lines, width)
    size, leading = _type_size(len(wrapped), height - MARGIN)
    for number, line in enumerate(reversed(wrapped)):
        canvas.fitted_text(line, MARGIN, MARGIN + number * leading, size, width, QUIET)
    return MARGIN + len(wrapped) * leading - 0.5


def _wrapped(canvas: Canvas, lines: Sequence[str], width: float) -> list[str]:
    """Break lines that would have to shrink too much to fit the width."""
    most = width / (SMALL * NARROWEST)
    wrapped: list[str] = []
    for line in lines:
        part, taken = "", 0.0
        for character in line:
            width = canvas.typeface.width(character)
            if part and taken + width > most:
                wrapped.append(part)
                part, taken = "", 0.0
            part, taken = part + character, taken + width
        wrapped.append(part)
    return wrapped


def _type_size(lines: int, height: float) -> tuple[float, float]:
    """Return size and leading of so many lines: the usual ones, smaller where the height is too small."""
    leading = min(LEADING, height / lines)
    return SMALL * leading / LEADING, leading
