"""What a recipient agreed to, and which pages were before their eyes, with times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Consent:
    """One consent, given on its own.

    `id` and `version` name the text, `sha256` (32 bytes) is the digest of the text as it was shown (UTF-8),
    `agreed_at` (timezone-aware UTC) the moment of the tick.
    """

    id: str
    version: str
    sha256: bytes
    agreed_at: datetime


@dataclass(frozen=True)
class PageView:
    """One stay on one page.

    `number` counts from 1 in the prepared revision; `image_sha256` (32 bytes) is the digest of the picture
    that was shown; the times are timezone-aware UTC. A page that was visited twice has two views.
    """

    number: int
    image_sha256: bytes
    entered_at: datetime
    left_at: datetime
