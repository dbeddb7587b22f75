"""Photographs that people hand in: decoded in quarantine, cleaned of everything but their pixels.

read = house.pictures.read(upload)                     # before any transaction: it starts a process
read.photo.jpeg, read.codes                            # upright, without metadata; the bar codes on it

seen = house.pictures.read_scene(upload)
seen.photo.jpeg, seen.tags, seen.wanting, seen.thumb   # what it told of itself, what is wrong with it, what is alike
"""

from __future__ import annotations

from esign.ceremony.quarantined import PaperReading, SceneReading, read_paper, read_scene
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

    def read_scene(self, upload: bytes) -> SceneReading:
        """Return the photograph of a scene as we keep it, what it told of itself, and what is wanting in it. Raises as
        `read` does.
        """
        return read_scene(self._quarantine, upload)


__all__ = [
    "UPLOAD_AT_MOST",
    "EvidenceError",
    "PaperReading",
    "Photo",
    "QuarantineFailed",
    "RoomPictures",
    "SceneReading",
]
