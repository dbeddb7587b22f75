"""The consents that are asked for where the caller names none of their own (docs/standards.md: PIPL, 26号).

Each is a text of its own, agreed to on its own. A text is named by id and version; its digest is over its exact
bytes (UTF-8). To change a text, give it another version: what people agreed to is never rewritten.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from esign.ceremony.domain.values import ConsentStage, ConsentText, RecipientRole

VERSION = "2026-11"
SIGNING_ROLES = tuple(role for role in RecipientRole if role is not RecipientRole.COPY)


@dataclass(frozen=True)
class Consent:
    """A text that is agreed to on its own, at one stage, by every recipient in one of `roles`."""

    id: str
    version: str
    text: str
    stage: ConsentStage
    roles: tuple[RecipientRole, ...]

    @property
    def content(self) -> bytes:
        return self.text.encode("utf-8")

    def plan(self) -> ConsentText:
        """Return what the envelope records of it."""
        digest = hashlib.sha256(self.content).hexdigest()
        return ConsentText(id=self.id, version=self.version, digest=digest, stage=self.stage, roles=self.roles)


def usual_consents(photo_roles: tuple[RecipientRole, ...]) -> tuple[Consent, ...]:
    """Return the usual consents; those about the face only for the roles that are asked for a photo."""
    before = tuple(
        _text(name, ConsentStage.BEFORE_READING, SIGNING_ROLES)
        for name in ("personal-information", "electronic-signature")
    )
    if not photo_roles:
        return before
    return (
        *before,
        *(_text(name, ConsentStage.PHOTO, photo_roles) for name in ("face-photo", "face-photo-transfer")),
    )


@cache
def _text(name: str, stage: ConsentStage, roles: tuple[RecipientRole, ...]) -> Consent:
    text = (files("esign.ceremony") / "data" / f"consent-{name}.txt").read_text("utf-8")
    return Consent(name, VERSION, text, stage, roles)
