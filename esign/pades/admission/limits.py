"""How much of a foreign PDF is read before it is refused: bytes, counts and depth."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class AdmissionLimits:
    """Bounds for one call of `admit`; counts are whole numbers, sizes are bytes.

    The defaults let through a scan of 200 MB and a book of a thousand pages, and end a hostile file within seconds.
    Images are never decoded; `image_pixels` bounds each, also those inside content, because what draws pages silently
    leaves out a picture that it has no memory for.
    """

    file_bytes: int = 512 * MIB
    pages: int = 5_000
    objects: int = 250_000
    object_bytes: int = 8 * MIB
    nesting: int = 60
    fields: int = 10_000
    annotations: int = 50_000
    fonts: int = 2_000
    font_bytes: int = 64 * MIB
    page_content_bytes: int = 16 * MIB
    content_bytes: int = 96 * MIB
    operations: int = 3_000_000
    decoded_bytes: int = 384 * MIB
    image_pixels: int = 100_000_000
