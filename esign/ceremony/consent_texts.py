"""Texts of consents at rest, by the SHA-256 of their bytes: what is kept under a digest never changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.ceremony.consents import Consent
from esign.ceremony.models import ConsentTextRow
from esign.infra.errors import RecordError
from esign.infra.statements import insert_if_absent

KNOWN_AT_MOST: Final = 256
# Two envelopes that are made at once may bring the same text for the first time.
_KEEP: Final = insert_if_absent(ConsentTextRow, "digest", "text")


class ConsentTexts:
    """Keeps and reads texts, and remembers those that were read. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def keep(self, session: Session, consents: Iterable[Consent]) -> None:
        """Keep each text that is not kept yet."""
        texts = {consent.plan().digest: consent.content for consent in consents}
        # In one order, whoever brings them: two that meet here must not wait for each other.
        rows = [{"digest": digest, "text": text} for digest, text in sorted(texts.items()) if digest not in self._known]
        if rows:
            session.execute(_KEEP, rows)

    def read(self, session: Session, digest: str) -> str:
        """Return the text with this digest (64 hexadecimal digits). Raises `RecordError` (`consent-text-missing`)."""
        text = self._known.get(digest)
        if text is None:
            kept = session.scalar(select(ConsentTextRow.text).where(ConsentTextRow.digest == digest))
            if kept is None:
                raise RecordError(
                    "consent-text-missing",
                    f"the text {digest[:12]} of a consent is not in the database",
                    "restore it from a backup; nobody can agree to a text that is not there",
                )
            text = kept.decode("utf-8")
            if len(self._known) >= KNOWN_AT_MOST:
                self._known = {}
            self._known[digest] = text
        return text
