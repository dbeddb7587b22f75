"""Links of rooms: each names what it is about, and proves that we made it for this person. None is stored."""

from __future__ import annotations

import base64
import hmac
import re
from typing import Final

from esign.infra.keystore import KeyStore

_PROOF_BYTES: Final = 20
_SUBJECT: Final = re.compile(r"[a-z]{2,5}_[0-9a-z]{16,40}", re.ASCII)
_AT_MOST: Final = 160


class RoomLinks:
    """Makes and reads the links of one room. Comparisons take the same time whatever is compared."""

    def __init__(self, keys: KeyStore, room: str) -> None:
        self._keys = keys
        self._purpose = f"link of the room {room}"

    def link(self, subject: str, person: str) -> str:
        """Return the link about the subject (an id of ours) for this person, by the id of their record.

        A corrected record is another person, and ends the old link. Raises `ValueError` for what is no id.
        """
        if not _SUBJECT.fullmatch(subject):
            raise ValueError("a link is about something that has an id")
        digest = self._keys.token_digest(self._purpose, f"{subject}.{person}".encode())[:_PROOF_BYTES]
        return f"{subject}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode('ascii')}"

    def subject_of(self, link: str) -> str | None:
        """Return what this says it is about, or None. It proves nothing: `is_link` does."""
        subject, dot, _proof = link.partition(".")
        return subject if dot and len(link) <= _AT_MOST and _SUBJECT.fullmatch(subject) else None

    def is_link(self, link: str, subject: str, person: str) -> bool:
        """Tell whether we made this link about this subject, for this person."""
        return hmac.compare_digest(link.encode("utf-8", "surrogatepass"), self.link(subject, person).encode())
