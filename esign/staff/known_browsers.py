"""Browsers in which somebody has logged in before: they may try on while the login is locked for strangers.

A browser keeps a mark for each member: 96 random bits, and a keyed digest of them, the member and the password. A mark
opens nothing; it only says that whoever holds the browser once knew the password. Another password ends it.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import Final

from esign.infra.keystore import KeyStore

MARKS_AT_MOST: Final = 5
"""So many members share a browser; the one who was there longest ago is a stranger again."""
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_RANDOM: Final = 12
_NONCE, _DIGEST = 16, 20


class KnownBrowsers:
    """Makes marks and knows them again."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def new(self, member: str, password_record: str | None) -> str:
        """Return a new mark of the member, for the password as it is."""
        nonce = secrets.token_urlsafe(_RANDOM)
        return nonce + self._digest(nonce, member, password_record)

    def knows(self, mark: str, member: str, password_record: str | None) -> bool:
        """Tell whether it is a mark of this member under this password."""
        if not _MARK.fullmatch(mark):
            return False
        return hmac.compare_digest(mark[_NONCE:], self._digest(mark[:_NONCE], member, password_record))

    def kept(self, marks: Iterable[str], member: str, password_record: str | None) -> tuple[str, ...]:
        """Return what the browser keeps once the member has logged in: a new mark of theirs, and those of others."""
        others = [one for one in marks if _MARK.fullmatch(one) and not self.knows(one, member, password_record)]
        return (self.new(member, password_record), *others)[:MARKS_AT_MOST]

    def _digest(self, nonce: str, member: str, password_record: str | None) -> str:
        about = "\x00".join((nonce, member, password_record or "")).encode()
        digest = self._keys.token_digest("staff known browser", about)[:_DIGEST]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
