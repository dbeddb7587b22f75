"""Who comes by a room's link says who they are: by the last four characters of their ID number.

A link can be passed on, and shown to somebody who stands beside. The four characters keep others from answering in a
person's name; they prove no more than that, and nobody signs by them. Tries are few: five an hour, ten a day and twenty
in thirty days for one link. There are ten thousand endings, of which a stranger finds one in hundreds of months; who
knows district, birthday and gender has five hundred left, since the last character checks the others: by ten tries a
day they would be through a third of them within a hesitation period.

Who was right is known in this browser for some hours, by a cookie that is good for this link alone. A browser inside a
chat application works as any other; one that keeps no cookie is told so.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from esign.api.rates import Allowance, Rates, address_subject
from esign.ceremony.id_number import last_four
from esign.infra.keystore import KeyStore
from esign.infra.search_index import SearchField, normalise
from esign.web import cookies

KNOWN_SECONDS: Final = 6 * 3600
_PROOF_BYTES: Final = 20


class Told(Enum):
    """What came of it."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_OFTEN = "too-often"


@dataclass(frozen=True)
class IdentityLimits:
    """How often one link is tried, and how often any are from one address."""

    hour: Allowance = Allowance("linked-identity", 5, 60)
    day: Allowance = Allowance("linked-identity-a-day", 10, 1440)
    month: Allowance = Allowance("linked-identity-a-month", 20, 30 * 1440)
    address: Allowance = Allowance("linked-identity-address", 200, 60)


class LinkedIdentity:
    """Asks for the four characters, and knows who was right. Comparisons take the same time whatever is compared."""

    def __init__(
        self,
        keys: KeyStore,
        rates: Rates,
        clock: Callable[[], datetime],
        room: str,
        limits: IdentityLimits = IdentityLimits(),
    ) -> None:
        self._keys = keys
        self._rates = rates
        self._clock = clock
        self._room = room
        self._limits = limits

    def tell(self, subject: str, id_number: str | None, told: str) -> Told:
        """Compare what was told with the number of the person whose link about the subject it is.

        Nobody is right about a person without a number. Each call is a try, also a right one.
        """
        address = address_subject(self._keys, request.remote_addr or "")
        limits = self._limits
        # The month comes last: what an hour or a day refuses is no try, and takes nothing from it.
        tries = ((limits.address, address), *((one, subject) for one in (limits.day, limits.hour, limits.month)))
        if not all(self._rates.take(allowance, name).allowed for allowance, name in tries):
            return Told.TOO_OFTEN
        right = last_four(normalise(SearchField.ID_NUMBER, id_number or ""))
        typed = normalise(SearchField.ID_NUMBER, told)
        same = hmac.compare_digest(typed.encode("utf-8", "surrogatepass"), right.encode())
        return Told.RIGHT if same and len(right) == _FOUR else Told.WRONG

    def remember(self, response: Response, subject: str, link: str) -> None:
        """Have this browser be known at the page behind the link for some hours."""
        until = int(self._clock().timestamp()) + KNOWN_SECONDS
        cookies.keep_linked(response, subject, self._token(link, until), KNOWN_SECONDS)

    def knows(self, subject: str, link: str) -> bool:
        """Tell whether whoever uses this browser said who they are, and not too long ago."""
        told = cookies.linked_of(subject) or ""
        until, dot, _proof = told.partition(".")
        if not dot or not until.isascii() or not until.isdigit() or len(until) > _DIGITS:
            return False
        same = hmac.compare_digest(told.encode("utf-8", "surrogatepass"), self._token(link, int(until)).encode())
        return same and self._clock().timestamp() < int(until)

    def _token(self, link: str, until: int) -> str:
        about = f"{self._room} {link} {until}"
        digest = self._keys.token_digest("known behind a room's link", about.encode())[:_PROOF_BYTES]
        return f"{until}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode('ascii')}"


_FOUR: Final = 4
_DIGITS: Final = 12
