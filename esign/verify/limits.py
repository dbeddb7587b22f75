"""Limits on what one verification may read, and the budget that enforces them.

The counts are independent of the machine's speed: the same file gives the same answer everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from esign.verify.errors import LimitReached

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Upper bounds for one document: sizes in bytes, the rest are counts."""

    document_bytes: int = 1024 * MIB
    objects: int = 2_000_000
    comparisons: int = 3_000_000
    merged_entries: int = 30_000_000
    revisions: int = 2_000
    depth: int = 120
    string_bytes: int = 64 * MIB
    contents_bytes: int = 8 * MIB
    decoded_stream_bytes: int = 64 * MIB
    decoded_total_bytes: int = 512 * MIB
    cross_reference_sections: int = 5_000
    signatures: int = 500
    fields: int = 20_000
    evidence_file_bytes: int = 32 * MIB
    hashed_bytes: int = 64 * 1024 * MIB
    values: int = 2_000_000
    stream_filters: int = 6
    drawn_pixels: int = 1_000_000_000
    drawn_page_pixels: int = 6_000_000
    picture_pages: int = 8
    permitted_picture_pages: int = 0


@dataclass
class Budget:
    """What is left of the limits while one document is read."""

    limits: Limits
    objects: int = 0
    comparisons: int = 0
    merged_entries: int = 0
    decoded_bytes: int = 0
    hashed_bytes: int = 0
    values: int = 0

    def spend_object(self) -> None:
        self.objects += 1
        if self.objects > self.limits.objects:
            raise LimitReached("the document has more objects than the limit allows")

    def spend_value(self, size: int = 0) -> None:
        """Spend one value that was read; `size` are the bytes passed on the way, 64 of which count as a value."""
        self.values += 1 + (size >> 6)
        if self.values > self.limits.values:
            raise LimitReached("the document holds more values than the limit allows")

    def spend_comparison(self) -> None:
        self.comparisons += 1
        if self.comparisons > self.limits.comparisons:
            raise LimitReached("comparing the revisions takes more steps than the limit allows")

    def spend_merged(self, entries: int) -> None:
        self.merged_entries += entries
        if self.merged_entries > self.limits.merged_entries:
            raise LimitReached("the document has more objects and revisions than the limit allows")

    def spend_decoded(self, size: int) -> None:
        self.decoded_bytes += size
        if self.decoded_bytes > self.limits.decoded_total_bytes:
            raise LimitReached("the document's streams decode to more bytes than the limit allows")

    def spend_hashed(self, size: int) -> None:
        self.hashed_bytes += size
        if self.hashed_bytes > self.limits.hashed_bytes:
            raise LimitReached("the signatures together cover more bytes than the limit allows")
