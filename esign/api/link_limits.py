"""What one link may ask for, whoever holds it and from wherever: counted across processes, by the link's digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from esign.api.rates import Allowance, Rates
from esign.ceremony.entrance import Entrance


@dataclass(frozen=True)
class LinkLimits:
    """How often a link may be used, its codes for the copy asked for, and tried."""

    link: Allowance = Allowance("link", 120)
    copy_codes: tuple[Allowance, ...] = (Allowance("copy-code", 5, 60), Allowance("copy-codes-a-day", 10, 1440))
    copy_tries: tuple[Allowance, ...] = (Allowance("copy-try", 5, 5), Allowance("copy-tries-a-day", 20, 1440))
    """Five tries in the life of a code; twenty a day, for a code can be guessed at without being asked for."""


USUAL: Final = LinkLimits()


def require_link(entrance: Entrance, rates: Rates, link: str, *allowances: Allowance) -> None:
    """Count a request of the link. Raises `LinkRefused` (`link-unknown`), `TooManyRequests`.

    A link that we did not make is not counted: whoever invents links would fill the table with them, and is held by
    the limit of their address.
    """
    entrance.prove(link)
    subject = hashlib.sha256(link.encode()).hexdigest()[:32]
    for allowance in allowances:
        rates.require(allowance, subject)
