"""One-time codes of a room: six digits to somebody's phone, which prove that they hold it.

    code = house.codes.new(now)                       # an id; the digits belong to it and are stored nowhere
    house.messages.tell(session, "letters-code", person, ..., facts={"code": code})      # the text names {code}
    house.codes.is_code(typed, code)

How often one may be sent and tried is for the room to count. In test mode the digits are always the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from esign.ceremony.domain.rules import CODE_LIFE, CODE_TRIES, CODES_AT_MOST
from esign.ceremony.tokens import TEST_CODE, Tokens
from esign.infra.ids import new_id
from esign.infra.keystore import KeyStore

CODE: Final = "cod"
MINUTES: Final = CODE_LIFE // timedelta(minutes=1)


class OneTimeCodes:
    """Makes and compares codes. Comparisons take the same time whatever is compared."""

    def __init__(self, keys: KeyStore, *, live: bool) -> None:
        self._tokens = Tokens(keys)
        self._test_mode = not live

    def new(self, at: datetime) -> str:
        """Return the id of a fresh code, to be sent `at` (timezone-aware)."""
        return new_id(CODE, at)

    def digits(self, code: str) -> str:
        """Return the digits of a code, for the message that carries it: nothing else shows or keeps them."""
        return self._tokens.code(code, test_mode=self._test_mode)

    def is_code(self, typed: str, code: str) -> bool:
        """Tell whether the digits are those of the code."""
        return self._tokens.is_code(typed, code, test_mode=self._test_mode)


__all__ = ["CODES_AT_MOST", "CODE_LIFE", "CODE_TRIES", "MINUTES", "TEST_CODE", "OneTimeCodes"]
