"""Photographs of papers that people hand in: decoded in quarantine, cleaned of everything but their pixels.

read = house.pictures.read(upload)                     # before any transaction: it starts a process
read.photo.jpeg, read.codes                            # upright, without metadata; the bar codes on it
"""

from __future__ import annotations

from esign.ceremony.quarantined import PaperReading, read_paper
from esign.errors import EvidenceError
from esign.evidence.photo import Photo, PhotoLimits
from esign.infra.quarantine import QuarantineFailed
from esign.service import Service

UPLOAD_AT_MOST = PhotoLimits().bytes_at_most
"""How many bytes a photograph may have."""


class RoomPictures:
    """Reads photographs. Safe to share between threads."""

    def __init__(self, service: Service) -> None:
        self._quarantine = service.ports.quarantine

    def read(self, upload: bytes) -> PaperReading:
        """Return the photograph as we keep it, and the texts of the bar codes on it.

        Raises `EvidenceError` (`photo-size`, `photo-format`, `photo-animated`, `photo-broken`), `QuarantineFailed`,
        `QuarantineUnavailable`.
        """
        return read_paper(self._quarantine, upload)


__all__ = ["UPLOAD_AT_MOST", "EvidenceError", "PaperReading", "Photo", "QuarantineFailed", "RoomPictures"]
