"""What was put before a recipient: consents with their exact texts, pictures of pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from esign.ceremony.domain.values import ConsentStage


@dataclass(frozen=True)
class ConsentShown:
    """A consent as it is put before the recipient; `given_at` is None until it is agreed to."""

    id: str
    version: str
    stage: ConsentStage
    digest: str
    text: str
    given_at: datetime | None


@dataclass(frozen=True)
class PageShown:
    """The picture of a page: JPEG, its digest (64 hexadecimal digits), pixels."""

    jpeg: bytes = field(repr=False)
    sha256: str
    width: int
    height: int
