"""What opens a ceremony, and the copy afterwards: link, one-time code, session. All are derived, none is stored.

link      names the recipient and proves that we made it; an invitation, which by itself opens nothing
code      six digits that belong to the id of a sent code; known to the key and to whoever got the message
session   names recipient and device and proves that a code was answered there. A device that was superseded keeps
          its session and finds every act refused (`another-device`). One that began in a browser is good only together
          with what that browser is known by: its mark, and the handover whose tablet it is
copy      names the recipient and when it ends, and proves that a code was answered after the document was sealed
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from esign.infra.ids import is_id
from esign.infra.keystore import KeyStore

CODE_DIGITS: Final = 6
TEST_CODE: Final = "246810"
"""The code of every ceremony in test mode, so that an integrator's own tests can pass through it."""
_PROOF_BYTES: Final = 20
_TOKEN_AT_MOST: Final = 160
_SECONDS: Final = re.compile(r"[0-9]{1,10}", re.ASCII)


@dataclass(frozen=True)
class SessionToken:
    """Who a session is of, and on which device; `in_browser` where it began in a browser, and was shown there."""

    recipient: str
    device: str
    in_browser: bool = False


@dataclass(frozen=True)
class CopyToken:
    """Whose copy may be had, and until when (timezone-aware UTC)."""

    recipient: str
    expires_at: datetime


class Tokens:
    """Makes and reads what opens a ceremony. Comparisons take the same time whatever is compared."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def link(self, recipient: str, person: str) -> str:
        """Return the token of the recipient's link. A corrected phone is another `person`, and ends the old link."""
        return f"{recipient}.{self._proof('ceremony link', f'{recipient}.{person}')}"

    def recipient_of(self, link: str) -> str | None:
        """Return whose link this says it is, or None. It proves nothing: `is_link` does."""
        recipient, dot, _proof = link.partition(".")
        return recipient if dot and len(link) <= _TOKEN_AT_MOST and is_id("rcp", recipient) else None

    def is_link(self, link: str, recipient: str, person: str) -> bool:
        """Tell whether we made this link for this recipient."""
        return _same(link, self.link(recipient, person))

    def code(self, code_id: str, *, test_mode: bool) -> str:
        """Return the digits of a sent code: `TEST_CODE` in test mode."""
        if test_mode:
            return TEST_CODE
        number = int.from_bytes(self._keys.token_digest("one-time code", code_id.encode()), "big")
        return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"

    def is_code(self, answer: str, code_id: str, *, test_mode: bool) -> bool:
        """Tell whether the digits are those of the sent code."""
        return _same(answer, self.code(code_id, test_mode=test_mode))

    def browser(self, mark: str | None, handover: str | None) -> str | None:
        """Return what a browser is known by: its mark, and the handover whose tablet it is. None for a program.

        It is made anew from what the browser shows, and told to nobody.
        """
        if mark is None and handover is None:
            return None
        return self._proof("ceremony browser", f"{mark or ''}.{handover or ''}")

    def session(self, recipient: str, device: str, browser: str | None = None) -> str:
        """Return the token of the session that begins on this device, in this browser (`browser`) if in any."""
        return f"{recipient}.{device}.{self._proof('ceremony session', _dotted(f'{recipient}.{device}', browser))}"

    def presented(self, token: str, browser: str | None) -> str:
        """Return a session's token as it is shown in a browser (`browser`): only so is one that began there read."""
        return _dotted(token, browser)

    def read_session(self, token: str) -> SessionToken | None:
        """Return whose session it is, or None if we did not make it, or it was shown elsewhere than where it began."""
        parts = token.split(".") if len(token) <= _TOKEN_AT_MOST else []
        if len(parts) not in (3, 4) or not is_id("rcp", parts[0]) or not is_id("dev", parts[1]):
            return None
        recipient, device = parts[:2]
        browser = parts[3] if len(parts) == 4 else None
        if not _same(token, self.presented(self.session(recipient, device, browser), browser)):
            return None
        return SessionToken(recipient, device, browser is not None)

    def copy(self, recipient: str, expires_at: datetime) -> str:
        """Return the token that opens the recipient's copy until then, to the second (timezone-aware)."""
        ends = int(expires_at.timestamp())
        return f"{recipient}.{ends}.{self._proof('ceremony copy', f'{recipient}.{ends}')}"

    def read_copy(self, token: str) -> CopyToken | None:
        """Return whose copy it opens and until when, or None if we did not make it."""
        parts = token.split(".") if len(token) <= _TOKEN_AT_MOST else []
        if len(parts) != 3 or not is_id("rcp", parts[0]) or not _SECONDS.fullmatch(parts[1]):
            return None
        expires_at = datetime.fromtimestamp(int(parts[1]), UTC)
        if not _same(token, self.copy(parts[0], expires_at)):
            return None
        return CopyToken(parts[0], expires_at)

    def _proof(self, purpose: str, about: str) -> str:
        digest = self._keys.token_digest(purpose, about.encode())[:_PROOF_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _dotted(text: str, browser: str | None) -> str:
    return text if browser is None else f"{text}.{browser}"


def _same(told: str, true: str) -> bool:
    # Whatever text somebody sends is compared, also half a surrogate pair, which has no UTF-8.
    return hmac.compare_digest(told.encode("utf-8", "surrogatepass"), true.encode())
